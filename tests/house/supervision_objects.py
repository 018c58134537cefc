"""Objects of supervision: somebody's, visits with photographs, bodies, hearings; and rows enough to fill their lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.groups.models import DeputyGroup
from app.kit import clock
from app.registry.models import Mandate
from app.suggestions.models import Hearing, Suggestion, SupervisingBody, Supervision, SupervisionVisit
from app.suggestions.states import Occasion, SupervisorKind, VisitKind
from tests.world import BEGAN, COUNTY, QINGSHAN

DAY = date(2025, 3, 1)


def _suggestion(area: str, mandate: Mandate, number: str, on: date = DAY) -> Suggestion:
    return Suggestion(
        office_code=area[:6],
        area_code=area,
        number=number,
        title=f"督办-{number}",
        lead_mandate=mandate,
        raised_on=on,
        occasion=Occasion.BETWEEN_SESSIONS,
    )


def keep_supervision(maker: Any, place: str, area: str, mandate: Mandate) -> None:
    """What the place's group supervises, with a visit; a leader of the government and a hearing."""
    group = db.session.scalars(select(DeputyGroup).filter_by(name=f"小组-{place}")).one()

    def supervised(what: str) -> SupervisionVisit:
        made = Supervision(
            area_code=area,
            year=2025,
            kind=SupervisorKind.GROUP,
            group=group,
            suggestion=_suggestion(area, mandate, f"SV{what}-{place}"),
            began_on=DAY,
        )
        return SupervisionVisit(supervision=made, on=DAY, kind=VisitKind.INSPECTION, congress="人大")

    visit, pictured = supervised("a"), supervised("b")
    body = SupervisingBody(
        area_code=area, kind=SupervisorKind.GOVERNMENT, name=f"领导-{place}", began_on=BEGAN
    )
    hearing = Hearing(area_code=area, year=2025, on=DAY, body="常务会议")
    db.session.add_all([visit, pictured, body, hearing])
    db.session.flush()
    maker.keep("supervision", place, supervision_id=visit.supervision_id)
    maker.keep("visit", place, visit_id=visit.id)
    photo = maker._file("supervision_visit", pictured.id, area)
    maker.keep("visit_photo", place, visit_id=pictured.id, attachment_id=photo.id)
    maker.keep("body", place, body_id=body.id)
    maker.keep("hearing", place, hearing_id=hearing.id)


def supervision_crowd(mandate: Mandate, n: int) -> Iterable[Any]:
    """One more of each, in another township, of this year."""
    today = clock.today()
    body = SupervisingBody(
        area_code=COUNTY, kind=SupervisorKind.GOVERNMENT, name=f"众领导{n}", began_on=BEGAN
    )
    supervised = Supervision(
        area_code=COUNTY,
        year=today.year,
        kind=SupervisorKind.GOVERNMENT,
        body=body,
        suggestion=_suggestion(QINGSHAN, mandate, f"众SV{n}", date(2024, 1, 1) + timedelta(days=n)),
        began_on=today,
    )
    yield SupervisionVisit(supervision=supervised, on=today, kind=VisitKind.RESEARCH, congress="人大")
    yield Hearing(area_code=COUNTY, year=today.year, on=today, body=f"第{n}次常务会议")
