// An answer on its way: its seconds run down, and when they are over its own page sends it, however busy the worker is.
// <section data-outgoing="15"> with [data-left], [data-outgoing-words] and a form [data-outgoing-now].
const fa = (number) => number.toLocaleString("fa-IR", { useGrouping: false });

const writing = () => [...document.querySelectorAll("form[data-draft] textarea")].some((area) => area.value !== area.defaultValue);

async function send(box) {
  const form = box.querySelector("[data-outgoing-now]");
  const words = box.querySelector("[data-outgoing-words]");
  box.querySelectorAll("button").forEach((button) => { button.disabled = true; });
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (!answer.ok) throw new Error(String(answer.status));
    if (!writing()) {
      location.assign(answer.url);
      return;
    }
    // Somebody writes the next one: the page stays as it is.
    box.querySelectorAll("form").forEach((one) => one.remove());
    words.textContent = "پاسخ فرستاده شد.";
  } catch {
    // The worker sends it all the same.
    words.textContent = "پاسخ در راه است.";
  }
}

for (const box of document.querySelectorAll("[data-outgoing]")) {
  // Counted against the clock, not by ticks: a sleeping tab wakes up right.
  const end = Date.now() + Number(box.dataset.outgoing) * 1000;
  let gone = false;
  box.addEventListener("submit", () => { gone = true; });
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    const shown = box.querySelector("[data-left]");
    if (shown) shown.textContent = fa(left);
    if (left > 0 && !gone) return;
    clearInterval(timer);
    if (!gone) send(box);
  }, 250);
}
