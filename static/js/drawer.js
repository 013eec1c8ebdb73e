// The side navigation as a drawer on the phone. Without this file the link's address (#side) opens it.
const links = () => document.querySelectorAll("[data-drawer]");
let opener = null;

function others(drawer) {
  // Everything beside the drawer steps out of reach while it is open.
  return [...drawer.parentElement.children].filter((element) => element !== drawer);
}

function open(drawer, link) {
  opener = link;
  drawer.classList.add("show");
  others(drawer).forEach((element) => element.setAttribute("inert", ""));
  links().forEach((element) => element.setAttribute("aria-expanded", "true"));
  drawer.querySelector("[data-drawer-close]")?.focus();
}

function close(drawer) {
  if (!drawer?.classList.contains("show")) return;
  drawer.classList.remove("show");
  others(drawer).forEach((element) => element.removeAttribute("inert"));
  links().forEach((element) => element.setAttribute("aria-expanded", "false"));
  opener?.focus();
}

links().forEach((link) => link.setAttribute("aria-expanded", "false"));
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-drawer]");
  const shown = document.querySelector(".side.show");
  if (link) {
    event.preventDefault();
    open(document.getElementById(link.dataset.drawer), link);
  } else if (event.target.closest("[data-drawer-close]")) {
    event.preventDefault();
    close(shown);
  } else if (shown && !shown.contains(event.target)) {
    close(shown);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close(document.querySelector(".side.show"));
});
// Wide again: the drawer is the sidebar, nothing may stay inert.
matchMedia("(min-width: 62rem)").addEventListener("change", () => close(document.querySelector(".side.show")));
