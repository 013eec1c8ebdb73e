// A page that answers a form. What its address asks to be said (?done=…) is said once: a reload says nothing again. And
// where a composer came back refused, who wrote stands at the reason, not at the top of a long thread.
const address = new URL(location.href);
if (address.searchParams.has("done")) {
  address.searchParams.delete("done");
  history.replaceState(history.state, "", address);
}
document.querySelector("[data-refused]")?.focus();
