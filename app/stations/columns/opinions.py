"""Lists of opinions and of the slips with which they were handed to units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, dates_filter, enum_filter, yes_no_filter
from app.registry.columns import area_filter
from app.registry.models import Area, HandlingUnit
from app.stations.columns import station_named
from app.stations.models import Opinion, OpinionTransfer, Reception, Station
from app.stations.policy import EDIT_OPINIONS, VIEW_OPINIONS, VIEW_TRANSFERS
from app.stations.queries import visible_opinions
from app.stations.queries.opinions import due_on, reached, since, stuck, taken_by, unit_name
from app.stations.queries.transfers import overdue, visible_transfers
from app.stations.rules import mask_name
from app.stations.states import (
    CitizenWord,
    LoopStage,
    OpinionChannel,
    OpinionOutcome,
    OpinionRoute,
    OpinionState,
    TransferState,
)

_NEVER = date(1, 1, 1)


def _days(value: date) -> str:
    return _("%(n)s 天", n=max((clock.today() - value).days, 0))


def _select_opinions(actor: Actor) -> Select[Any]:
    return (
        select(Opinion.id)
        .select_from(Opinion)
        .outerjoin(Station, Station.id == Opinion.station_id)
        .outerjoin(Reception, Reception.id == Opinion.reception_id)
        .outerjoin(Area, Area.code == Opinion.area_code)
        .where(visible_opinions(actor))
    )


def _no_opinions(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_OPINIONS):
        return _("还没有群众意见。可以导入现有的意见台账，或逐条登记。"), "/opinions/new", _("登记意见")
    return _("您参加的接待中还没有登记群众意见。"), "", ""


def _route_filter() -> Filter:
    def condition(values: list[str]) -> ColumnElement[bool]:
        routes = [OpinionRoute(value) for value in values if value != "none"]
        chosen = Opinion.route.in_(routes)
        return or_(chosen, Opinion.route.is_(None)) if "none" in values else chosen

    def choices(_actor: Actor) -> list[tuple[str, str]]:
        return [*OpinionRoute.choices(), ("none", _("未定"))]

    return Filter("route", _l("处理途径"), "choice", condition, choices)


def _closed(values: list[str]) -> ColumnElement[bool]:
    ended = Opinion.state.in_((OpinionState.CLOSED, OpinionState.TOLD))
    return or_(*(ended if value == "1" else ~ended for value in values))


def _stuck(values: list[str]) -> ColumnElement[bool]:
    found = stuck(clock.today())
    return or_(*(found if value == "1" else ~found for value in values))


def _topics(values: Sequence[str]) -> ColumnElement[bool]:
    return Opinion.topic.in_(["" if value == NO_TOPIC else value for value in values])


# How the list is asked for opinions that nobody sorted yet.
NO_TOPIC = "-"

OPINIONS = Listing(
    name="opinions",
    title=_l("群众意见"),
    noun=_l("意见"),
    select_visible=_select_opinions,
    identity=Opinion.id,
    url=lambda identity: f"/opinions/{identity}",
    search=lambda q: or_(
        Opinion.number.startswith(q, autoescape=True),
        Opinion.topic.contains(q, autoescape=True),
        Opinion.content.contains(q, autoescape=True),
    ),
    search_hint=_l("编号、类别或内容"),
    order="-received_on",
    columns=(
        Column("number", _l("意见编号"), Opinion.number, sort=Opinion.number, kind="code"),
        Column("received_on", _l("反映日期"), Opinion.received_on, "date", sort=Opinion.received_on),
        Column("topic", _l("类别"), Opinion.topic, sort=Opinion.topic),
        Column("content", _l("反映内容"), Opinion.content),
        Column("station", _l("联络站"), Station.name, sort=func.coalesce(Station.name, "")),
        Column("channel", _l("反映渠道"), Opinion.channel, "enum", visible=False),
        Column("state", _l("状态"), Opinion.state, "enum", sort=Opinion.state),
        Column("route", _l("处理途径"), Opinion.route, "enum", sort=func.coalesce(Opinion.route, "")),
        Column("unit", _l("承办单位"), unit_name(), visible=False),
        Column("due_on", _l("办理时限"), due_on(), "date", sort=func.coalesce(due_on(), _NEVER)),
        Column("since", _l("到此步日期"), since(), "date", sort=since(), visible=False),
        Column("days", _l("已停留"), since(), show=_days, visible=False),
        Column("solved", _l("已解决"), Opinion.solved, "yes_no"),
        Column(
            "closed_on",
            _l("办结日期"),
            Opinion.closed_on,
            "date",
            sort=func.coalesce(Opinion.closed_on, _NEVER),
            visible=False,
        ),
        Column("ended_as", _l("办结方式"), Opinion.ended_as, "enum", visible=False),
        Column("outcome", _l("办理结果"), Opinion.outcome, visible=False),
        Column("told_on", _l("反馈日期"), Opinion.told_on, "date", visible=False),
        Column("citizen_word", _l("群众评价"), Opinion.citizen_word, "enum", visible=False),
        # Never in full: neither on a list nor in its export.
        Column("citizen", _l("反映人"), Opinion.citizen_name, show=mask_name, visible=False),
        Column("reception", _l("接待编号"), Reception.number, visible=False),
        Column("area", _l("所在地区"), Area.name, sort=Opinion.area_code, visible=False),
    ),
    filters=(
        dates_filter("received_on", _l("反映日期"), Opinion.received_on),
        enum_filter("state", _l("状态"), Opinion.state, OpinionState),
        _route_filter(),
        Filter("stuck", _l("超期停留"), "yes_no", _stuck),
        yes_no_filter("solved", _l("已解决"), Opinion.solved),
        Filter("closed", _l("已办结"), "yes_no", _closed),
        Filter(
            "reached",
            _l("闭环阶段"),
            "choice",
            lambda values: or_(*(reached(LoopStage(value)) for value in values)),
            lambda _actor: LoopStage.choices(),
        ),
        enum_filter("ended_as", _l("办结方式"), Opinion.ended_as, OpinionOutcome),
        enum_filter("citizen_word", _l("群众评价"), Opinion.citizen_word, CitizenWord),
        enum_filter("channel", _l("反映渠道"), Opinion.channel, OpinionChannel),
        Filter("topic", _l("类别"), "text", _topics),
        area_filter(Opinion.area_code, VIEW_OPINIONS),
        # Of the county itself, without its townships.
        Filter("at", _l("本级"), "hidden", lambda values: Opinion.area_code.in_(values)),
        Filter("station", _l("联络站"), "text", station_named),
        Filter("deputy", _l("代表"), "text", taken_by),
    ),
    empty=_no_opinions,
)


# --- slips ------------------------------------------------------------------------------------------------


def _select_transfers(actor: Actor) -> Select[Any]:
    return (
        select(OpinionTransfer.id)
        .select_from(OpinionTransfer)
        .join(Opinion, Opinion.id == OpinionTransfer.opinion_id)
        .join(HandlingUnit, HandlingUnit.id == OpinionTransfer.unit_id)
        .outerjoin(Area, Area.code == OpinionTransfer.area_code)
        .where(visible_transfers(actor))
    )


def _overdue(values: list[str]) -> ColumnElement[bool]:
    late = overdue(clock.today())
    return or_(*(late if value == "1" else ~late for value in values))


TRANSFERS = Listing(
    name="opinion_transfers",
    title=_l("意见交办"),
    noun=_l("交办单"),
    select_visible=_select_transfers,
    identity=OpinionTransfer.id,
    url=lambda identity: f"/transfers/{identity}",
    search=lambda q: or_(
        OpinionTransfer.number.startswith(q, autoescape=True),
        Opinion.number.startswith(q, autoescape=True),
        Opinion.content.contains(q, autoescape=True),
        HandlingUnit.name.contains(q, autoescape=True),
    ),
    search_hint=_l("交办单号、意见编号、单位或内容"),
    order="-sent_on",
    columns=(
        Column("number", _l("交办单号"), OpinionTransfer.number, sort=OpinionTransfer.number, kind="code"),
        Column("unit", _l("承办单位"), HandlingUnit.name, sort=HandlingUnit.name),
        Column("content", _l("反映内容"), Opinion.content),
        Column("state", _l("状态"), OpinionTransfer.state, "enum", sort=OpinionTransfer.state),
        Column("sent_on", _l("交办日期"), OpinionTransfer.sent_on, "date", sort=OpinionTransfer.sent_on),
        Column(
            "due_on",
            _l("办理时限"),
            OpinionTransfer.due_on,
            "date",
            sort=func.coalesce(OpinionTransfer.due_on, _NEVER),
        ),
        Column("answered_on", _l("答复日期"), OpinionTransfer.answered_on, "date"),
        Column("opinion", _l("意见编号"), Opinion.number, visible=False),
        Column("topic", _l("类别"), Opinion.topic, visible=False),
        Column("handler", _l("经办人"), OpinionTransfer.handler, visible=False),
        Column("area", _l("所在地区"), Area.name, visible=False),
    ),
    filters=(
        enum_filter("state", _l("状态"), OpinionTransfer.state, TransferState),
        Filter("overdue", _l("逾期"), "yes_no", _overdue),
        dates_filter("sent_on", _l("交办日期"), OpinionTransfer.sent_on),
        dates_filter("due_on", _l("办理时限"), OpinionTransfer.due_on),
        Filter("unit", _l("承办单位"), "text", lambda values: HandlingUnit.name.in_(values)),
        area_filter(OpinionTransfer.area_code, VIEW_TRANSFERS),
    ),
    empty=lambda _actor: (_("没有交办单。意见交给单位办理之后会列在这里。"), "", ""),
)
