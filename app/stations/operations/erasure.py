"""Names, telephones and addresses of people who came are erased after the office's time, and that is recorded."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import and_, func, or_, select, update

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import operator
from app.kit.jobs import register_chore
from app.stations.models import Opinion, Reception, Visitor
from app.stations.queries.opinions import opinion_rules

AT_ONCE = 500
_BLANK_OPINION = {"citizen_name": "", "citizen_phone": "", "citizen_address": ""}
_BLANK_VISITOR = {"name": "", "phone": ""}


def erase_personal_data() -> None:
    """The worker's nightly chore."""
    with audit.acting_as(operator("system", "system")):
        erase_old(clock.today())


register_chore(erase_personal_data)


def erase_old(today: date) -> tuple[int, int]:
    """Erases what is older than each office allows; (opinions, visitors) erased now.

    Counted from the day the person was told, it was closed, or received; for visitors from the reception.
    """
    opinions = visitors = 0
    for office in db.session.scalars(select(Opinion.office_code).distinct()).all():
        opinions += _erase_opinions(office, _last_day(office, today))
    for office in db.session.scalars(select(Reception.office_code).distinct()).all():
        visitors += _erase_visitors(office, _last_day(office, today))
    return opinions, visitors


def _last_day(office: str, today: date) -> date:
    return today - timedelta(days=opinion_rules(office, today).erase_after_days)


def _erase_opinions(office: str, until: date) -> int:
    known = or_(*(getattr(Opinion, column) != "" for column in _BLANK_OPINION))
    ended = func.coalesce(Opinion.told_on, Opinion.closed_on, Opinion.received_on)
    rows = db.session.execute(
        select(Opinion.id, Opinion.area_code, Opinion.number).where(
            Opinion.office_code == office, known, ended < until
        )
    ).all()
    for start in range(0, len(rows), AT_ONCE):
        chunk = rows[start : start + AT_ONCE]
        # As it was last changed: an import that made it can still be undone as a whole.
        db.session.execute(
            update(Opinion)
            .where(Opinion.id.in_([row.id for row in chunk]))
            .values(
                **_BLANK_OPINION,
                erased_at=clock.now(),
                version=Opinion.version + 1,
                updated_at=Opinion.updated_at,
            )
        )
        audit.record(
            db.session(),
            [_happening("opinion", row.area_code, row.id, row.number, 1) for row in chunk],
        )
    return len(rows)


def _erase_visitors(office: str, until: date) -> int:
    known = or_(Visitor.name != "", Visitor.phone != "")
    of_office = and_(Reception.office_code == office, Reception.held_on < until, known)
    rows = db.session.execute(
        select(Visitor.id, Reception.id.label("reception"), Reception.area_code, Reception.number)
        .join(Reception, Reception.id == Visitor.reception_id)
        .where(of_office)
    ).all()
    for start in range(0, len(rows), AT_ONCE):
        ids = [row.id for row in rows[start : start + AT_ONCE]]
        erased = update(Visitor).where(Visitor.id.in_(ids))
        db.session.execute(
            erased.values(**_BLANK_VISITOR, erased_at=clock.now(), updated_at=Visitor.updated_at)
        )
    counts: dict[tuple[int, str, str], int] = {}
    for row in rows:
        key = (row.reception, row.area_code, row.number or "")
        counts[key] = counts.get(key, 0) + 1
    audit.record(
        db.session(),
        [
            _happening("reception", area, identity, number, n)
            for (identity, area, number), n in counts.items()
        ],
    )
    return len(rows)


def _happening(kind: str, area_code: str, identity: int, number: str, count: int) -> audit.Happening:
    return audit.Happening(
        tag=f"{audit.acting().source}:{kind}:erase",
        area_code=area_code,
        subject_kind=kind,
        subject_id=identity,
        subject_label=number,
        after={"erased": count},
    )
