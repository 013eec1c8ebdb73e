// Rows put into another order: dragged by their grip, or moved by the grip's arrow keys and the row's two buttons.
// The list names its form: <ul data-reorder="#id"><li data-key="…">; the keys are sent as its fields `order`.
// Without this file the two buttons of each row are forms of their own.
const PAUSE = 500;

function arm(list) {
  const form = document.querySelector(list.dataset.reorder);
  let held = null;
  let before = "";
  let timer = 0;
  const keys = () => [...list.children].map((row) => row.dataset.key);

  function save() {
    form.querySelectorAll('[name="order"]').forEach((field) => field.remove());
    for (const key of keys()) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "order", value: key });
      form.append(field);
    }
    form.requestSubmit();
  }

  function settle() {
    // The first row cannot go up, the last not down.
    for (const row of list.children) {
      const [up, down] = ["up", "down"].map((way) => row.querySelector(`button[value="${way}"]`));
      if (up) up.disabled = row === list.firstElementChild;
      if (down) down.disabled = row === list.lastElementChild;
    }
  }

  function step(row, way) {
    const other = way === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (way === "up") other.before(row);
    else other.after(row);
    settle();
    // Several steps in a row are one order.
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  function drop(event) {
    if (!held) return;
    if (event.type === "pointercancel") {
      for (const key of before.split(" ")) list.append(list.querySelector(`[data-key="${key}"]`));
    }
    held.classList.remove("held");
    held = null;
    settle();
    if (keys().join(" ") !== before) save();
  }

  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    event.preventDefault();
    grip.focus();
    held = grip.closest("[data-key]");
    before = keys().join(" ");
    held.classList.add("held");
  });
  document.addEventListener("pointermove", (event) => {
    const over = held && document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-key]");
    if (!over || over === held || over.parentElement !== list) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(held);
    else over.after(held);
  });
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);

  list.addEventListener("keydown", (event) => {
    const grip = event.target.closest("[data-grip]");
    const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!grip || !way) return;
    event.preventDefault();
    step(grip.closest("[data-key]"), way);
    grip.focus();
  });
  list.addEventListener("submit", (event) => {
    const way = event.submitter?.value;
    if (way !== "up" && way !== "down") return;
    event.preventDefault();
    const row = event.target.closest("[data-key]");
    step(row, way);
    const pressed = event.submitter;
    (pressed.disabled ? row.querySelector("button[name='to']:not(:disabled)") : pressed)?.focus();
  });
}

document.querySelectorAll("[data-reorder]").forEach(arm);
