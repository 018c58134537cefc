"""A list as a page or as a workbook of exactly what is on screen."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.listing import Listing, ListQuery
from app.kit.web import current_actor
from app.kit.workbook.writing import Kind, write_table

_KINDS: dict[str, Kind] = {kind: kind for kind in ("number", "date", "percent", "money")}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def list_page(listing: Listing, template: str = "kit/list_page.html", **context: Any) -> ResponseReturnValue:
    """Renders a list, or streams its workbook for ``?format=xlsx``."""
    query = ListQuery(listing, current_actor(), request.args, request.path)
    if request.args.get("format") == "xlsx":
        return workbook(query)
    return render_template(template, view=query.view(), **context)


def workbook(query: ListQuery) -> Response:
    """The list's filters, columns and order as .xlsx; only the chosen rows where some were chosen."""
    stream = io.BytesIO()
    listing = query.listing
    write_table(
        stream,
        title=str(listing.title),
        note=clock.local(clock.now()).strftime("%Y-%m-%d %H:%M"),
        columns=[(str(column.label), _KINDS.get(column.kind, "text"), 0) for column in query.columns],
        rows=query.export_rows(),
        sheet_name=str(listing.noun)[:31] or "1",
    )
    stream.seek(0)
    name = f"{listing.title}-{clock.today():%Y%m%d}.xlsx"
    return send_file(stream, mimetype=XLSX, as_attachment=True, download_name=name)
