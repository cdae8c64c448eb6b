/** The button on a partner's page: opens the line in a tab of its own and says how it stands; no cookie, no tracking. */
(() => {
  const words = /** @type {Record<string, string>} */ ({ /* triage/button_views.py puts them here */ });
  const me = /** @type {HTMLScriptElement|null} */ (
    document.currentScript || document.querySelector('script[src*="/boton/boton.js"]'));
  if (!me) return;
  const home = new URL("/", me.src).href;

  /**
   * @param {string} kind
   * @param {Partial<CSSStyleDeclaration>} style
   * @param {string} [text]
   */
  const piece = (kind, style, text) => {
    const made = document.createElement(kind);
    Object.assign(made.style, style);
    if (text) made.textContent = text;
    return made;
  };

  const box = piece("div", {
    display: "inline-block", maxWidth: "22rem", padding: "1rem", borderRadius: "10px",
    background: "#0c2126", color: "#f6eddd", font: "1rem/1.5 system-ui, sans-serif", textAlign: "left",
  });
  box.lang = "es-PE";
  const link = /** @type {HTMLAnchorElement} */ (piece("a", {
    display: "block", padding: ".75rem 1rem", borderRadius: "10px", minHeight: "24px", textAlign: "center",
    background: "#e8a172", color: "#2a1105", fontWeight: "700", textDecoration: "none",
  }, words.talk));
  link.href = home;
  link.target = "_blank";
  link.rel = "noreferrer"; // which implies noopener
  link.appendChild(piece("span", {
    position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)",
  }, " " + words.tab));
  const said = piece("p", { margin: ".75rem 0 0" }, words.free);
  said.setAttribute("role", "status");
  box.append(link, said);

  const put = () => {
    const plain = /** @type {HTMLAnchorElement|null} */ (me.previousElementSibling);
    if (plain && plain.href === home) plain.remove(); // stands for us where no script runs
    if (document.head.contains(me)) document.body.append(box);
    else me.after(box);
  };
  if (document.readyState === "loading" && document.head.contains(me)) addEventListener("DOMContentLoaded", put);
  else put();

  /** @param {{text: string, state: string, numbers: {number: string, tel: string}[]}} found */
  const show = (found) => {
    box.dataset.state = found.state;
    said.textContent = found.text + " ";
    if (found.state === "open") return;
    said.append(words.also + " ");
    found.numbers.forEach((line, at) => {
      const call = /** @type {HTMLAnchorElement} */ (piece("a", { color: "#f4c88e" }, line.number));
      call.href = "tel:" + line.tel;
      said.append(at ? " " + words.and + " " : "", call);
    });
    said.append(".");
  };

  fetch(home + "boton/estado.json", { credentials: "omit", referrerPolicy: "no-referrer" })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .then(show)
    .catch(() => { said.textContent = words.free + " " + words.away; });
})();
