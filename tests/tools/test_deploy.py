"""What production is started from: its secrets and its compose file."""

import re
import shutil
import stat
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _make_secrets(folder: Path) -> Path:
    (folder / "deploy").mkdir(exist_ok=True)
    shutil.copy(ROOT / "deploy" / "make-secrets.sh", folder / "deploy")
    subprocess.run(["sh", str(folder / "deploy" / "make-secrets.sh")], check=True, capture_output=True)
    return folder / "secrets"


def test_secrets_are_random_closed_to_others_and_never_overwritten(tmp_path):
    first = _make_secrets(tmp_path)
    assert stat.S_IMODE(first.stat().st_mode) == 0o700
    before = {file.name: file.read_text() for file in first.iterdir()}
    passwords = [text for name, text in before.items() if name.endswith(("_password", "_key")) and text]
    assert len(set(passwords)) == len(passwords) >= 6
    assert all(len(text) >= 44 for text in passwords)
    (first / "kavenegar_api_key").write_text("ours")
    _make_secrets(tmp_path)
    assert {file.name: file.read_text() for file in first.iterdir()} == {
        **before,
        "kavenegar_api_key": "ours",
    }


def test_every_secret_of_the_compose_file_is_made(tmp_path):
    made = {file.name for file in _make_secrets(tmp_path).iterdir()}
    wanted = set(re.findall(r"file: \./secrets/(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert wanted == made


def test_only_migrate_is_given_the_owner_of_the_tables():
    text = (ROOT / "docker-compose.yml").read_text()
    parts = re.split(r"^  (?=[a-z]+:$)", text, flags=re.MULTILINE)
    owners = [part.split(":")[0] for part in parts if "/run/secrets/owner_database_url" in part]
    assert owners == ["migrate"]
