"""Reading look-backs (建议办理“回头看”, 4-02): campaigns, what they look at, what there is to choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, null, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.kit.i18n import _l
from app.kit.states import LabelledEnum
from app.registry.queries import MISSING
from app.suggestions.models import LookBack, LookBackItem, Promise, Suggestion
from app.suggestions.policy import LOOK_BACK
from app.suggestions.queries import visible_suggestions
from app.suggestions.states import ENDED, LookBackResult, PromiseState, ReplyClass


class Choice(LabelledEnum):
    """What a campaign may look at again."""

    PROMISES_DUE = "promises_due", _l("到期没有落实的承诺事项")
    PROMISES_KEPT = "promises_kept", _l("单位报告已落实的承诺事项（核实）")
    UNSOLVED = "unsolved", _l("已办结、代表没有确认解决的建议")
    CLASS_B = "class_b", _l("答复为 B 类（正在解决或列入计划）的建议")
    CLASS_A = "class_a", _l("答复为 A 类（已经解决）的建议（抽查）")


_OF_PROMISES = (Choice.PROMISES_DUE, Choice.PROMISES_KEPT)


def visible_look_backs(actor: Actor) -> ColumnElement[bool]:
    """Campaigns of the actor's areas."""
    return within(LookBack.area_code, actor.areas(LOOK_BACK))


def get_visible_look_back(actor: Actor, look_back_id: int) -> LookBack:
    """The campaign; NotFound outside the actor's scope."""
    found = db.session.scalar(select(LookBack).where(LookBack.id == look_back_id, visible_look_backs(actor)))
    if found is None:
        raise NotFound(MISSING)
    return found


def get_visible_item(actor: Actor, item_id: int) -> LookBackItem:
    """One thing looked at, with its campaign, suggestion and promise; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(LookBackItem)
        .join(LookBack)
        .where(LookBackItem.id == item_id, visible_look_backs(actor))
        .options(
            joinedload(LookBackItem.look_back),
            joinedload(LookBackItem.suggestion).joinedload(Suggestion.units),
            joinedload(LookBackItem.promise),
        )
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def select_candidates(
    actor: Actor, look_back: LookBack, choice: Choice, first: date, last: date, today: date
) -> Select[*tuple[Any, ...]]:
    """(suggestion, promise or NULL) of a choice raised in these days, without what the campaign has already."""
    area = within(Suggestion.area_code, [look_back.area_code])
    raised = and_(area, Suggestion.raised_on.between(first, last), visible_suggestions(actor, LOOK_BACK))
    taken = LookBackItem.look_back_id == look_back.id
    wanted: Select[*tuple[Any, ...]]
    if choice in _OF_PROMISES:
        known = exists().where(taken, LookBackItem.promise_id == Promise.id)
        wanted = (
            select(Suggestion.id, Promise.id.label("promise_id"))
            .join(Promise, Promise.suggestion_id == Suggestion.id)
            .where(raised, ~known)
        )
        if choice is Choice.PROMISES_KEPT:
            return wanted.where(Promise.state == PromiseState.KEPT).order_by(Promise.id)
        due = wanted.where(Promise.state == PromiseState.OPEN, Promise.due_on < today)
        return due.order_by(Promise.due_on, Promise.id)
    known = exists().where(
        taken, LookBackItem.suggestion_id == Suggestion.id, LookBackItem.promise_id.is_(None)
    )
    wanted = select(Suggestion.id, null().label("promise_id")).where(
        raised, ~known, Suggestion.state.in_(ENDED)
    )
    narrowed = {
        # What no deputy has confirmed is looked into, whatever the reply claims.
        Choice.UNSOLVED: ~Suggestion.solved,
        Choice.CLASS_B: Suggestion.reply_class == ReplyClass.B,
        Choice.CLASS_A: Suggestion.reply_class == ReplyClass.A,
    }[choice]
    return wanted.where(narrowed).order_by(Suggestion.id)


@dataclass(frozen=True)
class Findings:
    """How far a campaign is."""

    items: int
    by_result: Mapping[LookBackResult | None, int]

    @property
    def checked(self) -> int:
        return self.items - self.by_result.get(None, 0)

    @property
    def kept_share(self) -> float | None:
        """Of what was looked at, the share found done (落实率, 4-04)."""
        return self.by_result.get(LookBackResult.KEPT, 0) / self.checked if self.checked else None


def findings_of(look_back_id: int) -> Findings:
    """Counts of a campaign by result; None for what nobody has looked at yet."""
    rows = db.session.execute(
        select(LookBackItem.result, func.count())
        .where(LookBackItem.look_back_id == look_back_id)
        .group_by(LookBackItem.result)
    )
    by_result = {row[0]: row[1] for row in rows}
    return Findings(sum(by_result.values()), by_result)


def count_items(*conditions: Any) -> Any:
    """SQL: how many items of a campaign meet these conditions."""
    return (
        select(func.count(LookBackItem.id))
        .where(LookBackItem.look_back_id == LookBack.id, *conditions)
        .correlate(LookBack)
        .scalar_subquery()
    )


def list_findings_of(suggestion_id: int) -> list[LookBackItem]:
    """What look-backs found about a suggestion."""
    wanted = (
        select(LookBackItem)
        .where(LookBackItem.suggestion_id == suggestion_id, LookBackItem.result.is_not(None))
        .options(joinedload(LookBackItem.look_back), joinedload(LookBackItem.promise))
    )
    return list(db.session.scalars(wanted.order_by(LookBackItem.checked_on, LookBackItem.id)))


def find_by_numbers(actor: Actor, look_back: LookBack, numbers: list[str]) -> list[Suggestion]:
    """Ended suggestions of the campaign's area by number."""
    wanted = select(Suggestion).where(
        Suggestion.number.in_(numbers),
        Suggestion.state.in_(ENDED),
        within(Suggestion.area_code, [look_back.area_code]),
        visible_suggestions(actor, LOOK_BACK),
    )
    return list(db.session.scalars(wanted))
