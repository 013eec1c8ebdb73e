// Before a form with a longer text, or with answers to a department's questions, is sent: is its writer still signed in?
// A session that has ended would lead to the login page and cost the text, so the login page's own forms come into a
// dialog here, and afterwards the form goes on with the same client_key. The tokens of the page are renewed on the way:
// one that another tab's login has changed costs nothing either. The same for what htmx sends and for whoever asks by
// the event "login:ask"; "login:renew" only renews the tokens.
const person = document.body.dataset.person ?? "";
const MOST_STEPS = 40;
const PATIENCE = 20_000; // ms; on a line that is stuck rather a word to that effect than none
const AGAIN = "مدتی گذشته و نشست شما بسته شده است. پس از ورود، همین کار انجام می‌شود.";

async function here() {
  const answer = await fetch("/here/", { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout?.(PATIENCE) });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function renew(token) {
  document.querySelectorAll('input[name="csrfmiddlewaretoken"]').forEach((input) => { input.value = token; });
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
}

function say(form, words) {
  let status = form.querySelector("[data-draft-status], [data-session-status]");
  if (!status && words) {
    status = Object.assign(document.createElement("p"), { className: "sm text-bad px-3" });
    status.dataset.sessionStatus = "";
    status.setAttribute("role", "status");
    (form.querySelector(".dialog-foot, .sheet-foot") ?? form.lastElementChild).before(status);
  }
  if (status) status.textContent = words;
}

let scripts = 0;
// The part of a login page that holds its forms, with its small scripts (the cells of a code) run for it anew.
function show(dialog, text, address) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const forms = page.querySelector(".login-form");
  if (!forms) return false;
  forms.querySelector(".brand")?.remove();
  forms.querySelectorAll("form").forEach((form) => {
    form.dataset.action = new URL(form.getAttribute("action") || address, address).href;
    form.removeAttribute("data-once");
  });
  // Read from the page they were written for, not from the one they stand in now.
  forms.querySelectorAll("a[href]").forEach((link) => { link.href = new URL(link.getAttribute("href"), address).href; });
  const body = dialog.querySelector("[data-login-body]");
  body.replaceChildren(...[...forms.childNodes].map((node) => document.importNode(node, true)));
  for (const script of page.querySelectorAll('head script[type="module"][src*="otp"]')) {
    scripts += 1;
    import(`${script.getAttribute("src")}?again=${scripts}`).catch(() => {});
  }
  tell(dialog, null);
  focus(body);
  return true;
}

// Where the next thing is to be typed: what was refused, else the first field of the way that is shown.
function focus(body) {
  for (const which of ['input[aria-invalid="true"]', "[autofocus]", "input:not([type=hidden]):not([type=radio])", "button"]) {
    const found = [...body.querySelectorAll(which)].find((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".trap"));
    if (found) return found.focus();
  }
}

// Somebody else is signed in here (null: nobody is): the text is not theirs, so it waits until its writer is.
function tell(dialog, other) {
  const box = dialog.querySelector("[data-login-other]");
  const name = box.querySelector("[data-login-name]");
  box.hidden = !other;
  dialog.querySelector("[data-login-words]").hidden = Boolean(other);
  dialog.querySelector("[data-login-status]").textContent = "";
  if (!other) return;
  name.textContent = other.name;
  box.querySelector('input[name="csrfmiddlewaretoken"]').value = other.token;
  box.querySelector("form").dataset.other = other.person;
  dialog.querySelector("[data-login-body]").replaceChildren();
  focus(box);
}

async function load(dialog, address, options = {}) {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, ...options });
  return show(dialog, await answer.text(), answer.url);
}

// What that person wrote in this browser goes with them, as at every logging out.
function forget(other) {
  try {
    Object.keys(localStorage).filter((name) => name.startsWith(`draft:${other}:`)).forEach((name) => localStorage.removeItem(name));
  } catch {
    // no storage at all
  }
}

// Resolves with what `here` says once the writer is in, or with null when the dialog was closed before. ``words``: what
// is told there instead of what becomes of a text.
function enter(at, words = "") {
  const dialog = document.getElementById("login-again").content.firstElementChild.cloneNode(true);
  if (words) dialog.querySelector("[data-login-words]").textContent = words;
  document.body.append(dialog);
  return new Promise((resolve) => {
    let steps = 0;
    let found = null;
    const look = async () => {
      const now = await here();
      if (now.person === person) {
        found = now;
        dialog.close();
      } else if (now.person) {
        tell(dialog, now);
      }
      return now;
    };
    // A page without forms is one for who is in (also by another tab), or a refusal: then the way begins anew.
    const step = async (address, options) => {
      if (await load(dialog, address, options)) return;
      const now = await look();
      if (now.person) return;
      await load(dialog, "/login/");
      dialog.querySelector("[data-login-status]").textContent = "نشد. دوباره وارد شوید.";
    };
    const fail = () => { dialog.querySelector("[data-login-status]").textContent = "اتصال نیست. کمی بعد دوباره امتحان کنید."; };
    dialog.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      const form = event.target;
      if (form.dataset.busy || steps >= MOST_STEPS) return;
      form.dataset.busy = "1";
      steps += 1;
      const { other } = form.dataset;
      const body = new FormData(form, event.submitter);
      event.submitter?.setAttribute("aria-busy", "true");
      try {
        if (other) forget(other);
        await step(form.dataset.action ?? form.action, { method: "POST", body });
      } catch {
        fail();
      } finally {
        delete form.dataset.busy;
        event.submitter?.removeAttribute("aria-busy");
      }
    });
    dialog.addEventListener("click", (event) => {
      const link = event.target.closest("[data-login-body] a[href]");
      if (!link) return;
      event.preventDefault();
      step(link.href).catch(fail);
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(found);
    });
    dialog.showModal();
    if (at.person) tell(dialog, at);
    else step("/login/").catch(fail);
  });
}

// Whether the writer is in, after the dialog if need be; however many ask meanwhile, one dialog opens.
let asking = null;
async function ask(words) {
  let now = await here();
  if (now.person !== person) now = await enter(now, words);
  if (now) renew(now.token);
  return Boolean(now);
}

function signedIn(words) {
  asking ??= ask(words).finally(() => { asking = null; });
  return asking;
}

async function pass(form, submitter) {
  say(form, "");
  if (!(await signedIn())) {
    say(form, "هنوز با حساب خودتان وارد نشده‌اید. نوشته‌تان همین‌جاست و فرستاده نشد.");
    return;
  }
  form.dataset.signedIn = "1";
  form.requestSubmit(submitter?.form === form ? submitter : undefined);
  delete form.dataset.signedIn;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!person || !form.matches("form[data-once]") || !form.querySelector("textarea, [data-extra]") || form.dataset.signedIn) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.asking) return;
  form.dataset.asking = "1";
  const { submitter } = event;
  submitter?.setAttribute("aria-busy", "true");
  pass(form, submitter)
    .catch(() => say(form, "اتصال نیست. نوشته‌تان همین‌جا می‌ماند؛ کمی بعد دوباره بفرستید."))
    .finally(() => {
      delete form.dataset.asking;
      if (!form.dataset.sent) submitter?.removeAttribute("aria-busy");
    });
}, true);

document.addEventListener("login:renew", () => here().then((now) => { if (now.person === person) renew(now.token); }, () => {}));
document.addEventListener("login:ask", ({ detail }) => signedIn(AGAIN).then(detail.done, () => detail.done(false)));

// What htmx sent and the server would take from a signed-in person alone (accounts/gates.py): the act goes once more
// after the dialog, or what the page has shown too early is taken back.
const pressed = new WeakMap();
document.addEventListener("submit", ({ target, submitter }) => pressed.set(target, submitter), true);
document.body.addEventListener("login-needed", async ({ target }) => {
  // What a page sends by itself is nobody's act.
  if (!target.matches("form")) return;
  if (!person) {
    location.assign("/login/");
    return;
  }
  const submitter = pressed.get(target);
  if (await signedIn(AGAIN).catch(() => false)) target.requestSubmit(submitter?.isConnected ? submitter : undefined);
  else target.dispatchEvent(new CustomEvent("act:undone", { bubbles: true }));
});
// What htmx asked for and is told to fetch behind the login page (a department's questions, earlier messages) comes after
// the dialog, too: leaving would take the page away from whoever writes on it. What a page asks for by itself leads there.
document.body.addEventListener("htmx:beforeOnLoad", async (event) => {
  const { xhr, elt, boosted } = event.detail;
  const asksItself = elt.matches('[hx-trigger*="every"]');
  if (!person || boosted || asksItself || !xhr.getResponseHeader("HX-Redirect")?.startsWith("/login/")) return;
  event.preventDefault();
  if (await signedIn(AGAIN).catch(() => false)) window.htmx.ajax("GET", elt.getAttribute("hx-get"), { source: elt });
});
for (const fault of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(fault, ({ detail }) => {
    // The way in is asked for above.
    if (detail.xhr?.status !== 401) detail.elt.dispatchEvent(new CustomEvent("act:undone", { bubbles: true }));
  });
}
