"""The list of import batches."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from app.accounts.models import User
from app.exchange.models import ImportBatch
from app.exchange.queries import visible_batches
from app.exchange.states import BatchState
from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import Column, Listing, enum_filter
from app.registry.models import Area


def _select(actor: Actor) -> Select[Any]:
    return (
        select(ImportBatch.id)
        .select_from(ImportBatch)
        .outerjoin(User, User.id == ImportBatch.user_id)
        .outerjoin(Area, Area.code == ImportBatch.area_code)
        .where(visible_batches(actor))
    )


def _names(files: Any) -> str:
    return "、".join(file["name"] for file in files or ())


BATCHES = Listing(
    name="imports",
    title=_l("导入表格"),
    noun=_l("批次"),
    select_visible=_select,
    identity=ImportBatch.id,
    url=lambda identity: f"/imports/{identity}",
    order="-at",
    columns=(
        Column("files", _l("文件"), ImportBatch.files, show=_names),
        Column("state", _l("状态"), ImportBatch.state, "enum", sort=ImportBatch.state),
        Column("at", _l("上传时间"), ImportBatch.created_at, "instant", sort=ImportBatch.created_at),
        Column("who", _l("上传人"), func.coalesce(User.name, ""), sort=func.coalesce(User.name, "")),
        Column("area", _l("地区"), func.coalesce(Area.name, "")),
        Column("created", _l("新增"), ImportBatch.created, "number"),
        Column("updated", _l("更新"), ImportBatch.updated, "number"),
        Column("unchanged", _l("未变"), ImportBatch.unchanged, "number", visible=False),
        Column("wrong", _l("有误"), ImportBatch.wrong, "number"),
    ),
    filters=(enum_filter("state", _l("状态"), ImportBatch.state, BatchState),),
    empty=lambda _actor: (
        _("还没有导入过表格。已有的名册、述职、活动、接待等 Excel 台账都可以直接导入。"),
        "/imports/new",
        _("导入表格"),
    ),
)
