/** Words that the server put into the page for scripts: sentences in data attributes and templates of one element. */

import { worded } from "../templates.js";

/**
 * @param {Element|null} element
 * @param {string} name  of the data attribute, as in dataset
 * @param {Record<string, string|number>} [values]
 * @returns {string} nothing where the page has no such words
 */
export function wordsOf(element, name, values) {
  const sentence = element instanceof HTMLElement ? element.dataset[name] || "" : "";
  return worded(sentence, values || {});
}

/**
 * @param {string} id  of a template whose only element holds the words
 * @returns {string}
 */
export function wordsIn(id) {
  const template = document.getElementById(id);
  const words = template instanceof HTMLTemplateElement ? template.content.textContent : "";
  return (words || "").trim();
}

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function part(root, selector) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) {
    throw new Error("no part " + selector);
  }
  return found;
}

/**
 * Set text only where it differs, so that nothing is read aloud or drawn again for nothing.
 *
 * @param {HTMLElement} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
