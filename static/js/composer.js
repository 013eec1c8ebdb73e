// The composer's two modes work by CSS alone; here the caret follows the mode, so nobody writes into a hidden box.
for (const composer of document.querySelectorAll("[data-composer]")) {
  composer.addEventListener("change", (event) => {
    if (event.target.name !== "composer-mode") return;
    const pane = composer.querySelector(event.target.id === "mode-note" ? ".pane-note" : ".pane-reply");
    // The arrow keys of the radios keep their place; only a pointer moves the caret.
    if (!event.target.matches(":focus-visible")) pane?.querySelector("textarea")?.focus();
  });
}
// Links elsewhere on the page that mean "write an answer" or "write a note".
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-mode]");
  const radio = link && document.getElementById(`mode-${link.dataset.mode}`);
  if (!radio) return;
  radio.checked = true;
  radio.closest("[data-composer]").querySelector(`.pane-${link.dataset.mode} textarea`)?.focus();
});
