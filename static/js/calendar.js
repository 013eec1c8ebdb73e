// A Jalali calendar beside every <input data-jalali>: one dialog for the whole page, its words in web/_calendar.html.
// The browser's own Persian calendar does the arithmetic; days are counted from 1970 like its clock. Typing goes on as before.
const MONTHS = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"];
const WEEKDAYS = ["شنبه", "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه"];
const FIRST_YEAR = 1300;
const LAST_YEAR = 1500;
const MILLISECONDS = 86_400_000;

const fa = (value) => String(value).replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);
const latin = (text) => text.replace(/[۰-۹]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹".indexOf(digit)).replace(/[٠-٩]/g, (digit) => "٠١٢٣٤٥٦٧٨٩".indexOf(digit));
const weekday = (day) => (((day + 5) % 7) + 7) % 7;

function reader(timeZone) {
  const format = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", { timeZone, year: "numeric", month: "numeric", day: "numeric" });
  return (moment) => {
    const found = Object.fromEntries(format.formatToParts(moment).map((part) => [part.type, part.value]));
    return [Number(found.year), Number(found.month), Number(found.day)];
  };
}

const inUtc = reader("UTC");
const inTehran = reader("Asia/Tehran");
export const toJalali = (day) => inUtc(day * MILLISECONDS);

// The day of a Jalali date; null for one that does not exist.
export function toDay(year, month, day) {
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return null;
  const before = month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30;
  const rank = ([y, m, d]) => y * 10_000 + m * 100 + d;
  const wanted = rank([year, month, day]);
  // 1 Farvardin 1348 is day -286; the guess is at most a day or two off.
  let guess = Math.round(-286 + (year - 1348) * 365.2422) + before + day - 1;
  while (rank(toJalali(guess)) < wanted) guess += 1;
  while (rank(toJalali(guess)) > wanted) guess -= 1;
  return rank(toJalali(guess)) === wanted ? guess : null;
}

export function read(text) {
  const found = /^\s*(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\s*$/.exec(latin(text));
  return found ? toDay(Number(found[1]), Number(found[3]), Number(found[4])) : null;
}

export function write(day) {
  const [year, month, date] = toJalali(day);
  return fa(`${year}/${String(month).padStart(2, "0")}/${String(date).padStart(2, "0")}`);
}

const spoken = (day) => {
  const [year, month, date] = toJalali(day);
  return fa(`${WEEKDAYS[weekday(day)]} ${date} ${MONTHS[month - 1]} ${year}`);
};

let dialog = null;
let input = null;
let at = 0;

function today() {
  return toDay(...inTehran(Date.now()));
}

// The same day of another month, or that month's last.
function otherMonth(day, step) {
  const [year, month, date] = toJalali(day);
  const place = year * 12 + (month - 1) + step;
  const [newYear, newMonth] = [Math.floor(place / 12), (place % 12) + 1];
  for (let tried = date; tried > 0; tried -= 1) {
    const found = toDay(newYear, newMonth, tried);
    if (found !== null) return found;
  }
  return day;
}

function cell(day, chosen) {
  const made = document.createElement("td");
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.day = day;
  button.textContent = fa(toJalali(day)[2]);
  button.setAttribute("aria-label", spoken(day));
  button.tabIndex = day === at ? 0 : -1;
  if (day === chosen) button.setAttribute("aria-pressed", "true");
  if (day === today()) button.setAttribute("aria-current", "date");
  made.append(button);
  return made;
}

function draw() {
  const [year, month, date] = toJalali(at);
  dialog.querySelector("h2").textContent = `${MONTHS[month - 1]} ${fa(year)}`;
  const first = at - date + 1;
  const chosen = read(input.value);
  const rows = [];
  let row = document.createElement("tr");
  for (let blank = weekday(first); blank > 0; blank -= 1) row.append(document.createElement("td"));
  for (let day = first; toJalali(day)[1] === month; day += 1) {
    if (row.children.length === 7) {
      rows.push(row);
      row = document.createElement("tr");
    }
    row.append(cell(day, chosen));
  }
  rows.push(row);
  dialog.querySelector("tbody").replaceChildren(...rows);
}

function go(day) {
  const [year] = toJalali(day);
  if (year < FIRST_YEAR || year > LAST_YEAR) return;
  at = day;
  draw();
  dialog.querySelector(`[data-day="${at}"]`).focus();
}

function choose(day) {
  input.value = write(day);
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
  dialog.close();
}

// Time runs right to left: the next day is to the left.
const KEYS = {
  ArrowLeft: () => at + 1,
  ArrowRight: () => at - 1,
  ArrowDown: () => at + 7,
  ArrowUp: () => at - 7,
  Home: () => at - weekday(at),
  End: () => at + 6 - weekday(at),
  PageUp: () => otherMonth(at, -1),
  PageDown: () => otherMonth(at, 1),
};

function build() {
  dialog = document.getElementById("calendar-shape").content.firstElementChild.cloneNode(true);
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.day) choose(Number(button.dataset.day));
    else if (button?.dataset.step) {
      at = otherMonth(at, Number(button.dataset.step));
      draw();
    } else if (button?.matches("[data-today]")) go(today());
  });
  dialog.addEventListener("keydown", (event) => {
    if (!event.target.dataset.day || !KEYS[event.key]) return;
    event.preventDefault();
    go(KEYS[event.key]());
  });
}

function open(field) {
  input = field;
  if (!dialog) build();
  dialog.showModal();
  go(read(input.value) ?? today());
}

function arm(field) {
  const frame = document.createElement("span");
  const button = document.createElement("button");
  const label = field.labels[0]?.firstChild?.textContent.trim() ?? "";
  frame.className = "dated";
  button.className = "btn btn-icon";
  button.type = "button";
  button.setAttribute("aria-label", `انتخاب ${label} از تقویم`);
  button.setAttribute("aria-haspopup", "dialog");
  button.append(document.getElementById("icon-calendar").content.cloneNode(true));
  button.addEventListener("click", () => open(field));
  field.replaceWith(frame);
  frame.append(field, button);
  delete field.dataset.jalali;
}

function armAll() {
  if (document.getElementById("calendar-shape")) document.querySelectorAll("input[data-jalali]").forEach(arm);
}

armAll();
document.addEventListener("htmx:load", armAll);
