"""The programs the tools need beside Python: where they are, and installing what is missing where we may."""

import os
import shutil
import subprocess
from pathlib import Path

from terminal import say

PACKAGES = {
    "postgres": "postgresql",
    "redis-server": "redis-server",
    "chromium": "chromium-headless-shell",
    "docker-compose": "docker-compose",
}


# The browser without a window is a fifth quicker, and drives the same pages.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def postgres_program(name: str) -> str | None:
    """Where a PostgreSQL program lives; the newest installed version first, then the PATH."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True
    )
    for folder in [*versions, Path("/usr/local/pgsql/bin"), Path("/opt/homebrew/bin")]:
        if (folder / name).exists():
            return str(folder / name)
    return shutil.which(name)


def program(name: str) -> str | None:
    """Path of a program we need, or None."""
    if name == "postgres":
        return postgres_program("postgres")
    if name == "chromium":
        named = os.environ.get("CHROMIUM", "")
        found = (shutil.which(one) for one in (named, *BROWSERS) if one)
        return next((path for path in found if path), None)
    return shutil.which(name)


def missing(names: list[str]) -> list[str]:
    """Those of the named programs that are not on the machine."""
    return [name for name in names if not program(name)]


def install(names: list[str]) -> None:
    """Install what is missing where we may (root with apt-get); quiet when there is nothing to do."""
    absent = missing(names)
    if not absent or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    packages = [PACKAGES[name] for name in absent]
    say(f"Installing {', '.join(packages)} …")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    settings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=settings, check=False, **quiet)
    for package in packages:
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
            env=settings,
            check=False,
            **quiet,
        )
