// Before a composer is sent: is its writer still signed in? A session that has ended would lead to the login page and
// cost the text, so the login page's own forms come into a dialog here, and afterwards the composer goes on with the same
// client_key. The tokens of the page are renewed on the way: one that another tab's login has changed costs nothing either.
const person = document.body.dataset.person ?? "";
const MOST_STEPS = 40;

async function here() {
  const answer = await fetch("/here/", { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function renew(token) {
  document.querySelectorAll('input[name="csrfmiddlewaretoken"]').forEach((input) => { input.value = token; });
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
}

function say(form, words) {
  const status = form.querySelector("[data-draft-status]");
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
  const body = dialog.querySelector("[data-login-body]");
  body.replaceChildren(...[...forms.childNodes].map((node) => document.importNode(node, true)));
  for (const script of page.querySelectorAll('head script[type="module"][src*="otp"]')) {
    scripts += 1;
    import(`${script.getAttribute("src")}?again=${scripts}`).catch(() => {});
  }
  body.querySelector("[autofocus], input:not([type=hidden]):not([type=radio])")?.focus();
  return true;
}

async function load(dialog, address, options = {}) {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, ...options });
  return show(dialog, await answer.text(), answer.url);
}

// Resolves with what `here` says once somebody is in, or with null when the dialog was closed.
function enter() {
  const dialog = document.getElementById("login-again").content.firstElementChild.cloneNode(true);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let steps = 0;
    let found = null;
    const look = async () => {
      const now = await here();
      if (!now.person) return;
      found = now;
      dialog.close();
    };
    dialog.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      const form = event.target;
      if (form.dataset.busy || steps >= MOST_STEPS) return;
      form.dataset.busy = "1";
      steps += 1;
      try {
        await load(dialog, form.dataset.action, { method: "POST", body: new FormData(form, event.submitter) });
        await look();
      } catch {
        delete form.dataset.busy;
        dialog.querySelector("[data-login-status]").textContent = "اتصال نیست. کمی بعد دوباره امتحان کنید.";
      }
    });
    dialog.addEventListener("click", (event) => {
      const link = event.target.closest("[data-login-body] a[href]");
      if (!link) return;
      event.preventDefault();
      load(dialog, link.href).catch(() => {});
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(found);
    });
    dialog.showModal();
    load(dialog, "/login/").catch(() => {});
  });
}

async function pass(form, submitter) {
  say(form, "");
  let now = await here();
  if (!now.person) now = await enter();
  if (!now) {
    say(form, "هنوز وارد نشده‌اید. نوشته‌تان همین‌جاست.");
    return;
  }
  if (now.person !== person) {
    say(form, "با حساب دیگری وارد شدید؛ این نوشته فرستاده نشد. با حساب خودتان وارد شوید.");
    return;
  }
  renew(now.token);
  form.dataset.signedIn = "1";
  form.requestSubmit(submitter?.form === form ? submitter : undefined);
  delete form.dataset.signedIn;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!person || !form.matches("form[data-draft][data-once]") || form.dataset.signedIn) return;
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
