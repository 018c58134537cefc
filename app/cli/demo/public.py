"""What the stations of the invented county show in public, today's reception, partners of deputies."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from app.cli.demo.rows import COUNTY, Maker
from app.stations.models import Opinion, Partner, Reception, ReceptionDeputy, StationPost
from app.stations.operations.taking import digest_of
from app.stations.states import (
    DutyStanding,
    OpinionChannel,
    PartnerKind,
    PublicDetail,
    ReceptionKind,
    ReceptionState,
    StationRole,
)

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
SAID = (
    ("照明", "桥头到学校这一段路灯坏了半个月，孩子晚自习回家看不清路。"),
    ("道路交通", "村口公路连续弯道没有反光镜，上个月又碰了一次车，希望加装。"),
    ("垃圾环境", "菜市场后门的垃圾两天才清一次，天热气味很大。"),
    ("用水用电", "高处几户人家用水高峰时没有水，希望加一台增压泵。"),
)


def add_public(maker: Maker) -> None:
    """Public pages for every station, who runs them, what deputies agreed to, what came in by the QR code."""
    for station in maker.made["station"]:
        _open(maker, station)
    _consents(maker)
    _partners(maker)
    _online_opinions(maker)
    _today(maker)
    _officials(maker)


def _open(maker: Maker, station: dict[str, Any]) -> None:
    code = "".join(maker.random.choice(ALPHABET) for _n in range(10))
    scope = "辖区内群众对生产生活、公共服务和国家机关工作的意见建议。"
    station |= {"public_code": code, "scope_note": scope}
    for role, surname in ((StationRole.HEAD, "周"), (StationRole.LIAISON_OFFICER, "吴")):
        maker.add(
            StationPost,
            station_id=station["id"],
            holder_name=f"{surname}站务",
            phone="",
            role=role,
            began_on=maker.term_began,
        )


def _consents(maker: Maker) -> None:
    for person in maker.made["person"]:
        agreed = [PublicDetail.WORK.value, PublicDetail.DISTRICT.value] if maker.chance(0.5) else []
        person["shown_publicly"] = agreed


def _partners(maker: Maker) -> None:
    kinds = (PartnerKind.GRID_WORKER, PartnerKind.RESPECTED_VILLAGER)
    for number, mandate in enumerate(maker.made["mandate"][:60]):
        for kind in kinds[: 1 + number % 2]:
            maker.add(
                Partner,
                area_code=mandate["scope_code"],
                mandate_id=mandate["id"],
                name=maker.random.choice("陈林何高罗")
                + maker.random.choice(("志明", "秀英", "建国", "春燕")),
                kind=kind,
                began_on=maker.day(maker.term_began, maker.today),
            )


def _online_opinions(maker: Maker) -> None:
    numbers = [row["number"] for row in maker.made["opinion"]]
    for turn, (topic, content) in enumerate(SAID):
        on = maker.today - timedelta(days=turn * 3)
        prefix = f"YJ{on.year}"
        taken = [int(number[len(prefix) :]) for number in numbers if number.startswith(prefix)]
        numbers.append(f"{prefix}{max(taken, default=0) + 1:04}")
        station = maker.made["station"][turn]
        maker.add(
            Opinion,
            office_code=COUNTY,
            area_code=station["area_code"],
            number=numbers[-1],
            station_id=station["id"],
            channel=OpinionChannel.ONLINE,
            received_on=on,
            anonymous=turn % 2 == 0,
            citizen_name="" if turn % 2 == 0 else "群众甲",
            topic=topic,
            content=content,
            follow_code=digest_of(f"{turn + 1:012d}"),
            version=1,
        )


def _today(maker: Maker) -> None:
    """The deputy of the demo has a reception today, with two colleagues."""
    person = next((row["person_id"] for row in maker.made["user"] if row.get("person_id")), None)
    own = {row["id"] for row in maker.made["mandate"] if row["person_id"] == person}
    assigned = maker.made["station_assignment"]
    station_id = next((row["station_id"] for row in assigned if row["mandate_id"] in own), None)
    if station_id is None:
        return
    there = [row["mandate_id"] for row in assigned if row["station_id"] == station_id]
    first = [identity for identity in there if identity in own][:1]
    duties = [*first, *(identity for identity in there if identity not in own)][:3]
    _planned(maker, station_id, maker.today, duties, kind=ReceptionKind.PUBLIC)


def _officials(maker: Maker) -> None:
    station = maker.made["station"][0]
    there = [
        row["mandate_id"] for row in maker.made["station_assignment"] if row["station_id"] == station["id"]
    ]
    soon = maker.today + timedelta(days=9)
    _planned(maker, station["id"], soon, there[:5], kind=ReceptionKind.OFFICIALS, host="镇长")


def _planned(
    maker: Maker, station_id: int, on: date, duties: list[int], *, kind: ReceptionKind, host: str = ""
) -> None:
    station = next(row for row in maker.made["station"] if row["id"] == station_id)
    reception = maker.add(
        Reception,
        office_code=COUNTY,
        area_code=station["area_code"],
        station_id=station_id,
        kind=kind,
        state=ReceptionState.PLANNED,
        held_on=on,
        starts_at=time(9),
        ends_at=time(11, 30),
        topic="基层治理" if kind is ReceptionKind.PUBLIC else "",
        host=host,
        version=1,
    )
    for mandate_id in dict.fromkeys(duties):
        maker.add(
            ReceptionDeputy,
            reception_id=reception["id"],
            mandate_id=mandate_id,
            standing=DutyStanding.ASSIGNED,
        )
