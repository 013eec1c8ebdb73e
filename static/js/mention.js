// «@» in a private note offers the colleagues and groups who can be named in it; arrows choose, Enter or Tab takes,
// Escape leaves. Of namesakes the user name is shown, and written. <form data-mention="#list of names">: they are read
// from the page, nothing is asked for.
const MOST = 8;
const LONGEST = 40;
const fa = (number) => number.toLocaleString("fa-IR");
const fold = (text) => text.replace(/[يى]/g, "ی").replace(/ك/g, "ک").replace(/[أإآ]/g, "ا").replace(/[\u200c\s_]/g, "").toLowerCase();

// The same few questions of the editor and of a plain textarea.
const plain = (area) => ({
  before: () => area.value.slice(0, area.selectionStart),
  replace(count, text) {
    area.setRangeText(text, area.selectionStart - count, area.selectionStart, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  },
  box: () => area.getBoundingClientRect(),
  element: area,
});

class Mention {
  constructor(form) {
    this.form = form;
    this.area = form.querySelector("textarea");
    this.names = this.read();
    this.list = Object.assign(document.createElement("ul"), { className: "mentions", id: `${this.area.id}-mentions`, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "همکاران");
    this.status = Object.assign(document.createElement("p"), { className: "visually-hidden" });
    this.status.setAttribute("role", "status");
    form.append(this.list, this.status);
    this.area.addEventListener("input", () => this.look());
    form.addEventListener("keydown", (event) => this.key(event), true);
    form.addEventListener("focusout", () => setTimeout(() => !this.place.element.contains(document.activeElement) && this.close()));
    for (const moved of ["scroll", "resize"]) addEventListener(moved, () => this.follow(), { capture: true, passive: true });
    visualViewport?.addEventListener("resize", () => this.follow());
    // The caret gone elsewhere, what is typed there is no name.
    document.addEventListener("selectionchange", () => !this.list.hidden && !this.stands() && this.close());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const line = event.target.closest("li");
      if (line) this.take(line.dataset.put);
    });
  }

  // What is shown, and what is written for it.
  read() {
    const text = (part) => part?.textContent.trim() ?? "";
    const people = [...document.querySelectorAll(`${this.form.dataset.mention} label`)].map((one) => {
      const also = text(one.querySelector("[data-username]"));
      const name = text(one.querySelector("bdi"));
      return { name, also, put: also || name };
    });
    const groups = [...this.form.querySelectorAll("[data-groups] li")].map((one) => ({ name: text(one), also: "گروه", put: text(one) }));
    return [...people, ...groups];
  }

  get place() {
    return this.area.editor ?? plain(this.area);
  }

  // Whether the caret is still where the name is being typed.
  stands() {
    return this.place.before().endsWith(`@${this.typed}`);
  }

  look() {
    const typed = this.place.before().match(new RegExp(`(?:^|[\\s([«])@([^@\\n]{0,${LONGEST}})$`));
    if (!typed) return this.close();
    this.typed = typed[1];
    const wanted = fold(typed[1]);
    const fits = (text) => fold(text).startsWith(wanted);
    const found = this.names.filter(({ name, put }) => fits(name) || fits(put) || name.split(/[\s\u200c]+/).some(fits));
    // A name that is there whole needs no more choosing.
    if (!found.length || (found.length === 1 && fold(found[0].put) === wanted)) return this.close();
    this.open(found.slice(0, MOST));
  }

  open(names) {
    this.list.replaceChildren(...names.map(({ name, also, put }, at) => {
      const line = document.createElement("li");
      line.id = `${this.list.id}-${at}`;
      line.setAttribute("role", "option");
      line.dataset.put = put;
      line.append(Object.assign(document.createElement("bdi"), { textContent: name }));
      if (also) line.append(" ", Object.assign(document.createElement("bdi"), { className: "xs muted", textContent: also }));
      return line;
    }));
    this.list.hidden = false;
    const { element } = this.place;
    element.setAttribute("aria-autocomplete", "list");
    element.setAttribute("aria-haspopup", "listbox");
    element.setAttribute("aria-controls", this.list.id);
    this.status.textContent = `${fa(names.length)} پیشنهاد`;
    this.stand();
    this.choose(0);
  }

  // It follows the caret when the page or the text is scrolled, and goes with it.
  follow() {
    if (this.list.hidden) return;
    const box = this.place.box();
    const frame = this.place.element.getBoundingClientRect();
    if (box.bottom < Math.max(0, frame.top) || box.top > Math.min(innerHeight, frame.bottom)) this.close();
    else this.stand();
  }

  // A keyboard on the screen covers the page below what is left to see.
  stand() {
    const box = this.place.box();
    const below = box.bottom + 6;
    const height = this.list.offsetHeight;
    const { offsetTop: ceiling, height: room } = visualViewport ?? { offsetTop: 0, height: innerHeight };
    this.list.style.insetBlockStart = `${below + height > ceiling + room ? Math.max(ceiling + 8, box.top - height - 6) : below}px`;
    // Its right edge, where its words begin, is by the caret, and it stays on the screen.
    const width = this.list.offsetWidth;
    this.list.style.insetInlineEnd = `${Math.max(8, Math.min(box.left + 8, innerWidth - 8) - width)}px`;
  }

  choose(at) {
    const lines = [...this.list.children];
    this.at = (at + lines.length) % lines.length;
    lines.forEach((line, index) => line.setAttribute("aria-selected", String(index === this.at)));
    lines[this.at].scrollIntoView({ block: "nearest" });
    this.place.element.setAttribute("aria-activedescendant", lines[this.at].id);
  }

  key(event) {
    if (this.list.hidden || event.ctrlKey || event.metaKey) return;
    const act = { ArrowDown: () => this.choose(this.at + 1), ArrowUp: () => this.choose(this.at - 1), Escape: () => this.close() };
    act.Enter = act.Tab = () => this.take(this.list.children[this.at].dataset.put);
    if (!act[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    act[event.key]();
  }

  take(name) {
    const stands = this.stands();
    this.close();
    if (!stands) return;
    this.place.replace(this.typed.length + 1, `@${name} `);
    this.close();
  }

  close() {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.status.textContent = "";
    for (const name of ["aria-activedescendant", "aria-controls", "aria-haspopup"]) this.place.element.removeAttribute(name);
  }
}

for (const form of document.querySelectorAll("form[data-mention]")) new Mention(form);
