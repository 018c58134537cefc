"""Blank templates to fill in, with the office's own lists as drop-downs."""

from __future__ import annotations

import io

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.exchange import queries
from app.exchange.kinds import IMPORTERS, KINDS
from app.exchange.policy import IMPORT
from app.exchange.routes import bp
from app.exchange.routes.batches import crumbs
from app.kit.errors import NotFound
from app.kit.i18n import _, _l
from app.kit.listing_web import XLSX
from app.kit.web import current_actor, requires
from app.kit.workbook.writing import write_template


@bp.get("/templates")
@requires(IMPORT)
def blanks() -> ResponseReturnValue:
    """One template for each kind of sheet, and the columns it has."""
    offices = queries.list_offices(current_actor())
    return render_template(
        "exchange/blanks.html",
        kinds=sorted(KINDS, key=lambda kind: kind.order),
        offices=offices,
        area=request.args.get("area") or (offices[0][0] if offices else ""),
        breadcrumbs=crumbs((_("模板"), url_for("exchange.blanks"))),
    )


@bp.get("/templates/<kind>.xlsx")
@requires(IMPORT)
def blank(kind: str) -> ResponseReturnValue:
    """The template of one kind of sheet."""
    found = IMPORTERS.get(kind)
    if found is None:
        raise NotFound(_l("没有这种模板，请从模板页面选择。"))
    offices = dict(queries.list_offices(current_actor()))
    area = request.args.get("area", "")
    choices = queries.office_choices(area if area in offices else next(iter(offices), "none"))
    stream = io.BytesIO()
    write_template(stream, found.kind, choices=choices.get(kind))
    stream.seek(0)
    name = f"{found.kind.label}-{_('模板')}.xlsx"
    return send_file(stream, mimetype=XLSX, as_attachment=True, download_name=name)
