// What a plain file input has chosen: names, sizes, a way to take one back. Choosing again adds, where there may be several.
// <input type="file" multiple data-files="#list"> and an empty <ul class="uploads" id="list">.
const UNITS = ["بایت", "کیلوبایت", "مگابایت", "گیگابایت"];

function size(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toLocaleString("fa-IR", { maximumFractionDigits: value < 10 && unit > 1 ? 1 : 0 })} ${UNITS[unit]}`;
}

function icon(name, cls = "") {
  const svg = document.getElementById(`icon-${name}`)?.content.cloneNode(true);
  if (svg && cls) svg.querySelector("svg")?.classList.add(cls);
  return svg ?? "";
}

function element(tag, cls, ...children) {
  const made = document.createElement(tag);
  if (cls) made.className = cls;
  made.append(...children);
  return made;
}

function line(input, file, at) {
  const mark = element("span", "upload-icon");
  if (/^image\/(png|jpeg|gif|webp)$/.test(file.type)) {
    const image = element("img");
    image.alt = "";
    image.src = URL.createObjectURL(file);
    image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    mark.append(image);
  } else {
    mark.append(icon("file", "icon-lg"));
  }
  const name = element("span", "clip-1", file.name);
  name.dir = "auto";
  const remove = element("button", "btn btn-icon btn-quiet", icon("trash"));
  remove.type = "button";
  remove.setAttribute("aria-label", `حذف ${file.name}`);
  remove.addEventListener("click", () => {
    keep(input, [...input.files].filter((_, index) => index !== at));
    input.focus();
  });
  return element("li", "upload", mark, element("div", "grow", name, element("span", "sm muted", size(file.size))), remove);
}

function draw(input) {
  const list = document.querySelector(input.dataset.files);
  list?.replaceChildren(...[...input.files].map((file, at) => line(input, file, at)));
}

function keep(input, files) {
  const bag = new DataTransfer();
  files.forEach((file) => bag.items.add(file));
  input.files = bag.files;
  input.chosen = files;
  draw(input);
}

function add(input, files) {
  // An input for one file keeps the last one chosen.
  if (!input.multiple) {
    keep(input, files.slice(-1));
    return;
  }
  const same = (one, two) => one.name === two.name && one.size === two.size && one.lastModified === two.lastModified;
  const before = input.chosen ?? [];
  keep(input, [...before, ...files.filter((file) => !before.some((kept) => same(kept, file)))]);
}

document.addEventListener("change", (event) => {
  if (event.target.matches('input[type="file"][data-files]')) add(event.target, [...event.target.files]);
});

// Where files may be let go: a field's own box, else the whole form (of a composer, the pane that is open) whose input
// takes several. Elsewhere on such a page nothing happens: a browser would open the file in the page's place.
const several = (part) => [...part.querySelectorAll('input[type="file"][multiple][data-files]')].find((one) => one.form?.checkVisibility() ?? true);

function zoneOf(node) {
  const box = node.closest?.(".drop");
  if (box) return { zone: box, input: box.querySelector('input[type="file"]') };
  const zone = node.closest?.("[data-composer]") ?? node.closest?.("form");
  return { zone, input: zone && several(zone) };
}

let over = null;
function show(zone) {
  if (zone === over) return;
  over?.classList.remove("over");
  zone?.classList.add("over");
  over = zone;
}

const holds = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files") && document.querySelector("input[data-files], .drop");

document.addEventListener("dragover", (event) => {
  if (!holds(event)) return;
  const { zone, input } = zoneOf(event.target);
  event.preventDefault();
  if (!input) event.dataTransfer.dropEffect = "none";
  show(input ? zone : null);
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) show(null);
});
document.addEventListener("drop", (event) => {
  show(null);
  if (!holds(event)) return;
  const { input } = zoneOf(event.target);
  event.preventDefault();
  // In the text the editor has them: a picture stands there, others come back by the event below.
  if (input && !event.target.closest("[data-editor-box] .ql-editor")) add(input, [...event.dataTransfer.files]);
});
// Files for a form from elsewhere, with {files}: `taken` says whether it has a place for them.
document.addEventListener("files:add", (event) => {
  const input = event.target.form && several(event.target.form);
  if (!input) return;
  add(input, event.detail.files);
  event.detail.taken = true;
});
