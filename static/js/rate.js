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
