"""Tracking codes: unguessable, short, and readable aloud (S5)."""

import secrets

# No 0/O and no 1/I: a code is often read over the phone. 32 signs, 8 of them: 40 bits.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_code() -> str:
    """A fresh code such as ``PG-7K4M-XR92``."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"PG-{signs[:4]}-{signs[4:]}"


def normalise(text: str) -> str | None:
    """A typed code in its stored form, or None when it cannot be one. Case, spaces and dashes don't matter."""
    signs = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
    signs = signs.removeprefix("PG") if len(signs) == 10 else signs
    if len(signs) != 8 or any(sign not in ALPHABET for sign in signs):
        return None
    return f"PG-{signs[:4]}-{signs[4:]}"
