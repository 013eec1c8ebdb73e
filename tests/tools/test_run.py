"""`make run`: its one-line refusals, what it keeps from the shell, and that it leaves nobody behind."""

import os
import signal
import socket
import subprocess
import time

import pytest


def test_taken_port_is_one_line_naming_another():
    import run
    from terminal import Stop

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        number = listener.getsockname()[1]
        with pytest.raises(Stop) as stop:
            run.check_port(number)
    assert str(stop.value) == f"Port {number} is taken. Try another: make run PORT={number % 65535 + 1}"
    assert stop.value.code == 2


@pytest.mark.parametrize("text", ["", "abc", "0", "65536", "-1", "80 80"])
def test_port_that_is_no_port_is_refused(monkeypatch, text):
    import run
    from terminal import Stop

    monkeypatch.setenv("PORT", text)
    with pytest.raises(Stop, match="PORT must be a number"):
        run.port()


def test_demo_takes_nothing_of_a_production_from_the_shell(monkeypatch, tmp_path):
    import run

    monkeypatch.setattr(run, "VAR", tmp_path)
    for name in ("DATABASE_URL", "REDIS_URL", "KAVENEGAR_API_KEY_FILE", "EMAIL_URL", "PLATFORM_DOMAIN"):
        monkeypatch.setenv(name, "production")
    environ = run.demo_environment(8000)
    assert "production" not in environ.values()
    assert environ["DEMO"] == "1"
    assert environ["VAR_DIR"] == str(tmp_path)


def test_ending_ends_the_children_of_the_children(monkeypatch):
    import run

    # The shell ignores SIGTERM and so stands for a child that hangs.
    script = "trap '' TERM; sleep 300 & echo $!; wait"
    child = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, text=True, start_new_session=True)
    grandchild = int(child.stdout.readline())
    run.end({"web": child}, patience=0.3)
    assert child.poll() == -signal.SIGKILL
    for _ in range(100):
        if not _runs(grandchild):
            break
        time.sleep(0.05)
    assert not _runs(grandchild)


def _runs(pid: int) -> bool:
    """False for the dead, and for a zombie nobody has collected yet."""
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
