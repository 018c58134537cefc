"""Excellent suggestions (2-30) and the yearly booklet of them (4-18)."""

from __future__ import annotations

import io
from typing import Any

from flask import render_template, request, send_file, session, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.database import row_ids
from app.kit.documents import render_docx, render_pdf
from app.kit.errors import DomainError
from app.kit.i18n import _, _l
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.queries import get_area
from app.suggestions import queries as suggestions
from app.suggestions.columns.excellence import CANDIDATES, EXCELLENT
from app.suggestions.excellence_documents import booklet_document
from app.suggestions.forms.excellence import ReasonForm, SelectForm
from app.suggestions.models import Suggestion
from app.suggestions.operations import excellence as operations
from app.suggestions.parts import Deed, Part, register_deeds, register_part
from app.suggestions.policy import SELECT_EXCELLENT, VIEW_SUGGESTION_FIGURES
from app.suggestions.queries import excellence as queries
from app.suggestions.routes import bp
from app.suggestions.routes.figures import asked_year
from app.suggestions.routes.surroundings import crumbs, suggestion_url, tabs
from app.suggestions.states import ENDED, ExcellenceKind

YEARS_SHOWN = 6


def _above() -> tuple[str, str]:
    return _("优秀建议"), url_for("suggestions.excellent")


@bp.get("/suggestions/excellent")
@requires(VIEW_SUGGESTION_FIGURES)
def excellent() -> ResponseReturnValue:
    """What was selected, by year and kind."""
    actor, today = current_actor(), clock.today()
    actions = []
    if actor.may(SELECT_EXCELLENT):
        actions = [(_("查看候选"), url_for("suggestions.excellent_candidates"), "primary")]
    return list_page(
        EXCELLENT,
        "suggestions/excellent.html",
        actions=actions,
        years=list(range(today.year, today.year - YEARS_SHOWN, -1)),
        page_tabs=tabs("suggestions.excellent"),
        breadcrumbs=crumbs((_("优秀建议"), "")),
    )


@bp.get("/suggestions/excellent/booklet")
@requires(VIEW_SUGGESTION_FIGURES)
def booklet() -> ResponseReturnValue:
    """The year's booklet as .docx or .pdf (4-18); what is confidential is not in it."""
    actor, year = current_actor(), asked_year()
    widest = min(actor.areas(VIEW_SUGGESTION_FIGURES), key=len)
    chosen = request.args.get("area") or session.get("area") or widest
    if not request.args.get("area") and not actor.may_in(VIEW_SUGGESTION_FIGURES, chosen):
        chosen = widest
    authorise(actor, VIEW_SUGGESTION_FIGURES, chosen)
    rows = queries.list_for_booklet(actor, chosen, year)
    replies = queries.replies_of([row.suggestion_id for row in rows])
    document = booklet_document(get_area(chosen), year, rows, replies)
    kind = "pdf" if request.args.get("format") == "pdf" else "docx"
    made = render_pdf(document) if kind == "pdf" else render_docx(document)
    return send_file(io.BytesIO(made), as_attachment=True, download_name=f"{document.title}.{kind}")


@bp.get("/suggestions/excellent/candidates")
@requires(SELECT_EXCELLENT)
def excellent_candidates() -> ResponseReturnValue:
    """Ended suggestions to choose from, with what speaks for them (2-30)."""
    return list_page(
        CANDIDATES,
        intro=_("已经办结、代表没有表示不满意的建议。勾选后选为今年的“提得好”“办得好”“督得好”。"),
        breadcrumbs=crumbs(_above(), (_("候选"), "")),
    )


@bp.post("/suggestions/excellent/candidates/select")
@requires(SELECT_EXCELLENT)
def select_candidates() -> ResponseReturnValue:
    """Selects the ticked ones for this year; ``?kind=`` says for what."""
    actor = current_actor()
    asked = request.args.get("kind", "")
    kind = ExcellenceKind(asked) if asked in {member.value for member in ExcellenceKind} else None
    found = queries.list_candidates(actor, row_ids(request.form.getlist("ids")))
    if not found or kind is None:
        raise DomainError(_l("请先选择要评选的建议。"))
    made = operations.select_many(actor, found, kind=kind, year=clock.today().year)
    note = _("已有 %(n)s 件选为“%(kind)s”。", n=made, kind=kind.label)
    return go_back(url_for("suggestions.excellent"), note)


@bp.route("/suggestions/<int:suggestion_id>/excellent", methods=["GET", "POST"])
@requires(SELECT_EXCELLENT)
def select_excellent(suggestion_id: int) -> ResponseReturnValue:
    """Selects one suggestion, with the reason."""
    actor = current_actor()
    found = suggestions.get_visible_suggestion(actor, suggestion_id, SELECT_EXCELLENT)
    form = SelectForm(data={"year": clock.today().year})
    back = suggestion_url(found.id)
    if form.validate_on_submit() and form.attempt(
        operations.select_excellent,
        actor,
        found,
        kind=form.kind.data,
        year=form.year.data or 0,
        reason=form.reason.data or "",
    ):
        return go_back(back, _("已选为优秀建议。"))
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("评为优秀建议"),
        subtitle=found.title,
        back=back,
        breadcrumbs=crumbs((found.shown_number, back), (_("评为优秀建议"), "")),
    )


@bp.get("/suggestions/excellent/<int:excellent_id>")
@requires(VIEW_SUGGESTION_FIGURES)
def excellent_one(excellent_id: int) -> ResponseReturnValue:
    """A selection: what, when, why."""
    actor = current_actor()
    found = queries.get_visible_excellent(actor, excellent_id)
    return render_template(
        "suggestions/excellent_one.html",
        found=found,
        editable=actor.may_in(SELECT_EXCELLENT, found.suggestion.area_code),
        breadcrumbs=crumbs(_above(), (found.suggestion.shown_number, "")),
    )


@bp.route("/suggestions/excellent/<int:excellent_id>/edit", methods=["GET", "POST"])
@requires(SELECT_EXCELLENT)
def edit_excellent(excellent_id: int) -> ResponseReturnValue:
    """Why it was selected, for the booklet."""
    actor = current_actor()
    found = queries.get_visible_excellent(actor, excellent_id, SELECT_EXCELLENT)
    form = ReasonForm(data={"reason": found.reason})
    back = url_for("suggestions.excellent_one", excellent_id=excellent_id)
    if form.validate_on_submit() and form.attempt(
        operations.give_reason, actor, found, form.reason.data or ""
    ):
        return go_back(back, _("已保存。"))
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("入选理由"),
        subtitle=found.suggestion.title,
        back=back,
        breadcrumbs=crumbs(_above(), (found.suggestion.shown_number, back), (_("入选理由"), "")),
    )


@bp.post("/suggestions/excellent/<int:excellent_id>/remove")
@requires(SELECT_EXCELLENT)
def remove_excellent(excellent_id: int) -> ResponseReturnValue:
    """Takes a selection back."""
    actor = current_actor()
    found = queries.get_visible_excellent(actor, excellent_id, SELECT_EXCELLENT)
    operations.remove_excellent(actor, found)
    return go_back(url_for("suggestions.excellent"), _("已取消入选。"))


# --- on the page of a suggestion --------------------------------------------------------------------------


def _part(actor: Actor, suggestion: Suggestion) -> dict[str, Any] | None:
    rows = queries.list_excellent_of(suggestion.id)
    if not rows:
        return None
    return {"rows": rows, "editable": actor.may_in(SELECT_EXCELLENT, suggestion.area_code)}


def _deeds(actor: Actor, suggestion: Suggestion) -> list[Deed]:
    if suggestion.state not in ENDED or not actor.may_in(SELECT_EXCELLENT, suggestion.area_code):
        return []
    return [Deed(_("评优"), url_for("suggestions.select_excellent", suggestion_id=suggestion.id))]


register_part(Part("excellence", 90, "suggestions/_excellence.html", _part, beside=True))
register_deeds(_deeds)
