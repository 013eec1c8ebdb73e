"""`make soak`: a day of a support house, pressed into SOAK_MINUTES (20), on the parts as they are deployed.

SOAK_SEED chooses what people do and what goes wrong, SOAK_PACE=2 makes everybody half as fast. Uses `make services`
where it runs, else it starts its own. Prints its table and ends with an error when a line of it does not hold.
"""

import oldest  # noqa: F401, I001  (first: an old Python must not meet newer syntax)

import os
import subprocess

import prepare
import services
from terminal import PYTHON, ROOT, Stop, main


def last(environ: dict[str, str]) -> None:
    """Live the day on these services."""
    known = {**os.environ, "SOAK_MINUTES": os.environ.get("SOAK_MINUTES", "20"), **environ}
    command = [str(PYTHON), "-m", "pytest", "-q", "tests/soak"]
    if code := subprocess.run(command, cwd=ROOT, env=known).returncode:
        raise Stop(f"The day did not hold (pytest ended with {code}).", code=1)


def run() -> None:
    """Live it on the services at hand."""
    prepare.environment()
    prepare.packages(dev=True)
    with services.at_hand() as environ:
        last(environ)


if __name__ == "__main__":
    main(run)
