// Text that has not been sent yet is kept at once in this browser, under the person's own name, and every few seconds
// on the server, where their other devices find it. <form data-draft="reply-12"> with a hidden client_key.
//
// Each page's form is kept by itself, here and there, under its own client_key: no page writes over, or empties, what
// another has written. The server shows all that lies in a place as one text and says what stands in it: data-draft-seen
// is {key: number of the newest save that is in}. With its first save a page takes the place of what it shows, as long
// as nothing has been written to that since. What this browser holds of a key is only older than the server's when its
// number says so. A draft has arrived when the page shows a message with data-key equal to its client_key. Logging out
// forgets what is kept here, not what is on the server.
const PREFIX = `draft:${document.body.dataset.person ?? ""}:`;
const FIELDS = 'input[type="text"], input[type="tel"], input:not([type]), input[name="html"], textarea';
// Files that have arrived, an extra field's own among them, by their ids: on the server alone.
const ARRIVED = /^kept(_f\d+)?$/;
// What is chosen rather than typed.
const FLAGS = ["signed", "wants_sms"];
const CHOSEN = /^(department|topic|staff|source|priority|signed|wants_sms|audience|readers|f\d+)$/;
const HERE = 600;
const THERE = 3000;
const LONGEST_PAUSE = 60_000;
const LOGGING_OUT = 2000;
const OLD = 30 * 24 * 3600 * 1000;
const ONLY_HERE = "پیش‌نویس فقط در این مرورگر است";
const OTHERS = "در زبانه یا دستگاه دیگری هم این‌جا نوشته‌اید؛ صفحه را تازه کنید تا هر دو را ببینید";
const PATIENCE = 20_000; // a line that is stuck is given up, so that the next save may get through
const SLOWEST = 5; // bytes a millisecond
const LARGEST_FAREWELL = 60_000; // bytes a browser still sends for a page that is left

const fa = (text) => text.replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);

// randomUUID is there on secure addresses alone.
function fresh() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const PAGE = fresh();
const states = new WeakMap();
const forms = [...document.querySelectorAll("form[data-draft]")];

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, draft) {
  try {
    if (draft) localStorage.setItem(name, JSON.stringify(draft));
    else localStorage.removeItem(name);
    return true;
  } catch {
    return false; // private window or full storage: writing goes on without a draft
  }
}

function names() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  } catch {
    return []; // no storage at all
  }
}

const key = (form) => form.elements.client_key?.value ?? "";
const named = (form) => `${PREFIX}${form.dataset.draft}:${key(form)}`;
const seen = (form) => JSON.parse(form.dataset.draftSeen ?? "{}");
const fields = (form) => [...form.querySelectorAll(FIELDS)].filter((field) => field.name && !field.closest("[data-no-draft]"));
const choices = (form) => [...form.elements].filter((one) => CHOSEN.test(one.name) && (one.type === "radio" || one.type === "checkbox" || one.type === "select-one"));
const isPlain = (area) => area.matches("textarea[data-editor]") && !("editorOn" in area.dataset);

// What stands in the form, and what waits for a question that has not come yet: texts, and what is chosen ([] where
// nothing is), by name.
function standing(form) {
  const { waiting } = states.get(form);
  const values = { ...waiting.values };
  const chosen = { ...waiting.chosen };
  for (const field of fields(form)) {
    if (field.value.trim()) values[field.name] = field.value;
    else delete values[field.name];
  }
  const met = new Set();
  for (const one of choices(form)) {
    if (!met.has(one.name)) chosen[one.name] = [];
    met.add(one.name);
    if (one.type === "select-one" || one.checked) chosen[one.name].push(one.value);
  }
  return { values, chosen };
}

const isFull = ({ values, chosen }) => Object.keys(values).length > 0 || Object.entries(chosen).some(([name, all]) => /^f\d/.test(name) && all.some(Boolean));

// Put back what was chosen; whether that changes anything.
function choose(form, values) {
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
  // Said again it would be read aloud again, after every few words.
  if (status && status.textContent !== words) status.textContent = words;
}

// Each save has a number greater than the one before, also of the page this one goes on from.
function next(form) {
  const state = states.get(form);
  state.number = Math.max(state.number + 1, Date.now());
  return state.number;
}

function save(form) {
  const found = standing(form);
  const place = form.dataset.draft;
  return write(named(form), isFull(found) ? { ...found, place, key: key(form), at: next(form), page: PAGE } : null);
}

function packed(form) {
  const body = new URLSearchParams({ place: form.dataset.draft, client_key: key(form), number: next(form) });
  if (form.dataset.draftSeen) body.set("seen", form.dataset.draftSeen);
  const { values, chosen } = standing(form);
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  for (const [name, all] of Object.entries(chosen)) {
    if (FLAGS.includes(name)) body.set(name, all.length ? "on" : "off");
    else for (const value of all) if (value) body.append(name, value);
  }
  const then = form.querySelector('[data-send][name="then"]')?.value;
  if (then) body.set("then", then);
  for (const [name, id] of new FormData(form)) if (ARRIVED.test(name)) body.append(name, id);
  return body;
}

async function post(form, { last = false } = {}) {
  const body = packed(form);
  // Beyond its bound a browser refuses at once what is to outlive the page; sent as usual it may still get through.
  const { size } = new Blob([body.toString()]);
  const keepalive = last && size <= LARGEST_FAREWELL;
  const signal = AbortSignal.timeout?.(PATIENCE + size / SLOWEST);
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken?.value ?? "", "HX-Request": "true" };
  const answer = await fetch("/drafts/", { method: "POST", body, headers, keepalive, signal });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

async function upload(form) {
  const state = states.get(form);
  clearTimeout(state.timer);
  state.timer = 0;
  if (state.ended || state.busy) return;
  Object.assign(state, { busy: true, dirty: false });
  clearTimeout(state.local);
  save(form);
  let pause = THERE;
  try {
    const answer = await post(form);
    Object.assign(state, { pause: 0, claims: false });
    if (answer.headers.get("X-Draft-Sent") && !state.ended && isFull(standing(form))) renew(form);
    if (!state.dirty && !state.ended) kept(form, answer.headers);
  } catch ({ message }) {
    state.dirty = true;
    say(form, isFull(standing(form)) ? ONLY_HERE : "");
    // Their other tab has come in anew: this page's token is of the session before.
    if (message === "403") document.dispatchEvent(new Event("login:renew"));
    // Out of sight, or too long: the next key press asks again.
    pause = message === "404" || message === "422" ? 0 : Math.min(2 * (state.pause || THERE), LONGEST_PAUSE);
    state.pause = pause;
  }
  state.busy = false;
  if (state.dirty && pause && !state.ended && (!state.timer || state.pause)) plan(form, pause);
}

function plan(form, pause) {
  const state = states.get(form);
  clearTimeout(state.timer);
  state.due = Date.now() + pause;
  state.timer = setTimeout(upload, pause, form);
}

function kept(form, headers) {
  const at = headers.get("X-Draft-At");
  if (headers.get("X-Draft-Others")) say(form, OTHERS);
  else say(form, at ? `پیش‌نویس ذخیره شد، ${fa(at)}` : "");
  const draft = read(named(form));
  if (at && draft) write(named(form), { ...draft, there: true });
}

// Under this key something has been sent already; what stands here now is another text.
function renew(form) {
  write(named(form), null);
  form.elements.client_key.value = fresh();
  states.get(form).own = true;
  save(form);
  changed(form);
}

// Others may show the draft that stands here, too: what is written goes under a key of this page's own, unless the page
// that wrote the draft is gone and this one goes on from it.
function own(form) {
  const state = states.get(form);
  if (state.own) return;
  state.own = true;
  const before = read(named(form));
  if (before?.left || before?.sent) {
    state.number = Math.max(state.number, before.at);
    return;
  }
  form.elements.client_key.value = fresh();
  state.claims = true;
}

function changed(form) {
  const state = states.get(form);
  Object.assign(state, { dirty: true, ended: false });
  own(form);
  clearTimeout(state.local);
  state.local = setTimeout(save, HERE, form);
  // Every three seconds while somebody types, not three seconds after they stop; at once where this page takes the place
  // of another, so that what is sent from here ends that, too.
  if (!state.timer || state.due > Date.now() + THERE) plan(form, state.claims ? 0 : THERE);
}

// Resolves when the server has answered, whatever it said.
async function farewell(form) {
  const state = states.get(form);
  // A save that is on its way may end with the page.
  const isDirty = (state.dirty || state.busy) && !state.ended;
  if (isDirty) save(form);
  const draft = read(named(form));
  if (draft?.page === PAGE) write(named(form), { ...draft, left: true });
  if (!isDirty) return;
  state.dirty = false;
  await post(form, { last: true }).catch(() => { state.dirty = true; });
}

function sweep() {
  for (const name of names()) {
    const draft = read(name);
    const isHere = draft?.sent && document.querySelector(`[data-key="${CSS.escape(draft.key)}"]`);
    if (!draft?.place || isHere || draft.at < Date.now() - OLD) write(name, null);
  }
}

// What this browser holds for a form and the server does not show in it, oldest first; what it does not need goes.
function unseen(form) {
  const there = seen(form);
  const found = [];
  for (const name of names()) {
    const draft = read(name);
    if (draft?.place !== form.dataset.draft) continue;
    const isIn = draft.at <= (there[draft.key] ?? -1);
    // It was there as it is here, and is no more: it has been sent, or put aside, from elsewhere.
    const isOver = draft.there && !(draft.key in there);
    if (!isIn && !isOver) found.push(draft);
    else if (draft.key !== key(form)) write(name, null);
  }
  return found.sort((one, other) => one.at - other.at);
}

const asHtml = (text) => text.split("\n").filter((line) => line.trim()).map((line) => {
  const part = document.createElement("p");
  part.textContent = line;
  return part.outerHTML;
}).join("");

// Put a draft into the form: in the place of what stands there, or after it. Rather a line twice than one lost.
function put(form, draft, { replaces }) {
  const { waiting } = states.get(form);
  const values = { ...draft.values };
  const by = (name) => fields(form).find((field) => field.name === name);
  const [subject, body, html] = ["subject", "body", "html"].map(by);
  if (!replaces) {
    if (subject?.value && values.subject && subject.value !== values.subject) values.body = [values.subject, values.body].filter(Boolean).join("\n");
    const one = { body: body.value, html: html?.value ?? "" };
    const two = { body: values.body ?? "", html: values.html ?? "" };
    const holds = (whole, part) => whole.body.includes(part.body.trim()) && (!part.html || whole.html.includes(part.html));
    const shapes = ({ body: words, html: shape }) => shape || asHtml(words);
    const both = { body: [one.body, two.body].filter(Boolean).join("\n\n"), html: one.html || two.html ? shapes(one) + shapes(two) : "" };
    Object.assign(values, holds(two, one) ? two : holds(one, two) ? one : both);
  }
  for (const field of fields(form)) {
    const isText = field.name === "body" || field.name === "html";
    if (replaces || isText || !field.value) field.value = values[field.name] ?? "";
  }
  const narrows = draft.chosen.audience?.includes("named");
  const also = narrows ? { audience: ["named"], readers: [...(draft.chosen.readers ?? []), ...(standing(form).chosen.readers ?? [])] } : {};
  choose(form, replaces ? draft.chosen : also);
  // A question that is not here yet: its department is asked for first.
  const elements = new Set([...form.elements].map((one) => one.name));
  for (const part of ["values", "chosen"]) {
    for (const [name, value] of Object.entries(draft[part])) if (/^f\d+$/.test(name) && !elements.has(name)) waiting[part][name] ??= value;
  }
}

function arrive(form) {
  const { waiting } = states.get(form);
  for (const field of fields(form)) {
    if (!(field.name in waiting.values)) continue;
    field.value ||= waiting.values[field.name];
    delete waiting.values[field.name];
  }
  choose(form, waiting.chosen);
  for (const one of choices(form)) delete waiting.chosen[one.name];
}

function restore(form) {
  const state = states.get(form);
  const shows = "draftSeen" in form.dataset;
  const isTouched = fields(form).some((field) => field.type !== "hidden" && field.value !== field.defaultValue);
  // A text that came back refused is what was typed last; what is about something else waits for its own page.
  const isFilled = !shows && fields(form).some((field) => field.defaultValue.trim());
  const found = isFilled || "draftAside" in form.dataset ? [] : unseen(form);
  let replaces = !isTouched && (!shows || (found.length === 1 && found[0].key === key(form) && !("draftJoined" in form.dataset)));
  const [first] = found;
  // Under the same key as before, where no other page goes on with it: had it been sent after all, it would still be
  // one message.
  if (first && !shows && found.length === 1 && (first.left || first.sent)) {
    form.elements.client_key.value = first.key;
    state.number = first.at;
  }
  for (const draft of found) {
    put(form, draft, { replaces });
    replaces = false;
  }
  if (found.length) {
    own(form);
    // Kept under this page's key before it goes from where it was.
    if (save(form)) found.filter((draft) => draft.key !== key(form)).forEach((draft) => write(`${PREFIX}${draft.place}:${draft.key}`, null));
    const area = form.querySelector('textarea[name="body"]');
    area?.dispatchEvent(new CustomEvent("editor:set", { detail: { html: form.elements.html?.value ?? "", text: area.value } }));
    if (!form.querySelector("[data-draft-back]")) say(form, "نوشتهٔ پیشین شما بازگردانده شد.");
    const asks = [...form.querySelectorAll("[data-department-select], [data-topic-select]")].find((one) => one.value);
    // Whoever brings the questions listens from then on.
    if (asks) document.addEventListener("DOMContentLoaded", () => asks.dispatchEvent(new Event("change", { bubbles: true })));
  }
  if (found.length || isTouched || "draftJoined" in form.dataset) changed(form);
}

function begin(form) {
  states.set(form, { number: 0, dirty: false, ended: false, busy: false, timer: 0, due: 0, local: 0, pause: 0, own: !("draftSeen" in form.dataset), claims: false, waiting: { values: {}, chosen: {} } });
  for (const area of form.querySelectorAll("textarea")) {
    // The shape of a text holds for that text alone: typed on without an editor, on a slow line, the words count.
    if (isPlain(area) && area.value !== area.defaultValue && form.elements.html) form.elements.html.value = "";
    if (area !== document.activeElement) area.setSelectionRange(area.value.length, area.value.length);
  }
  restore(form);
  form.addEventListener("input", ({ target }) => {
    if (isPlain(target) && form.elements.html) form.elements.html.value = "";
    changed(form);
  });
  form.addEventListener("change", () => changed(form));
  form.addEventListener("htmx:afterSwap", () => arrive(form));
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const state = states.get(form);
    if (state.claims) post(form, { last: true }).catch(() => {});
    clearTimeout(state.timer);
    clearTimeout(state.local);
    Object.assign(state, { timer: 0, ended: true });
    save(form);
    const draft = read(named(form));
    if (draft) write(named(form), { ...draft, sent: true });
  });
}

// «کنار گذاشتن»: what the page shows, and what was written here since.
function forget(event, place) {
  const form = document.querySelector(`form[data-draft="${CSS.escape(place)}"]`);
  if (!form) return;
  const state = states.get(form);
  clearTimeout(state.local);
  state.ended = true;
  const all = { ...seen(form), ...(state.own ? { [key(form)]: Number.MAX_SAFE_INTEGER } : {}) };
  event.target.elements.seen.value = JSON.stringify(all);
  Object.keys(all).forEach((one) => write(`${PREFIX}${place}:${one}`, null));
}

// Logging out: the server has the newest, this browser keeps nothing.
function leave(event) {
  const form = event.target;
  const dirty = forms.filter((one) => (states.get(one).dirty || states.get(one).busy) && !states.get(one).ended);
  if (dirty.length && !form.dataset.waited) {
    event.preventDefault();
    form.dataset.waited = "1";
    const { submitter } = event;
    Promise.race([Promise.all(dirty.map(farewell)), new Promise((done) => { setTimeout(done, LOGGING_OUT); })]).then(() => form.requestSubmit(submitter));
    return;
  }
  for (const one of forms) {
    clearTimeout(states.get(one).local);
    states.get(one).ended = true;
  }
  try {
    Object.keys(localStorage).filter((name) => name.startsWith("draft:")).forEach((name) => localStorage.removeItem(name));
  } catch {
    // no storage at all
  }
}

sweep();
forms.forEach(begin);
window.addEventListener("pagehide", () => forms.forEach(farewell));
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of forms) {
    const draft = read(named(form));
    if (draft?.page === PAGE) write(named(form), { ...draft, left: false });
    // Another page has gone on from here.
    else if (draft) form.elements.client_key.value = fresh();
  }
});
window.addEventListener("online", () => forms.filter((form) => states.get(form).dirty).forEach(upload));
document.addEventListener("submit", (event) => {
  if (event.target.dataset.forgetDraft) forget(event, event.target.dataset.forgetDraft);
  if (event.target.matches("[data-forget-drafts]")) leave(event);
});
