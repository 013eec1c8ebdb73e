// A textarea with data-editor becomes an editor (Quill). The textarea stays what is sent: it holds the plain words, and
// the form's hidden field "html" holds the same with its form, or nothing where there is none. Without this file people
// write in the textarea itself.
//
// Others talk to it by events on the textarea: "editor:insert" and "editor:set" with {html, text}; it says
// "editor:ready" once, and "input" after each change, as a textarea does.
const FORMATS = ["bold", "code", "link", "list", "indent", "blockquote", "code-block", "image"];
const OURS = /^\/files\/[0-9a-f-]{36}\/\?inline=1$/;
const PICTURES = document.querySelector('meta[name="pictures"]')?.content;
const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const DEEPEST = 5; // levels below the first, as many as are kept (web/rich_shape.py)
const NOT_SENT = "تصویر فرستاده نشد. متن شما سر جایش است؛ دوباره بگذاریدش.";
const NO_LINE = "اتصال نیست و تصویر فرستاده نشد. متن شما سر جایش است؛ وصل که شدید دوباره بگذاریدش.";
const TOO_LARGE = "تصویر بزرگ‌تر از اندازه است و فرستاده نشد. متن شما سر جایش است.";
const WAITS = "تصویری هنوز در راه است؛ که رسید، نوشته‌تان هم فرستاده می‌شود.";
const NOT_ALL = "تصویری نرسید، پس نوشته‌تان هم هنوز فرستاده نشده است. دوباره بگذاریدش، یا بی آن بفرستید.";

function toast(text, tone = "bad") {
  document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text, tone } }));
}

const BRACKETS = { BracketRight: "+1", BracketLeft: "-1" };

function csrf() {
  return document.querySelector('input[name="csrfmiddlewaretoken"]')?.value ?? "";
}

// What went wrong, in words for who writes.
class Refused extends Error {}

// Asked as htmx asks: a session that has ended then says so, and leads to no page.
async function post(file) {
  const body = new FormData();
  body.append("picture", file, file.name || "picture.png");
  const headers = { "X-CSRFToken": csrf(), "HX-Request": "true", Accept: "application/json" };
  try {
    return await fetch(PICTURES, { method: "POST", body, headers });
  } catch {
    throw new Refused(NO_LINE);
  }
}

// Resolves with whether the writer is signed in here, after the log-in dialog if need be (static/js/session.js).
const signedIn = () => new Promise((done) => document.dispatchEvent(new CustomEvent("login:ask", { detail: { done } })));

async function send(file) {
  let answer = await post(file);
  const isTold = () => !answer.redirected && answer.headers.get("Content-Type")?.includes("json");
  if (!isTold() && (answer.redirected || [401, 403].includes(answer.status)) && (await signedIn())) answer = await post(file);
  const told = isTold() ? await answer.json() : {};
  if (!answer.ok || !OURS.test(told.url ?? "")) throw new Refused(told.message || (answer.status === 413 ? TOO_LARGE : NOT_SENT));
  return told.url;
}

// The unbroken run of one link around a place, however it is marked inside: what is edited or taken away as a whole.
function linkAround(quill, place, href) {
  let at = 0;
  let from = null;
  for (const { insert, attributes } of quill.getContents().ops) {
    const end = at + (typeof insert === "string" ? insert.length : 1);
    if (attributes?.link !== href) from = null;
    else {
      from ??= at;
      // Runs that go on behind this one belong to it.
      if (place >= from && place <= end) {
        let last = end;
        for (const run of quill.getContents(end).ops) {
          if (run.attributes?.link !== href) break;
          last += typeof run.insert === "string" ? run.insert.length : 1;
        }
        return { index: from, length: last - from };
      }
    }
    at = end;
  }
  return { index: place, length: 0 };
}

// A text goes with its pictures: sending waits for those on their way, before anything else looks at it.
async function wait(form, editors, submitter) {
  const say = (words) => {
    const status = form.querySelector("[data-draft-status]");
    if (status) status.textContent = words;
    else if (words) toast(words, "ok");
  };
  form.dataset.waiting = "1";
  submitter?.setAttribute("aria-busy", "true");
  say(WAITS);
  const came = await Promise.all(editors.flatMap((editor) => [...editor.sending]));
  delete form.dataset.waiting;
  submitter?.removeAttribute("aria-busy");
  say(came.every(Boolean) ? "" : NOT_ALL);
  if (came.every(Boolean)) form.requestSubmit(submitter?.form === form ? submitter : undefined);
}

window.addEventListener("submit", (event) => {
  const form = event.target;
  const editors = [...form.querySelectorAll("textarea")].map((area) => area.editor).filter((editor) => editor?.sending.size);
  if (!editors.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!form.dataset.waiting) wait(form, editors, event.submitter);
}, true);

class Editor {
  constructor(area) {
    this.area = area;
    this.html = area.form?.elements.namedItem("html");
    this.shape = document.getElementById("editor-shape").content.firstElementChild.cloneNode(true);
    area.after(this.shape);
    // "words": a text that is kept for many times holds no pictures.
    this.draws = area.dataset.editor !== "words";
    if (!this.draws) this.shape.querySelector('[data-act="picture"]').remove();
    this.link = this.shape.querySelector(".editor-link");
    this.quill = new window.Quill(this.shape.querySelector("[data-editor-text]"), {
      formats: FORMATS,
      placeholder: area.placeholder,
      modules: {
        toolbar: false,
        history: { userOnly: true },
        // A line that begins with any other number, or with a box, means what it says.
        keyboard: { bindings: { "list autofill": { prefix: /^\s*?([1۱]\.|-|\*)$/ } } },
      },
    });
    this.quill.uploader.upload = (range, files) => this.take([...files], range.index);
    this.sending = new Set();
    this.name();
    this.rules();
    this.restore(this.html?.value, area.value);
    this.quill.on("text-change", (delta) => {
      this.shift(delta);
      this.sync();
    });
    this.quill.on("editor-change", () => this.reflect());
    this.listen();
    area.hidden = true;
    area.dataset.editorOn = "";
    area.focus = () => this.quill.focus();
    area.editor = this;
    // Left out where no editor stands over the text: there it would outlive what is changed in it.
    if (this.html) this.html.disabled = false;
    area.dispatchEvent(new CustomEvent("editor:ready", { bubbles: true }));
  }

  // The place to write takes over the textarea's names, so that it is found by them and nothing is named twice.
  name() {
    const { root } = this.quill;
    root.setAttribute("role", "textbox");
    root.setAttribute("aria-multiline", "true");
    root.dir = "auto";
    for (const name of ["aria-label", "aria-invalid", "aria-describedby"]) {
      if (this.area.hasAttribute(name)) root.setAttribute(name, this.area.getAttribute(name));
    }
    this.area.removeAttribute("aria-label");
    const label = this.area.labels?.[0];
    if (label) {
      label.id ||= `${this.area.id}-label`;
      root.setAttribute("aria-labelledby", label.id);
      label.removeAttribute("for");
      label.addEventListener("click", () => this.quill.focus());
    }
  }

  rules() {
    const { keyboard, clipboard } = this.quill;
    // Tab leaves, as everywhere.
    delete keyboard.bindings.Tab;
    const Delta = window.Quill.import("delta");
    // Styles of elsewhere are not kept, and reading them would break the page's content policy.
    const convert = clipboard.convertHTML.bind(clipboard);
    clipboard.convertHTML = (html) => convert(html.replace(/<style[\s\S]*?(?:<\/style>|$)|\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, ""));
    clipboard.addMatcher("IMG", (node, delta) => (this.draws && OURS.test(node.getAttribute("src") ?? "") ? delta : new Delta()));
  }

  listen() {
    this.shape.addEventListener("click", (event) => {
      const tool = event.target.closest("button");
      if (tool) this.use(tool.dataset);
    });
    this.link.querySelector("input").addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        this.use({ act: "link-set" });
      } else if (event.key === "Escape") {
        event.stopPropagation();
        this.closeLink();
      }
    });
    this.quill.root.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.area.matches("[data-ctrl-enter]")) {
        event.preventDefault();
        this.area.form.requestSubmit(this.area.form.querySelector("[data-send]") ?? undefined);
      } else if (event.key === "Escape" && !event.defaultPrevented) {
        this.shape.querySelector(".tool").focus();
      } else if (event.code === "KeyK" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.use({ act: "link" });
      } else if (BRACKETS[event.code] && event.ctrlKey && !event.altKey && !event.metaKey) {
        // Not Tab: it leaves, as everywhere.
        if (this.indent(BRACKETS[event.code])) event.preventDefault();
      }
    }, true);
    // Focus that comes back by a key or from a dialog finds the caret where it was; a pointer puts it where it points.
    const { root } = this.quill;
    root.addEventListener("pointerdown", () => (this.pointed = true));
    root.addEventListener("focus", () => {
      if (this.last && !this.pointed) this.quill.setSelection(this.last);
      this.pointed = false;
    });
    this.area.addEventListener("editor:insert", ({ detail }) => this.insert(detail));
    this.area.addEventListener("editor:set", ({ detail }) => this.restore(detail.html, detail.text));
    this.toolbar();
  }

  // One stop for the Tab key; arrows move inside, as in every toolbar.
  toolbar() {
    const bar = this.shape.querySelector(".editor-tools");
    const tools = [...bar.querySelectorAll(".tool")];
    tools.forEach((tool, at) => (tool.tabIndex = at ? -1 : 0));
    bar.addEventListener("keydown", (event) => {
      // Who types on after the Tab key that led here means the text; on a page whose letters are keys they stay keys.
      if (/^[^ ]$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector('[data-key^="Key"]')) {
        event.stopPropagation();
        this.quill.focus();
        return;
      }
      const step = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
      const at = tools.indexOf(document.activeElement);
      if (!step || at < 0) return;
      event.preventDefault();
      const next = tools[(at + step + tools.length) % tools.length];
      tools.forEach((tool) => (tool.tabIndex = tool === next ? 0 : -1));
      next.focus();
    });
  }

  use({ format, value, act }) {
    this.quill.focus();
    const now = this.quill.getFormat(this.caret());
    if (format) {
      const wanted = value ?? true;
      this.quill.format(format, now[format] === wanted ? false : wanted, "user");
    } else if (act === "picture") {
      this.choose();
    } else if (act === "clear") {
      const range = this.caret();
      this.quill.removeFormat(range.index, range.length || 1, "user");
    } else if (act === "link") {
      this.openLink(now.link);
    } else if (act?.startsWith("link-")) {
      this.setLink(act === "link-set" ? this.link.querySelector("input").value.trim() : "");
    }
  }

  indent(step) {
    const { list, indent } = this.quill.getFormat(this.caret());
    if (!list) return false;
    // Lines of several levels tell them all.
    const deepest = Math.max(...[indent ?? 0].flat());
    if (step === "-1" || deepest < DEEPEST) this.quill.format("indent", step, "user");
    return true;
  }

  openLink(href) {
    this.back = this.caret();
    const widen = href && !this.back.length;
    this.range = widen ? linkAround(this.quill, this.back.index, href) : this.back;
    this.link.hidden = false;
    const input = this.link.querySelector("input");
    input.value = href ?? "";
    input.focus();
  }

  closeLink() {
    this.link.hidden = true;
    this.quill.setSelection(this.back);
    this.quill.focus();
  }

  setLink(typed) {
    const href = typed && !/^(https?:\/\/|mailto:|tel:)/i.test(typed) ? `https://${typed}` : typed;
    const { index, length } = this.range;
    if (href && !length) this.quill.insertText(index, typed, { link: href }, "user");
    else this.quill.formatText(index, length, "link", href || false, "user");
    this.back = { index: index + (length || typed.length), length: 0 };
    this.closeLink();
  }

  // Where the caret is, or was before a dialog or a button took the focus.
  caret() {
    const end = this.quill.getLength() - 1;
    const { index, length } = this.quill.getSelection() ?? this.last ?? { index: end, length: 0 };
    return { index: Math.min(index, end), length };
  }

  choose() {
    const input = Object.assign(document.createElement("input"), { type: "file", accept: TYPES.join() });
    input.addEventListener("change", () => this.pictures([...input.files], this.caret().index));
    input.click();
  }

  // Dropped or pasted: pictures stand where they were let go, other files are the form's.
  take(files, index) {
    const drawn = files.filter((file) => this.draws && TYPES.includes(file.type));
    const others = files.filter((file) => !drawn.includes(file));
    if (drawn.length) this.pictures(drawn, index);
    if (!others.length) return;
    const detail = { files: others };
    this.area.dispatchEvent(new CustomEvent("files:add", { bubbles: true, detail }));
    if (!detail.taken) toast("این‌جا فقط متن نوشته می‌شود؛ فایل پیوست نمی‌شود.");
  }

  // Each is sent at once and stands where it was put, whatever is typed meanwhile. Resolves with whether all arrived.
  pictures(files, index) {
    if (!this.draws || !files.length) return;
    const place = { index };
    const work = this.bring(files, place).finally(() => {
      this.sending.delete(work);
      if (!this.sending.size) this.shape.removeAttribute("aria-busy");
    });
    work.place = place;
    this.sending.add(work);
    this.shape.setAttribute("aria-busy", "true");
  }

  async bring(files, place) {
    let all = true;
    for (const file of files) {
      try {
        const url = await send(file);
        await this.composed();
        this.draw(url, place);
      } catch (error) {
        all = false;
        toast(error instanceof Refused ? error.message : NOT_SENT);
      }
    }
    return all;
  }

  draw(url, place) {
    const { quill } = this;
    const at = Math.min(place.index, quill.getLength() - 1);
    const range = quill.getSelection();
    quill.insertEmbed(at, "image", url, "user");
    place.index = at + 1;
    // One put there after it stands after it.
    let later = false;
    for (const work of this.sending) {
      if (work.place === place) later = true;
      else if (later && work.place.index === at) work.place.index = at + 1;
    }
    // Who has stayed there goes on behind the picture, who types elsewhere is not disturbed.
    if (range && !range.length && range.index === at) quill.setSelection(at + 1, 0, "silent");
    else if (!range && this.last?.index === at && !this.last.length) this.last = { index: at + 1, length: 0 };
  }

  // Not into a word that is being put together by an input method.
  async composed() {
    const { root, composition } = this.quill;
    if (composition?.isComposing) await new Promise((done) => root.addEventListener("compositionend", () => setTimeout(done), { once: true }));
  }

  // Places that are kept move with what is written before them.
  shift(delta) {
    for (const { place } of this.sending) place.index = delta.transformPosition(place.index, true);
    if (this.last && !this.quill.hasFocus()) {
      const [from, to] = [this.last.index, this.last.index + this.last.length].map((at) => delta.transformPosition(at, true));
      this.last = { index: from, length: to - from };
    }
  }

  // What a list at the caret asks (static/js/mention.js).
  get element() {
    return this.quill.root;
  }

  before() {
    const range = this.quill.getSelection();
    return range ? this.quill.getText(0, range.index) : "";
  }

  replace(count, text) {
    const { index } = this.caret();
    this.quill.deleteText(index - count, count, "user");
    this.quill.insertText(index - count, text, "user");
    this.quill.setSelection(index - count + text.length, 0);
  }

  box() {
    const { index } = this.caret();
    const { left, top, bottom } = this.quill.getBounds(index);
    const frame = this.quill.container.getBoundingClientRect();
    return { left: frame.left + left, top: frame.top + top, bottom: frame.top + bottom };
  }

  insert({ html, text }) {
    const range = this.caret();
    this.quill.deleteText(range.index, range.length, "user");
    const before = this.quill.getLength();
    if (html) this.quill.clipboard.dangerouslyPasteHTML(range.index, html, "user");
    else this.quill.insertText(range.index, text ?? "", "user");
    this.quill.setSelection(range.index + this.quill.getLength() - before, 0);
    this.quill.focus();
  }

  restore(html, text) {
    if (html) this.quill.setContents(this.quill.clipboard.convert({ html }), "silent");
    else this.quill.setText(text ?? "", "silent");
    this.last = null;
    this.quill.history.clear();
    this.write();
  }

  isPlain() {
    return this.quill.getContents().ops.every((op) => typeof op.insert === "string" && !op.attributes);
  }

  write() {
    const { quill } = this;
    const words = quill.getContents().ops.map((op) => (typeof op.insert === "string" ? op.insert : "[تصویر]")).join("").replace(/\n$/, "");
    this.area.value = words;
    if (this.html) this.html.value = !words.trim() || this.isPlain() ? "" : quill.getSemanticHTML();
  }

  sync() {
    this.write();
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What holds at the caret is shown as pressed.
  reflect() {
    const range = this.quill.getSelection();
    if (!range) return;
    this.last = range;
    const now = this.quill.getFormat(range);
    for (const tool of this.shape.querySelectorAll(".tool[aria-pressed]")) {
      const { format = "link", value } = tool.dataset;
      tool.setAttribute("aria-pressed", String(value ? now[format] === value : Boolean(now[format])));
    }
  }
}

if (window.Quill) {
  for (const area of document.querySelectorAll("textarea[data-editor]")) {
    const focused = document.activeElement === area;
    const editor = new Editor(area);
    if (focused) editor.quill.focus();
  }
}
