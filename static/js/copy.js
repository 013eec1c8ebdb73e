// A button with data-copy puts its text on the clipboard and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  let text = "رونوشت شد.";
  let tone = "ok";
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // A plain-http address has no clipboard; the code itself is selectable beside the button.
    text = "مرورگر اجازهٔ رونوشت نداد. کد را انتخاب و رونوشت کنید.";
    tone = "bad";
  }
  document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, tone } }));
});
