// Text that has not been sent yet is kept at once in this browser, under the person's own name, and every few seconds
// on the server, where their other devices find it. The server has put its draft into the page already; what was kept
// here only replaces it when it is newer. <form data-draft="reply-12" data-draft-at="seconds"> with a hidden client_key.
// A draft has arrived when the page shows [data-draft-arrived~="new-desk"], or a message with data-key equal to its
// client_key. Logging out forgets what is kept here, not what is on the server.
const PREFIX = `draft:${document.body.dataset.person ?? ""}:`;
const FIELDS = 'input[type="text"], input[type="tel"], input:not([type]), input[name="html"], textarea';
// What the server keeps beside them; files that have arrived, an extra field's own among them, by their ids.
const MORE = ["department", "topic", "staff", "source"];
const ARRIVED = /^kept(_f\d+)?$/;
// What is chosen rather than typed, and kept here as well: who a note is for, and answers to extra fields.
const CHOSEN = /^(audience|readers|f\d+)$/;
const HERE = 600;
const THERE = 3000;
const ONLY_HERE = "پیش‌نویس فقط در این مرورگر است";
const RETURNED = "پاسخی که نرفت به این پیش‌نویس برگشته است؛ صفحه را تازه کنید تا هر دو را ببینید";
const LARGEST_FAREWELL = 60_000; // bytes a browser still sends for a page that is left

const fa = (text) => text.replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);

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
const typed = (form) => Object.fromEntries(fields(form).map((field) => [field.name, field.value]).filter(([, value]) => value.trim()));
const choices = (form) => [...form.elements].filter((one) => CHOSEN.test(one.name) && (one.type === "radio" || one.type === "checkbox" || one.type === "select-one"));
const token = (form) => form.elements.csrfmiddlewaretoken?.value ?? "";

// By name the values of what is chosen: [] where nothing is.
function chosen(form) {
  const found = {};
  for (const one of choices(form)) {
    found[one.name] ??= [];
    if (one.type === "select-one" || one.checked) found[one.name].push(one.value);
  }
  return found;
}

// Put back what was chosen; whether that changes anything.
function choose(form, values = {}) {
  let changes = false;
  for (const one of choices(form)) {
    const wanted = values[one.name];
    if (!wanted) continue;
    if (one.type === "select-one") {
      const value = wanted[0] ?? "";
      if (one.value === value || ![...one.options].some((option) => option.value === value)) continue;
      one.value = value;
    } else {
      if (one.checked === wanted.includes(one.value)) continue;
      one.checked = !one.checked;
    }
    changes = true;
    if (one.name === "audience") one.closest("details").open = true;
  }
  return changes;
}

function say(form, words) {
  const status = form.querySelector("[data-draft-status]");
  if (status) status.textContent = words;
}

function save(form) {
  const values = typed(form);
  const full = Object.keys(values).length > 0;
  return write(form.dataset.draft, full ? { values, chosen: chosen(form), key: key(form), at: Date.now(), sent: false } : null) && full;
}

function packed(form) {
  const data = new FormData(form);
  const body = new URLSearchParams({ place: form.dataset.draft, client_key: key(form) });
  for (const [name, value] of Object.entries(typed(form))) body.set(name, value);
  for (const name of MORE) if (data.get(name)) body.set(name, data.get(name));
  for (const [name, values] of Object.entries(chosen(form))) for (const value of values) if (value) body.append(name, value);
  for (const [name, id] of data) if (ARRIVED.test(name)) body.append(name, id);
  return body;
}

function post(form, options = {}) {
  return fetch("/drafts/", {
    method: "POST",
    body: packed(form),
    headers: { "X-CSRFToken": token(form), "HX-Request": "true" },
    ...options,
  });
}

async function upload(form) {
  const state = states.get(form);
  state.timer = 0;
  if (state.ended) return;
  state.dirty = false;
  try {
    const answer = await post(form);
    if (answer.status === 409) {
      state.dirty = true;
      say(form, RETURNED);
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const at = answer.headers.get("X-Draft-At");
    if (state.dirty || state.ended) return;
    say(form, at ? `پیش‌نویس ذخیره شد، ${fa(at)}` : "");
    const draft = read(form.dataset.draft);
    if (at && draft) write(form.dataset.draft, { ...draft, there: true });
  } catch {
    state.dirty = true;
    say(form, Object.keys(typed(form)).length ? ONLY_HERE : "");
  }
}

function changed(form) {
  const state = states.get(form);
  state.dirty = true;
  state.ended = false;
  clearTimeout(state.local);
  state.local = setTimeout(save, HERE, form);
  // Every three seconds while somebody types, not three seconds after they stop.
  if (!state.timer) state.timer = setTimeout(upload, THERE, form);
}

function farewell(form) {
  const state = states.get(form);
  if (state.ended || !state.dirty) return;
  save(form);
  if (new Blob([packed(form).toString()]).size > LARGEST_FAREWELL) return;
  state.dirty = false;
  post(form, { keepalive: true }).catch(() => { state.dirty = true; });
}

function arrived(name, draft) {
  if (!draft.sent) return false;
  if (document.querySelector(`[data-draft-arrived~="${name}"]`)) return true;
  return Boolean(draft.key) && document.querySelector(`[data-key="${CSS.escape(draft.key)}"]`) !== null;
}

function sweep() {
  for (const stored of Object.keys(localStorage).filter((item) => item.startsWith(PREFIX))) {
    const name = stored.slice(PREFIX.length);
    const draft = read(name);
    if (!draft || arrived(name, draft)) write(name, null);
  }
}

// The editor shows what its hidden fields hold; it may be there already, or come later.
function tell(form) {
  const area = form.querySelector('textarea[name="body"]');
  if (!area) return;
  const set = () => area.dispatchEvent(new CustomEvent("editor:set", { detail: { html: form.elements.html?.value ?? "", text: area.value } }));
  set();
  area.addEventListener("editor:ready", set, { once: true });
}

function restore(form) {
  const draft = read(form.dataset.draft);
  if (!draft) return;
  const there = Number(form.dataset.draftAt ?? 0);
  // It was there as it is here, and is no more: it has been sent, or put aside, from another device.
  if (!there && draft.there) {
    write(form.dataset.draft, null);
    return;
  }
  // An answer that did not go has come back to a form that was being written in: here stands the later of two texts.
  const returned = "draftReturned" in form.dataset && draft.key !== key(form);
  // What the server sent is what was typed last, unless this browser kept something after it. Of two texts rather a
  // line twice than one lost.
  if (there && (draft.at ?? 0) < (there + (returned ? 0 : 1)) * 1000) return;
  const keys = form.elements.client_key;
  // Chosen for what is written here: with the text of a refused form its own choice has come back.
  let changes = (there || !fields(form).some((field) => field.value)) && choose(form, draft.chosen);
  for (const field of fields(form)) {
    if (returned && field.value && draft.values[field.name]) {
      field.value += (field.name === "html" ? "" : "\n\n") + draft.values[field.name];
      changes = true;
      continue;
    }
    // What the server sent back with its errors is newer than what was kept here.
    if (!draft.values[field.name] || (field.value && !there) || field.value === draft.values[field.name]) continue;
    field.value = draft.values[field.name];
    changes = true;
  }
  if (!changes) return;
  // Under the same key as before: had it been sent after all, it would still be one message.
  if (keys && draft.key && !returned) keys.value = draft.key;
  tell(form);
  if (!form.querySelector("[data-draft-back]")) say(form, "نوشتهٔ پیشین شما بازگردانده شد.");
  changed(form);
}

const states = new WeakMap();
const forms = [...document.querySelectorAll("form[data-draft]")];
try {
  sweep();
} catch {
  // no storage at all
}
for (const form of forms) {
  states.set(form, { dirty: false, ended: false, timer: 0, local: 0 });
  restore(form);
  form.addEventListener("input", () => changed(form));
  form.addEventListener("change", () => changed(form));
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const state = states.get(form);
    clearTimeout(state.timer);
    clearTimeout(state.local);
    Object.assign(state, { timer: 0, ended: true });
    save(form);
    const draft = read(form.dataset.draft);
    if (draft) write(form.dataset.draft, { ...draft, sent: true });
  });
}
window.addEventListener("pagehide", () => forms.forEach(farewell));
document.addEventListener("submit", (event) => {
  const { forgetDraft } = event.target.dataset;
  if (forgetDraft) {
    const form = document.querySelector(`form[data-draft="${CSS.escape(forgetDraft)}"]`);
    if (form) states.get(form).ended = true;
    clearTimeout(form && states.get(form).local);
    write(forgetDraft, null);
  }
  if (!event.target.matches("[data-forget-drafts]")) return;
  // Logging out: the server has the newest, this browser keeps nothing.
  forms.forEach(farewell);
  forms.forEach((form) => clearTimeout(states.get(form).local));
  try {
    Object.keys(localStorage).filter((item) => item.startsWith("draft:")).forEach((item) => localStorage.removeItem(item));
  } catch {
    // no storage at all
  }
});
