// A message named by the address (#message-12) may stand in the part of the thread that is not loaded yet: load the
// older parts until it is there. Without this file the link above the thread leads to them page by page.
const wanted = /^#message-\d+$/.test(location.hash) ? location.hash : "";

function look() {
  const message = document.querySelector(wanted);
  if (message) {
    document.body.removeEventListener("htmx:afterSettle", look);
    // Set anew, so that the browser marks it as the target.
    location.replace(wanted);
    message.scrollIntoView();
    return;
  }
  document.querySelector("[data-earlier]")?.click();
}

if (wanted && !document.querySelector(wanted)) {
  document.body.addEventListener("htmx:afterSettle", look);
  if (document.readyState === "complete") look();
  else addEventListener("load", look);
}
