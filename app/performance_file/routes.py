"""The performance file on screen, as .docx and as .pdf."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app.kit import clock
from app.kit.documents import render_docx, render_pdf
from app.kit.i18n import _
from app.kit.web import current_actor, requires
from app.ledger.policy import VIEW_FILE
from app.ledger.sources import SOURCES
from app.ledger.states import Heading
from app.performance_file.document import performance_document
from app.performance_file.queries import FileRow, PerformanceFile, get_performance_file
from app.registry import queries as registry
from app.registry.models import Mandate
from app.registry.policy import LIST_DEPUTIES

bp = Blueprint("performance_file", __name__, template_folder="templates")


def _as_of() -> date:
    try:
        return min(date.fromisoformat(request.args.get("on", "")), clock.today())
    except ValueError:
        return clock.today()


def _file(mandate_id: int) -> tuple[Mandate, PerformanceFile]:
    actor = current_actor()
    mandate = registry.get_visible_mandate(actor, mandate_id, VIEW_FILE)
    chosen = [mandate]
    if "all" in request.args:
        visible = registry.list_visible_mandates(actor, mandate.person_id)
        chosen = [m for m in visible if actor.may_in(VIEW_FILE, m.scope_code, m.person_id)]
    return mandate, get_performance_file(chosen, _as_of())


def _source_url(row: FileRow) -> str:
    endpoint = SOURCES[row.source_kind].endpoint
    names = {
        "activity": "activity_id",
        "entry": "entry_id",
        "reception": "reception_id",
        "suggestion": "suggestion_id",
        "duty_report": "report_id",
    }
    number: dict[str, Any] = {names[row.source_kind]: row.source_id}
    return url_for(endpoint, **number)


@bp.get("/deputies/<int:mandate_id>/file")
@requires(VIEW_FILE)
def show(mandate_id: int) -> ResponseReturnValue:
    """The file by heading and year, for one mandate or (``?all=1``) all of the person, as of a day (``?on=``)."""
    mandate, file = _file(mandate_id)
    kept = {key: request.args[key] for key in ("on", "all") if request.args.get(key)}
    crumbs = [(_("首页"), url_for("home.index"))]
    if current_actor().may(LIST_DEPUTIES):
        crumbs.append((_("代表"), url_for("registry.mandates")))
    crumbs += [(file.person.name, url_for("registry.person", person_id=file.person.id)), (_("履职档案"), "")]
    return render_template(
        "performance_file/show.html",
        mandate=mandate,
        file=file,
        whole="all" in request.args,
        headings=list(Heading),
        kept=kept,
        source_url=_source_url,
        breadcrumbs=crumbs,
    )


@bp.get("/deputies/<int:mandate_id>/file.<any(docx, pdf):format>")
@requires(VIEW_FILE)
def download(mandate_id: int, format: str) -> ResponseReturnValue:
    """The file as an editable or a printable document."""
    _mandate, file = _file(mandate_id)
    english = str(get_locale()).startswith("en")
    document = performance_document(file, english=english)
    content = render_docx(document) if format == "docx" else render_pdf(document)
    name = f"{_('履职档案')}-{file.person.name}-{file.as_of:%Y%m%d}.{format}"
    return send_file(io.BytesIO(content), as_attachment=True, download_name=name)
