"""Pages of suggestions and handling units."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.database import row_id
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import chosen_options
from app.registry.policy import VIEW_UNITS
from app.registry.units import get_visible_unit, list_unit_names
from app.stations.queries import find_opinion, get_visible_opinion
from app.suggestions import operations, queries
from app.suggestions.clocks.explaining import reply_explained
from app.suggestions.columns import SUGGESTIONS, UNITS
from app.suggestions.forms import ContentForm, CorrectionForm, SuggestionForm, UnitForm
from app.suggestions.models import Suggestion
from app.suggestions.parts import DEEDS, PARTS
from app.suggestions.policy import EDIT_SUGGESTIONS, VIEW_SUGGESTIONS
from app.suggestions.register import has_steps
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, suggestion_url, tabs
from app.suggestions.rules import due_reason, standing_of
from app.suggestions.states import (
    GONE,
    CosignState,
    Occasion,
    SuggestionSource,
    SuggestionState,
    UnitPart,
)


@bp.get("/suggestions")
@requires(VIEW_SUGGESTIONS)
def suggestions() -> ResponseReturnValue:
    """Suggestions; a deputy sees those they led or co-signed."""
    actions = []
    if current_actor().may(EDIT_SUGGESTIONS):
        actions = [(_("登记建议"), url_for("suggestions.new"), "primary", "plus")]
    return list_page(
        SUGGESTIONS,
        actions=actions,
        page_tabs=tabs("suggestions.suggestions"),
        breadcrumbs=[*crumbs()[:-1], (_("建议"), "")],
    )


@bp.get("/suggestions/<int:suggestion_id>")
@requires(VIEW_SUGGESTIONS)
def detail(suggestion_id: int) -> ResponseReturnValue:
    """A suggestion: what it says, who handles it until when, and what became of it."""
    actor = current_actor()
    found = queries.get_visible_suggestion(actor, suggestion_id)
    today = clock.today()
    # Taken back from its units it waits to be handed over again, and no deadline runs.
    taken_back = found.state is SuggestionState.ACCEPTED and found.due_on is None
    assigned_on = None if taken_back else found.assigned_on
    return render_template(
        "suggestions/detail.html",
        suggestion=found,
        standing=standing_of(assigned_on, found.due_on, found.replied_on, today),
        reason=reply_explained(found.id) or due_reason(found.assigned_on, found.due_on),
        days_left=(found.due_on - today).days if found.due_on and not found.replied_on else None,
        lead_units=[row.unit for row in found.units if row.part is UnitPart.LEAD and row.state not in GONE],
        co_units=[row.unit for row in found.units if row.part is UnitPart.CO and row.state not in GONE],
        living=has_steps(suggestion_id),
        editable=actor.may_in(EDIT_SUGGESTIONS, found.area_code),
        sees_units=actor.may(VIEW_UNITS),
        opinion=_seen_opinion(found),
        parts=_parts(actor, found, beside=False),
        beside=_parts(actor, found, beside=True),
        deeds=[deed for offered in DEEDS for deed in offered(actor, found)],
        breadcrumbs=crumbs((found.shown_number, "")),
    )


def _parts(actor: Actor, found: Suggestion, *, beside: bool) -> list[tuple[str, dict[str, Any]]]:
    """Templates with their contexts, in order."""
    wanted = sorted((part for part in PARTS.values() if part.beside is beside), key=lambda part: part.order)
    loaded = [(part.template, part.load(actor, found)) for part in wanted]
    return [(template, context) for template, context in loaded if context is not None]


def _seen_opinion(found: Suggestion) -> Any:
    """The opinion it grew from, where the viewer may open that."""
    if found.source_opinion is None:
        return None
    return find_opinion(current_actor(), found.source_opinion.office_code, found.source_opinion.number)


def _signers(found: Suggestion) -> dict[str, Any]:
    confirmed = [row for row in found.cosigners if row.state is CosignState.CONFIRMED]
    return {
        "cosigner_ids": [row.mandate_id for row in confirmed],
        "opinion_number": found.source_opinion.number if found.source_opinion else "",
    }


def _correction(found: Suggestion) -> CorrectionForm:
    form = CorrectionForm(obj=found, **_signers(found))
    if found.number is None:
        # It gets one when it is accepted.
        del form.number
    return form


def _form(found: Suggestion | None) -> SuggestionForm:
    if found is not None:
        units = {part: [row.unit.name for row in found.units if row.part is part] for part in UnitPart}
        return SuggestionForm(
            obj=found,
            **_signers(found),
            lead_unit="、".join(units[UnitPart.LEAD]),
            co_units="、".join(units[UnitPart.CO]),
        )
    given: dict[str, Any] = {"raised_on": clock.today(), "occasion": Occasion.BETWEEN_SESSIONS}
    opinion_id = row_id(request.args.get("opinion", ""))
    opinion = get_visible_opinion(current_actor(), opinion_id) if opinion_id else None
    if opinion is not None:
        given |= {
            "source": SuggestionSource.RECEPTION if opinion.reception_id else SuggestionSource.OTHER,
            "opinion_number": opinion.number,
            "category": opinion.topic,
            "body": opinion.content,
        }
    return SuggestionForm(data=given)


def _form_page(form: ContentForm, found: Suggestion | None, heading: str) -> ResponseReturnValue:
    actor = current_actor()
    kept = [found.lead_mandate_id, *(row.mandate_id for row in found.cosigners)] if found is not None else []
    lead = [form.lead_mandate_id.data] if form.lead_mandate_id.data else []
    back = suggestion_url(found.id) if found is not None else url_for("suggestions.suggestions")
    above = [(found.shown_number, back)] if found is not None else []
    units = list_unit_names(actor)
    return answer(
        "kit/form_page.html",
        form=form,
        differences=form.differences(found) if found is not None else [],
        heading=heading,
        subtitle=found.number if found is not None else "",
        chosen={
            "lead_mandate_id": chosen_options(actor, lead, kept),
            "cosigner_ids": chosen_options(actor, form.cosigner_ids.data or [], kept),
        },
        known={"lead_unit": units, "co_units": units, "category": queries.list_categories(actor)},
        wide=("title",),
        back=back,
        breadcrumbs=crumbs(*above, (heading, "")),
    )


@bp.route("/suggestions/new", methods=["GET", "POST"])
@requires(EDIT_SUGGESTIONS)
def new() -> ResponseReturnValue:
    """A suggestion; with ``?opinion=`` one that grew from a citizen's opinion (3-34)."""
    form = _form(None)
    if form.validate_on_submit():
        made = form.attempt(operations.create_suggestion, current_actor(), **form.details())
        if made:
            return go_back(suggestion_url(made.id), _("已登记建议%(number)s。", number=made.number))
    return _form_page(form, None, _("登记建议"))


@bp.route("/suggestions/<int:suggestion_id>/edit", methods=["GET", "POST"])
@requires(EDIT_SUGGESTIONS)
def edit(suggestion_id: int) -> ResponseReturnValue:
    """Corrects a suggestion, or records its handling."""
    actor = current_actor()
    found = queries.get_visible_suggestion(actor, suggestion_id, EDIT_SUGGESTIONS)
    # What has steps is moved on by further steps; its form has nothing of the handling.
    living = has_steps(suggestion_id)
    form: ContentForm = _correction(found) if living else _form(found)
    if form.validate_on_submit():
        carry_out = operations.correct_suggestion if living else operations.update_suggestion
        done = form.attempt(carry_out, actor, found, version=form.sent_version, **form.details())
        if done:
            return go_back(suggestion_url(suggestion_id), _("已保存。"))
    return _form_page(form, found, _("更正建议") if living else _("办理建议"))


@bp.post("/suggestions/<int:suggestion_id>/delete")
@requires(EDIT_SUGGESTIONS)
def delete(suggestion_id: int) -> ResponseReturnValue:
    """Deletes a suggestion entered by mistake."""
    actor = current_actor()
    found = queries.get_visible_suggestion(actor, suggestion_id, EDIT_SUGGESTIONS)
    number = found.shown_number
    operations.delete_suggestion(actor, found)
    return go_back(url_for("suggestions.suggestions"), _("已删除建议%(number)s。", number=number))


@bp.get("/suggestions/units")
@requires(VIEW_UNITS)
def units() -> ResponseReturnValue:
    """Handling units with what they lead, help with and are late with."""
    return list_page(UNITS, page_tabs=tabs("suggestions.units"), breadcrumbs=crumbs((_("承办单位"), "")))


@bp.get("/suggestions/units/<int:unit_id>")
@requires(VIEW_UNITS)
def unit(unit_id: int) -> ResponseReturnValue:
    """A handling unit and its figures."""
    actor = current_actor()
    found = get_visible_unit(actor, unit_id)
    return render_template(
        "suggestions/unit.html",
        unit=found,
        figures=queries.figures_of_unit(actor, unit_id, clock.today()),
        editable=actor.may_in(EDIT_SUGGESTIONS, found.area_code),
        breadcrumbs=crumbs((_("承办单位"), url_for("suggestions.units")), (found.name, "")),
    )


@bp.route("/suggestions/units/<int:unit_id>/edit", methods=["GET", "POST"])
@requires(EDIT_SUGGESTIONS)
def edit_unit(unit_id: int) -> ResponseReturnValue:
    """Renames a unit, or closes it."""
    actor = current_actor()
    found = get_visible_unit(actor, unit_id)
    authorise(actor, EDIT_SUGGESTIONS, found.area_code)
    form = UnitForm(obj=found)
    back = url_for("suggestions.unit", unit_id=unit_id)
    if form.validate_on_submit():
        done = form.attempt(operations.update_unit, actor, found, version=form.sent_version, **form.values())
        if done:
            return go_back(back, _("已保存。"))
    return answer(
        "kit/form_page.html",
        form=form,
        differences=form.differences(found),
        heading=_("修改承办单位"),
        subtitle=found.name,
        back=back,
        breadcrumbs=crumbs((_("承办单位"), url_for("suggestions.units")), (found.name, back)),
    )
