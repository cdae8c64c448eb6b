/** The parts of the conversation page, and the words its templates bring. */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function part(id) {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error("the page lacks " + id);
  }
  return found;
}

/**
 * @param {string} name of a data attribute of the template #words
 * @returns {string}
 */
export function words(name) {
  return part("words").dataset[name] || "";
}

/** @returns {boolean} whether the quick exit has begun: nothing of ours may move the page any more */
export function leaving() {
  return document.documentElement.hasAttribute("data-leaving");
}

/** Show the page anew, with nothing of it left on the screen meanwhile. */
export function reload() {
  if (!leaving()) {
    document.documentElement.classList.add("is-leaving");
    history.scrollRestoration = "manual"; // what comes next begins at its top
    location.reload();
  }
}

/**
 * Say what went wrong, or that something is done, beside the box.
 *
 * @param {string} sentence nothing takes it away
 * @param {"alert"|"status"} [role]
 */
export function notice(sentence, role) {
  const place = part("problem");
  place.textContent = "";
  if (sentence) {
    const said = document.createElement("p");
    said.className = "notice" + (role === "status" ? "" : " notice--problem");
    said.setAttribute("role", role || "alert");
    said.textContent = sentence;
    place.append(said);
  }
}

/** Take away what says that something is done; what went wrong stays. */
export function done() {
  if (part("problem").querySelector("[role=status]")) {
    notice("");
  }
}

/**
 * Say why a message was not taken.
 *
 * @param {string} code of the protocol
 */
export function complain(code) {
  const template = document.querySelector('template[data-refusal="' + code + '"]');
  notice(template instanceof HTMLTemplateElement ? String(template.content.textContent) : "");
}
