"""What citizens said, from workbooks."""

from __future__ import annotations

from typing import Any

from app.kit.database import within
from app.kit.i18n import _l
from app.kit.intake.importer import Importer, changes_of, picked
from app.kit.intake.intake import Intake
from app.kit.intake.numbers import number_from
from app.kit.intake.rows import Decision, SheetRow, Wrong
from app.kit.intake.shelf import Shelf, outcome_of
from app.kit.workbook.cells import (
    choice,
    date_,
    digits_text,
    phone,
    text,
)
from app.kit.workbook.kinds import Field, SheetKind
from app.registry.directory import Places
from app.registry.importer.fields import flag
from app.stations.importer.receptions import Receptions
from app.stations.importer.stations import STATION, Stations
from app.stations.models import Opinion
from app.stations.rules import standing_from_columns
from app.stations.states import OpinionChannel, OpinionRoute, OpinionState

COLUMNS = (
    "number",
    "area_code",
    "reception_id",
    "station_id",
    "channel",
    "received_on",
    "citizen_name",
    "citizen_phone",
    "anonymous",
    "topic",
    "content",
    "route",
    "solved",
    "closed_on",
    "outcome",
    "state",
    "ended_as",
)
# Columns of a register from which an opinion's state follows.
_LIFE = ("route", "solved", "closed_on")


class Opinions:
    """Opinions of the office by number."""

    def __init__(self, intake: Intake) -> None:
        self.shelf = Shelf(intake.writer, Opinion, COLUMNS)
        self.ids: dict[str, int] = {}
        for row_id, values in self.shelf.load(within(Opinion.office_code, [intake.office])):
            self.ids[values[0]] = row_id


class OpinionImporter(Importer):
    """What citizens said. Their names and telephone numbers stay out of the trail."""

    private = frozenset({"citizen_name", "citizen_phone"})
    kind = SheetKind(
        "opinions",
        _l("群众意见建议台账"),
        (
            Field(
                "number",
                _l("意见编号"),
                ("编号", "意见建议编号", "登记编号"),
                digits_text,
                text=True,
                example="YJ20230001",
            ),
            Field(
                "reception",
                _l("接待编号"),
                ("接待登记编号", "来源接待编号"),
                digits_text,
                text=True,
                example="JD20230001",
            ),
            STATION,
            Field(
                "received_on",
                _l("收到日期"),
                ("反映日期", "反映时间", "登记日期", "接待日期", "日期", "收集日期", "收集时间"),
                date_,
            ),
            Field(
                "channel",
                _l("收集渠道"),
                ("渠道", "反映渠道", "收集方式"),
                choice(
                    {c.label: c for c in OpinionChannel}
                    | {
                        "接待": OpinionChannel.RECEPTION,
                        "接待群众": OpinionChannel.RECEPTION,
                        "走访选民": OpinionChannel.VISIT,
                        "走访群众": OpinionChannel.VISIT,
                        "网上": OpinionChannel.ONLINE,
                        "网络": OpinionChannel.ONLINE,
                        "扫码": OpinionChannel.ONLINE,
                    }
                ),
                choices=("接待日", "走访", "线上", "其他"),
            ),
            Field(
                "citizen_name",
                _l("反映人"),
                ("反映人姓名", "群众姓名", "来访人", "选民姓名", "反映群众"),
                text(30),
            ),
            Field(
                "citizen_phone",
                _l("反映人电话"),
                ("群众电话", "来访人电话", "反映人联系电话", "反映人联系方式"),
                phone,
                text=True,
            ),
            Field(
                "topic",
                _l("类别"),
                ("意见类别", "问题类别", "分类", "领域", "主题", "问题类型"),
                text(40),
                example="道路破损",
            ),
            Field(
                "content",
                _l("反映内容"),
                (
                    "意见内容",
                    "意见建议内容",
                    "反映问题",
                    "反映事项",
                    "群众反映内容",
                    "反映的问题",
                    "意见建议",
                ),
                text(4000),
                required=True,
                example="3组反映道路破损问题，希望尽快解决",
            ),
            Field(
                "route",
                _l("处理途径"),
                ("处理方式", "办理途径", "办理方式", "处理去向"),
                choice(
                    {
                        "当场答复": OpinionRoute.ON_THE_SPOT,
                        "当场解答": OpinionRoute.ON_THE_SPOT,
                        "现场答复": OpinionRoute.ON_THE_SPOT,
                        "当场解决": OpinionRoute.ON_THE_SPOT,
                        "形成代表建议": OpinionRoute.SUGGESTION,
                        "转为代表建议": OpinionRoute.SUGGESTION,
                        "代表建议": OpinionRoute.SUGGESTION,
                        "形成建议": OpinionRoute.SUGGESTION,
                        "转交办理": OpinionRoute.TRANSFER,
                        "转办": OpinionRoute.TRANSFER,
                        "交办": OpinionRoute.TRANSFER,
                        "转交": OpinionRoute.TRANSFER,
                        "转交有关部门": OpinionRoute.TRANSFER,
                    },
                    accepted=("当场答复", "形成代表建议", "转交办理"),
                ),
                choices=("当场答复", "形成代表建议", "转交办理"),
            ),
            Field(
                "solved", _l("是否解决"), ("解决情况", "是否办结", "是否已解决"), flag, choices=("是", "否")
            ),
            Field("closed_on", _l("办结日期"), ("办结时间", "解决日期", "解决时间", "办理完成日期"), date_),
            Field("outcome", _l("办理结果"), ("处理结果", "办理情况", "答复内容"), text(1000)),
        ),
        ("content",),
        order=80,
    )

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake)
        self.places = intake.share(Places)
        self.stations = intake.share(Stations)
        self.receptions = intake.share(Receptions)
        self.opinions = intake.share(Opinions)

    def take(self, row: SheetRow) -> Decision:
        """One opinion."""
        values = self._place(row)
        self.within_scope(values["area_code"], "content")
        received_on = values["received_on"]
        closed_on = row.get("closed_on")
        if closed_on is not None and closed_on < received_on:
            raise Wrong(
                "closed_on", _l("办结日期早于收到日期 %(day)s；请核对。", day=received_on.isoformat())
            )
        values |= picked(
            row, ("citizen_phone", "topic", "content", "route", "solved", "closed_on", "outcome")
        )
        citizen = row.get("citizen_name")
        if citizen is not None:
            values["anonymous"] = "匿名" in citizen
            values["citizen_name"] = "" if values["anonymous"] else citizen
        number = row.get("number") or number_from(
            "YJ", received_on, row.get("content"), str(values["reception_id"])
        )
        self.once(number, row, "number")
        shelf = self.opinions.shelf
        known = self.opinions.ids.get(number)
        if known is not None:
            self.within_scope(shelf.value(known, "area_code"), "number")
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        values |= self._standing(known, values)
        if known is None:
            given = {key: value for key, value in values.items() if value is not None}
            opinion_id = shelf.add({**given, "number": number, "office_code": self.intake.office})
            self.opinions.ids[number] = opinion_id
        else:
            opinion_id = known
            before, after = shelf.change(known, values, clears=("ended_as",))
        hidden = {key: "***" for key in after if key in self.private}
        changes = changes_of(before, after, {"reception_id": "reception", "station_id": "station"})
        return Decision(
            outcome_of(known is None, after),
            "opinion",
            opinion_id,
            number,
            values["area_code"],
            changes,
            before | hidden,
            after | hidden,
        )

    def _standing(self, known: int | None, values: dict[str, Any]) -> dict[str, Any]:
        """State and end, where what the register says of them is new: what was done since stays otherwise."""
        shelf = self.opinions.shelf
        held = {key: shelf.value(known, key) if known is not None else None for key in _LIFE}
        said = {key: held[key] if values.get(key) is None else values[key] for key in _LIFE}
        if known is not None and (said == held or shelf.value(known, "state") is OpinionState.MERGED):
            return {}
        standing = standing_from_columns(said["route"], bool(said["solved"]), said["closed_on"])
        return {"state": standing.state, "ended_as": standing.ended_as}

    def _place(self, row: SheetRow) -> dict[str, Any]:
        """The reception, station, day, channel and area of an opinion."""
        reception_id = station_id = None
        received_on = row.get("received_on")
        channel = row.get("channel")
        if number := row.get("reception"):
            reception_id = self.receptions.ids.get(number)
            if reception_id is None:
                raise Wrong(
                    "reception",
                    _l("没有接待编号“%(number)s”；请核对编号，或先导入接待登记。", number=number),
                )
            station_id = self.receptions.shelf.value(reception_id, "station_id")
            received_on = received_on or self.receptions.shelf.value(reception_id, "held_on")
        if words := row.get("station"):
            station_id = self.stations.need(words, "station")
        if received_on is None:
            raise Wrong("received_on", _l("请填写收到日期，或填写接待编号。"))
        self.not_in_future(row, "received_on")
        area = self.stations.area_of(station_id) if station_id else None
        if channel is None and not (reception_id or station_id):
            channel = OpinionChannel.OTHER
        return {
            "reception_id": reception_id,
            "station_id": station_id,
            "received_on": received_on,
            "area_code": area or self.places.township_in(row.get("content")) or self.intake.office,
            **({"channel": channel} if channel else {}),
        }
