/** A button that prints the page, on pages made to be kept on paper. */

document.querySelectorAll("[data-print]").forEach((button) => {
  button.toggleAttribute("hidden", false);
  button.addEventListener("click", () => window.print());
});
