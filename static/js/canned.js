// Ready answers in the composer: the button [data-canned="#textarea"], or "/" on an empty line, opens the search; what
// is chosen comes from the server with its names filled in, and goes in at the caret. Without this file the button
// posts the form, and the page comes back with the list in it.
const dialog = document.getElementById("canned");
const search = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
const status = dialog?.querySelector("[data-canned-status]");
const failed = dialog?.querySelector("[data-canned-failed]");
let target = null;
let caret = 0;
let slash = false;
let timer = 0;
let asked = 0;
let late = true; // what was typed last has no list yet
let moved = false; // what is chosen was chosen, not only offered first
let wanted = false; // Enter was pressed for the list that has not come
let coming = null; // the answer that is on its way
const PATIENCE = 20_000; // ms

const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
const address = (path, more = {}) => {
  const query = new URLSearchParams(dialog.dataset.cannedQuery);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return `${path}?${query}`;
};
// On a line that is stuck rather a word to that effect than none.
const ask = (where, more) => fetch(where, { signal: AbortSignal.timeout?.(PATIENCE), ...more });
const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector('[aria-selected="true"]');

function select(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  if (option) search.setAttribute("aria-activedescendant", option.id);
  else search.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

async function offer() {
  const mine = ++asked;
  const q = search.value;
  late = true;
  try {
    const response = await ask(address(dialog.dataset.cannedOffer, { q }), { headers: { "X-Requested-With": "fetch" } });
    if (!response.ok || response.redirected) throw new Error(response.status);
    const part = await response.text();
    if (mine !== asked || q !== search.value) return; // an older answer came late
    list.innerHTML = part;
    const found = options();
    select(found[0]);
    status.textContent = found.length ? `${found.length.toLocaleString("fa-IR")} پاسخ` : "چیزی پیدا نشد.";
    const takes = wanted && found.length && dialog.open;
    late = moved = wanted = false;
    if (takes) insert(found[0]);
  } catch {
    if (mine !== asked) return;
    wanted = false;
    list.innerHTML = '<li class="canned-none sm muted" role="presentation">فهرست نرسید. چند لحظه بعد دوباره بنویسید.</li>';
  }
}

// Open the search for a textarea; an editor that stands in its place calls it with the textarea it writes for.
// ``typed``: by a «/», which goes into the text after all when nothing is chosen: a line may begin with one.
export function openCanned(textarea, typed = false) {
  if (!dialog || dialog.open) return;
  target = textarea;
  slash = typed;
  caret = textarea.selectionStart ?? textarea.value.length;
  search.value = "";
  moved = wanted = false;
  failed.textContent = "";
  list.replaceChildren();
  dialog.showModal();
  search.focus();
  offer();
}

function put({ text, html }) {
  if (target.dataset.editorOn !== undefined) {
    target.dispatchEvent(new CustomEvent("editor:insert", { bubbles: true, detail: { text, html } }));
    return;
  }
  target.focus();
  target.setRangeText(text, caret, Math.max(caret, target.selectionEnd), "end");
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

// One at a time: the last that was chosen, and none once the dialog is closed.
async function insert(option) {
  const pk = option.dataset.cannedPk;
  if (coming?.pk === pk) return;
  const mine = { pk };
  coming = mine;
  const path = dialog.dataset.cannedOffer.replace(/offer\/$/, `${pk}/`);
  let filled;
  try {
    const response = await ask(address(`${path}filled/`));
    if (!response.ok || response.redirected) throw new Error(response.status);
    filled = await response.json();
    if (coming !== mine) return;
  } catch ({ message }) {
    if (coming !== mine) return;
    coming = null;
    const gone = message === "404";
    failed.textContent = gone ? "این پاسخ آماده در این میان برداشته شده است." : "پاسخ آماده نرسید. چند لحظه بعد دوباره انتخابش کنید.";
    if (gone) offer();
    return;
  }
  slash = false;
  dialog.close();
  put(filled);
  fetch(address(`${path}used/`), { method: "POST", headers: { "X-CSRFToken": token() }, keepalive: true }).catch(() => {});
}

if (dialog) {
  search.addEventListener("input", () => {
    failed.textContent = "";
    late = true;
    moved = wanted = false;
    clearTimeout(timer);
    timer = setTimeout(offer, 150);
  });
  search.addEventListener("keydown", (event) => {
    const found = options();
    const at = found.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      moved = true;
      wanted = false;
      if (found.length) select(found[(at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length]);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (late && !moved) {
        // The list that is shown answers an older question.
        clearTimeout(timer);
        if (!wanted) offer();
        wanted = true;
      } else if (chosen()) insert(chosen());
    }
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    select(option);
    insert(option);
  });
  dialog.addEventListener("close", () => {
    coming = null;
    wanted = false;
    if (target && target.dataset.editorOn === undefined) target.focus();
    if (slash) put({ text: "/" });
    slash = false;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-canned]");
    const textarea = button && document.querySelector(button.dataset.canned);
    if (!textarea) return;
    event.preventDefault();
    openCanned(textarea);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const place = event.target;
    if (place.matches?.("textarea") && document.querySelector(`[data-canned="#${CSS.escape(place.id)}"]`)) {
      const line = place.value.slice(place.value.lastIndexOf("\n", place.selectionStart - 1) + 1).split("\n", 1)[0];
      if (place.selectionStart !== place.selectionEnd || line.trim()) return;
      event.preventDefault();
      openCanned(place, true);
    } else if (place.closest?.("[data-editor-box] .ql-editor")) {
      const node = getSelection()?.anchorNode;
      const line = (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.(".ql-editor > *, li");
      const textarea = place.closest("form")?.querySelector("textarea[data-editor-on]");
      if (!textarea || (line ?? place).textContent.trim()) return;
      event.preventDefault();
      event.stopPropagation();
      openCanned(textarea, true);
    }
  }, true);
}
