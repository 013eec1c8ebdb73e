// Two keys: "/" goes to the search box, Ctrl+Enter (or Cmd) sends the text being written.
const typing = (element) => element.matches?.("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
    const search = document.querySelector("[data-slash]");
    if (search?.offsetParent) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("textarea[data-ctrl-enter]")) {
    event.preventDefault();
    event.target.form?.requestSubmit(event.target.form.querySelector("[data-send]") ?? undefined);
  }
});
