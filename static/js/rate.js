// A pressed star is sent at once. Arrow keys walk through the stars, so with them nothing leaves before Enter or the
// button: whoever passes one star on the way to five has not given one.
let pressed = false;
document.addEventListener("pointerdown", () => { pressed = true; });
document.addEventListener("keydown", () => { pressed = false; });
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-rate]");
  if (form && pressed && event.target.name === "stars") form.requestSubmit();
});
// The button beside the stars goes once they are given; the keyboard stays with them (and so does htmx, by their ids).
document.addEventListener("submit", ({ target, submitter }) => {
  if (submitter?.matches("form[data-rate] .rate-send")) target.querySelector('[name="stars"]:checked')?.focus();
});
// Stars that did not arrive are not shown as given.
document.addEventListener("act:undone", (event) => {
  if (!event.target.matches("form[data-rate]")) return;
  event.target.querySelectorAll('[name="stars"]').forEach((star) => { star.checked = star.defaultChecked; });
});
// On a slow line somebody goes on writing while the stars are under way: what comes back holds the words as they were
// sent, and must not take the place of newer ones.
const sent = new WeakMap();
const words = (form) => form.querySelector('[name="comment"]');
document.addEventListener("htmx:beforeRequest", ({ target }) => {
  if (words(target)) sent.set(target, words(target).value);
});
document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  const area = words(target);
  if (!area || area.value === sent.get(target) || !detail.shouldSwap) return;
  const page = new DOMParser().parseFromString(detail.serverResponse, "text/html");
  const fresh = page.getElementById(target.id);
  if (!fresh || !words(fresh)) return;
  words(fresh).textContent = area.value;
  fresh.querySelector("details")?.setAttribute("open", "");
  detail.serverResponse = page.body.innerHTML;
});
