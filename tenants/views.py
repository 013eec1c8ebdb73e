"""Sending a stored file. Whoever calls has already asked whether this person may see it."""

from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from .models import StoredFile
from .sniff import INLINE


def serve(stored: StoredFile, *, inline: bool = False) -> HttpResponseBase:
    """A response with the file's bytes: attachment unless its type is on the inline list (TRUST 25).

    With SENDFILE=accel the proxy reads the file; otherwise Django streams it. Raises FileNotFoundError.
    """
    shown = inline and stored.content_type in INLINE
    if settings.SENDFILE == "accel" and not settings.S3_BUCKET:
        response: HttpResponseBase = HttpResponse(content_type=stored.content_type)
        response["X-Accel-Redirect"] = f"/protected/{quote(stored.path)}"
    else:
        response = FileResponse(default_storage.open(stored.path), content_type=stored.content_type)
        response["Content-Length"] = str(stored.size)
    response["Content-Disposition"] = content_disposition_header(not shown, stored.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "private, max-age=3600, immutable"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
