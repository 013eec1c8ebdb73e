"""Whole numbers as addresses and hidden fields carry them."""


def whole(text: str, digits: int = 15) -> int:
    """A number of at most so many Latin digits; -1, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else -1
