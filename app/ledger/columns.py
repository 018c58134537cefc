"""Lists of the ledger, declared once for page and export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select

from app.accounts.models import User
from app.kit.authorisation import Action, Actor
from app.kit.database import row_ids
from app.kit.i18n import _, _l
from app.kit.listing import BatchAction, Column, Filter, Listing, dates_filter, enum_filter
from app.ledger.models import DutyEntry, DutyRecord
from app.ledger.policy import LIST_ENTRIES, RECORD_ENTRIES, REVIEW_ENTRIES, VIEW_LEDGER
from app.ledger.queries import visible_entries
from app.ledger.sources import SOURCES
from app.ledger.states import DutyKind, DutyState, EntryOrigin, Heading, Part
from app.registry.columns import area_filter
from app.registry.models import Area, Mandate, Person
from app.registry.queries import hold_every_mandate, search_person, visible_mandates
from app.registry.states import Level


def heading_filter(column: Any) -> Filter:
    """Facts whose kind is filed under one of the headings."""

    def condition(values: list[str]) -> ColumnElement[bool]:
        return column.in_([kind for kind in DutyKind if kind.heading.value in values])  # type: ignore[no-any-return]

    return Filter("heading", _l("履职类别"), "choice", condition, lambda _actor: Heading.choices())


def _heading(kind: DutyKind) -> str:
    return kind.heading.label


# --- every fact -------------------------------------------------------------------------------------------


def _select_records(actor: Actor) -> Select[Any]:
    # What hangs on by outer joins the database leaves out where no column or filter asks for it.
    statement = (
        select(DutyRecord.id)
        .select_from(DutyRecord)
        .outerjoin(Mandate, Mandate.id == DutyRecord.mandate_id)
        .outerjoin(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == Mandate.scope_code)
    )
    # Who sees all mandates gets the latest facts straight from their index, not sorted out of all there are.
    if hold_every_mandate(actor.areas(VIEW_LEDGER)):
        return statement
    return statement.where(visible_mandates(actor, VIEW_LEDGER))


def _search_records(q: str) -> ColumnElement[bool]:
    # A handful of deputies first, then their facts: never every fact with its deputy.
    return DutyRecord.mandate_id.in_(select(Mandate.id).where(search_person(q)))


class _SourceTitle:
    """The title of a row's source, or its kind where it has none.

    The sources register themselves when their features load, so the expression is made when a list asks.
    """

    def label(self, name: str) -> ColumnElement[Any]:
        """The expression under a name."""
        titles = {}
        for kind, source in SOURCES.items():
            statement = source.select_titles([DutyRecord.source_id])  # type: ignore[list-item]
            title = statement.selected_columns[1]
            titles[kind] = statement.with_only_columns(title).correlate(DutyRecord).scalar_subquery()
        found = case(titles, value=DutyRecord.source_kind, else_="")
        return func.coalesce(func.nullif(found, ""), cast(DutyRecord.kind, String)).label(name)


_KIND_LABELS = {kind.value: kind for kind in DutyKind}


def _title_or_kind(text: str) -> str:
    kind = _KIND_LABELS.get(text)
    return kind.label if kind else text


def _source(kind: str) -> str:
    return str(SOURCES[kind].label) if kind in SOURCES else kind


def _source_choices(_actor: Actor) -> Sequence[tuple[str, str]]:
    return [(kind, str(source.label)) for kind, source in SOURCES.items()]


def _of_deputies(values: list[str]) -> ColumnElement[bool]:
    """Facts of deputies named by card number, or by name where they have none."""
    named = or_(Mandate.card_no.in_(values), and_(Mandate.card_no.is_(None), Person.name.in_(values)))
    chosen = select(Mandate.id).join(Person, Person.id == Mandate.person_id).where(named)
    return DutyRecord.mandate_id.in_(chosen)


RECORDS = Listing(
    name="duty_records",
    title=_l("履职台账"),
    noun=_l("履职"),
    select_visible=_select_records,
    identity=DutyRecord.id,
    url=lambda identity: f"/ledger/records/{identity}",
    search=_search_records,
    search_hint=_l("代表姓名、拼音首字母、证号或手机"),
    order="-happened_on",
    columns=(
        Column("title", _l("事项"), _SourceTitle(), show=_title_or_kind),
        Column("happened_on", _l("日期"), DutyRecord.happened_on, "date", sort=DutyRecord.happened_on),
        Column("name", _l("代表"), Person.name),
        Column("card", _l("代表证号"), Mandate.card_no),
        Column("level", _l("层级"), Mandate.level, "enum"),
        Column("area", _l("所在地区"), Area.name),
        Column("kind", _l("种类"), DutyRecord.kind, "enum"),
        Column("heading", _l("履职类别"), DutyRecord.kind, "enum", show=_heading, visible=False),
        Column("quantity", _l("数量"), DutyRecord.quantity, "number"),
        Column("part", _l("参与情况"), DutyRecord.part, "enum"),
        Column("state", _l("状态"), DutyRecord.state, "enum"),
        Column("source", _l("来源"), DutyRecord.source_kind, show=_source, visible=False),
    ),
    filters=(
        dates_filter("happened_on", _l("日期"), DutyRecord.happened_on),
        heading_filter(DutyRecord.kind),
        enum_filter("kind", _l("种类"), DutyRecord.kind, DutyKind),
        enum_filter("part", _l("参与情况"), DutyRecord.part, Part),
        enum_filter("state", _l("状态"), DutyRecord.state, DutyState),
        enum_filter("level", _l("层级"), Mandate.level, Level),
        area_filter(Mandate.scope_code, VIEW_LEDGER),
        Filter("source", _l("来源"), "choice", DutyRecord.source_kind.in_, _source_choices),
        Filter("deputy", _l("代表"), "hidden", _of_deputies),
    ),
    empty=lambda _actor: (_("还没有履职记录。登记活动、接待、走访之后，这里会自动出现。"), "", ""),
)


# --- directly recorded facts ------------------------------------------------------------------------------


def _select_entries(actor: Actor, action: Action = LIST_ENTRIES) -> Select[Any]:
    return (
        select(DutyEntry.id)
        .select_from(DutyEntry)
        .join(Mandate, Mandate.id == DutyEntry.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == DutyEntry.scope_code)
        .outerjoin(User, User.id == DutyEntry.recorded_by)
        .where(visible_entries(actor, action))
    )


def _no_entries(actor: Actor) -> tuple[str, str, str]:
    if actor.may(RECORD_ENTRIES):
        return _("还没有走访、办实事等登记。"), "/ledger/entries/new", _("登记履职")
    return _("还没有走访、办实事等登记。"), "", ""


_ENTRY_COLUMNS = (
    Column("name", _l("代表"), Person.name, sort=Person.pinyin),
    Column("happened_on", _l("日期"), DutyEntry.happened_on, "date", sort=DutyEntry.happened_on),
    Column("kind", _l("种类"), DutyEntry.kind, "enum", sort=DutyEntry.kind),
    Column("quantity", _l("数量"), DutyEntry.quantity, "number", sort=DutyEntry.quantity),
    Column("unit", _l("单位"), DutyEntry.unit),
    Column("place", _l("地点"), DutyEntry.place),
    Column("description", _l("说明"), DutyEntry.description, visible=False),
    Column("persons_helped", _l("受益人数"), DutyEntry.persons_helped, "number", visible=False),
    Column("money", _l("金额（元）"), DutyEntry.money_fen, "money", visible=False),
    Column("card", _l("代表证号"), Mandate.card_no),
    Column("level", _l("层级"), Mandate.level, "enum", visible=False),
    Column("area", _l("所在地区"), Area.name),
    Column("origin", _l("登记方式"), DutyEntry.origin, "enum"),
    Column("state", _l("状态"), DutyEntry.state, "enum", sort=DutyEntry.state),
    Column("recorded_by", _l("登记人"), User.name, visible=False),
    Column("return_reason", _l("退回原因"), DutyEntry.return_reason, visible=False),
)


def _in_batches(values: list[str]) -> ColumnElement[bool]:
    return DutyEntry.import_batch_id.in_(row_ids(values))


ENTRIES = Listing(
    name="duty_entries",
    title=_l("走访、办实事等登记"),
    noun=_l("登记"),
    select_visible=_select_entries,
    identity=DutyEntry.id,
    url=lambda identity: f"/ledger/entries/{identity}",
    search=search_person,
    search_hint=_l("代表姓名、拼音首字母、证号或手机"),
    order="-happened_on",
    columns=_ENTRY_COLUMNS,
    filters=(
        dates_filter("happened_on", _l("日期"), DutyEntry.happened_on),
        enum_filter("kind", _l("种类"), DutyEntry.kind, DutyKind),
        enum_filter("state", _l("状态"), DutyEntry.state, DutyState),
        enum_filter("origin", _l("登记方式"), DutyEntry.origin, EntryOrigin),
        enum_filter("level", _l("层级"), Mandate.level, Level),
        area_filter(DutyEntry.scope_code, LIST_ENTRIES),
        Filter("batch", _l("导入批次"), "hidden", _in_batches),
    ),
    empty=_no_entries,
)


def _select_pending(actor: Actor) -> Select[Any]:
    return _select_entries(actor, REVIEW_ENTRIES).where(DutyEntry.state == DutyState.PENDING)


REVIEW = Listing(
    name="duty_review",
    title=_l("代表自报审核"),
    noun=_l("待审核履职"),
    select_visible=_select_pending,
    identity=DutyEntry.id,
    url=lambda identity: f"/ledger/entries/{identity}",
    search=search_person,
    search_hint=_l("代表姓名、拼音首字母、证号或手机"),
    order="happened_on",
    columns=_ENTRY_COLUMNS,
    filters=(
        dates_filter("happened_on", _l("日期"), DutyEntry.happened_on),
        enum_filter("kind", _l("种类"), DutyEntry.kind, DutyKind),
        enum_filter("level", _l("层级"), Mandate.level, Level),
        area_filter(DutyEntry.scope_code, REVIEW_ENTRIES),
    ),
    batch=lambda _actor: (
        BatchAction(_l("确认所选"), "/ledger/review/confirm"),
        BatchAction(_l("退回所选"), "/ledger/review/return"),
    ),
    empty=lambda _actor: (_("没有等待审核的自报履职。代表从手机上报后会出现在这里。"), "", ""),
)
