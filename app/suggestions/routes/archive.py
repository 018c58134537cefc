"""A suggestion's sheet, its bundle, the archive of a year (forms.md 4.6, 4-21)."""

from __future__ import annotations

import io
import zipfile

from flask import abort, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.documents import render_pdf
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import area_choices
from app.suggestions.archive_bundle import file_name, write_bundle
from app.suggestions.archive_documents import sheet_document
from app.suggestions.forms.after_reply import ArchiveForm, ReasonForm, YearForm
from app.suggestions.models import Suggestion
from app.suggestions.operations import archiving, conclusion
from app.suggestions.parts import Deed, register_deeds
from app.suggestions.policy import HANDLE_SUGGESTIONS, SCREEN_SUGGESTIONS, VIEW_SUGGESTIONS
from app.suggestions.queries import get_visible_suggestion
from app.suggestions.routes import bp
from app.suggestions.routes.feedback import after_form, send_document
from app.suggestions.routes.surroundings import crumbs, suggestion_url
from app.suggestions.states import SuggestionState


def _may_reach(actor: Actor, found: Suggestion) -> bool:
    """Who must be able to reach the proposer: the office, the units that handle it, the proposer."""
    own = actor.person_id is not None and actor.person_id == found.lead_mandate.person_id
    unit = actor.unit_for(HANDLE_SUGGESTIONS) is not None
    return own or unit or actor.may_in(HANDLE_SUGGESTIONS, found.area_code)


@bp.get("/suggestions/<int:suggestion_id>/sheet.<format>")
@requires(VIEW_SUGGESTIONS)
def sheet(suggestion_id: int, format: str) -> ResponseReturnValue:
    """代表建议专用纸, to edit or to print."""
    if format not in {"docx", "pdf"}:
        abort(404)
    actor = current_actor()
    found = get_visible_suggestion(actor, suggestion_id)
    document = sheet_document(found, reachable=_may_reach(actor, found))
    name = f"{_('代表建议专用纸')}-{found.shown_number}"
    if format == "docx":
        return send_document(document, name)
    content = io.BytesIO(render_pdf(document))
    return send_file(content, mimetype="application/pdf", as_attachment=True, download_name=f"{name}.pdf")


@bp.get("/suggestions/<int:suggestion_id>/bundle.zip")
@requires(SCREEN_SUGGESTIONS)
def bundle(suggestion_id: int) -> ResponseReturnValue:
    """Everything of a suggestion as one .zip with its index."""
    found = get_visible_suggestion(current_actor(), suggestion_id, SCREEN_SUGGESTIONS)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        write_bundle(packed, found)
    stream.seek(0)
    name = f"{file_name(found.shown_number)}-{_('归档材料')}.zip"
    return send_file(stream, mimetype="application/zip", as_attachment=True, download_name=name)


@bp.route("/suggestions/<int:suggestion_id>/archive", methods=["GET", "POST"])
@requires(SCREEN_SUGGESTIONS)
def put_away(suggestion_id: int) -> ResponseReturnValue:
    """Puts a concluded suggestion into the archive."""
    actor = current_actor()
    found = get_visible_suggestion(actor, suggestion_id, SCREEN_SUGGESTIONS)
    form = ArchiveForm()
    if form.validate_on_submit() and form.attempt(conclusion.archive, actor, suggestion_id):
        return go_back(suggestion_url(suggestion_id), _("已归档。"))
    return after_form(
        found,
        form,
        _("归档"),
        intro=_("归档以后不再办理和反馈；承诺事项、回头看和公开照常进行。确需重新办理的，可以从归档中取出。"),
    )


@bp.route("/suggestions/<int:suggestion_id>/take-out", methods=["GET", "POST"])
@requires(SCREEN_SUGGESTIONS)
def take_out(suggestion_id: int) -> ResponseReturnValue:
    """Takes a suggestion out of the archive."""
    actor = current_actor()
    found = get_visible_suggestion(actor, suggestion_id, SCREEN_SUGGESTIONS)
    form = ReasonForm()
    if form.validate_on_submit() and form.attempt(conclusion.take_out, actor, suggestion_id, **form.values()):
        return go_back(suggestion_url(suggestion_id), _("已从归档中取出。"))
    return after_form(found, form, _("从归档中取出"))


@bp.route("/suggestions/archive", methods=["GET", "POST"])
@requires(SCREEN_SUGGESTIONS)
def archive_year() -> ResponseReturnValue:
    """A year's suggestions put away at once, or their bundles in one file made by the worker."""
    actor = current_actor()
    form = YearForm(data={"year": clock.today().year - 1})
    form.area_code.choices = area_choices(actor, SCREEN_SUGGESTIONS)
    if form.validate_on_submit():
        area, year = form.area_code.data, form.year.data
        if form.what.data == "archive":
            count = form.attempt(archiving.archive_year, actor, area, year)
            if count is not None:
                return go_back(
                    url_for("suggestions.suggestions", state="archived"), _("已归档 %(n)s 件。", n=count)
                )
        else:
            job = form.attempt(archiving.bundle_year, actor, area, year)
            if job:
                return redirect(url_for("accounts.job", job_id=job.id), code=303)
    heading = _("年度归档")
    return answer(
        "kit/form_page.html",
        form=form,
        heading=heading,
        subtitle=_("按建议的提出年份"),
        primary=_("开始"),
        back=url_for("suggestions.suggestions"),
        breadcrumbs=crumbs((heading, "")),
    )


def _deeds(actor: Actor, found: Suggestion) -> list[Deed]:
    if not actor.may_in(SCREEN_SUGGESTIONS, found.area_code):
        return []
    if found.state is SuggestionState.CONCLUDED:
        url = url_for("suggestions.put_away", suggestion_id=found.id)
        return [Deed(_("归档"), url, "light")]
    if found.state is SuggestionState.ARCHIVED:
        url = url_for("suggestions.take_out", suggestion_id=found.id)
        return [Deed(_("从归档中取出"), url, "light")]
    return []


register_deeds(_deeds)
