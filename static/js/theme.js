// Runs before the first paint, so a dark page never flashes white. The server has already written an explicit
// choice into data-bs-theme; here only "as the device" is left to decide.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  if (root.dataset.bsTheme) return;
  root.dataset.themeAuto = "";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if ("themeAuto" in root.dataset) root.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  follow();
  dark.addEventListener("change", follow);
})();
