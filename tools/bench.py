"""`make bench`: long measurements on PostgreSQL, in a database of their own that is dropped afterwards.

K=words chooses some, BENCH_TICKETS=200000 makes the big table smaller. Uses `make services` where it runs, else it
starts its own.
"""

import oldest  # noqa: F401, I001  (first: an old Python must not meet newer syntax)

import os
import subprocess

import prepare
import services
from terminal import PYTHON, ROOT, Stop, main


def measure(environ: dict[str, str]) -> None:
    """Run the measurements against these services."""
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "bench").glob("bench_*.py"))
    words = os.environ.get("K", "")
    command = [str(PYTHON), "-m", "pytest", "-q", *files, *(["-k", words] if words else [])]
    if code := subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}).returncode:
        raise Stop(f"A measurement did not hold (pytest ended with {code}).", code=1)


def run() -> None:
    """Measure on the services at hand."""
    prepare.environment()
    prepare.packages(dev=True)
    with services.at_hand() as environ:
        measure(environ)


if __name__ == "__main__":
    main(run)
