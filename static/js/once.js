// A form with data-once is sent once: the pressed button shows that it is busy and further submits are dropped.
// The server has its own guard (client_key); this one only saves the second wait.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  // Another listener (or a field the browser refused) may have stopped it.
  if (event.defaultPrevented) return;
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
});

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute("aria-busy"));
}

document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("[data-once]");
  if (form) release(form);
});
// Whoever stops a page that does not come may send again.
window.navigation?.addEventListener("navigateerror", () => document.querySelectorAll("[data-once]").forEach(release));
// Coming back with the browser's own "back" brings the page as it was left.
window.addEventListener("pageshow", () => document.querySelectorAll("[data-once]").forEach(release));
