"""Similar suggestions handled as one class, each proposer answered (由“件”改“类”, 4-24)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.kit.numbering import claim_number
from app.registry.operations import check_version, office_of
from app.suggestions.life import write_down
from app.suggestions.models import Suggestion, SuggestionClass
from app.suggestions.operations.assignment import assign_suggestions
from app.suggestions.operations.telling import tell_proposers
from app.suggestions.policy import ASSIGN_SUGGESTIONS, SCREEN_SUGGESTIONS
from app.suggestions.queries.classes import GROUPED, get_visible_class, list_for_class, members_of
from app.suggestions.queries.supervision import supervision_running
from app.suggestions.states import Step

LEAST = 2


def form_class(
    actor: Actor, *, area_code: str, title: str, suggestion_ids: Sequence[int], plan: str = ""
) -> SuggestionClass:
    """Puts at least two similar suggestions together; their proposers are told with whose they are handled."""
    authorise(actor, SCREEN_SUGGESTIONS, area_code)
    members = list_for_class(actor, suggestion_ids)
    if len(members) < LEAST:
        raise DomainError(_l("一类至少有两件建议。"), "suggestion_ids")
    today = clock.today()
    office = office_of(area_code)
    made = SuggestionClass(
        office_code=office,
        area_code=area_code,
        number=claim_number(SuggestionClass, office, "", prefix=f"L{today.year}-", digits=3),
        title=title.strip(),
        plan=plan.strip(),
        formed_on=today,
    )
    db.session.add(made)
    db.session.flush()
    _put_in(actor, made, members)
    return made


def edit_class(
    actor: Actor, class_id: int, *, title: str, plan: str = "", version: int | None = None
) -> SuggestionClass:
    """Words of a class: what it is about, and how it is to be handled."""
    found = _running(actor, class_id, version)
    found.title, found.plan = title.strip(), plan.strip()
    db.session.flush()
    return found


def add_to_class(actor: Actor, class_id: int, suggestion_ids: Sequence[int]) -> SuggestionClass:
    """Puts further suggestions into a class."""
    found = _running(actor, class_id, None)
    members = list_for_class(actor, suggestion_ids)
    if not members:
        raise DomainError(_l("请选择要并入的建议。"), "suggestion_ids")
    _put_in(actor, found, members)
    return found


def remove_from_class(actor: Actor, class_id: int, suggestion_id: int, *, note: str = "") -> SuggestionClass:
    """Handles one by itself again."""
    found = _running(actor, class_id, None)
    member = next((one for one in members_of(found) if one.id == suggestion_id), None)
    if member is None:
        raise DomainError(_l("这件建议不在这一类里。"))
    _take_out(actor, found, [member], note)
    return found


def dissolve_class(
    actor: Actor, class_id: int, *, note: str = "", on: date | None = None, version: int | None = None
) -> SuggestionClass:
    """Ends a class; every suggestion in it goes its own way. The class itself stays on record."""
    found = _running(actor, class_id, version)
    supervised = supervision_running(class_id)
    if supervised is not None:
        raise DomainError(_l("%(who)s正在督办这一类，请先结束督办，再解散。", who=supervised.supervisor))
    found.dissolved_on = on or clock.today()
    _take_out(actor, found, members_of(found), note)
    return found


def assign_class(
    actor: Actor, class_id: int, *, version: int | None = None, **to_whom: Any
) -> list[Suggestion]:
    """Hands every suggestion of a class to the same units: each is answered, by the same hands (4-24)."""
    found = get_visible_class(actor, class_id, ASSIGN_SUGGESTIONS)
    check_version(found, version)
    ids = [one.id for one in members_of(found) if one.state in GROUPED]
    if not ids:
        raise DomainError(_l("这一类里没有等待交办或正在办理的建议。"))
    return assign_suggestions(actor, ids, **to_whom)


def _running(actor: Actor, class_id: int, version: int | None) -> SuggestionClass:
    found = get_visible_class(actor, class_id, SCREEN_SUGGESTIONS)
    check_version(found, version)
    if found.dissolved_on is not None:
        raise DomainError(_l("这一类已于%(day)s解散。", day=found.dissolved_on))
    return found


def _put_in(actor: Actor, found: SuggestionClass, members: Sequence[Suggestion]) -> None:
    for one in members:
        _check_fits(found, one)
    before = _titles(found)
    for one in members:
        one.class_id = found.id
        step = write_down(actor, one, Step.GROUP, note=f"{found.number} {found.title}")
        words = {"title": one.title, "class_title": found.title, "number": found.number}
        body = _l(
            "《%(title)s》并入“%(class_title)s”一类（%(number)s），与同类建议一起办理、分别答复。", **words
        )
        tell_proposers(one, step, _l("您的建议%(number)s与同类建议一起办理", number=one.number), body)
    _changed(found, before)


def _check_fits(found: SuggestionClass, one: Suggestion) -> None:
    if not one.area_code.startswith(found.area_code):
        raise DomainError(_l("建议%(number)s不属于这一类所在的地区。", number=one.number), "suggestion_ids")
    if one.class_id is not None:
        raise DomainError(_l("建议%(number)s已在另一类里，请先移出。", number=one.number), "suggestion_ids")
    if one.state not in GROUPED:
        raise DomainError(
            _l(
                "建议%(number)s现在是“%(state)s”，不能并入一类。",
                number=one.shown_number,
                state=one.state.label,
            ),
            "suggestion_ids",
        )


def _take_out(actor: Actor, found: SuggestionClass, members: Sequence[Suggestion], note: str) -> None:
    before = _titles(found)
    for one in members:
        one.class_id = None
        write_down(actor, one, Step.UNGROUP, note=f"{found.number} {note}".strip())
    _changed(found, before)


def _titles(found: SuggestionClass) -> str:
    return "、".join(one.audit_label for one in members_of(found))[:1000]


def _changed(found: SuggestionClass, before: str) -> None:
    """Members alone changing is a change of the class too: its version moves on, the trail names them."""
    found.updated_at = clock.now()
    db.session.flush()
    happening = audit.Happening(
        tag=f"{audit.acting().source}:suggestion_class:update",
        area_code=found.area_code,
        subject_kind="suggestion_class",
        subject_id=found.id,
        subject_label=found.audit_label,
        before={"suggestions": before},
        after={"suggestions": _titles(found)},
    )
    audit.record(db.session(), [happening])
