"""Answers that are not pages."""

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from django.http import StreamingHttpResponse

from cityloop.kernel.ui.table import csv_pieces


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A CSV file, sent while it is being read.

    Args:
        name: Of the file, such as `orders.csv`.
        header: Column names.
        rows: Values; the caller bounds how many.
    """
    response = StreamingHttpResponse(csv_pieces(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
