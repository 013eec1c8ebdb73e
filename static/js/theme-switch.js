// Light, dark or as the device, shown at once; the form itself tells the server, which keeps it with the person and in
// the cookie "theme". The profile form's own choice is shown the same way, and kept when that form is saved.
const root = document.documentElement;

function show(theme) {
  for (const button of document.querySelectorAll(".theme-switch button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

function choose(theme) {
  if (theme === "auto") {
    root.dataset.themeAuto = "";
    root.dataset.bsTheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  } else {
    delete root.dataset.themeAuto;
    root.dataset.bsTheme = theme;
  }
  show(theme);
}

// A choice that did not reach the server is not shown as made.
let kept = "themeAuto" in root.dataset ? "auto" : root.dataset.bsTheme;
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (detail.successful && target.matches?.(".theme-switch")) kept = "themeAuto" in root.dataset ? "auto" : root.dataset.bsTheme;
});
document.addEventListener("act:undone", ({ target }) => target.matches(".theme-switch") && choose(kept));
document.addEventListener("click", (event) => {
  const button = event.target.closest(".theme-switch button");
  if (button) choose(button.value);
});
document.addEventListener("change", (event) => {
  if (event.target.matches('[data-theme-radios] input[type="radio"][name="theme"]')) choose(event.target.value);
});
show("themeAuto" in root.dataset ? "auto" : root.dataset.bsTheme);
