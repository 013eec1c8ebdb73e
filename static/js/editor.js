// A textarea with data-editor becomes an editor (Quill). The textarea stays what is sent: it holds the plain words, and
// the form's hidden field "html" holds the same with its form, or nothing where there is none. Without this file people
// write in the textarea itself.
//
// Others talk to it by events on the textarea: "editor:insert" and "editor:set" with {html, text}; it says
// "editor:ready" once, and "input" after each change, as a textarea does.
const FORMATS = ["bold", "code", "link", "list", "indent", "blockquote", "code-block", "image"];
const OURS = /^\/files\/[0-9a-f-]{36}\/\?inline=1$/;
const DEEPEST = 5; // levels below the first, as many as are kept (web/rich_shape.py)
const BRACKETS = { BracketRight: "+1", BracketLeft: "-1" };

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
    this.name();
    this.rules();
    this.restore(this.html?.value, area.value);
    this.quill.on("text-change", (delta) => {
      this.keepCaret(delta);
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
    // A keyboard that puts words together tells the editor when one is done; what to write is no longer asked before.
    this.quill.root.addEventListener("compositionstart", ({ target }) => target.classList.remove("ql-blank"));
    this.quill.root.addEventListener("compositionend", ({ target }) => setTimeout(() => target.classList.toggle("ql-blank", this.quill.editor.isBlank())));
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
      this.pictures?.choose();
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

  // While the focus is elsewhere the caret's place moves with what is written before it.
  keepCaret(delta) {
    if (!this.last || this.quill.hasFocus()) return;
    const [from, to] = [this.last.index, this.last.index + this.last.length].map((at) => delta.transformPosition(at, true));
    this.last = { index: from, length: to - from };
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
    // Whoever comes here by a key goes on at the end.
    this.last = { index: this.quill.getLength() - 1, length: 0 };
    this.quill.history.clear();
    this.write();
  }

  isPlain() {
    return this.quill.getContents().ops.every((op) => typeof op.insert === "string" && !op.attributes);
  }

  write() {
    const { quill } = this;
    // Without a letter "auto" means left to right; here what is yet to be typed, and the mark of its line, is Persian.
    const face = /\p{L}/u.test(quill.getText()) ? "auto" : "rtl";
    if (quill.root.dir !== face) quill.root.dir = face;
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
    // On a slow line somebody may be writing in the textarea already: they go on where they are.
    const { selectionStart: index, selectionEnd: end } = area;
    const focused = document.activeElement === area;
    // The shape of a text holds for that text alone; a draft's is looked after by static/js/draft.js.
    const html = area.form?.elements.namedItem("html");
    if (html && !area.form.matches("[data-draft]") && area.value !== area.defaultValue) html.value = "";
    const editor = new Editor(area);
    if (!focused) continue;
    const most = editor.quill.getLength() - 1;
    editor.last = { index: Math.min(index, most), length: Math.max(0, Math.min(end, most) - Math.min(index, most)) };
    editor.quill.focus();
  }
}
