// Keys of the whole page: "/" goes to the search box, Ctrl+Enter (or Cmd) sends the text being written, and a single
// letter goes to what carries it: <a data-key="KeyA">. They are named by their place on the keyboard, so that they work
// in Persian too. What changes something is only gone to: Enter does it.
const typing = (element) => element.matches?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], [contenteditable] *");
const seen = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? Boolean(element.offsetParent);

function goTo(element) {
  if (element.matches("input[type=radio]")) {
    element.checked = true;
    element.dispatchEvent(new Event("change", { bubbles: true }));
    element.closest("[data-composer]")?.scrollIntoView({ block: "nearest" });
  } else if (element.matches("[data-dialog]")) {
    element.click();
  } else {
    element.focus();
  }
}

document.addEventListener("keydown", (event) => {
  const held = event.ctrlKey || event.metaKey || event.altKey;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("textarea[data-ctrl-enter]")) {
    event.preventDefault();
    event.target.form?.requestSubmit(event.target.form.querySelector("[data-send]") ?? undefined);
    return;
  }
  if (held || event.repeat || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.code === "Slash" && !event.shiftKey) {
    const search = document.querySelector("[data-slash]");
    if (search?.offsetParent) {
      event.preventDefault();
      search.focus();
      search.select();
    }
    return;
  }
  const code = event.shiftKey ? `Shift+${event.code}` : event.code;
  const target = [...document.querySelectorAll(`[data-key="${code}"]`)].find((one) => one.matches("input") || seen(one));
  if (!target) return;
  event.preventDefault();
  goTo(target);
});
