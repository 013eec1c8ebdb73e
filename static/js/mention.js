// «@» in a private note offers the colleagues who can be named in it; arrows choose, Enter or Tab takes, Escape leaves.
// <form data-mention="#list of names">: the names are read from the page, nothing is asked for.
const MOST = 8;
const LONGEST = 40;
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
    this.names = [...document.querySelectorAll(`${form.dataset.mention} bdi`)].map((one) => one.textContent.trim());
    this.list = Object.assign(document.createElement("ul"), { className: "mentions", id: `${this.area.id}-mentions`, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "همکاران");
    form.append(this.list);
    this.area.addEventListener("input", () => this.look());
    form.addEventListener("keydown", (event) => this.key(event), true);
    form.addEventListener("focusout", () => setTimeout(() => !form.contains(document.activeElement) && this.close(), 100));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const line = event.target.closest("li");
      if (line) this.take(line.textContent);
    });
  }

  get place() {
    return this.area.editor ?? plain(this.area);
  }

  look() {
    const typed = this.place.before().match(new RegExp(`(?:^|[\\s([«])@([^@\\n]{0,${LONGEST}})$`));
    if (!typed) return this.close();
    this.typed = typed[1];
    const wanted = fold(typed[1]);
    const found = this.names.filter((name) => fold(name).startsWith(wanted) || name.split(/[\s\u200c]+/).some((word) => fold(word).startsWith(wanted)));
    // A name that is there whole needs no more choosing.
    if (!found.length || (found.length === 1 && fold(found[0]) === wanted)) return this.close();
    this.open(found.slice(0, MOST));
  }

  open(names) {
    this.list.replaceChildren(...names.map((name, at) => {
      const line = document.createElement("li");
      line.id = `${this.list.id}-${at}`;
      line.setAttribute("role", "option");
      line.append(Object.assign(document.createElement("bdi"), { textContent: name }));
      return line;
    }));
    this.list.hidden = false;
    const { element } = this.place;
    element.setAttribute("aria-controls", this.list.id);
    const box = this.place.box();
    const below = box.bottom + 6;
    const height = this.list.offsetHeight;
    this.list.style.insetBlockStart = `${below + height > innerHeight ? Math.max(8, box.top - height - 6) : below}px`;
    this.list.style.insetInlineEnd = `${Math.max(8, Math.min(box.left, innerWidth - this.list.offsetWidth - 8))}px`;
    this.choose(0);
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
    act.Enter = act.Tab = () => this.take(this.list.children[this.at].textContent);
    if (!act[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    act[event.key]();
  }

  take(name) {
    this.close();
    this.place.replace(this.typed.length + 1, `@${name} `);
    this.close();
  }

  close() {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.place.element.removeAttribute("aria-activedescendant");
  }
}

for (const form of document.querySelectorAll("form[data-mention]")) new Mention(form);
