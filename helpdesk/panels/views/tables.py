"""How a table leaves: streamed as CSV, or as a workbook from a temporary file."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from web import exports
from web.days import today


def csv_answer(word: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """A CSV of these rows; nothing is read before the first byte is wanted."""
    response = StreamingHttpResponse(exports.csv_bytes(header, rows), content_type=exports.CSV_TYPE)
    name = exports.file_name(word, today(), "csv")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def xlsx_answer(
    word: str,
    sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]],
    widths: Sequence[int] = (),
) -> HttpResponseBase:
    """A workbook of these sheets."""
    name = exports.file_name(word, today(), "xlsx")
    return FileResponse(
        exports.workbook(sheets, widths=widths),
        as_attachment=True,
        filename=name,
        content_type=exports.XLSX_TYPE,
    )
