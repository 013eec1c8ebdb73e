// Short answers at the foot of the page. The server asks for one by HX-Trigger: {"toast": {"text": …, "tone": "ok" | "bad"}};
// other modules by dispatching the same event on <body>. Bad news stays until it is closed.
const STAY = 7000;
const place = document.getElementById("toasts");
const shape = document.getElementById("toast-shape");

function leave(toast) {
  toast.remove();
}

function arm(toast) {
  if (!toast.classList.contains("note-toast-bad")) setTimeout(leave, STAY, toast);
}

function show({ text, tone = "ok" }) {
  if (!text) return;
  const toast = shape.content.firstElementChild.cloneNode(true);
  toast.classList.add(`note-toast-${tone}`);
  const mark = document.getElementById(`toast-${tone}`);
  toast.querySelector("[data-mark]").replaceWith(mark ? mark.content.cloneNode(true) : "");
  toast.querySelector("div").textContent = text;
  place.append(toast);
  arm(toast);
}

document.body.addEventListener("toast", (event) => show(event.detail ?? {}));
// Who only asked for more has written nothing that could be lost.
const again = ({ detail }) => (detail?.requestConfig?.verb === "get" ? "دوباره امتحان کنید." : "نوشتهٔ شما سر جایش است، دوباره بفرستید.");
document.body.addEventListener("htmx:sendError", (event) => show({ text: `اینترنت قطع شد. ${again(event)}`, tone: "bad" }));
// A refusal of ours brings its own words; one from before it (a gateway, a broken answer) has none.
document.body.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  if (!/"(?:toast|login-needed)"/.test(xhr.getResponseHeader("HX-Trigger") ?? "")) show({ text: "انجام نشد. چند لحظه بعد دوباره امتحان کنید.", tone: "bad" });
});
document.body.addEventListener("htmx:timeout", (event) => show({ text: `پاسخی نرسید. ${again(event)}`, tone: "bad" }));
place.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toast] button");
  if (button) leave(button.closest("[data-toast]"));
});
place.querySelectorAll("[data-toast]").forEach(arm);
