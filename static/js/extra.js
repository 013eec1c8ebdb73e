// A new ticket's form: when another department or topic is chosen its questions come in, and what was already typed
// (files too) stays in its question, also when the question goes and comes back.
const held = new Map();

function gather(block) {
  for (const row of block.querySelectorAll("[data-question]")) held.set(row.dataset.question, row);
}

for (const block of document.querySelectorAll("[data-questions]")) {
  block.addEventListener("htmx:beforeSwap", () => gather(block));
  block.addEventListener("htmx:afterSwap", () => {
    for (const row of block.querySelectorAll("[data-question]")) {
      const before = held.get(row.dataset.question);
      if (before && before !== row) row.replaceWith(before);
    }
  });
}
