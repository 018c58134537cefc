"""Lists of look-backs (建议办理“回头看”, 4-02) and of what they look at."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.database import row_ids
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, dates_filter
from app.registry.columns import area_filter
from app.registry.models import Area
from app.suggestions.columns.after_reply import either, suggestion_search
from app.suggestions.columns.numbers import SORTED_NUMBER
from app.suggestions.models import LookBack, LookBackItem, Promise, Suggestion
from app.suggestions.policy import LOOK_BACK
from app.suggestions.queries import unit_names_of
from app.suggestions.queries.look_backs import count_items, visible_look_backs
from app.suggestions.states import LookBackResult, UnitPart

_NEVER = date(1, 1, 1)


def _select_look_backs(actor: Actor) -> Select[Any]:
    return (
        select(LookBack.id)
        .select_from(LookBack)
        .outerjoin(Area, Area.code == LookBack.area_code)
        .where(visible_look_backs(actor))
    )


def _found(result: LookBackResult) -> Any:
    return count_items(LookBackItem.result == result)


LOOK_BACKS = Listing(
    name="look_backs",
    title=_l("建议办理“回头看”"),
    noun=_l("“回头看”"),
    select_visible=_select_look_backs,
    identity=LookBack.id,
    url=lambda identity: f"/suggestions/look-backs/{identity}",
    search=lambda q: LookBack.title.contains(q, autoescape=True),
    search_hint=_l("名称"),
    order="-opened_on",
    columns=(
        Column("title", _l("名称"), LookBack.title, sort=LookBack.title),
        Column("opened_on", _l("开始日期"), LookBack.opened_on, "date", sort=LookBack.opened_on),
        Column("items", _l("检查对象"), count_items(), "number"),
        Column("waiting", _l("还没有检查"), count_items(LookBackItem.result.is_(None)), "number"),
        Column("kept", _l("已落实"), _found(LookBackResult.KEPT), "number"),
        Column("partly", _l("部分落实"), _found(LookBackResult.PARTLY), "number"),
        Column("not_kept", _l("未落实"), _found(LookBackResult.NOT_KEPT), "number"),
        Column("closed_on", _l("结束日期"), LookBack.closed_on, "date"),
        Column("area", _l("所在地区"), Area.name, visible=False),
    ),
    filters=(
        Filter("open", _l("正在进行"), "yes_no", either(lambda: LookBack.closed_on.is_(None))),
        dates_filter("opened_on", _l("开始日期"), LookBack.opened_on),
        area_filter(LookBack.area_code, LOOK_BACK),
    ),
    empty=lambda _actor: (
        _("还没有开展过“回头看”。选一批已办结的建议或者承诺事项，逐件核实落实情况。"),
        "/suggestions/look-backs/new",
        _("开展“回头看”"),
    ),
)


def _select_items(actor: Actor) -> Select[Any]:
    return (
        select(LookBackItem.id)
        .select_from(LookBackItem)
        .join(LookBack, LookBack.id == LookBackItem.look_back_id)
        .join(Suggestion, Suggestion.id == LookBackItem.suggestion_id)
        .outerjoin(Promise, Promise.id == LookBackItem.promise_id)
        .where(visible_look_backs(actor))
    )


def _result_is(values: list[str]) -> ColumnElement[bool]:
    known = [LookBackResult(value) for value in values if value != "none"]
    parts = [LookBackItem.result.in_(known)] if known else []
    if "none" in values:
        parts.append(LookBackItem.result.is_(None))
    return or_(*parts)


def _results(_actor: Actor) -> list[tuple[str, str]]:
    return [("none", _("还没有检查")), *LookBackResult.choices()]


def _campaigns(actor: Actor, values: list[str]) -> list[tuple[str, str]]:
    wanted = select(LookBack.id, LookBack.title).where(
        LookBack.id.in_(row_ids(values)), visible_look_backs(actor)
    )
    return [(str(row.id), row.title) for row in db.session.execute(wanted)]


LOOK_BACK_ITEMS = Listing(
    name="look_back_items",
    title=_l("“回头看”检查对象"),
    noun=_l("检查对象"),
    select_visible=_select_items,
    identity=LookBackItem.id,
    url=lambda identity: f"/suggestions/look-backs/items/{identity}",
    search=lambda q: or_(suggestion_search(q), Promise.content.contains(q, autoescape=True)),
    search_hint=_l("建议编号、标题或承诺内容"),
    order="number",
    columns=(
        Column("title", _l("建议标题"), Suggestion.title, sort=Suggestion.title),
        SORTED_NUMBER,
        Column("promise", _l("承诺内容"), Promise.content),
        Column("lead_unit", _l("主办单位"), unit_names_of(UnitPart.LEAD)),
        Column("reply_class", _l("答复类别"), Suggestion.reply_class, "enum"),
        Column("result", _l("检查结果"), LookBackItem.result, "enum"),
        Column(
            "checked_on",
            _l("检查日期"),
            LookBackItem.checked_on,
            "date",
            sort=func.coalesce(LookBackItem.checked_on, _NEVER),
        ),
        Column("note", _l("情况"), LookBackItem.note),
        Column("by", _l("登记人"), LookBackItem.by_name, visible=False),
        Column("campaign", _l("“回头看”"), LookBack.title, visible=False),
    ),
    filters=(
        Filter("result", _l("检查结果"), "choice", _result_is, _results),
        Filter(
            "look_back",
            _l("“回头看”"),
            "hidden",
            lambda values: LookBackItem.look_back_id.in_(row_ids(values)),
            named=_campaigns,
        ),
        dates_filter("checked_on", _l("检查日期"), LookBackItem.checked_on),
    ),
    empty=lambda _actor: (_("这里还没有检查对象。"), "", ""),
)
