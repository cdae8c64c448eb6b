/**
 * Quick exit, on every page a caller sees: a touch on the button, or Shift three times within 5 s with no other key
 * in between. Not a module: it must work before anything else has arrived.
 *
 * The page is blank at once. The session is ended by a request that outlives the page; after 300 ms at most, answered
 * or not, the neutral site takes the place of this page. From then on nothing of ours moves the page any more
 * (`data-leaving` on the root, event `leaving`), or a late word of the line would cancel the way out.
 *
 * Beside it, as it is there first: a small form of the conversation that is touched before the page's own script has
 * come waits for it, or the page would be loaded anew and what is being written lost. Whoever is in danger waits for
 * nothing.
 */
(function () {
  "use strict";

  var WITHIN = 5000; // milliseconds for three times Shift
  var PATIENCE = 300;
  var root = document.documentElement;
  var script = /** @type {HTMLScriptElement} */ (document.currentScript);
  var exit = script.dataset.exit || "about:blank";
  var door = script.dataset.leave || "/hablar/salir/";
  var live = "live" in script.dataset;
  var shared = "shared" in script.dataset; // the caller said that others use this telephone

  function go() {
    location.replace(exit);
  }

  function endSession() {
    if (!("keepalive" in Request.prototype)) {
      navigator.sendBeacon(door);
      return Promise.resolve();
    }
    return fetch(door, { method: "POST", keepalive: true, redirect: "manual", cache: "no-store" });
  }

  function leave() {
    if (root.hasAttribute("data-leaving")) {
      return;
    }
    root.setAttribute("data-leaving", "");
    root.classList.add("is-leaving");
    if (document.body) {
      document.body.textContent = "";
    }
    dispatchEvent(new Event("leaving"));
    var timer = setTimeout(go, PATIENCE);
    var gone = function () {
      clearTimeout(timer);
      go();
    };
    try {
      endSession().then(gone, gone);
    } catch (error) {
      gone();
    }
  }

  document.addEventListener("click", function (event) {
    if (event.target instanceof Element && event.target.closest("[data-quick-exit]")) {
      event.preventDefault();
      leave();
    }
  });

  /** @type {number[]} */
  var times = [];
  var alone = false;

  addEventListener(
    "keydown",
    function (event) {
      if (event.key !== "Shift") {
        alone = false;
        times = [];
      } else if (!event.repeat) {
        alone = true;
      }
    },
    true
  );

  addEventListener(
    "keyup",
    function (event) {
      if (event.key !== "Shift" || !alone) {
        return;
      }
      alone = false;
      var now = Date.now();
      times = times.filter(function (time) {
        return now - time < WITHIN;
      });
      times.push(now);
      if (times.length >= 3) {
        leave();
      }
    },
    true
  );

  /* Whoever comes back to this page from another site, with no conversation here, sees nothing until they ask. */
  function fromElsewhere() {
    var history = /** @type {{activation?: {from: object|null}}|undefined} */ (/** @type {any} */ (window).navigation);
    return Boolean(history && history.activation && !history.activation.from);
  }

  var visit = /** @type {PerformanceNavigationTiming|undefined} */ (performance.getEntriesByType("navigation")[0]);
  if (visit && visit.type === "back_forward" && !live && fromElsewhere()) {
    root.classList.add("is-away");
  }

  document.addEventListener("click", function (event) {
    if (event.target instanceof Element && event.target.closest("[data-come-back]")) {
      root.classList.remove("is-away");
    }
  });

  addEventListener("pageshow", function (event) {
    if (event.persisted) {
      root.classList.add("is-leaving");
      location.reload();
    }
  });

  addEventListener("shared", function () {
    shared = true; // said later, in the conversation
  });

  var early = true;
  document.addEventListener("DOMContentLoaded", function () {
    early = false; // the page's own script has run, or will not
  });

  document.addEventListener("submit", function (event) {
    var form = /** @type {HTMLFormElement} */ (event.target);
    var button = /** @type {HTMLButtonElement|undefined} */ (event.submitter || undefined);
    if (early && button && "step" in form.dataset && button.value !== "danger") {
      event.preventDefault();
      document.addEventListener("DOMContentLoaded", function () {
        /** @type {HTMLButtonElement} */ (button).click();
      });
    }
  });

  document.addEventListener("visibilitychange", function () {
    var hidden = document.visibilityState === "hidden";
    root.classList.toggle("is-hidden", hidden);
    if (hidden && shared) {
      root.classList.add("is-away"); // whoever takes up the telephone next sees nothing of it
    }
  });
})();
