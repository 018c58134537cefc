"""What a change by hand would break: answered while somebody drags, and asked again when it is carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.kit.i18n import _
from app.registry.models import Mandate
from app.registry.queries import standing_of
from app.registry.states import MandateStanding
from app.stations.calendar.loading import chairpersons_on, mandates_at
from app.stations.calendar.queries import ON_THE_ROTA, TO_COME, Duty, covers, list_duties, list_wishes
from app.stations.calendar.settings import CalendarRules, office_rules, rules_of
from app.stations.models import Reception, ReceptionDeputy
from app.stations.states import ReceptionKind, WishKind


@dataclass(frozen=True)
class Findings:
    """Sentences: what cannot be done at all, and what can be done knowingly."""

    refusals: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def __add__(self, other: Findings) -> Findings:
        return Findings(self.refusals + other.refusals, self.warnings + other.warnings)


def people_on(reception: Reception) -> list[ReceptionDeputy]:
    """Who is on a day now, by level and name."""
    there = [row for row in reception.deputies if row.standing in ON_THE_ROTA]
    return sorted(there, key=lambda row: (row.mandate.level.rank, row.mandate.person.pinyin, row.id))


def wanted_on(reception: Reception) -> CalendarRules | None:
    """The rules of the calendar a day belongs to."""
    return rules_of(reception.calendar) if reception.calendar is not None else None


def adding(reception: Reception, mandate: Mandate, *, leaving: Reception | None = None) -> Findings:
    """What breaks when a deputy is put on a day, taken from another one or not."""
    name, day = mandate.person.name, reception.held_on
    refusals: list[str] = []
    if reception.state not in TO_COME:
        refusals.append(_("这一天已经不是待开展的接待，不能再调整人员。"))
    if standing_of(mandate, day) is not MandateStanding.IN_OFFICE:
        refusals.append(_("%(name)s在%(day)s不在任，不能安排。", name=name, day=day))
    if any(row.mandate.person_id == mandate.person_id for row in people_on(reception)):
        refusals.append(_("%(name)s已经排在这一天。", name=name))
    others = [duty for duty in _year(mandate.person_id, day) if duty.reception_id != reception.id]
    if leaving is not None:
        others = [duty for duty in others if duty.reception_id != leaving.id]
    if any(duty.held_on == day for duty in others):
        refusals.append(_("%(name)s这一天已在别的联络站接待。", name=name))
    found = Findings(refusals, _warnings(reception, mandate, others))
    return found + removing(leaving, mandate, moved=True) if leaving is not None else found


def _year(person_id: int, day: date) -> list[Duty]:
    return list_duties([person_id], date(day.year, 1, 1), date(day.year, 12, 31))


def _warnings(reception: Reception, mandate: Mandate, others: Sequence[Duty]) -> list[str]:
    name, day = mandate.person.name, reception.held_on
    found: list[str] = []
    same_month = [duty.held_on for duty in others if duty.held_on.month == day.month and duty.held_on != day]
    if same_month:
        found.append(_("%(name)s当月已排在%(day)s，一个月里会接待两次。", name=name, day=same_month[0]))
    if any(
        wish.kind is WishKind.ABSENT and covers(wish, day)
        for _p, wish in list_wishes([mandate.person_id], day, day)
    ):
        found.append(_("%(name)s登记了这一天不能来。", name=name))  # fmt: skip
    if mandate.person_id not in {one.person_id for one in candidates(reception)}:
        found.append(_("%(name)s没有派驻本站。", name=name))
    rules = wanted_on(reception)
    there = people_on(reception)
    if rules is not None and rules.per_day_max is not None and len(there) >= rules.per_day_max:
        found.append(_("这一天已有 %(n)s 人，超过每次最多人数。", n=len(there)))
    return found


def candidates(reception: Reception) -> list[Mandate]:
    """Who belongs on a day of this kind: the station's deputies, or the chairpersons'-meeting members (3-37)."""
    if reception.kind is ReceptionKind.CHAIRPERSONS:
        return chairpersons_on(reception.area_code, reception.held_on)
    return mandates_at(reception.station_id, reception.held_on)


def removing(reception: Reception, mandate: Mandate, *, moved: bool = False) -> Findings:
    """What breaks when a deputy is taken off a day; ``moved`` ones serve on another day instead."""
    if reception.state not in TO_COME:
        return Findings([_("这一天已经不是待开展的接待，不能再调整人员。")])
    warnings: list[str] = []
    rules = wanted_on(reception)
    left = len(people_on(reception)) - 1
    if rules is not None and left < rules.per_day:
        warnings.append(
            _("%(day)s只剩 %(left)s 人，少于每次 %(wanted)s 人。",
              day=reception.held_on, left=left, wanted=rules.per_day)
        )  # fmt: skip
    if not moved:
        warnings += _seldom(reception, mandate, rules)
    return Findings([], warnings)


def _seldom(reception: Reception, mandate: Mandate, rules: CalendarRules | None) -> list[str]:
    times = len(_year(mandate.person_id, reception.held_on)) - 1
    if rules is not None:
        least = rules.leaders_min if mandate.leader else rules.times_min
    else:
        office = office_rules(reception.area_code, reception.held_on)
        least = office.leaders_per_year_min if mandate.leader else office.per_year_min
    if times >= least:
        return []
    return [
        _("%(name)s今年只剩 %(times)s 次接待，少于要求的 %(least)s 次。",
          name=mandate.person.name, times=times, least=least)
    ]  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """Somebody who could come on a day: how often they are on this year, and what speaks against it."""

    mandate: Mandate
    times: int
    against: tuple[str, ...]


def proposals(reception: Reception, *, without: int | None = None) -> list[Proposal]:
    """Who fits a day best: nothing against it, least often on this year, another level than who is there.

    ``without`` is a person who is not to be proposed (the one who asks).
    """
    there = {row.mandate.person_id for row in people_on(reception)}
    some = [one for one in candidates(reception) if one.person_id not in there | {without}]
    ids = [one.person_id for one in some]
    day = reception.held_on
    duties: dict[int, list[Duty]] = {person: [] for person in ids}
    for duty in list_duties(ids, date(day.year, 1, 1), date(day.year, 12, 31)):
        duties[duty.person_id].append(duty)
    away = {p for p, w in list_wishes(ids, day, day) if w.kind is WishKind.ABSENT and covers(w, day)}
    levels = {row.mandate.level for row in people_on(reception) if row.mandate.person_id != without}
    found = [Proposal(one, len(duties[one.person_id]), _against(one, day, duties, away)) for one in some]
    return sorted(
        found,
        key=lambda p: (len(p.against), p.times, p.mandate.level in levels, p.mandate.person.pinyin, p.mandate.id),
    )  # fmt: skip


def _against(mandate: Mandate, day: date, duties: dict[int, list[Duty]], away: set[int]) -> tuple[str, ...]:
    found = []
    if any(duty.held_on.month == day.month for duty in duties[mandate.person_id]):
        found.append(_("当月已有接待"))
    if mandate.person_id in away:
        found.append(_("登记了不能来"))
    return tuple(found)
