// An answer on its way: its seconds run down, and when they are over its own page sends it, however busy the worker is.
// <section data-outgoing="15" data-key="…"> with [data-left], [data-outgoing-words] and a form [data-outgoing-now].
// The page stays under the person's hands: the section gives way to the message, as the server shows it.
const fa = (number) => number.toLocaleString("fa-IR", { useGrouping: false });

const toast = (text) => document.body.dispatchEvent(new CustomEvent("toast", { detail: { text } }));

// Somebody is at work in it: the caret, a menu, a choice or a text of theirs is there.
function used(part) {
  if (part.contains(document.activeElement) || part.querySelector("details[open]")) return true;
  return [...part.querySelectorAll("input, textarea, select")].some((field) => {
    if (field.type === "hidden") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.value !== field.defaultValue;
  });
}

function swap(old, fresh) {
  const part = document.importNode(fresh, true);
  old.replaceWith(part);
  window.htmx?.process(part);
  part.dispatchEvent(new CustomEvent("part:added", { bubbles: true }));
  return part;
}

// «?» makes the address another one, so that the link brings the page anew.
function line(text, href, word) {
  const p = document.createElement("p");
  p.className = "outgoing-other sm muted";
  p.append(`${text} `);
  const link = document.createElement("a");
  link.href = href;
  link.textContent = word;
  p.append(link);
  return p;
}

// The message where the section stood, what the head and the side say of the ticket now, and what was done in words.
function show(box, page, held, address) {
  const sent = page.querySelector(`.msg[data-key="${CSS.escape(box.dataset.key)}"]`);
  const words = page.querySelector("#toasts [data-toast] div")?.textContent ?? "";
  if (!sent) {
    // It could not go, and its text has come back to the composer as the server has it; or it stands among older ones.
    const isBack = new URL(address).searchParams.get("done") === "unsent";
    const told = isBack ? "این پاسخ فرستاده نشد و به جعبهٔ پاسخ برگشته است." : "پاسخ فرستاده شد.";
    box.replaceWith(line(told, isBack ? "?#composer" : "?#thread", "صفحه را تازه کنید"));
    toast(words);
    return;
  }
  const message = swap(box, sent);
  const last = Number(document.querySelector('.pane-reply input[name="last"]')?.value ?? Infinity);
  const later = [...page.querySelectorAll("#thread .msg:not([data-key])")].find((one) => Number(one.id.slice("message-".length)) > last);
  if (later && !location.search.includes("before=")) message.after(line("در همین میان پیام تازه‌ای رسید.", `?#${later.id}`, "آن را ببینید"));
  if (held) {
    message.tabIndex = -1;
    message.focus({ preventScroll: true });
  }
  for (const which of [".t-facts", ".t-acts", ".panel"]) {
    const [old, fresh] = [document.querySelector(which), page.querySelector(which)];
    if (old && fresh && !used(old)) swap(old, fresh);
  }
  toast(words || "پاسخ فرستاده شد.");
}

async function send(box) {
  const form = box.querySelector("[data-outgoing-now]");
  const held = box.contains(document.activeElement);
  box.querySelectorAll("button").forEach((button) => { button.disabled = true; });
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Whoever slept over it comes to the way in, which says nothing of the answer.
    if (!answer.ok || !page.getElementById("thread")) throw new Error(String(answer.status));
    show(box, page, held, answer.url);
  } catch {
    // The worker sends it all the same.
    box.querySelector("[data-outgoing-words]").textContent = "پاسخ در راه است.";
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
