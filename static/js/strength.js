// How strong a new password looks, while it is typed. A hint only: what may be a password the server says.
const WORDS = ["هنوز کوتاه است", "زود حدس زده می‌شود", "بد نیست؛ بلندترش بهتر است", "محکم است"];
const latin = (text) => text.replace(/[۰-۹٠-٩]/g, (digit) => String(digit.charCodeAt(0) & 15));

function score(text) {
  const plain = latin(text).toLowerCase();
  if (plain.length < 8) return 0;
  const kinds = [/[0-9]/, /[a-zآ-ی]/, /[A-Z]/, /[^0-9a-zA-Zآ-ی]/].filter((kind) => kind.test(latin(text))).length;
  const runs = /^[0-9]+$/.test(plain) || /(.)\1{3}/.test(plain) || /0?12345|qwert|asdf|password/.test(plain);
  if (runs || new Set(plain).size < 5) return 1;
  return plain.length >= 12 || (kinds >= 3 && plain.length >= 10) ? 3 : 2;
}

for (const input of document.querySelectorAll("input[data-strength]")) {
  const hint = document.createElement("div");
  hint.className = "strength sm muted";
  hint.hidden = true;
  const meter = document.createElement("meter");
  Object.assign(meter, { min: 0, max: 3, low: 1.5, high: 2.5, optimum: 3 });
  meter.setAttribute("aria-hidden", "true");
  const words = document.createElement("span");
  words.setAttribute("role", "status");
  hint.append(meter, words);
  input.after(hint);
  input.addEventListener("input", () => {
    const points = score(input.value);
    hint.hidden = input.value === "";
    meter.value = points;
    words.textContent = hint.hidden ? "" : WORDS[points];
  });
}
