"""What the office does with an opinion: answer, follow up, close, tell, ask what the person says, put together."""

from __future__ import annotations

from datetime import date

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.operations import check_version
from app.stations.models import Opinion
from app.stations.operations.opinion_life import take_step
from app.stations.operations.setting import NOT_LATER_THAN_TODAY
from app.stations.policy import EDIT_OPINIONS, FOLLOW_UP_OPINIONS
from app.stations.queries import find_opinion
from app.stations.queries.opinions import get_followed_opinion, list_merged_into
from app.stations.rules import OPEN
from app.stations.states import (
    CitizenWord,
    NotAccepted,
    OpinionAction,
    OpinionOutcome,
    OpinionState,
)

_ENDING = ("closed_on", "ended_as", "not_accepted", "told_on", "citizen_word")


def _edited(actor: Actor, opinion_id: int, version: int | None) -> Opinion:
    opinion = get_followed_opinion(actor, opinion_id, EDIT_OPINIONS)
    check_version(opinion, version)
    return opinion


def answer_opinion(actor: Actor, opinion_id: int, *, note: str, version: int | None = None) -> Opinion:
    """Answered on the spot (3-34 ③); whether that ends it is decided when it is closed."""
    opinion = _edited(actor, opinion_id, version)
    take_step(actor, opinion, OpinionAction.ANSWER, note=_said(note))
    db.session.flush()
    return opinion


def follow_up(actor: Actor, opinion_id: int, *, note: str, version: int | None = None) -> Opinion:
    """What somebody found who looked after the matter: staff, or the deputy who took it (0-15 跟踪问效)."""
    opinion = get_followed_opinion(actor, opinion_id, FOLLOW_UP_OPINIONS)
    check_version(opinion, version)
    take_step(actor, opinion, OpinionAction.FOLLOW_UP, note=_said(note))
    db.session.flush()
    return opinion


def close_opinion(
    actor: Actor,
    opinion_id: int,
    *,
    ended_as: OpinionOutcome,
    outcome: str,
    not_accepted: NotAccepted | None = None,
    closed_on: date | None = None,
    version: int | None = None,
) -> Opinion:
    """How the matter ended, in words the person can be told. Staff only (代表法 art. 31).

    Straight from receipt only what is not accepted, with its reason (law.md 1.9). Opinions put together with
    this one end with it.
    """
    opinion = _edited(actor, opinion_id, version)
    refused = ended_as is OpinionOutcome.NOT_ACCEPTED
    if refused and not_accepted is None:
        raise DomainError(_l("不予受理的，请选择原因。"), "not_accepted")
    if not outcome.strip():
        raise DomainError(_l("请写明办理结果或说明，群众会看到这段话。"), "outcome")
    if opinion.state is OpinionState.RECEIVED and not refused:
        raise DomainError(_l("还没有答复、交办或形成建议，只能按“不予受理”办结。"), "ended_as")
    day = closed_on or clock.today()
    _check_day(day, opinion.received_on, "closed_on", _l("办结日期早于反映日期，请核对。"))
    note = f"{not_accepted.label}：{outcome}" if refused and not_accepted else outcome
    take_step(actor, opinion, OpinionAction.CLOSE, note=note, on=day)
    opinion.closed_on, opinion.ended_as, opinion.outcome = day, ended_as, outcome.strip()
    opinion.not_accepted = not_accepted if refused else None
    opinion.solved = ended_as is OpinionOutcome.SOLVED
    db.session.flush()
    _end_merged(opinion)
    return opinion


def tell_person(
    actor: Actor, opinion_id: int, *, told_on: date, told_way: str, note: str = "", version: int | None = None
) -> Opinion:
    """The person was told how it ended: when, and in what way."""
    opinion = _edited(actor, opinion_id, version)
    earliest = opinion.closed_on or opinion.received_on
    _check_day(told_on, earliest, "told_on", _l("反馈日期早于办结日期，请核对。"))
    if not told_way.strip():
        raise DomainError(_l("请填写反馈方式。"), "told_way")
    take_step(actor, opinion, OpinionAction.TELL, note=note or told_way, on=told_on)
    opinion.told_on, opinion.told_way = told_on, told_way.strip()[:40]
    db.session.flush()
    return opinion


def rate_opinion(
    actor: Actor, opinion_id: int, *, citizen_word: CitizenWord, note: str = "", version: int | None = None
) -> Opinion:
    """What the person says of the outcome, as staff were told it."""
    opinion = _edited(actor, opinion_id, version)
    record_word(actor, opinion, citizen_word, note)
    return opinion


def record_word(actor: Actor, opinion: Opinion, citizen_word: CitizenWord, note: str = "") -> None:
    """What the person says, by staff or through the public page."""
    words = f"{citizen_word.label}：{note}" if note.strip() else citizen_word.label
    take_step(actor, opinion, OpinionAction.RATE, note=words)
    opinion.citizen_word = citizen_word
    db.session.flush()


def reopen_opinion(actor: Actor, opinion_id: int, *, note: str, version: int | None = None) -> Opinion:
    """The matter is taken up again: the end it had stays in its steps only."""
    opinion = _edited(actor, opinion_id, version)
    take_step(actor, opinion, OpinionAction.REOPEN, note=_said(note))
    _begin_again(opinion)
    db.session.flush()
    _end_merged(opinion)
    return opinion


def merge_opinion(
    actor: Actor, opinion_id: int, *, into_number: str, note: str = "", version: int | None = None
) -> Opinion:
    """Puts an opinion with another one about the same matter; it is then handled there."""
    opinion = _edited(actor, opinion_id, version)
    main = _main(actor, opinion, into_number)
    if list_merged_into(opinion.id):
        raise DomainError(_l("已有意见并入这一条，请先取消那些并案，或反过来并案。"), "into_number")
    take_step(actor, opinion, OpinionAction.MERGE, note=note or main.number)
    opinion.merged_into = main
    db.session.flush()
    return opinion


def unmerge_opinion(actor: Actor, opinion_id: int, *, version: int | None = None) -> Opinion:
    """Takes an opinion out again: it goes its own way from the start."""
    opinion = _edited(actor, opinion_id, version)
    main = opinion.merged_into
    take_step(actor, opinion, OpinionAction.UNMERGE, note=main.number if main else "")
    opinion.merged_into = None
    _begin_again(opinion)
    db.session.flush()
    return opinion


def _main(actor: Actor, opinion: Opinion, number: str) -> Opinion:
    found = find_opinion(actor, opinion.office_code, number.strip())
    if found is None or not actor.may_in(EDIT_OPINIONS, found.area_code):
        raise DomainError(_l("没有编号为“%(number)s”的群众意见，请核对。", number=number), "into_number")
    if found.id == opinion.id:
        raise DomainError(_l("不能并入自己，请填写另一条意见的编号。"), "into_number")
    if found.state not in OPEN:
        raise DomainError(
            _l(
                "意见%(number)s现在是“%(state)s”，不能再并入别的意见。",
                number=found.number,
                state=found.state.label,
            ),
            "into_number",
        )
    return found


def _end_merged(main: Opinion) -> None:
    """Opinions put together with this one are as solved as it is: they are the same matter."""
    for opinion in list_merged_into(main.id):
        opinion.solved, opinion.ended_as, opinion.outcome = main.solved, main.ended_as, main.outcome
        opinion.not_accepted = main.not_accepted
        opinion.closed_on = max(main.closed_on, opinion.received_on) if main.closed_on else None
    db.session.flush()


def _begin_again(opinion: Opinion) -> None:
    opinion.solved, opinion.outcome, opinion.told_way = False, "", ""
    for column in _ENDING:
        setattr(opinion, column, None)


def _said(note: str) -> str:
    if not note.strip():
        raise DomainError(_l("请写明情况。"), "note")
    return note


def _check_day(day: date, earliest: date, field: str, too_early: object) -> None:
    if day > clock.today():
        raise DomainError(NOT_LATER_THAN_TODAY, field)
    if day < earliest:
        raise DomainError(too_early, field)
