// Pictures and other files that are dropped or pasted into the editor, or chosen for it (static/js/editor.js). A picture is
// sent at once and stands where it was put, whatever is typed meanwhile; sending the text waits for it. Other files are
// the form's (static/js/files.js).
const OURS = /^\/files\/[0-9a-f-]{36}\/\?inline=1$/;
const PICTURES = document.querySelector('meta[name="pictures"]')?.content;
const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const NOT_SENT = "تصویر فرستاده نشد. متن شما سر جایش است؛ دوباره بگذاریدش.";
const NO_LINE = "اتصال نیست و تصویر فرستاده نشد. متن شما سر جایش است؛ وصل که شدید دوباره بگذاریدش.";
const TOO_LARGE = "تصویر بزرگ‌تر از اندازه است و فرستاده نشد. متن شما سر جایش است.";
const WAITS = "تصویری هنوز در راه است؛ که رسید، نوشته‌تان هم فرستاده می‌شود.";
const NOT_ALL = "تصویری نرسید، پس نوشته‌تان هم هنوز فرستاده نشده است. دوباره بگذاریدش، یا بی آن بفرستید.";

function toast(text, tone = "bad") {
  document.body.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text, tone } }));
}

// What went wrong, in words for who writes.
class Refused extends Error {}

// Asked as htmx asks: a session that has ended then says so, and leads to no page.
async function post(file) {
  const body = new FormData();
  body.append("picture", file, file.name || "picture.png");
  const token = document.querySelector('input[name="csrfmiddlewaretoken"]')?.value ?? "";
  const headers = { "X-CSRFToken": token, "HX-Request": "true", Accept: "application/json" };
  try {
    return await fetch(PICTURES, { method: "POST", body, headers });
  } catch {
    throw new Refused(NO_LINE);
  }
}

// Resolves with whether the writer is signed in here, after the log-in dialog if need be (static/js/session.js).
const signedIn = () => new Promise((done) => document.dispatchEvent(new CustomEvent("login:ask", { detail: { done } })));

async function send(file) {
  let answer = await post(file);
  const isTold = () => !answer.redirected && answer.headers.get("Content-Type")?.includes("json");
  if (!isTold() && (answer.redirected || [401, 403].includes(answer.status)) && (await signedIn())) answer = await post(file);
  const told = isTold() ? await answer.json() : {};
  if (!answer.ok || !OURS.test(told.url ?? "")) throw new Refused(told.message || (answer.status === 413 ? TOO_LARGE : NOT_SENT));
  return told.url;
}

class Pictures {
  constructor(editor) {
    this.editor = editor;
    this.quill = editor.quill;
    this.sending = new Set();
    this.quill.uploader.upload = (range, files) => this.take([...files], range.index);
    this.quill.on("text-change", (delta) => this.shift(delta));
  }

  choose() {
    const input = Object.assign(document.createElement("input"), { type: "file", accept: TYPES.join() });
    input.addEventListener("change", () => this.put([...input.files], this.editor.caret().index));
    input.click();
  }

  // Dropped or pasted: pictures stand where they were let go, other files are the form's.
  take(files, index) {
    const drawn = files.filter((file) => this.editor.draws && TYPES.includes(file.type));
    const others = files.filter((file) => !drawn.includes(file));
    if (drawn.length) this.put(drawn, index);
    if (!others.length) return;
    const detail = { files: others };
    this.editor.area.dispatchEvent(new CustomEvent("files:add", { bubbles: true, detail }));
    if (!detail.taken) toast("این‌جا فقط متن نوشته می‌شود؛ فایل پیوست نمی‌شود.");
  }

  // Each is sent at once and stands where it was put, whatever is typed meanwhile.
  put(files, index) {
    if (!files.length) return;
    const place = { index };
    const work = this.bring(files, place).finally(() => {
      this.sending.delete(work);
      if (!this.sending.size) this.editor.shape.removeAttribute("aria-busy");
    });
    work.place = place;
    this.sending.add(work);
    this.editor.shape.setAttribute("aria-busy", "true");
  }

  async bring(files, place) {
    let all = true;
    for (const file of files) {
      try {
        const url = await send(file);
        await this.composed();
        this.draw(url, place);
      } catch (error) {
        all = false;
        toast(error instanceof Refused ? error.message : NOT_SENT);
      }
    }
    return all;
  }

  draw(url, place) {
    const { quill, editor } = this;
    const at = Math.min(place.index, quill.getLength() - 1);
    const range = quill.getSelection();
    quill.insertEmbed(at, "image", url, "user");
    place.index = at + 1;
    // One put there after it stands after it.
    let later = false;
    for (const work of this.sending) {
      if (work.place === place) later = true;
      else if (later && work.place.index === at) work.place.index = at + 1;
    }
    // Who has stayed there goes on behind the picture, who types elsewhere is not disturbed.
    if (range && !range.length && range.index === at) quill.setSelection(at + 1, 0, "silent");
    else if (!range && editor.last?.index === at && !editor.last.length) editor.last = { index: at + 1, length: 0 };
  }

  // Not into a word that is being put together by an input method.
  async composed() {
    const { root, composition } = this.quill;
    if (composition?.isComposing) await new Promise((done) => root.addEventListener("compositionend", () => setTimeout(done), { once: true }));
  }

  // Places that are kept move with what is written before them.
  shift(delta) {
    for (const { place } of this.sending) place.index = delta.transformPosition(place.index, true);
  }
}

// A text goes with its pictures: sending waits for those on their way, before anything else looks at it.
async function wait(form, pictures, submitter) {
  const say = (words) => {
    const status = form.querySelector("[data-draft-status]");
    if (status) status.textContent = words;
    else if (words) toast(words, "ok");
  };
  form.dataset.waiting = "1";
  submitter?.setAttribute("aria-busy", "true");
  say(WAITS);
  const came = await Promise.all(pictures.flatMap((one) => [...one.sending]));
  delete form.dataset.waiting;
  submitter?.removeAttribute("aria-busy");
  say(came.every(Boolean) ? "" : NOT_ALL);
  if (came.every(Boolean)) form.requestSubmit(submitter?.form === form ? submitter : undefined);
}

window.addEventListener("submit", (event) => {
  const form = event.target;
  const pictures = [...form.querySelectorAll("textarea")].map((area) => area.editor?.pictures).filter((one) => one?.sending.size);
  if (!pictures.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!form.dataset.waiting) wait(form, pictures, event.submitter);
}, true);

document.addEventListener("editor:ready", ({ target }) => { target.editor.pictures = new Pictures(target.editor); });
