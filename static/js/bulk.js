// The bar of chosen rows: how many, all of this page, none. Without this file the boxes and the bar work all the same.
const digits = new Intl.NumberFormat("fa-IR", { useGrouping: false });
const boxes = () => [...document.querySelectorAll('input[name="number"][form="bulk"]')];

function count() {
  const all = boxes();
  const chosen = all.filter((box) => box.checked).length;
  const words = document.querySelector("[data-bulk-count]");
  if (words) words.textContent = `${digits.format(chosen)} تیکت انتخاب شد`;
  const whole = document.querySelector("[data-check-all]");
  if (whole) {
    whole.checked = chosen > 0 && chosen === all.length;
    whole.indeterminate = chosen > 0 && chosen < all.length;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-check-all]")) boxes().forEach((box) => (box.checked = event.target.checked));
  if (event.target.matches('[data-check-all], input[form="bulk"]')) count();
});
// A form empties its boxes after this event.
document.addEventListener("reset", (event) => event.target.id === "bulk" && setTimeout(count));
window.addEventListener("pageshow", count);
document.body.addEventListener("htmx:afterSettle", count);
