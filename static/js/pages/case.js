/** The page of one note: it saves itself while it is written; saving a version leads back to the case. */

import { NotePanel } from "../desk/note_panel.js";

const form = document.querySelector("[data-note]");
if (form instanceof HTMLFormElement) {
  const note = new NotePanel(form, {
    saved: () => location.assign(form.dataset.caseUrl || "/casos/"),
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      note.flush();
    }
  });
  addEventListener("pagehide", () => note.flush());
}
