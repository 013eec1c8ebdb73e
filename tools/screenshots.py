"""`make screenshots`: the README's pictures, taken from the demo in headless Chromium.

Builds a fresh demo in a folder of its own, serves it, looks at it as its people would, and ends what it started.
"""

import oldest  # noqa: F401, I001  (first: an old Python must not meet newer syntax)

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import prepare
import programs
from terminal import PYTHON, ROOT, Stop, main, say

TARGET = ROOT / "docs" / "screenshots"
PORT = "8093"
HOME = f"http://demo.localhost:{PORT}"
PASSWORD = "peygir-demo-1405"  # noqa: S105  the demo's, printed by `make run`
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# (file, who, path or a link to follow on it, width, height, theme)
PICTURES = (
    ("login-phone", "", "/login/", 390, 780, "light"),
    ("queue", "kimia", "/desk/tickets/", 1280, 900, "light"),
    ("queue-dark", "kimia", "/desk/tickets/", 1280, 900, "dark"),
    ("ticket", "kimia", "/desk/tickets/?sort=recent&channel=portal .q-subject", 1280, 900, "light"),
    ("dashboard", "modir", "/manage/", 1280, 900, "light"),
    ("portal-phone", "negar", "/portal/", 390, 780, "light"),
    ("new-ticket-phone", "negar", "/portal/tickets/new/", 390, 780, "light"),
)


@contextlib.contextmanager
def demo() -> Iterator[None]:
    """The demo, served on PORT for the time of a ``with``."""
    folder = tempfile.mkdtemp(prefix="peygir-pictures-")
    environ = {**os.environ, "DEMO": "1", "VAR_DIR": folder, "PORT": PORT}
    for name in ("DATABASE_URL", "REDIS_URL"):
        environ.pop(name, None)
    for command in (["collectstatic", "--noinput"], ["migrate"], ["demo"]):
        done = subprocess.run(
            [PYTHON, "manage.py", *command, "-v", "0"], cwd=ROOT, env=environ, capture_output=True, text=True
        )
        if done.returncode:
            raise Stop(f"{command[0]} failed:\n{done.stderr[-2000:]}")
    web = [
        PYTHON,
        "-m",
        "gunicorn",
        "helpdesk.wsgi",
        "--bind",
        f"127.0.0.1:{PORT}",
        "--threads",
        "4",
        "--no-control-socket",
    ]
    server = subprocess.Popen(web, cwd=ROOT, env=environ, stderr=subprocess.DEVNULL)
    try:
        _wait()
        yield
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait() -> None:
    for _ in range(150):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=1)
            return
        time.sleep(0.2)
    raise Stop("The demo's server did not come up.")


def take(browser: object, name: str, who: str, path: str, width: int, height: int, theme: str) -> Path:
    """One picture, by one person, in a browser of their own."""
    context = browser.new_context(  # type: ignore[attr-defined]
        viewport={"width": width, "height": height}, color_scheme=theme, locale="fa-IR"
    )
    page = context.new_page()
    if who:
        page.goto(f"{HOME}/login/")
        page.locator("label", has_text="با رمز").click()
        page.get_by_label("نام کاربری یا شمارهٔ همراه").fill(who)
        page.get_by_label("رمز", exact=True).fill(PASSWORD)
        page.locator("form.pane-pass").get_by_role("button", name="ورود").click()
        page.wait_for_url(re.compile("/(portal|desk|manage)/"))
    address, _, link = path.partition(" ")
    page.goto(HOME + address)
    if link:
        page.locator(link).first.click()
        page.wait_for_load_state()
    file = TARGET / f"{name}.png"
    page.evaluate("document.fonts.ready")
    page.screenshot(path=str(file))
    context.close()
    return file


def run() -> int:
    """Prepare as `make test` does, then take the pictures with the virtual environment's Python."""
    if "--take" in sys.argv:
        return take_all()
    prepare.environment()
    prepare.packages(dev=True)
    prepare.assets(dev=True)
    return subprocess.run([PYTHON, __file__, "--take"], cwd=ROOT).returncode


def take_all() -> int:
    """Take every picture; says where they are."""
    from playwright.sync_api import sync_playwright  # slow import: the tool's own Python may not have it

    chromium = programs.program("chromium")
    if not chromium:
        raise Stop("Chromium is missing.")
    TARGET.mkdir(parents=True, exist_ok=True)
    say("Building the demo …")
    with demo(), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        for picture in PICTURES:
            file = take(browser, *picture)
            say(f"  {file.relative_to(ROOT)}  {file.stat().st_size // 1024} kB")
        browser.close()
    return 0


if __name__ == "__main__":
    main(run)
