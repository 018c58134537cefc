"""Handing suggestions to units: in advance, one or several at once, to others, taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.kit.authorisation import Actor
from app.kit.database import row_ids
from app.kit.errors import DomainError
from app.kit.i18n import _, _l
from app.kit.listing import ListQuery
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.ledger.queries import chosen_ids
from app.suggestions import queries
from app.suggestions.columns.screening import ASSIGNING, PRE_ASSIGNED
from app.suggestions.forms.assignment import ROWS, SHOWN_ROWS, AssignForm, BackForm
from app.suggestions.models import Suggestion
from app.suggestions.operations import assignment as operations
from app.suggestions.parts import Deed, register_deeds
from app.suggestions.policy import ASSIGN_SUGGESTIONS
from app.suggestions.queries import assignment as asked
from app.suggestions.queries.handling import get_visible_part
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, suggestion_url, tabs
from app.suggestions.states import GONE, IN_HAND, HandlingState, Occasion, SuggestionState, UnitPart

MOST_AT_ONCE = 200


@bp.get("/suggestions/assigning")
@requires(ASSIGN_SUGGESTIONS)
def assigning() -> ResponseReturnValue:
    """What was accepted and waits for a unit (4-20); several may be handed over at once."""
    return list_page(
        ASSIGNING, page_tabs=tabs("suggestions.assigning"), breadcrumbs=crumbs((_("待交办"), ""))
    )


@bp.get("/suggestions/pre-assigned")
@requires(ASSIGN_SUGGESTIONS)
def pre_assigned() -> ResponseReturnValue:
    """Handed over in advance during a session: which units have not contacted the deputy yet (4-19)."""
    return list_page(
        PRE_ASSIGNED,
        page_tabs=tabs("suggestions.pre_assigned"),
        breadcrumbs=crumbs((_("会期预交办"), "")),
        intro=_("会议期间收到后当场预交办，单位在会议期间用电话、短信或见面联系代表；会后正式交办。"),
    )


def _deeds(actor: Actor, found: Suggestion) -> list[Deed]:
    if not actor.may_in(ASSIGN_SUGGESTIONS, found.area_code):
        return []
    deeds = []
    if found.state is SuggestionState.ACCEPTED:
        deeds.append(
            Deed(_("交办"), url_for("suggestions.assign", suggestion_id=found.id), "primary", "upload")
        )
        if found.occasion is Occasion.IN_SESSION:
            deeds.append(Deed(_("预交办"), url_for("suggestions.pre_assign", suggestion_id=found.id)))
    if found.state is SuggestionState.ASSIGNED:
        deeds.append(Deed(_("改交或分办"), url_for("suggestions.assign", suggestion_id=found.id)))
        if not _answered(found):
            deeds.append(Deed(_("收回交办"), url_for("suggestions.take_back", suggestion_id=found.id)))
    return deeds + _recalls(found)


def _recalls(found: Suggestion) -> list[Deed]:
    """Taking it back from one of several units; from the only one that has it, it is taken back as a whole."""
    held = [row for row in found.units if row.state in IN_HAND]
    if found.state is SuggestionState.ASSIGNED and len(held) == 1 and not _answered(found):
        return []
    return [
        Deed(_("从%(unit)s收回", unit=row.unit.name), url_for("suggestions.recall", part_id=row.id))
        for row in held
        if found.state in (SuggestionState.ACCEPTED, SuggestionState.ASSIGNED)
    ]


register_deeds(_deeds)


def _answered(found: Suggestion) -> bool:
    return any(row.part is UnitPart.LEAD and row.state is HandlingState.ANSWERED for row in found.units)


def _known_units(found: Sequence[Suggestion]) -> dict[str, int]:
    return {unit.name: unit.id for unit in asked.unit_choices([one.area_code for one in found])}


def _prefilled(found: Suggestion) -> list[dict[str, Any]]:
    """Rows of the units that have it; where none has, the one the proposer suggests, if there is such a unit."""
    rows = [
        {"unit": row.unit.name, "part": row.part, "task": row.task}
        for row in sorted(found.units, key=lambda row: (row.part is not UnitPart.LEAD, row.id))
        if row.state not in GONE
    ]
    if not rows:
        known = _known_units([found])
        wished = [name.strip() for name in found.proposed_units.replace("，", "、").split("、")]
        rows = [{"unit": name, "part": UnitPart.LEAD, "task": ""} for name in wished[:1] if name in known]
    return rows


def assign_form(rows: Sequence[dict[str, Any]] = (), version: int | None = None) -> AssignForm:
    given = list(rows)
    # The first row is the leading unit's; those below help unless somebody says otherwise.
    while len(given) < ROWS:
        given.append({"unit": "", "part": UnitPart.LEAD if not given else UnitPart.CO, "task": ""})
    form = AssignForm(data={"shares": given})
    if version is not None and not form.version.data:
        form.version.data = str(version)
    return form


def _carry(form: AssignForm, carry_out: Callable[..., Any], known: dict[str, int], split: bool) -> Any:
    values = form.chosen(known)
    if not split:
        values.pop("tasks")
    return carry_out(version=form.sent_version, **values)


def hand_over(
    form: AssignForm,
    found: Sequence[Suggestion],
    carry_out: Callable[..., Any],
    *,
    heading: str,
    back: str,
    breadcrumbs: Any,
    action: str | None = None,
    intro: str = "",
    split: bool = True,
    sent: bool = True,
) -> tuple[Any, ResponseReturnValue | None]:
    """(what was done, None) after the form; else (None, the page). ``found`` go to the same units.

    ``sent`` is false where another form led here, whose fields are none of this one's.
    """
    known = _known_units(found)
    if sent and form.validate_on_submit():
        made = form.attempt(_carry, form, carry_out, known, split)
        if made:
            return made, None
    page = answer(
        "suggestions/assign.html",
        form=form,
        found=found,
        known=sorted(known),
        shown_rows=max(SHOWN_ROWS, sum(bool(row.form.unit.data) for row in form.shares) + 1),
        split=split,
        heading=heading,
        action=action,
        intro=intro,
        back=back,
        breadcrumbs=breadcrumbs,
    )
    return None, page if sent else page[0]


@bp.route("/suggestions/<int:suggestion_id>/assign", methods=["GET", "POST"])
@requires(ASSIGN_SUGGESTIONS)
def assign(suggestion_id: int) -> ResponseReturnValue:
    """Hands one over, or hands it to others; several leading units each answer (分别办理)."""
    actor = current_actor()
    found = queries.get_visible_suggestion(actor, suggestion_id, ASSIGN_SUGGESTIONS)
    again = found.state is SuggestionState.ASSIGNED
    heading = _("改交或分办") if again else _("交办")
    made, page = hand_over(
        assign_form(_prefilled(found), found.version),
        [found],
        lambda **values: operations.assign_suggestion(actor, suggestion_id, **values),
        heading=heading,
        intro=_("不再列出的单位会收回；已经答复的不受影响。") if again else "",
        back=suggestion_url(suggestion_id),
        breadcrumbs=crumbs((found.shown_number, suggestion_url(suggestion_id)), (heading, "")),
    )
    if made is None:
        return page  # type: ignore[return-value]
    return go_back(suggestion_url(suggestion_id), _("已交办，单位和代表都已通知。"))


@bp.route("/suggestions/<int:suggestion_id>/pre-assign", methods=["GET", "POST"])
@requires(ASSIGN_SUGGESTIONS)
def pre_assign(suggestion_id: int) -> ResponseReturnValue:
    """In session: the units are named at once and contact the deputy before it ends (4-19)."""
    actor = current_actor()
    found = queries.get_visible_suggestion(actor, suggestion_id, ASSIGN_SUGGESTIONS)
    made, page = hand_over(
        assign_form(_prefilled(found), found.version),
        [found],
        lambda **values: operations.pre_assign(actor, suggestion_id, **values),
        heading=_("预交办"),
        intro=_("会议期间先告诉单位，由它当场联系代表；期限从会后正式交办之日算起。"),
        split=False,
        back=suggestion_url(suggestion_id),
        breadcrumbs=crumbs((found.shown_number, suggestion_url(suggestion_id)), (_("预交办"), "")),
    )
    if made is None:
        return page  # type: ignore[return-value]
    return go_back(suggestion_url(suggestion_id), _("已预交办，单位已收到通知。"))


@bp.post("/suggestions/assigning/batch")
@requires(ASSIGN_SUGGESTIONS)
def assign_batch() -> ResponseReturnValue:
    """Hands the chosen ones to the same units at once; without units yet, asks for them."""
    actor = current_actor()
    ids = row_ids(request.form.getlist("ids")[:MOST_AT_ONCE])
    if "all" in request.form:
        query = ListQuery(ASSIGNING, actor, request.form, url_for("suggestions.assigning"))
        ids = chosen_ids(query.statement(), Suggestion.id, MOST_AT_ONCE)
    found = asked.list_to_assign(actor, ids)
    if not found:
        raise DomainError(_l("请先选择要交办的建议。"))

    def carry_out(**values: Any) -> list[Suggestion]:
        del values["version"]
        return operations.assign_suggestions(actor, [one.id for one in found], **values)

    made, page = hand_over(
        assign_form(),
        found,
        carry_out,
        heading=_("交办 %(n)s 件建议", n=len(found)),
        action=url_for("suggestions.assign_batch"),
        back=url_for("suggestions.assigning"),
        breadcrumbs=crumbs((_("待交办"), url_for("suggestions.assigning")), (_("批量交办"), "")),
        sent="note" in request.form,
    )
    if made is None:
        return page  # type: ignore[return-value]
    return go_back(url_for("suggestions.assigning"), _("已交办 %(n)s 件建议。", n=len(made)))


@bp.route("/suggestions/<int:suggestion_id>/take-back", methods=["GET", "POST"])
@requires(ASSIGN_SUGGESTIONS)
def take_back(suggestion_id: int) -> ResponseReturnValue:
    """Takes it back from every unit; it waits to be assigned again."""
    actor = current_actor()
    found = queries.get_visible_suggestion(actor, suggestion_id, ASSIGN_SUGGESTIONS)
    return _back_page(
        found,
        found.version,
        lambda **values: operations.take_back(actor, suggestion_id, **values),
        _("收回交办"),
    )


@bp.route("/suggestions/parts/<int:part_id>/recall", methods=["GET", "POST"])
@requires(ASSIGN_SUGGESTIONS)
def recall(part_id: int) -> ResponseReturnValue:
    """Takes it back from one unit."""
    actor = current_actor()
    part = get_visible_part(actor, part_id, ASSIGN_SUGGESTIONS)
    heading = _("从%(unit)s收回", unit=part.unit.name)
    return _back_page(
        part.suggestion,
        part.version,
        lambda **values: operations.recall_part(actor, part_id, **values),
        heading,
    )


@bp.get("/suggestions/parts/<int:part_id>")
@requires(ASSIGN_SUGGESTIONS)
def part(part_id: int) -> ResponseReturnValue:
    """The page of the suggestion a unit's part belongs to."""
    found = get_visible_part(current_actor(), part_id, ASSIGN_SUGGESTIONS)
    return go_back(suggestion_url(found.suggestion_id))


def _back_page(
    found: Suggestion, version: int, carry_out: Callable[..., Any], heading: str
) -> ResponseReturnValue:
    form = BackForm()
    if not form.version.data:
        form.version.data = str(version)
    if form.validate_on_submit() and form.attempt(
        carry_out, version=form.sent_version, note=form.note.data or ""
    ):
        return go_back(suggestion_url(found.id), _("已收回。"))
    return answer(
        "suggestions/step.html",
        form=form,
        suggestion=found,
        heading=heading,
        primary=_("收回"),
        back=suggestion_url(found.id),
        breadcrumbs=crumbs((found.shown_number, suggestion_url(found.id)), (heading, "")),
    )
