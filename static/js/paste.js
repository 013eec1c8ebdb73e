// What is pasted from Word, Google Docs, LibreOffice and web pages, told in what the editor knows: paragraphs, bold,
// lists with their levels. Lists that are paragraphs with a number before them (Word) become lists, a table a line a
// row, a heading a bold line; what was deleted or commented there stays there. It is read in a document without a page:
// nothing of it runs and nothing is fetched. Without this file the same words come in as plain lines.
const DEEPEST = 5; // levels below the first, as many as are kept (web/rich_shape.py)
const BLOCKS = new Set("P DIV SECTION ARTICLE HEADER FOOTER MAIN ASIDE FIGURE H1 H2 H3 H4 H5 H6 UL OL LI DL DT DD TABLE TBODY THEAD TFOOT TR TD TH PRE BLOCKQUOTE HR CENTER FORM".split(" "));
const HEADS = "h1, h2, h3, h4, h5, h6, .MsoTitle, .MsoSubtitle";
const DROPPED = [
  "script, style, title, link, meta, template, xml, noscript, iframe, object, svg, math",
  "del[cite], del[datetime], .msoDel, .MsoDel",
  ".msocomanchor, .MsoCommentReference, .msocomtxt, .msocomoff, [id^=cmnt_ref]",
  ".Apple-interchange-newline",
].join();
const HIDDEN = /(?:^|;)\s*(?:display\s*:\s*none|mso-hide\s*:\s*all|mso-element\s*:\s*comment|mso-special-character\s*:\s*comment)/i;
const BOLD = /(?:^|;)\s*font-weight\s*:\s*(bold|[6-9]00)/i;
const LIGHT = /(?:^|;)\s*font-weight\s*:\s*(normal|[1-5]00)/i;
const MARKER = /mso-list\s*:\s*ignore/i;
const ITEM = /mso-list\s*:\s*l(\d+)\s+level(\d+)/i;
const LEVEL = /@list\s+l(\d+):level(\d+)[^{]*\{([^}]*)\}/gi;
const TAG = /<[a-z](?:"[^"]*"|'[^']*'|[^"'<>]){0,4000}>/gi;

const FEELING = /^(?=.*[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3])[\p{Emoji}\p{Emoji_Component}]{1,12}$/u;
const PERSIAN = /[\u0600-\u06ff]/;
const PERSIAN_FIRST = /^[^\p{L}]*[\u0600-\u06ff]/u;

const fa = (number) => number.toLocaleString("fa-IR", { useGrouping: false });
const latin = (text) => text.replace(/[۰-۹٠-٩]/g, (digit) => String(digit.charCodeAt(0) & 15));
const styleOf = (node) => node.dataset?.style ?? "";
const isList = (node) => node.tagName === "OL" || node.tagName === "UL";
const isBlank = (node) => !node.textContent.trim() && !node.querySelector?.("img");

// Styles are read, never applied, and what would run is a word like others: the page's content policy allows neither.
function read(html) {
  const bare = html.replace(/<style[\s\S]*?(?:<\/style>|$)/gi, "").replace(/<base\b/gi, "<x-base");
  const quiet = bare.replace(TAG, (tag) => tag.replace(/([\s"'/])(style|on[a-z]+)(?=\s*=)/gi, "$1data-$2"));
  return new DOMParser().parseFromString(quiet, "text/html");
}

function make(page, tag, ...children) {
  const node = page.createElement(tag);
  node.append(...children);
  return node;
}

function clear(page) {
  page.querySelectorAll(DROPPED).forEach((node) => node.remove());
  for (const node of page.body.querySelectorAll("[data-style]")) if (HIDDEN.test(styleOf(node))) node.remove();
  // Messengers draw the signs of feelings as pictures, and say them beside.
  for (const sign of page.querySelectorAll("img[alt]")) if (FEELING.test(sign.alt)) sign.replaceWith(sign.alt);
  const words = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) words.currentNode.data = words.currentNode.data.replace(/\u00a0/g, " ");
  // A place inside that document leads nowhere from here.
  for (const link of page.querySelectorAll("a")) {
    if (!/^\s*(?:https?:|mailto:|tel:)/i.test(link.getAttribute("href") ?? "")) link.replaceWith(...link.childNodes);
  }
}

function marks(page) {
  for (const node of page.querySelectorAll("b[data-style], strong[data-style]")) {
    if (LIGHT.test(styleOf(node))) node.replaceWith(...node.childNodes);
  }
  for (const node of page.querySelectorAll("span[data-style]")) {
    if (BOLD.test(styleOf(node)) && !MARKER.test(styleOf(node))) node.replaceChildren(make(page, "strong", ...node.childNodes));
  }
}

// The words of a block without its blocks: what was on lines of their own stands after a space.
function inline(page, node) {
  const out = page.createDocumentFragment();
  for (const child of [...node.childNodes]) {
    if (child.tagName === "BR" || BLOCKS.has(child.tagName)) {
      if (child.tagName === "LI") out.append("• ");
      out.append(inline(page, child), " ");
    } else if (child.nodeType === Node.ELEMENT_NODE && child.querySelector("br, p, div, li")) {
      const copy = child.cloneNode(false);
      copy.append(inline(page, child));
      out.append(copy);
    } else if (child.nodeType !== Node.COMMENT_NODE) {
      out.append(child);
    }
  }
  trim(out);
  return out;
}

function trim(node) {
  for (const [end, space] of [["firstChild", /^\s+/], ["lastChild", /\s+$/]]) {
    while (node[end]?.nodeType === Node.TEXT_NODE && !node[end].data.trim()) node[end].remove();
    if (node[end]?.nodeType === Node.TEXT_NODE) node[end].data = node[end].data.replace(space, "");
  }
}

// A line a row; a table that only holds its parts in place gives them up.
function tables(page) {
  for (const table of [...page.querySelectorAll("table")].reverse()) {
    const rows = [...table.rows].map((row) => [...row.cells]);
    if (rows.every((cells) => cells.length < 2)) {
      table.replaceWith(...rows.flat().map((cell) => make(page, "div", ...cell.childNodes)));
      continue;
    }
    const persian = PERSIAN.test(table.textContent);
    const lines = rows.filter((cells) => cells.some((cell) => !isBlank(cell))).map((cells) => {
      const line = make(page, "p");
      cells.forEach((cell, at) => line.append(at ? " | " : "", isBlank(cell) ? "–" : inline(page, cell)));
      // A row of numbers or names goes the way of its table, or its columns would change places.
      if (persian && !PERSIAN_FIRST.test(line.textContent)) line.prepend("\u200f");
      if (cells.every((cell) => cell.tagName === "TH")) line.replaceChildren(make(page, "strong", ...line.childNodes));
      return line;
    });
    table.replaceWith(...lines);
  }
}

// The list's line of a paragraph of Word's: its number or sign is taken out of the words.
function ofWord(page, node, levels) {
  const [, list, level] = styleOf(node).match(ITEM);
  const marker = [...node.querySelectorAll("[data-style]")].find((one) => MARKER.test(styleOf(one)));
  const sign = latin((marker?.textContent ?? "").replace(/[\s\u200e\u200f\u202a-\u202e]+/g, ""));
  const drawn = /symbol|wingdings|courier/i.test([marker, ...(marker?.querySelectorAll("[data-style]") ?? []), marker?.parentElement].map((one) => one && styleOf(one)).join());
  const known = levels.get(`${list} ${level}`);
  const numbered = known ? known === "ordered" : !drawn && /\d|.[.)\-:]$/.test(sign);
  if (node.matches(HEADS)) return marker?.replaceChildren(`${sign} `);
  marker?.remove();
  const number = numbered ? Number(sign.match(/(\d+)\D*$/)?.[1] ?? NaN) : NaN;
  node.replaceWith(make(page, "ol", line(page, node, { numbered, number, sign, level: level - 1 })));
}

function line(page, node, { numbered, number, sign = "", level }) {
  const item = make(page, "li", inline(page, node));
  item.dataset.list = numbered ? "ordered" : "bullet";
  Object.assign(item, { level, number, sign });
  return item;
}

// A list with lists in it as lines with levels, in the order they are read.
function lines(page, list, level = 0) {
  const out = [];
  let number = Number(list.getAttribute("start") ?? 1);
  for (const child of [...list.children]) {
    if (isList(child)) {
      out.push(...lines(page, child, level + 1));
      continue;
    }
    const inner = [...child.querySelectorAll("ol, ul")].filter((one) => one.parentElement.closest("ol, ul") === list);
    inner.forEach((one) => one.remove());
    if (!isBlank(child)) {
      const said = Number(child.getAttribute("aria-level") ?? child.dataset.ariaLevel ?? level + 1) - 1;
      if (child.hasAttribute("value")) number = Number(child.getAttribute("value"));
      // An editor may call a list's kind on its lines, and then counts them itself.
      const kind = child.dataset.list;
      out.push(line(page, child, { numbered: kind ? kind === "ordered" : list.tagName === "OL", number: kind ? NaN : number, level: said }));
      number += 1;
    }
    inner.forEach((one) => out.push(...lines(page, one, level + 1)));
  }
  return out;
}

function lists(page, levels) {
  for (const node of page.querySelectorAll("[data-style]")) {
    if (ITEM.test(styleOf(node)) && BLOCKS.has(node.tagName) && !node.closest("li")) ofWord(page, node, levels);
  }
  for (const list of page.querySelectorAll("ol, ul")) {
    if (!list.isConnected || list.parentElement.closest("ol, ul") || list.firstElementChild?.level !== undefined) continue;
    list.replaceWith(make(page, "ol", ...lines(page, list)));
  }
  // What follows another at once is one list with it.
  for (const list of page.querySelectorAll("ol")) {
    let next = list.nextSibling;
    while (list.isConnected && next) {
      const after = next.nextSibling;
      if (next.tagName === "OL") list.append(...next.childNodes);
      else if (next.nodeType === Node.ELEMENT_NODE || next.textContent.trim()) break;
      next.remove();
      next = after;
    }
    if (list.isConnected) numbers(page, list);
  }
}

// The editor numbers from one, without a gap. Numbers that would come out otherwise stay as words, so that "step 4" is
// still the one they mean.
function numbers(page, list) {
  const runs = [];
  let counts = [];
  let before = -1;
  for (const item of [...list.children]) {
    const level = Math.min(item.level, before + 1, DEEPEST);
    const kind = item.dataset.list;
    const numbered = kind === "ordered";
    if (!level && (kind !== runs.at(-1)?.kind || (numbered && item.number === 1))) {
      runs.push({ kind, right: true, items: [] });
      counts = [];
    }
    counts = counts.slice(0, level + 1);
    counts[level] = numbered ? (counts[level] ?? 0) + 1 : 0;
    if (numbered && item.number && item.number !== counts[level]) runs.at(-1).right = false;
    if (level) item.className = `ql-indent-${level}`;
    runs.at(-1).items.push(item);
    before = level;
  }
  const told = runs.map(({ kind, right, items }, at) => {
    const nodes = right ? [make(page, "ol", ...items)] : items.map((item) => inWords(page, item));
    // Two lists that begin anew would be counted as one.
    return right && kind === runs[at - 1]?.kind ? [make(page, "p", make(page, "br")), ...nodes] : nodes;
  });
  list.replaceWith(...told.flat());
}

function inWords(page, item) {
  const sign = item.dataset.list === "bullet" ? "•" : item.number ? `${fa(item.number)}.` : item.sign;
  return make(page, "p", `${sign} `, ...item.childNodes);
}

function headings(page) {
  for (const head of page.querySelectorAll(HEADS)) {
    if (!isBlank(head)) head.replaceWith(make(page, "p", make(page, "strong", inline(page, head))));
  }
}

// One empty line says as much as five.
function gaps(page) {
  let last = null;
  for (const node of page.querySelectorAll("p")) {
    if (!isBlank(node)) continue;
    const previous = node.previousElementSibling;
    if (!previous || previous === last) node.remove();
    else {
      node.replaceChildren(make(page, "br"));
      last = node;
    }
  }
}

function plainly(html) {
  const page = read(html);
  const levels = new Map();
  for (const [, list, level, rules] of html.matchAll(LEVEL)) {
    levels.set(`${list} ${level}`, /mso-level-number-format\s*:\s*bullet/i.test(rules) ? "bullet" : "ordered");
  }
  clear(page);
  marks(page);
  tables(page);
  lists(page, levels);
  headings(page);
  gaps(page);
  return page.body.innerHTML;
}

document.addEventListener("editor:ready", ({ target }) => {
  const { quill } = target.editor;
  const { clipboard } = quill;
  const paste = clipboard.onPaste.bind(clipboard);
  clipboard.onPaste = (range, { html, text }) => paste(range, { html: html && plainly(html), text });
  // Office puts a picture of the words beside the words: the words are meant, and a picture only where there are none.
  quill.container.addEventListener("paste", (event) => {
    const html = event.clipboardData?.getData("text/html");
    const files = [...(event.clipboardData?.files ?? [])];
    if (!html || !files.length) return;
    event.preventDefault();
    event.stopPropagation();
    const range = quill.getSelection(true);
    if (!read(html).body.textContent.trim()) quill.uploader.upload(range, files);
    else clipboard.onPaste(range, { html, text: event.clipboardData.getData("text/plain") });
  }, true);
});
