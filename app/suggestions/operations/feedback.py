"""The proposer's word on a reply: on their phone, or written down by staff from the paper slip (forms.md 4.7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from app.extensions import db
from app.kit import attachments, clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.notices.operations import tell
from app.notices.queries import list_staff
from app.notices.states import NoticeKind
from app.notices.words import in_chinese
from app.registry.models import Mandate
from app.registry.operations import check_version
from app.stations.queries.transfers import users_of_unit
from app.suggestions.clocks.running import end_clocks
from app.suggestions.life import take_step, write_down
from app.suggestions.models import FeedbackSlip, Suggestion
from app.suggestions.operations.conclusion import conclude
from app.suggestions.policy import GIVE_FEEDBACK
from app.suggestions.queries import get_visible_suggestion
from app.suggestions.queries.feedback import (
    FILES,
    OPEN_FOR_WORDS,
    find_slip,
    get_visible_slip,
    may_speak_for,
    reply_day,
)
from app.suggestions.states import (
    GONE,
    ClockKind,
    ReplyWay,
    Satisfaction,
    Step,
    SuggestionState,
    UnitPart,
)


def give_feedback(
    actor: Actor,
    suggestion_id: int,
    *,
    attitude: Satisfaction,
    handling: Satisfaction,
    result: Satisfaction,
    overall: Satisfaction,
    solved: bool = False,
    reason: str = "",
    contact_way: ReplyWay | None = None,
    mandate_id: int | None = None,
    returned_on: date | None = None,
    files: Iterable[attachments.Upload] = (),
    version: int | None = None,
) -> FeedbackSlip:
    """A slip of one proposer in the present round: whether they are satisfied, and whether the problem is solved.

    Satisfied and solved are two questions, and two answers (0-08, 4-04). The leading proposer's slip moves the
    suggestion on; until it is concluded the same proposer may correct theirs.
    """
    suggestion = get_visible_suggestion(actor, suggestion_id, GIVE_FEEDBACK)
    check_version(suggestion, version)
    mandate = _speaker(actor, suggestion, mandate_id)
    day = _day_of(actor, suggestion, returned_on)
    _ask_for_reason((attitude, handling, result, overall), reason)
    slip = find_slip(suggestion, mandate.id)
    correcting = slip is not None
    if slip is None:
        slip = FeedbackSlip(suggestion=suggestion, round=suggestion.round, mandate=mandate)
        db.session.add(slip)
    elif suggestion.state is SuggestionState.CONCLUDED:
        raise DomainError(_l("这件建议已经办结，反馈不再更改。确需更正的，请与人大代表工委联系。"))
    slip.contact_way, slip.attitude, slip.handling = contact_way, attitude, handling
    slip.result, slip.overall, slip.solved = result, overall, solved
    slip.reason, slip.returned_on = reason.strip(), day
    _move_on(actor, suggestion, slip, correcting=correcting)
    attachments.store_all(
        files, subject_kind=FILES, subject_id=slip.id, scope_code=suggestion.area_code, actor=actor
    )
    _tell(suggestion, slip)
    return slip


def _move_on(actor: Actor, suggestion: Suggestion, slip: FeedbackSlip, *, correcting: bool) -> None:
    """The leading proposer's word is the suggestion's; a colleague's is kept beside it."""
    leading = slip.mandate.id == suggestion.lead_mandate_id
    _write_down(actor, suggestion, slip, leading=leading, correcting=correcting)
    if leading:
        suggestion.satisfaction, suggestion.solved = slip.overall, slip.solved
        end_clocks(suggestion, ClockKind.FEEDBACK, on=slip.returned_on)
    db.session.flush()


def _speaker(actor: Actor, suggestion: Suggestion, mandate_id: int | None) -> Mandate:
    """Whose slip it is: the one named, else the only one the actor may speak for, else the leading proposer."""
    possible = may_speak_for(actor, suggestion)
    wanted = mandate_id if mandate_id is not None else (possible[0].id if possible else None)
    found = next((mandate for mandate in possible if mandate.id == wanted), None)
    if found is None:
        raise DomainError(_l("请选择提出或者附议这件建议的代表。"), "mandate_id")
    return found


def _day_of(actor: Actor, suggestion: Suggestion, returned_on: date | None) -> date:
    if suggestion.state not in OPEN_FOR_WORDS:
        raise DomainError(
            _l("这件建议现在是“%(state)s”，收到答复之后、归档之前才能反馈。", state=suggestion.state.label)
        )
    replied_on = reply_day(suggestion)
    if replied_on is None:
        raise DomainError(_l("这件建议没有答复，不需要反馈。"))
    today = clock.today()
    # Only the office dates a slip back: it came on paper.
    on_paper = actor.may_in(GIVE_FEEDBACK, suggestion.area_code)
    day = returned_on if on_paper and returned_on is not None else today
    if not replied_on <= day <= today:
        raise DomainError(
            _l("返回日期应在答复之日 %(day)s 到今天之间，请核对。", day=replied_on), "returned_on"
        )
    return day


def _ask_for_reason(words: tuple[Satisfaction, ...], reason: str) -> None:
    if Satisfaction.DISSATISFIED in words and not reason.strip():
        raise DomainError(_l("有“不满意”的，请写明理由，承办单位据此重新办理。"), "reason")


def _write_down(
    actor: Actor, suggestion: Suggestion, slip: FeedbackSlip, *, leading: bool, correcting: bool
) -> None:
    solved = _l("问题已解决") if slip.solved else _l("问题未解决")
    words = [slip.mandate.person.name, in_chinese(slip.overall), in_chinese(solved), slip.reason]
    note = " · ".join(word for word in [in_chinese(_l("更正")) if correcting else "", *words] if word)
    if leading and suggestion.state is SuggestionState.REPLIED:
        take_step(actor, suggestion, Step.RATE, note=note, on=slip.returned_on)
    else:
        # A colleague's slip, a corrected one, or one that came late: kept, and nothing moves.
        write_down(actor, suggestion, Step.RATE, note=note, on=slip.returned_on)


def _tell(suggestion: Suggestion, slip: FeedbackSlip) -> None:
    """The units that answered hear how it was received; a dissatisfied word waits for the office."""
    words = {"number": suggestion.shown_number, "word": slip.overall.label, "name": slip.mandate.person.name}
    key = f"suggestion:{suggestion.id}:slip:{slip.id}:{slip.overall.value}"
    users = [
        user
        for part in suggestion.units
        if part.part is UnitPart.LEAD and part.state not in GONE
        for user in users_of_unit(part.unit_id)
    ]
    if slip.overall is Satisfaction.DISSATISFIED:
        users += list_staff(suggestion.area_code)
    tell(
        key=key,
        kind=NoticeKind.SUGGESTION,
        area_code=suggestion.area_code,
        user_ids=users,
        title=_l("%(name)s代表对建议%(number)s的答复：%(word)s", **words),
        body=slip.reason,
        url=f"/suggestions/{suggestion.id}",
    )


def conclude_content(actor: Actor, slip_ids: Sequence[int]) -> tuple[int, int]:
    """Ends the suggestions whose leading proposer is content with the present reply; (ended, left as they are)."""
    ended = 0
    for slip_id in slip_ids:
        slip = get_visible_slip(actor, slip_id)
        found = slip.suggestion
        fits = (
            found.state is SuggestionState.RATED
            and slip.round == found.round
            and slip.mandate_id == found.lead_mandate_id
            and slip.overall is not Satisfaction.DISSATISFIED
        )
        if fits:
            conclude(actor, found.id)
            ended += 1
    return ended, len(slip_ids) - ended
