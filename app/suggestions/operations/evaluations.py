"""Evaluations: opened with a scheme, closed with what was judged, published with places (4-12 … 4-17)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.notices.operations import tell
from app.notices.states import NoticeKind
from app.registry.operations import check_version, office_of
from app.suggestions.evaluation.scheme import read_scheme, shipped
from app.suggestions.evaluation.subjects import kept
from app.suggestions.models import Evaluation
from app.suggestions.policy import EDIT_EVALUATIONS
from app.suggestions.queries.evaluations import (
    Results,
    get_visible_evaluation,
    has_votes,
    results_of,
    subjects_of,
)
from app.suggestions.queries.raters import voters_of
from app.suggestions.states import EVALUATION_TRANSITIONS, EvaluationAction, EvaluationState


def open_evaluation(
    actor: Actor, *, area_code: str, year: int, title: str, scheme: str, closes_on: date | None = None
) -> Evaluation:
    """A year's evaluation by a scheme that comes with the system; it can be changed until the first ballot."""
    authorise(actor, EDIT_EVALUATIONS, area_code)
    _check_closing_day(closes_on)
    same = select(Evaluation.id).where(
        Evaluation.area_code == area_code, Evaluation.year == year, Evaluation.title == title
    )
    if db.session.scalar(same.limit(1)) is not None:
        raise DomainError(_l("这一年已经有同名的测评。"), "title")
    content = shipped(scheme)
    evaluation = Evaluation(
        office_code=office_of(area_code),
        area_code=area_code,
        year=year,
        title=title,
        scheme_name=read_scheme(content).name,
        scheme=content,
        opened_on=clock.today(),
        closes_on=closes_on,
    )
    db.session.add(evaluation)
    db.session.flush()
    return evaluation


def _check_closing_day(closes_on: date | None) -> None:
    if closes_on is not None and closes_on < clock.today():
        raise DomainError(_l("截止日期不能早于今天。"), "closes_on")


def update_evaluation(
    actor: Actor,
    evaluation_id: int,
    *,
    version: int | None,
    title: str,
    closes_on: date | None,
    content: Any,
) -> Evaluation:
    """Title and last day; the scheme only as long as nobody has voted by it."""
    evaluation = _open(actor, evaluation_id, version)
    if closes_on != evaluation.closes_on:
        _check_closing_day(closes_on)
    scheme = read_scheme(content)
    if content != evaluation.scheme:
        if has_votes(evaluation.id):
            raise DomainError(_l("已经有人投票或登记了统计表，测评方案不能再改。"), "content")
        evaluation.scheme, evaluation.scheme_name = dict(content), scheme.name
    evaluation.title, evaluation.closes_on = title, closes_on
    db.session.flush()
    return evaluation


def _open(actor: Actor, evaluation_id: int, version: int | None = None) -> Evaluation:
    evaluation = get_visible_evaluation(actor, evaluation_id, EDIT_EVALUATIONS)
    check_version(evaluation, version)
    if evaluation.state is not EvaluationState.OPEN:
        raise DomainError(_l("测评已经截止，不能再改。"))
    return evaluation


def delete_evaluation(actor: Actor, evaluation_id: int) -> None:
    """Takes away an evaluation opened by mistake, as long as nobody has voted."""
    evaluation = _open(actor, evaluation_id)
    if has_votes(evaluation.id):
        raise DomainError(_l("已经有人投票或登记了统计表，不能删除这次测评。"))
    db.session.delete(evaluation)
    db.session.flush()


def invite_voters(actor: Actor, evaluation_id: int) -> int:
    """Tells everybody who is asked and has not voted on everything; each once a day at most. How many were told."""
    evaluation = _open(actor, evaluation_id)
    waiting = {one.person_id for one in voters_of(evaluation) if one.done < one.asked}
    return tell(
        key=f"evaluation:{evaluation.id}:vote:{clock.today()}",
        kind=NoticeKind.EVALUATION,
        area_code=evaluation.area_code,
        person_ids=sorted(waiting),
        title=_l("请参加测评：%(title)s", title=evaluation.title),
        body=_l("请对承办单位办理建议的情况作出评价，截止前可以修改。"),
        url=f"/suggestions/ballots/{evaluation.id}",
    )


def close_evaluation(actor: Actor, evaluation_id: int, version: int | None = None) -> Evaluation:
    """No ballots any more; what was judged is kept as it stands now."""
    evaluation = _take(actor, evaluation_id, EvaluationAction.CLOSE, version)
    evaluation.subjects = kept(subjects_of(evaluation))
    evaluation.closes_on = min(evaluation.closes_on or clock.today(), clock.today())
    db.session.flush()
    return evaluation


def reopen_evaluation(actor: Actor, evaluation_id: int, version: int | None = None) -> Evaluation:
    """Ballots again, as long as nothing is published."""
    evaluation = _take(actor, evaluation_id, EvaluationAction.REOPEN, version)
    evaluation.subjects = None
    evaluation.closes_on = None
    db.session.flush()
    return evaluation


def publish_evaluation(actor: Actor, evaluation_id: int, version: int | None = None) -> Evaluation:
    """Scores and places are made known to units and raters (4-15)."""
    evaluation = _take(actor, evaluation_id, EvaluationAction.PUBLISH, version)
    results = results_of(evaluation)
    if not any(one.rank for one in results.units):
        raise DomainError(_l("还没有任何得分，不能公布。"))
    evaluation.published_on = clock.today()
    db.session.flush()
    _tell_units(evaluation, results)
    tell(
        key=f"evaluation:{evaluation.id}:published",
        kind=NoticeKind.EVALUATION,
        area_code=evaluation.area_code,
        person_ids=sorted({one.person_id for one in voters_of(evaluation)}),
        title=_l("测评结果已公布：%(title)s", title=evaluation.title),
        url=f"/suggestions/ballots/{evaluation.id}",
    )
    return evaluation


def _take(actor: Actor, evaluation_id: int, action: EvaluationAction, version: int | None) -> Evaluation:
    evaluation = get_visible_evaluation(actor, evaluation_id, EDIT_EVALUATIONS)
    check_version(evaluation, version)
    after = EVALUATION_TRANSITIONS.after(evaluation.state, action)
    if after is None:
        raise DomainError(
            _l("测评现在是“%(state)s”，不能“%(step)s”。", state=evaluation.state.label, step=action.label)
        )
    evaluation.state = after
    return evaluation


def _tell_units(evaluation: Evaluation, results: Results) -> None:
    """Each unit's accounts their own figure and place, and nobody else's."""
    ids = [one.subject.unit_id for one in results.units]
    accounts: dict[int, list[int]] = {}
    wanted = select(User.unit_id, User.id).where(User.unit_id.in_(ids), User.disabled_at.is_(None))
    for unit_id, user_id in db.session.execute(wanted):
        accounts.setdefault(unit_id or 0, []).append(user_id)
    for one in results.units:
        if one.rank is None or one.subject.unit_id not in accounts:
            continue
        figure = one.grade.label if one.grade is not None else str(one.score)
        tell(
            key=f"evaluation:{evaluation.id}:result:{one.subject.unit_id}",
            kind=NoticeKind.EVALUATION,
            area_code=evaluation.area_code,
            user_ids=accounts[one.subject.unit_id],
            title=_l("测评结果已公布：%(title)s", title=evaluation.title),
            body=_l(
                "%(unit)s：%(figure)s，第 %(rank)s 名，共 %(n)s 个单位。",
                unit=one.subject.name,
                figure=figure,
                rank=one.rank,
                n=len(results.units),
            ),
        )
