// Text that has not been sent yet is kept in this browser, under the person's own name, and forgotten once it arrived.
// <form data-draft="new-ticket"> with a hidden client_key. A draft has arrived when the page shows
// [data-draft-arrived="new-ticket"], or a message with data-key equal to its client_key. Logging out forgets all.
const PREFIX = `draft:${document.body.dataset.person ?? ""}:`;
const FIELDS = 'input[type="text"], input:not([type]), textarea';

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

function write(name, draft) {
  try {
    if (draft) localStorage.setItem(PREFIX + name, JSON.stringify(draft));
    else localStorage.removeItem(PREFIX + name);
    return true;
  } catch {
    return false; // private window or full storage: writing goes on without a draft
  }
}

const fields = (form) => [...form.querySelectorAll(FIELDS)].filter((field) => field.name && !field.closest("[data-no-draft]"));
const key = (form) => form.elements.client_key?.value ?? "";

function save(form) {
  const values = Object.fromEntries(fields(form).map((field) => [field.name, field.value]).filter(([, value]) => value.trim()));
  const kept = write(form.dataset.draft, Object.keys(values).length ? { values, key: key(form), sent: false } : null);
  const status = form.querySelector("[data-draft-status]");
  if (!status) return;
  const time = new Date().toLocaleTimeString("fa-IR", { hour: "numeric", minute: "2-digit" });
  status.textContent = kept && Object.keys(values).length ? `پیش‌نویس ذخیره شد، ${time}` : "";
}

function arrived(name, draft) {
  if (!draft.sent) return false;
  if (document.querySelector(`[data-draft-arrived="${name}"]`)) return true;
  return Boolean(draft.key) && document.querySelector(`[data-key="${CSS.escape(draft.key)}"]`) !== null;
}

function sweep() {
  for (const stored of Object.keys(localStorage).filter((item) => item.startsWith(PREFIX))) {
    const name = stored.slice(PREFIX.length);
    const draft = read(name);
    if (!draft || arrived(name, draft)) write(name, null);
  }
}

function restore(form) {
  const draft = read(form.dataset.draft);
  if (!draft) return;
  for (const field of fields(form)) {
    // What the server sent back with its errors is newer than what was kept here.
    if (!field.value && draft.values[field.name]) field.value = draft.values[field.name];
  }
  const status = form.querySelector("[data-draft-status]");
  if (status) status.textContent = "نوشتهٔ پیشین شما بازگردانده شد.";
}

try {
  sweep();
} catch {
  // no storage at all
}
for (const form of document.querySelectorAll("form[data-draft]")) {
  restore(form);
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 600, form);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    save(form);
    const draft = read(form.dataset.draft);
    if (draft) write(form.dataset.draft, { ...draft, sent: true });
  });
}
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forget-drafts]")) return;
  try {
    Object.keys(localStorage).filter((item) => item.startsWith("draft:")).forEach((item) => localStorage.removeItem(item));
  } catch {
    // no storage at all
  }
});
