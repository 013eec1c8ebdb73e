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
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.(".drop");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    const input = zone.querySelector('input[type="file"]');
    if (kind === "drop" && input) add(input, [...event.dataTransfer.files]);
  });
}
