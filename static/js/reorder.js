// Rows put into another order: dragged by their grip, or moved by the grip's arrow keys and the row's two buttons.
// The list names its form: <ul data-reorder="#id"><li data-key="…">; the keys are sent as its fields `order`.
// Without this file the two buttons of each row are forms of their own.
const PAUSE = 500;

function arm(list) {
  const form = document.querySelector(list.dataset.reorder);
  let held = null;
  let before = "";
  let timer = 0;
  // Lists may lie in rows of another: each minds its own rows, and where a pointer is over a row inside one of them.
  const own = (node) => (node?.parentElement === list ? node : null);
  const holding = (node) => {
    while (node && node.parentElement !== list) node = node.parentElement;
    return node;
  };
  const keys = () => [...list.children].map((row) => row.dataset.key);
  // What the server holds: the rows go back to it when another order did not arrive.
  let kept = keys();
  form.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.successful) kept = keys(); });
  form.addEventListener("act:undone", () => {
    for (const key of kept) list.append(list.querySelector(`:scope > [data-key="${key}"]`));
    settle();
  });

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
      const [up, down] = ["up", "down"].map((way) =>
        [...row.querySelectorAll(`button[value="${way}"]`)].find((one) => own(one.closest("[data-key]"))));
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
    if (!grip || event.button || !own(grip.closest("[data-key]"))) return;
    event.preventDefault();
    grip.focus();
    held = grip.closest("[data-key]");
    before = keys().join(" ");
    held.classList.add("held");
  });
  document.addEventListener("pointermove", (event) => {
    const over = held && holding(document.elementFromPoint(event.clientX, event.clientY));
    if (!over || over === held) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(held);
    else over.after(held);
  });
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);

  list.addEventListener("keydown", (event) => {
    const grip = event.target.closest("[data-grip]");
    const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!grip || !way || !own(grip.closest("[data-key]"))) return;
    event.preventDefault();
    step(grip.closest("[data-key]"), way);
    grip.focus();
  });
  list.addEventListener("submit", (event) => {
    const way = event.submitter?.value;
    const row = own(event.target.closest("[data-key]"));
    if (!row || (way !== "up" && way !== "down")) return;
    event.preventDefault();
    step(row, way);
    const pressed = event.submitter;
    (pressed.disabled ? row.querySelector("button[name='to']:not(:disabled)") : pressed)?.focus();
  });
}

document.querySelectorAll("[data-reorder]").forEach(arm);
