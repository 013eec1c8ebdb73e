// Six cells drawn under one real input, the countdown of the code, and the wait before another may be asked for.
const fa = (number, width = 1) => number.toLocaleString("fa-IR", { minimumIntegerDigits: width, useGrouping: false });
const clock = (seconds) => `${fa(Math.floor(seconds / 60))}:${fa(seconds % 60, 2)}`;
const latin = (text) => text.replace(/[۰-۹٠-٩]/g, (digit) => String(digit.charCodeAt(0) & 15));

for (const box of document.querySelectorAll("[data-otp]")) {
  const input = box.querySelector("input");
  const cells = [...box.querySelectorAll("span")];
  const draw = () => {
    // A pasted message may carry words round the code; only its digits count.
    const digits = latin(input.value).replace(/\D/g, "").slice(0, cells.length);
    if (input.value !== digits) input.value = digits;
    cells.forEach((cell, at) => {
      cell.textContent = digits[at] ? fa(Number(digits[at])) : "";
      cell.classList.toggle("now", at === Math.min(digits.length, cells.length - 1));
    });
  };
  // The length limit is drawn here, so that a paste with spaces is not cut before it is cleaned.
  input.removeAttribute("maxlength");
  input.addEventListener("input", draw);
  draw();
}

// Seconds are counted against the clock, not by ticks: a sleeping tab wakes up right.
function count(seconds, each, over) {
  const end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    if (left === 0) {
      clearInterval(timer);
      over();
    } else {
      each(left);
    }
  };
  const timer = setInterval(tick, 1000);
  tick();
}

for (const text of document.querySelectorAll("[data-countdown]")) {
  const shown = document.createElement("b");
  text.replaceChildren("کد تا ", shown, " دیگر معتبر است");
  count(Number(text.dataset.countdown), (left) => { shown.textContent = clock(left); }, () => { text.textContent = text.dataset.countdownOver; });
}
for (const button of document.querySelectorAll("[data-wait]")) {
  const words = button.textContent.trim();
  const wait = Number(button.dataset.wait);
  if (wait <= 0) continue;
  button.disabled = true;
  count(wait, (left) => { button.textContent = `${words} پس از ${clock(left)}`; }, () => { button.textContent = words; button.disabled = false; });
}
