"""Files from npm that a browser gets, made ready under one folder: an explicit list, and the icon sprite.

Only what is listed is served. Of the look's base only the rules our pages can use are kept (web.pruning); source map
comments are dropped because the hashing storage would look for maps we do not serve.
"""

import os
import re
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from web.icons import sprite
from web.pruning import prune, words

SPRITE = "icons.svg"
BASE_STYLES = "vendor/tabler.rtl.min.css"
# address below STATIC_URL -> file below node_modules
FILES = {
    BASE_STYLES: "@tabler/core/dist/css/tabler.rtl.min.css",
    "vendor/Vazirmatn.woff2": "vazirmatn/fonts/webfonts/Vazirmatn[wght].woff2",
    # For the security code, which is drawn on the server.
    "vendor/Vazirmatn-Bold.ttf": "vazirmatn/fonts/ttf/Vazirmatn-Bold.ttf",
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/quill.js": "quill/dist/quill.js",
}
NAMES = (*FILES, SPRITE)

_MAP = re.compile(rb"(?:/\*#\s*sourceMappingURL=[^*]*\*/|//#\s*sourceMappingURL=\S*)")


def packages() -> Path:
    """The node_modules folder; `NODE_MODULES` in settings moves it."""
    return Path(getattr(settings, "NODE_MODULES", Path(settings.BASE_DIR) / "node_modules"))


def folder() -> Path:
    """Where the ready files stand; it may be deleted at any time."""
    return Path(settings.VAR_DIR) / "assets"


def build() -> Path:
    """Write every listed file whose content has changed; returns the folder.

    Raises ImproperlyConfigured with one clear line when the packages are not installed.
    """
    source, target = packages(), folder()
    if not source.is_dir():
        raise ImproperlyConfigured(
            f"The npm packages are missing ({source}): run `npm ci` in the project folder."
        )
    for name, origin in FILES.items():
        try:
            content = (source / origin).read_bytes()
        except FileNotFoundError:
            raise ImproperlyConfigured(
                f"The npm package file {origin} is missing from {source}: run `npm ci` again."
            ) from None
        content = _MAP.sub(b"", content) if name.endswith((".css", ".js")) else content
        if name == BASE_STYLES:
            content = prune(content.decode(), words(sources())).encode()
        _write(target / name, content)
    _write(target / SPRITE, sprite(source).encode())
    return target


def sources() -> list[Path]:
    """The files that may name a class: templates, scripts, and programs that write HTML."""
    base = Path(settings.BASE_DIR)
    apps = [path.parent for path in base.glob("*/__init__.py") if path.parent.name != "tests"]
    found = [*base.glob("templates/**/*.html"), *base.glob("static/js/**/*.js")]
    return [*found, *(file for app in apps for file in app.rglob("*.py") if "migrations" not in file.parts)]


def _write(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: two processes may build at once.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)
