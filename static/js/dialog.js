// Native dialogs. A link <a href="#id" data-dialog> opens <dialog id>; without this file :target shows it.
// One of a dialog the page does not hold yet, <a href="?hand=id#id" data-dialog>, brings it from that address.
const signedIn = () => new Promise((done) => document.dispatchEvent(new CustomEvent("login:ask", { detail: { done } })));

async function bring(link) {
  link.setAttribute("aria-busy", "true");
  try {
    const ask = () => fetch(link.href, { headers: { "HX-Request": "true" } });
    let answer = await ask();
    // Whoever writes beside it keeps the page: the way in comes over it (static/js/session.js).
    if (answer.headers.get("HX-Redirect")?.startsWith("/login/")) {
      if (!(await signedIn())) return;
      answer = await ask();
    }
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(link.hash);
    if (!answer.ok || answer.redirected || !found) throw new Error(answer.statusText);
    document.body.append(found);
    found.dispatchEvent(new CustomEvent("part:added", { bubbles: true }));
    found.showModal();
  } catch {
    // The page itself knows what to say: signed out, no longer allowed, no line.
    location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
}

// A press on the shade lands on the dialog itself, outside its box.
function onShade({ target, clientX, clientY }) {
  if (!target.matches?.("dialog[open]")) return false;
  const box = target.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

// Whoever selects text in a dialog may let go outside it: what counts is where the press began.
let began = false;
document.addEventListener("pointerdown", (event) => { began = onShade(event); }, true);

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog]");
  if (link) {
    const dialog = document.querySelector(link.hash || `#${link.dataset.dialog}`);
    if (!dialog && !link.search) return;
    event.preventDefault();
    if (dialog) dialog.showModal();
    else if (!link.hasAttribute("aria-busy")) bring(link);
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
  if (began && onShade(event)) event.target.close();
});
// A dialog that was asked for by address, or came back with field errors, opens by itself.
document.querySelector("dialog[data-open]")?.showModal();
