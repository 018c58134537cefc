"""Deputies' suggestions from workbooks (代表建议台账)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.kit.database import Base, within
from app.kit.i18n import _l
from app.kit.intake.importer import Importer, changes_of, picked
from app.kit.intake.intake import Intake
from app.kit.intake.numbers import number_from
from app.kit.intake.rows import Change, Decision, SheetRow, Wrong
from app.kit.intake.shelf import Names, Shelf, outcome_of
from app.kit.workbook.cell_text import SEPARATORS, as_text
from app.kit.workbook.cells import choice, date_, digits_text, name, names_list, numbers_list, text
from app.kit.workbook.kinds import Field, SheetKind
from app.kit.workbook.reading import Cell
from app.registry.directory import Deputies, Entry
from app.registry.importer.fields import card_number, flag
from app.registry.models import HandlingUnit
from app.stations.importer import Opinions
from app.suggestions.clocks.book import load_book
from app.suggestions.models import Cosigner, Suggestion, SuggestionStep, SuggestionUnit
from app.suggestions.rules import reply_due_on
from app.suggestions.states import (
    GONE,
    ClockKind,
    CosignState,
    Occasion,
    ReplyClass,
    ReplyWay,
    Satisfaction,
    SuggestionSource,
    UnitPart,
)

COLUMNS = (
    "number",
    "title",
    "body",
    "category",
    "lead_mandate_id",
    "area_code",
    "raised_on",
    "occasion",
    "source",
    "source_opinion_id",
    "assigned_on",
    "due_on",
    "replied_on",
    "reply_class",
    "reply_way",
    "satisfaction",
    "solved",
)
# What the steps of a suggestion say, once it is handled in the system: a sheet may agree with it, not change it.
_BY_STEPS = ("assigned_on", "due_on", "replied_on", "reply_class", "reply_way", "satisfaction", "solved")


def units_list(cell: Cell) -> tuple[str, ...]:
    """Names of organisations parted by 、 ， ; or a new line, each once."""
    pieces = (" ".join(piece.split()) for piece in SEPARATORS.split(as_text(cell)))
    return tuple(dict.fromkeys(piece[:80] for piece in pieces if piece))


_FIELDS = (
    Field(
        "number",
        _l("建议编号"),
        ("编号", "建议号", "案号", "序列号", "建议序号", "登记编号"),
        digits_text,
        text=True,
        example="2023-001",
    ),
    Field(
        "title",
        _l("标题"),
        ("建议标题", "案由", "题目", "建议名称", "建议题目", "名称", "事由"),
        text(200),
        required=True,
        example="关于解决章华镇路灯照明问题的建议",
    ),
    Field("body", _l("内容"), ("建议内容", "具体内容", "主要内容", "正文"), text(20_000)),
    Field("category", _l("类别"), ("建议类别", "分类", "类型", "建议分类"), text(40), example="民生"),
    Field(
        "card",
        _l("领衔代表证号"),
        ("代表证号", "证号", "代表证号码", "领衔人证号", "提出人证号", "领衔代表证号码"),
        card_number,
        text=True,
        example="0623400001",
    ),
    Field(
        "name",
        _l("领衔代表"),
        ("领衔人", "提出人", "建议人", "代表姓名", "姓名", "提出代表", "领衔代表姓名", "代表"),
        name,
        example="王波",
    ),
    Field(
        "cosigner_cards",
        _l("附议代表证号"),
        ("联名代表证号", "附议人证号", "附议代表证号码", "联名人证号"),
        numbers_list,
        text=True,
    ),
    Field(
        "cosigner_names", _l("附议代表"), ("附议人", "联名代表", "联名人", "附议代表姓名", "附议"), names_list
    ),
    Field(
        "raised_on",
        _l("提出日期"),
        ("提出年月日", "建议日期", "提交日期", "提交时间", "收到日期", "登记日期"),
        date_,
        required=True,
        example="2023-01-07",
    ),
    Field(
        "occasion",
        _l("提出时间"),
        ("提出时机", "提出时期", "提出阶段", "会议/闭会", "会间/会后"),
        choice(
            {
                "会议期间": Occasion.IN_SESSION,
                "大会期间": Occasion.IN_SESSION,
                "会中": Occasion.IN_SESSION,
                "会间": Occasion.IN_SESSION,
                "人代会期间": Occasion.IN_SESSION,
                "闭会期间": Occasion.BETWEEN_SESSIONS,
                "闭会": Occasion.BETWEEN_SESSIONS,
                "会后": Occasion.BETWEEN_SESSIONS,
                "平时": Occasion.BETWEEN_SESSIONS,
            }
        ),
        choices=("会议期间", "闭会期间"),
        example="闭会期间",
    ),
    Field(
        "source",
        _l("来源"),
        ("建议来源", "来源途径", "形成途径"),
        choice(
            {
                "接待群众": SuggestionSource.RECEPTION,
                "接待选民": SuggestionSource.RECEPTION,
                "接待": SuggestionSource.RECEPTION,
                "联络站接待": SuggestionSource.RECEPTION,
                "视察": SuggestionSource.INSPECTION,
                "代表视察": SuggestionSource.INSPECTION,
                "调研": SuggestionSource.RESEARCH,
                "专题调研": SuggestionSource.RESEARCH,
                "走访": SuggestionSource.VISIT,
                "走访选民": SuggestionSource.VISIT,
                "走访群众": SuggestionSource.VISIT,
                "其他": SuggestionSource.OTHER,
            }
        ),
        choices=("接待群众", "视察", "调研", "走访", "其他"),
    ),
    Field("opinion", _l("来源意见编号"), ("意见编号", "来源编号", "群众意见编号"), digits_text, text=True),
    Field(
        "lead_unit",
        _l("主办单位"),
        ("承办单位", "主办", "主办部门", "承办部门", "牵头单位", "主办（承办）单位"),
        units_list,
        example="县交通运输局",
    ),
    Field("co_units", _l("协办单位"), ("会办单位", "协办", "会办", "协办部门", "分办单位"), units_list),
    Field("assigned_on", _l("交办日期"), ("交办时间", "转办日期", "转办时间"), date_),
    Field("due_on", _l("办理期限"), ("办理时限", "答复期限", "应答复日期", "截止日期"), date_),
    Field("replied_on", _l("答复日期"), ("答复时间", "办复日期", "办复时间", "回复日期", "回复时间"), date_),
    Field(
        "reply_class",
        _l("答复类别"),
        ("办理类别", "答复分类", "办理结果类别", "办理结果"),
        choice({f"{letter}{rest}": ReplyClass(letter.lower()) for letter in "ABCD" for rest in ("", "类")}),
        choices=("A", "B", "C", "D"),
    ),
    Field(
        "reply_way",
        _l("答复方式"),
        ("沟通方式", "联系方式", "办复方式", "沟通联系方式"),
        choice(
            {
                "面商": ReplyWay.IN_PERSON,
                "当面": ReplyWay.IN_PERSON,
                "上门": ReplyWay.IN_PERSON,
                "面复": ReplyWay.IN_PERSON,
                "面谈": ReplyWay.IN_PERSON,
                "电话": ReplyWay.PHONE,
                "座谈": ReplyWay.SYMPOSIUM,
                "座谈会": ReplyWay.SYMPOSIUM,
                "书面": ReplyWay.WRITTEN,
                "书面答复": ReplyWay.WRITTEN,
                "信函": ReplyWay.WRITTEN,
            }
        ),
        choices=("面商", "电话", "座谈", "书面"),
    ),
    Field(
        "satisfaction",
        _l("代表评价"),
        ("满意度", "代表满意度", "评价", "满意情况", "代表意见", "反馈意见", "满意程度"),
        choice(
            {
                "满意": Satisfaction.SATISFIED,
                "基本满意": Satisfaction.BASICALLY,
                "不满意": Satisfaction.DISSATISFIED,
            }
        ),
        choices=("满意", "基本满意", "不满意"),
    ),
    Field(
        "solved",
        _l("是否解决"),
        ("解决情况", "是否落实", "是否已解决", "问题是否解决"),
        flag,
        choices=("是", "否"),
    ),
)


_HANDLED = _l(
    "这件建议已在系统里办理，表中这一栏与办理记录不一致；请清空这一栏，领衔代表、日期和办理情况在系统里更正或登记。"
)


def _columns(model: type[Base]) -> list[str]:
    return [name for name in model.__table__.columns.keys() if name != "id"]  # noqa: SIM118 - a collection of columns


class SuggestionImporter(Importer):
    """Suggestions with their signers and handling units."""

    kind = SheetKind("suggestions", _l("代表建议台账"), _FIELDS, ("title", "raised_on"), order=100)

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake)
        writer, office = intake.writer, intake.office
        self.book = load_book()
        self.deputies = intake.share(Deputies)
        self.opinions = intake.share(Opinions)
        self.units = Names(writer, HandlingUnit, ("area_code", "name"))
        self.units.load(within(HandlingUnit.area_code, [office]))
        self.shelf = Shelf(writer, Suggestion, COLUMNS)
        self.ids = {values[0]: row_id for row_id, values in self.shelf.load(Suggestion.office_code == office)}
        of_office = select(Suggestion.id).where(Suggestion.office_code == office)
        self.living = set(
            writer.session.scalars(
                select(SuggestionStep.suggestion_id)
                .where(SuggestionStep.suggestion_id.in_(of_office))
                .distinct()
            )
        )
        # All columns: undo puts back what the import removed as it was.
        self.cosigners = Shelf(writer, Cosigner, _columns(Cosigner))
        self.signed: dict[int, dict[int, int]] = {}
        for row_id, _values in self.cosigners.load(Cosigner.suggestion_id.in_(of_office)):
            suggestion_id, mandate_id = (
                self.cosigners.value(row_id, key) for key in ("suggestion_id", "mandate_id")
            )
            self.signed.setdefault(suggestion_id, {})[mandate_id] = row_id
        self.parts = Shelf(writer, SuggestionUnit, _columns(SuggestionUnit))
        self.handled: dict[int, dict[int, int]] = {}
        for row_id, _values in self.parts.load(SuggestionUnit.suggestion_id.in_(of_office)):
            suggestion_id, unit_id = (self.parts.value(row_id, key) for key in ("suggestion_id", "unit_id"))
            self.handled.setdefault(suggestion_id, {})[unit_id] = row_id

    def take(self, row: SheetRow) -> Decision:
        """One suggestion."""
        raised_on = row.get("raised_on")
        self.not_in_future(row, "raised_on")
        lead = self.deputies.resolve(row.get("card"), row.get("name"), on=raised_on)
        cosigners = self.deputies.resolve_all(
            row.get("cosigner_cards") or (),
            row.get("cosigner_names") or (),
            keys=("cosigner_cards", "cosigner_names"),
            on=raised_on,
        )
        self.within_scope(lead.scope_code, "name")
        units = self._units(row)
        number = row.get("number") or number_from("JY", raised_on, row.get("title"), lead.card or lead.name)
        values = self._values(row, lead)
        self.once(number, row, "number")
        values |= {"lead_mandate_id": lead.mandate_id, "area_code": lead.scope_code}
        known = self.ids.get(number)
        if known is not None:
            self.within_scope(self.shelf.value(known, "area_code"), "number")
            if known in self.living:
                self._agrees(known, {**values, "due_on": row.get("due_on")}, units)
                values, units = {key: values[key] for key in values.keys() - set(_BY_STEPS)}, {}
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        if known is None:
            given = {key: value for key, value in values.items() if value is not None}
            given.setdefault("occasion", Occasion.BETWEEN_SESSIONS)
            self.ids[number] = suggestion_id = self.shelf.add(
                {**given, "number": number, "office_code": self.intake.office}
            )
        else:
            suggestion_id = known
            before, after = self.shelf.change(known, values)
        wanted = {entry.mandate_id for entry in cosigners} - {lead.mandate_id}
        changes = (
            self._changes(before, after)
            + self._sign(suggestion_id, wanted)
            + self._handle(suggestion_id, units)
        )
        if known is None or changes:
            self.intake.touch("suggestion", suggestion_id)
        return Decision(
            outcome_of(known is None, after, changes),
            "suggestion",
            suggestion_id,
            f"{number} {row.get('title')}",
            lead.scope_code,
            changes if known is not None else [],
            before,
            after,
        )

    def _usual_due_day(self, lead: Entry, assigned_on: date) -> date:
        """Until when the reply is due by the office's rules, where the sheet does not say."""
        rule = self.book.rule(lead.scope_code, lead.level, ClockKind.REPLY, assigned_on)
        return self.book.reckon(assigned_on, rule).due_on if rule else reply_due_on(assigned_on)

    def _values(self, row: SheetRow, lead: Entry) -> dict[str, Any]:
        names = (
            "title",
            "body",
            "category",
            "raised_on",
            "occasion",
            "source",
            "assigned_on",
            "due_on",
            "replied_on",
            "reply_class",
            "reply_way",
            "satisfaction",
            "solved",
        )
        values = picked(row, names)
        assigned_on, replied_on = row.get("assigned_on"), row.get("replied_on")
        if assigned_on and replied_on and replied_on < assigned_on:
            raise Wrong("replied_on", _l("答复日期早于交办日期；请核对这两个日期。"))
        if assigned_on and not values.get("due_on"):
            values["due_on"] = self._usual_due_day(lead, assigned_on)
        if opinion := row.get("opinion"):
            values["source_opinion_id"] = self.opinions.ids.get(opinion)
            if values["source_opinion_id"] is None:
                raise Wrong(
                    "opinion",
                    _l("没有编号为“%(number)s”的群众意见；请核对，或先导入意见台账。", number=opinion),
                )
        return values

    def _agrees(self, known: int, values: Mapping[str, Any], units: Mapping[str, UnitPart]) -> None:
        """Of a suggestion handled in the system a sheet corrects the content; Wrong where it says otherwise of
        who leads it, of its day, or of its handling: that is what its steps say."""
        for key in (*_BY_STEPS, "raised_on", "lead_mandate_id"):
            said = values.get(key)
            if said is not None and said != self.shelf.value(known, key):
                raise Wrong("name" if key == "lead_mandate_id" else key, _HANDLED)
        held = {
            self.units.name_of(unit_id): self.parts.value(row_id, "part")
            for unit_id, row_id in self.handled.get(known, {}).items()
            if self.parts.value(row_id, "state") not in GONE
        }
        if any(held.get(name) is not part for name, part in units.items()):
            raise Wrong("lead_unit", _HANDLED)

    def _units(self, row: SheetRow) -> dict[str, UnitPart]:
        leads = row.get("lead_unit") or ()
        if len(leads) > 1 and row.has("co_units"):
            raise Wrong("lead_unit", _l("主办单位只能有一个；请把其余的填写在协办单位一列。"))
        parts = dict.fromkeys(row.get("co_units") or (), UnitPart.CO)
        parts |= dict.fromkeys(leads[1:], UnitPart.CO)
        return parts | dict.fromkeys(leads[:1], UnitPart.LEAD)

    def _sign(self, suggestion_id: int, wanted: set[int]) -> list[Change]:
        """Who the sheet names has signed; who was only asked, or would not, stays as they answered."""
        standing = self.signed.setdefault(suggestion_id, {})
        signed = self._signed(standing)
        if not wanted or wanted == signed:
            return []
        for mandate_id in signed - wanted:
            self.cosigners.remove(standing.pop(mandate_id), {})
        for mandate_id in sorted(wanted - signed):
            if mandate_id in standing:
                self.cosigners.change(standing[mandate_id], {"state": CosignState.CONFIRMED})
                continue
            standing[mandate_id] = self.cosigners.add(
                {"suggestion_id": suggestion_id, "mandate_id": mandate_id}
            )
        return [Change("cosigner_cards", self._named(signed), self._named(wanted))]

    def _signed(self, standing: Mapping[int, int]) -> set[int]:
        return {
            mandate_id
            for mandate_id, row_id in standing.items()
            if self.cosigners.value(row_id, "state") is CosignState.CONFIRMED
        }

    def _named(self, mandate_ids: Iterable[int]) -> str:
        return "、".join(sorted(self.deputies.by_id[each].name for each in mandate_ids))

    def _handle(self, suggestion_id: int, wanted: dict[str, UnitPart]) -> list[Change]:
        standing = self.handled.setdefault(suggestion_id, {})
        if not wanted:
            return []
        before = self._handling(standing)
        parts = {self._unit(name): part for name, part in wanted.items()}
        for unit_id in standing.keys() - parts.keys():
            self.parts.remove(standing.pop(unit_id), {})
        for unit_id, part in parts.items():
            if unit_id in standing:
                self.parts.change(standing[unit_id], {"part": part})
            else:
                row = {"suggestion_id": suggestion_id, "unit_id": unit_id, "part": part}
                standing[unit_id] = self.parts.add(row)
        after = self._handling(standing)
        return [] if before == after else [Change("lead_unit", before, after)]

    def _unit(self, words: str) -> int:
        key = (self.intake.office, words)
        found = self.units.find(*key)
        if found is None:
            found = self.units.make(key)
            self.intake.made("handling_unit", found, self.intake.office, words, {"name": words})
        return found

    def _handling(self, units: Mapping[int, int]) -> str:
        named = [
            (self.parts.value(row_id, "part") is not UnitPart.LEAD, self.units.name_of(unit_id))
            for unit_id, row_id in units.items()
        ]
        return "、".join(words for _co, words in sorted(named))

    def _changes(self, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
        shown = dict(after)
        old = dict(before)
        if "lead_mandate_id" in shown:
            for values in (old, shown):
                values["lead_mandate_id"] = self.deputies.by_id[values["lead_mandate_id"]].name
        shown.pop("area_code", None)
        return changes_of(old, shown, {"lead_mandate_id": "name", "source_opinion_id": "opinion"})
