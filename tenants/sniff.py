"""What a file really is, as far as safety asks: may a browser show it inline or not."""

import mimetypes

# Shown inline only when the first bytes agree; anything else is a download whatever it calls itself (TRUST 24, 25).
MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"%PDF-", 0, "application/pdf"),
)
INLINE = {kind for _, _, kind in MAGIC}
# Types a browser would run if it ever met them inline; stored as plain bytes.
ACTIVE = {
    "text/html",
    "image/svg+xml",
    "application/xhtml+xml",
    "text/xml",
    "application/xml",
    "text/javascript",
}


def content_type(head: bytes, name: str) -> str:
    """The type to store for a file whose first bytes are ``head`` (16 are enough) and whose name is ``name``."""
    for mark, offset, kind in MAGIC:
        if head[offset : offset + len(mark)] == mark:
            return kind
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return "application/octet-stream" if guessed in INLINE or guessed in ACTIVE else guessed
