/**
 * Plain requests beside the socket: fragments of a page, and forms that keep something. A session that ended is told
 * apart from a line that cannot be reached; a token of an older session is renewed by itself.
 *
 * @typedef {"ok"|"gone"|"shut"|"failed"} Reached  gone: not (or no longer) mine; shut: signed out
 * @typedef {{ kept: boolean, final: boolean, shut: boolean, problem: string, facts: Record<string, any> }} Kept
 */

const MOST_ALIVE = 60000; // bytes of a body that may outlive its page

let token = "";

/** @returns {string} the token of the forms of this page */
function csrf() {
  const field = document.querySelector('[name="csrfmiddlewaretoken"]');
  return token || (field instanceof HTMLInputElement ? field.value : "");
}

/**
 * @param {string} url
 * @returns {Promise<{reached: Reached, nodes: Node[]}>}
 */
export async function fragment(url) {
  try {
    const answer = await fetch(url, {
      headers: { "X-Fragment": "1" },
      cache: "no-store",
      credentials: "same-origin",
      redirect: "manual",
    });
    if (!answer.ok) {
      return { reached: reachedBy(answer), nodes: [] };
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const field = page.querySelector('[name="csrfmiddlewaretoken"]');
    token = field instanceof HTMLInputElement ? field.value : token;
    return { reached: "ok", nodes: Array.from(page.body.childNodes) };
  } catch (error) {
    return { reached: "failed", nodes: [] };
  }
}

/**
 * @param {string} url
 * @returns {Promise<{reached: Reached, facts: Record<string, any>}>}
 */
export async function facts(url) {
  try {
    const answer = await fetch(url, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      credentials: "same-origin",
      redirect: "manual",
    });
    return answer.ok ? { reached: "ok", facts: await answer.json() } : { reached: reachedBy(answer), facts: {} };
  } catch (error) {
    return { reached: "failed", facts: {} };
  }
}

/** @param {Response} answer */
function reachedBy(answer) {
  if (answer.type === "opaqueredirect") {
    return "shut";
  }
  return answer.status === 404 || answer.status === 410 ? "gone" : "failed";
}

/**
 * Post a form; what may be tried again is neither kept nor final.
 *
 * @param {string} url
 * @param {[string, string][]} fields  names and values; a name may come several times
 * @returns {Promise<Kept>}
 */
export async function post(url, fields) {
  const answer = await send(url, fields);
  if (answer && answer.status === 403 && (await renewed())) {
    return outcome(await send(url, fields));
  }
  return outcome(answer);
}

/**
 * @param {string} url
 * @param {[string, string][]} fields
 * @returns {Promise<Response|null>}
 */
async function send(url, fields) {
  const body = new FormData();
  let size = 0;
  for (const [name, value] of fields) {
    body.append(name, value);
    size += 4 * value.length + 200;
  }
  try {
    return await fetch(url, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": csrf() },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: size < MOST_ALIVE,
    });
  } catch (error) {
    return null;
  }
}

/** @returns {Promise<boolean>} whether this page has a token of the session that is open now */
async function renewed() {
  try {
    const answer = await fetch(location.pathname, { cache: "no-store", credentials: "same-origin", redirect: "manual" });
    if (!answer.ok) {
      return false;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const field = page.querySelector('[name="csrfmiddlewaretoken"]');
    const fresh = field instanceof HTMLInputElement ? field.value : "";
    token = fresh || token;
    return Boolean(fresh);
  } catch (error) {
    return false;
  }
}

/**
 * @param {Response|null} answer
 * @returns {Promise<Kept>}
 */
async function outcome(answer) {
  const nothing = { kept: false, final: false, shut: false, problem: "", facts: {} };
  if (!answer) {
    return nothing;
  }
  const told = (answer.headers.get("Content-Type") || "").startsWith("application/json") ? await json(answer) : {};
  if (answer.ok) {
    return Object.assign(nothing, { kept: true, facts: told });
  }
  const shut = reachedBy(answer) === "shut";
  const final = [400, 404, 409, 410, 413].includes(answer.status);
  return Object.assign(nothing, { final, shut, problem: told.problem || "", facts: told });
}

/** @param {Response} answer */
async function json(answer) {
  try {
    return await answer.json();
  } catch (error) {
    return {};
  }
}
