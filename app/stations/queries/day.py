"""Reading for a reception's day: the duty, who came, what people usually speak of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.database import within
from app.stations.models import Opinion, Reception, ReceptionRequest, Visitor
from app.stations.policy import RECEIVE_PUBLIC
from app.stations.queries import get_visible_reception, visible_receptions
from app.stations.states import ReceptionState

USUAL_TOPICS = ("道路交通", "用水用电", "垃圾环境", "教育", "医疗社保", "住房", "农业农村", "治安")
"""Offered where an area has no topics of its own yet; topics are data, in the office's language."""


def get_duty(actor: Actor, reception_id: int) -> Reception:
    """A reception the actor may record on the day; NotFound for anybody else."""
    return get_visible_reception(actor, reception_id, RECEIVE_PUBLIC)


def list_duties(actor: Actor, on: date) -> list[Reception]:
    """Planned receptions of a day that the actor may record, by time and station."""
    wanted = select(Reception).where(
        Reception.held_on == on,
        Reception.state == ReceptionState.PLANNED,
        visible_receptions(actor, RECEIVE_PUBLIC),
    )
    loaded = wanted.options(joinedload(Reception.station))
    return sorted(db.session.scalars(loaded), key=lambda r: (str(r.starts_at or ""), r.station.name))


def list_visitors(reception_id: int) -> list[Visitor]:
    """People taken down one by one, the latest first."""
    wanted = select(Visitor).where(Visitor.reception_id == reception_id)
    return list(db.session.scalars(wanted.order_by(Visitor.id.desc())))


def list_requests_of(reception_id: int) -> list[ReceptionRequest]:
    """Requests for leave or exchange made about a reception."""
    about = ReceptionRequest.reception_id == reception_id
    other = ReceptionRequest.other_reception_id == reception_id
    return list(db.session.scalars(select(ReceptionRequest).where(about | other)))


def find_draft(draft_key: str) -> Opinion | None:
    """The opinion that was made of a draft."""
    return db.session.scalar(select(Opinion).where(Opinion.draft_key == draft_key))


def usual_topics(area_code: str) -> Sequence[str]:
    """Eight topics to tap: the area's most frequent ones, filled up with common ones."""
    office = within(Opinion.area_code, [area_code[:6]])
    frequent = select(Opinion.topic).where(office, Opinion.topic != "").group_by(Opinion.topic)
    found = db.session.scalars(frequent.order_by(func.count().desc(), Opinion.topic).limit(8)).all()
    return list(dict.fromkeys([*found, *USUAL_TOPICS]))[:8]
