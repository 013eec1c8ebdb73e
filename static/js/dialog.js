// Native dialogs. A link <a href="#id" data-dialog> opens <dialog id>; without this file :target shows it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog]");
  if (link) {
    const dialog = document.querySelector(link.getAttribute("href") ?? `#${link.dataset.dialog}`);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
    return;
  }
  const close = event.target.closest("[data-dialog-close]");
  if (close) {
    const dialog = close.closest("dialog");
    if (dialog?.open) {
      event.preventDefault();
      dialog.close();
    }
    return;
  }
  // A press on the shade lands on the dialog itself, outside its box.
  if (event.target.matches("dialog[open]")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});
// A dialog that came back with field errors opens again by itself.
document.querySelector("dialog[data-open]")?.showModal();
