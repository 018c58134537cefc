"""Supervision in the invented county: priority suggestions, leaders, adoption, groups' picks, visits, votes, hearings."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from app.cli.demo.rows import COUNTY, Maker
from app.registry.models import Post
from app.registry.states import Level, PostKind
from app.suggestions.models import Hearing, SupervisingBody, Supervision, SupervisionVisit
from app.suggestions.states import SupervisorKind, VisitKind

K = SupervisorKind
LEADERS = (
    ("章远航", "县长"),
    ("季明川", "常务副县长"),
    ("乔素云", "副县长"),
    ("邢北辰", "副县长"),
    ("鲁青禾", "副县长"),
)
COMMITTEES = (
    ("社会建设委员会", "民生、卫生"),
    ("城乡建设与环境资源保护委员会", "城建、交通、环保"),
    ("农业与农村委员会", "农业"),
    ("教育科学文化委员会", "教育"),
)
MEMBERS = 18
# Newer ones wait for the office to sort them by field.
UNSORTED_DAYS = 60
FOUND = (
    "现场查看了整治情况，要求年底前完成剩余路段，并落实长效管护。",
    "听取了单位汇报，代表指出进度偏慢，单位承诺一个月内拿出方案。",
    "走访了周边群众，多数表示问题有明显改善，对管护提出了意见。",
)
PLACES = ("白沙镇集镇", "双溪镇双溪村", "滨河街道河西社区", "云岭镇中心小学", "南浦镇南浦村")


def add_supervision(maker: Maker) -> None:
    """Three years of it; this year some have none yet. Called before the suggestions' rows are written."""
    _Writer(maker).write()


class _Writer:
    """Arranges supervision year by year, with a chance of its own so that the rest of the county stays as it is."""

    def __init__(self, maker: Maker) -> None:
        self.maker = maker
        self.random = random.Random(20_260_423)  # noqa: S311 - the county is the same every time
        self.persons = {row["id"]: row["name"] for row in maker.made["person"]}
        self.leads = {row["id"]: row["person_id"] for row in maker.made["mandate"]}
        self.deputy = next(
            (row["person_id"] for row in maker.made["user"] if row["login"] == "daibiao"), None
        )
        self.units = self._lead_units()

    def _lead_units(self) -> dict[int, str]:
        names = {row["id"]: row["name"] for row in self.maker.made["handling_unit"]}
        parts = self.maker.made["suggestion_unit"]
        return {part["suggestion_id"]: names[part["unit_id"]] for part in reversed(parts)}

    def write(self) -> None:
        """Bodies and members, then each year."""
        bodies = [self._body(K.GOVERNMENT, name=name, post=post) for name, post in LEADERS] + [
            self._body(K.COMMITTEE, name=name, fields=fields) for name, fields in COMMITTEES
        ]
        members = self._members()
        self._sort_by_field()
        this = self.maker.today.year
        for year in range(this - 2, this + 1):
            made = self._suggestions_of(year)
            if made:
                self._year(year, made, bodies, members)
            if year < this:
                on = date(year, 9, 10)
                self.maker.add(
                    Hearing,
                    area_code=COUNTY,
                    year=year,
                    on=on,
                    body=f"县人民政府第 {year - 2000 + 7} 次常务会议",
                    note="听取当年代表建议办理情况汇报，要求对 B 类件逐件销号。",
                    version=1,
                )

    def _body(self, kind: SupervisorKind, **values: str) -> dict[str, Any]:
        texts = {"post": "", "fields": "", **values}
        return self.maker.add(
            SupervisingBody, area_code=COUNTY, kind=kind, began_on=self.maker.term_began, version=1, **texts
        )

    def _members(self) -> list[int]:
        heads = {row["person_id"] for row in self.maker.made["post"]}
        serving = [
            row["person_id"]
            for row in self.maker.made["mandate"]
            if row["level"] is Level.COUNTY and row["ended_on"] is None and row["person_id"] not in heads
        ]
        chosen = list(dict.fromkeys([*([self.deputy] if self.deputy else []), *serving[::5]]))[:MEMBERS]
        for person in chosen:
            self.maker.add(
                Post,
                area_code=COUNTY,
                person_id=person,
                kind=PostKind.STANDING_COMMITTEE_MEMBER,
                title="县人大常委会委员",
                began_on=self.maker.term_began,
                version=1,
            )
        return chosen

    def _sort_by_field(self) -> None:
        fields = {field: name for name, texts in COMMITTEES for field in texts.split("、")}
        newest = self.maker.today - timedelta(days=UNSORTED_DAYS)
        for row in self.maker.made["suggestion"]:
            known = row["raised_on"] <= newest
            row["committee"] = row.get("committee") or (fields.get(row["category"], "") if known else "")

    def _suggestions_of(self, year: int) -> list[dict[str, Any]]:
        return [
            row
            for row in self.maker.made["suggestion"]
            if row["raised_on"].year == year and row.get("assigned_on") is not None
        ]

    def _year(
        self, year: int, made: list[dict[str, Any]], bodies: list[dict[str, Any]], members: list[int]
    ) -> None:
        now = year == self.maker.today.year
        heads = [
            row["person_id"]
            for row in self.maker.made["post"]
            if row["kind"] is PostKind.CHAIRPERSONS_MEETING_MEMBER
        ]
        picked = self.random.sample(made, min(len(made), 6 if now else 8))
        for place, suggestion in enumerate(picked):
            self._supervise(year, K.CHAIRPERSONS, suggestion, person_id=heads[place % len(heads)])
        leaders = [body for body in bodies if body["kind"] is K.GOVERNMENT]
        for body in leaders[: -2 if now else None]:
            self._supervise(year, K.GOVERNMENT, self.random.choice(made), body_id=body["id"])
        for body in bodies:
            if body["kind"] is K.COMMITTEE and not now:
                self._supervise(year, K.COMMITTEE, self.random.choice(made), body_id=body["id"])
        for person in members:
            if person != self.deputy and (not now or self.random.random() < 0.7):
                self._supervise(year, K.MEMBER, self.random.choice(made), person_id=person)
        self._groups(year, made, now=now)

    def _groups(self, year: int, made: list[dict[str, Any]], *, now: bool) -> None:
        own = {
            row["group_id"] for row in self.maker.made["group_post"] if row.get("person_id") == self.deputy
        }
        members: dict[int, set[int]] = {}
        for row in self.maker.made["group_membership"]:
            members.setdefault(row["group_id"], set()).add(row["mandate_id"])
        for group in self.maker.made["deputy_group"]:
            theirs = [one for one in made if one["lead_mandate_id"] in members.get(group["id"], ())]
            if theirs and not (now and (group["id"] in own or self.random.random() < 0.3)):
                self._supervise(year, K.GROUP, self.random.choice(theirs), group_id=group["id"])

    def _supervise(
        self, year: int, kind: SupervisorKind, suggestion: dict[str, Any], **supervisor: int
    ) -> None:
        began = min(suggestion["assigned_on"] + timedelta(days=10), self.maker.today)
        over = year < self.maker.today.year
        voted = kind is K.CHAIRPERSONS and over
        values = {"person_id": None, "body_id": None, "group_id": None, **supervisor}
        votes = self.random.randint(18, 24), self.random.randint(2, 6), self.random.randint(0, 2)
        made = self.maker.add(
            Supervision,
            area_code=COUNTY,
            year=year,
            kind=kind,
            suggestion_id=suggestion["id"],
            class_id=None,
            began_on=began,
            ended_on=max(began, date(year, 12, 20)) if over else None,
            plan="三季度前视察一次、座谈一次，年底听取办理情况。",
            result="承办单位已按承诺完成整治，代表和群众表示满意。" if over else "",
            reported_on=max(began, date(year, 11, 28)) if voted else None,
            votes_satisfied=votes[0] if voted else None,
            votes_basically=votes[1] if voted else None,
            votes_dissatisfied=votes[2] if voted else None,
            version=1,
            **values,
        )
        for _each in range(self.random.randint(1, 2) if over else self.random.randint(0, 2)):
            self._visit(made, suggestion)

    def _visit(self, made: dict[str, Any], suggestion: dict[str, Any]) -> None:
        last = min(made["ended_on"] or self.maker.today, self.maker.today)
        pick = self.random.choice
        all_came = self.random.random() < 0.6
        missing = "" if all_came else pick(("leader", "media", "media", "proposers"))
        came = {
            "leader": pick(LEADERS)[0],
            "proposers": self.persons[self.leads[suggestion["lead_mandate_id"]]],
            "units": self.units.get(suggestion["id"], "县政府办公室"),
            "congress": "县人大代表工委",
            "media": "县融媒体中心",
        }
        self.maker.add(
            SupervisionVisit,
            supervision_id=made["id"],
            on=made["began_on"]
            + timedelta(days=self.random.randint(0, max((last - made["began_on"]).days, 0))),
            kind=pick(list(VisitKind)),
            place=pick(PLACES),
            note=pick(FOUND),
            version=1,
            **{party: "" if party == missing else name for party, name in came.items()},
        )
