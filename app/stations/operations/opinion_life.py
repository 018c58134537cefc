"""Steps of an opinion's life: what the table allows, by whom it may be done, each written down once."""

from __future__ import annotations

from datetime import date

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError, Forbidden
from app.kit.i18n import _l
from app.stations.models import Opinion, OpinionStep
from app.stations.policy import EDIT_OPINIONS
from app.stations.rules import ROUTE_AFTER
from app.stations.states import OPINION_TRANSITIONS, OpinionAction

# Everything else is for the office's staff: a deputy does not handle a matter directly (代表法 art. 31).
NOT_ONLY_STAFF = frozenset({OpinionAction.FOLLOW_UP, OpinionAction.REPLY, OpinionAction.RATE})


def take_step(
    actor: Actor, opinion: Opinion, action: OpinionAction, *, note: str = "", on: date | None = None
) -> OpinionStep:
    """Moves an opinion on as OPINION_TRANSITIONS says, and writes the step down.

    Sets the state, and the route where the action decides it; what else belongs to the action the caller
    sets. ``note`` is what was said. DomainError where the table has no such step; Forbidden where the action
    is the staff's and the actor is none in the opinion's area.
    """
    if action not in NOT_ONLY_STAFF and not actor.may_in(EDIT_OPINIONS, opinion.area_code):
        raise Forbidden(
            _l("“%(action)s”由人大工作人员办理：代表可以提出意见，但不直接处理问题（代表法第三十一条）。",
               action=action.label)
        )  # fmt: skip
    before = opinion.state
    after = OPINION_TRANSITIONS.after(before, action)
    if after is None:
        raise DomainError(
            _l("这条意见现在是“%(state)s”，不能“%(action)s”。", state=before.label, action=action.label)
        )
    step = OpinionStep(
        opinion=opinion,
        action=action,
        before=before,
        after=after,
        on=on or clock.today(),
        by_user_id=actor.user_id,
        by_name=actor.name[:80],
        note=note.strip()[:1000],
    )
    db.session.add(step)
    if after is not before:
        opinion.state = after
    if action in ROUTE_AFTER and opinion.route is not ROUTE_AFTER[action]:
        opinion.route = ROUTE_AFTER[action]
    # A step alone is a change of the opinion too: its version moves on.
    opinion.updated_at = clock.now()
    return step
