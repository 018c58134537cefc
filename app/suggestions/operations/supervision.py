"""Arranging supervision: priority suggestions, leaders, adoption by members, groups' picks, the vote at the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import exists, select

from app.extensions import db
from app.groups.queries.leading import list_leader_persons
from app.kit import attachments, clock
from app.kit.authorisation import Actor
from app.kit.database import hold
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _l
from app.notices.operations import tell
from app.notices.states import NoticeKind
from app.notices.words import in_chinese
from app.registry.operations import check_version
from app.registry.queries import MISSING
from app.stations.queries.transfers import users_of_unit
from app.suggestions.life import write_down
from app.suggestions.models import Suggestion, SuggestionClass, Supervision
from app.suggestions.policy import EDIT_SUPERVISION, VIEW_SUGGESTIONS
from app.suggestions.queries.supervision import (
    get_visible_supervision,
    subjects_of,
)
from app.suggestions.queries.supervisors import (
    Supervisor,
    count_items,
    count_priority,
    find_subject,
    find_supervisor,
    fits,
    may_arrange,
    reference,
)
from app.suggestions.register import has_steps
from app.suggestions.states import GONE, Step, SupervisorKind, UnitPart
from app.suggestions.suggestion_rules import suggestion_rules

FILES = "supervision"


def arrange_supervision(
    actor: Actor, *, who: int | None, number: str, year: int, began_on: date | None = None, plan: str = ""
) -> Supervision:
    """Staff fix who leads or supervises which suggestion or class in a year (4-10, 4-23 … 4-27)."""
    supervisor = _supervisor(actor, who, year)
    subject = find_subject(number.strip(), actor.areas(VIEW_SUGGESTIONS))
    if subject is None:
        raise DomainError(_l("没有编号为“%(number)s”的建议或建议类，请核对。", number=number), "number")
    return _supervise(actor, supervisor, subject, year, began_on, plan)


def choose_supervised(actor: Actor, *, who: int | None, suggestion_id: int | None, year: int) -> Supervision:
    """A member adopts a suggestion, a group's leader picks one of its members' (4-25, 4-27); staff may for them.

    One a year: whoever is not staff of the area cannot choose a second.
    """
    supervisor = _supervisor(actor, who, year)
    staff = actor.may_in(EDIT_SUPERVISION, supervisor.area_code)
    found = db.session.get(Suggestion, suggestion_id) if suggestion_id else None
    if found is None or not _is_candidate(supervisor, found) or (found.confidential and not staff):
        raise DomainError(_l("请从列出的建议中选择一件。"), "suggestion_id")
    if not staff and count_items(supervisor, year):
        raise DomainError(
            _l(
                "%(name)s%(year)s年已经选定了督办的建议，需要更换请联系人大工作人员。",
                name=supervisor.name,
                year=year,
            ),
            "suggestion_id",
        )
    return _supervise(actor, supervisor, found, year, None, "")


def _supervisor(actor: Actor, who: int | None, year: int) -> Supervisor:
    if not clock.today().year - 20 <= year <= clock.today().year + 1:
        raise DomainError(_l("请填写正确的年份。"), "year")
    supervisor = find_supervisor(who, reference(year)) if who else None
    if supervisor is None:
        raise DomainError(_l("请选择督办人，须是当年在任的。"), "who")
    if not may_arrange(actor, supervisor):
        raise NotFound(MISSING)
    # One a year, eight a year: two clerks at once must not both find room.
    hold(db.session(), f"supervision:{supervisor.area_code}:{year}")
    return supervisor


def _is_candidate(supervisor: Supervisor, suggestion: Suggestion) -> bool:
    wanted = select(exists().where(Suggestion.id == suggestion.id, fits(supervisor, clock.today())))
    return bool(db.session.scalar(wanted))


def _supervise(
    actor: Actor,
    supervisor: Supervisor,
    subject: Suggestion | SuggestionClass,
    year: int,
    began_on: date | None,
    plan: str,
) -> Supervision:
    of_class = isinstance(subject, SuggestionClass)
    _check_subject(supervisor, subject, year)
    day = began_on or clock.today()
    _check_beginning(year, day)
    made = Supervision(
        area_code=supervisor.area_code,
        year=year,
        kind=supervisor.kind,
        suggestion_id=None if of_class else subject.id,
        class_id=subject.id if of_class else None,
        began_on=day,
        plan=plan.strip(),
    )
    setattr(made, supervisor.column, supervisor.id)
    db.session.add(made)
    db.session.flush()
    note = f"{in_chinese(made.kind)}：{supervisor.name}"
    keep_in_log(actor, made, note)
    _tell(made, supervisor)
    return made


def _check_beginning(year: int, day: date) -> None:
    if day.year not in (year, year - 1) or day > clock.today():
        raise DomainError(_l("开始日期应在督办年度或上一年，且不晚于今天。"), "began_on")


def _check_subject(supervisor: Supervisor, subject: Suggestion | SuggestionClass, year: int) -> None:
    of_class = isinstance(subject, SuggestionClass)
    if of_class and supervisor.kind is SupervisorKind.GROUP:
        raise DomainError(_l("代表小组督办的是本组代表领衔的一件建议，请填写建议编号。"), "number")
    if isinstance(subject, Suggestion) and not _is_candidate(supervisor, subject):
        if supervisor.kind is SupervisorKind.GROUP:
            raise DomainError(
                _l("这件建议不是该小组现有成员领衔提出的，小组只督办本组代表的建议。"), "number"
            )
        raise DomainError(_l("这件建议不在该督办人的地区内。"), "number")
    about = Supervision.class_id if of_class else Supervision.suggestion_id
    same = (Supervision.year == year, Supervision.kind == supervisor.kind, about == subject.id)
    column = getattr(Supervision, supervisor.column)
    if db.session.scalar(select(exists().where(*same, column == supervisor.id))):
        raise DomainError(_l("%(name)s当年已经督办这一件。", name=supervisor.name), "number")
    if supervisor.kind is SupervisorKind.CHAIRPERSONS:
        _check_priority(supervisor, year, already=bool(db.session.scalar(select(exists().where(*same)))))


def _check_priority(supervisor: Supervisor, year: int, *, already: bool) -> None:
    """So many items or classes a year, and not one more (4-23)."""
    most = suggestion_rules(supervisor.area_code, reference(year)).priority_count
    if not already and count_priority(supervisor.area_code, year) >= most:
        raise DomainError(
            _l(
                "%(year)s年的重点督办建议已有 %(n)s 件（类），是本地规则定的数目；要增加请先修改“代表建议办理”规则。",
                year=year,
                n=most,
            ),
            "number",
        )


def keep_in_log(actor: Actor, supervision: Supervision, note: str, on: date | None = None) -> None:
    """Writes supervision into the log of the suggestions it is about.

    Rows of the paper register have no log: a first step would take them out of the register.
    """
    for suggestion in subjects_of(supervision):
        if has_steps(suggestion.id):
            write_down(actor, suggestion, Step.SUPERVISE, note=note, on=on)
    db.session.flush()


def units_in_charge(supervision: Supervision) -> list[int]:
    """Units that lead in handling what is supervised."""
    units = [part for one in subjects_of(supervision) for part in one.units]
    return sorted({part.unit_id for part in units if part.part is UnitPart.LEAD and part.state not in GONE})


def _tell(made: Supervision, supervisor: Supervisor) -> None:
    """Whoever supervises, whoever proposed, and the units know from the first day."""
    subjects = subjects_of(made)
    what = made.suggestion_class.title if made.suggestion_class else subjects[0].title if subjects else ""
    about: dict[str, Any] = {
        "kind": NoticeKind.SUGGESTION,
        "area_code": made.area_code,
        "title": _l("%(kind)s：%(name)s", kind=made.kind.label, name=supervisor.name),
        "body": _l("%(year)s年督办的建议：%(title)s", year=made.year, title=what),
    }
    people = {one.lead_mandate.person_id for one in subjects}
    if supervisor.kind is SupervisorKind.GROUP:
        people.update(list_leader_persons(supervisor.id, clock.today()))
    elif made.person_id is not None:
        people.add(made.person_id)
    key = f"supervision:{made.id}:arranged"
    tell(key=key, person_ids=sorted(people), url=f"/supervision/{made.id}", **about)
    for unit_id in units_in_charge(made):
        url = f"/suggestions/{subjects[0].id}"
        tell(key=f"{key}:unit{unit_id}", user_ids=users_of_unit(unit_id), url=url, **about)


def update_supervision(
    actor: Actor,
    supervision_id: int,
    *,
    version: int | None,
    began_on: date,
    ended_on: date | None,
    plan: str,
    result: str,
) -> Supervision:
    """Corrects plan, days and result; a day of ending closes it."""
    found = get_visible_supervision(actor, supervision_id, EDIT_SUPERVISION)
    check_version(found, version)
    if began_on != found.began_on:
        _check_beginning(found.year, began_on)
    if ended_on is not None and (ended_on < began_on or ended_on > clock.today()):
        raise DomainError(_l("结束日期应在开始日期到今天之间，请核对。"), "ended_on")
    if ended_on is not None and not result.strip():
        raise DomainError(_l("结束督办请写明督办结果。"), "result")
    ends_now = ended_on is not None and found.ended_on is None
    values = {"began_on": began_on, "ended_on": ended_on, "plan": plan.strip(), "result": result.strip()}
    for name, value in values.items():
        if getattr(found, name) != value:
            setattr(found, name, value)
    db.session.flush()
    if ends_now:
        keep_in_log(actor, found, _log_text(found, result), ended_on)
    return found


def _log_text(found: Supervision, text: Any) -> str:
    return f"{in_chinese(found.kind)}（{found.supervisor}）：{in_chinese(text).strip()}"


def record_vote(
    actor: Actor,
    supervision_id: int,
    *,
    version: int | None,
    reported_on: date,
    votes_satisfied: int | None,
    votes_basically: int | None,
    votes_dissatisfied: int | None,
    files: Iterable[attachments.Upload] = (),
) -> Supervision:
    """The unit of a priority suggestion reported to the standing committee, which voted on it (0-11)."""
    found = get_visible_supervision(actor, supervision_id, EDIT_SUPERVISION)
    check_version(found, version)
    if found.kind is not SupervisorKind.CHAIRPERSONS:
        raise DomainError(_l("只有主任会议重点督办的建议由承办单位向常委会报告并进行满意度测评。"))
    if not found.began_on <= reported_on <= clock.today():
        raise DomainError(_l("报告日期应在督办开始之日到今天之间，请核对。"), "reported_on")
    votes = (votes_satisfied, votes_basically, votes_dissatisfied)
    if any(count is not None for count in votes):
        counts = [count or 0 for count in votes]
        if min(counts) < 0 or sum(counts) == 0:
            raise DomainError(_l("请填写三种票的票数，没有的填 0，合计应大于 0。"), "votes_satisfied")
        votes = (counts[0], counts[1], counts[2])
    found.reported_on = reported_on
    found.votes_satisfied, found.votes_basically, found.votes_dissatisfied = votes
    db.session.flush()
    attachments.store_all(
        files, subject_kind=FILES, subject_id=found.id, scope_code=found.area_code, actor=actor
    )
    text = "／".join("—" if count is None else str(count) for count in votes)
    note = _l("向常委会报告；满意／基本满意／不满意 %(votes)s 票", votes=text)
    keep_in_log(actor, found, _log_text(found, note), reported_on)
    return found


def delete_supervision(actor: Actor, supervision_id: int, *, version: int | None = None) -> Supervision:
    """Deletes what was arranged by mistake; supervision that has begun is ended, not deleted."""
    found = get_visible_supervision(actor, supervision_id, EDIT_SUPERVISION)
    check_version(found, version)
    if found.visits or found.reported_on is not None:
        raise DomainError(_l("已经登记了督办活动或测评，不能删除；请填写结束日期和结果。"))
    for file in attachments.list_for(FILES, found.id):
        attachments.remove(file)
    keep_in_log(actor, found, _log_text(found, _l("取消督办")))
    db.session.delete(found)
    db.session.flush()
    return found
