"""Columns and saved filters of any list, remembered per person."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from app.accounts.operations import preferences
from app.accounts.routes import bp
from app.kit.i18n import _
from app.kit.web import current_actor, go_back, signed_in


def _typed(key: str) -> str:
    return request.form.get(key, "").replace("\x00", "").strip()


@bp.post("/lists/<name>/columns")
@signed_in
def list_columns(name: str) -> ResponseReturnValue:
    """Which columns a list shows, in the order sent; ``reset`` goes back to the usual ones."""
    columns = [] if request.form.get("reset") else request.form.getlist("column")
    preferences.choose_columns(current_actor(), name, columns)
    return go_back("/")


@bp.post("/lists/<name>/views")
@signed_in
def save_list_view(name: str) -> ResponseReturnValue:
    """Keeps the list's filters under a name."""
    preferences.save_view(current_actor(), name, _typed("view"), _typed("query"))
    return go_back("/", _("已存为常用筛选。"))


@bp.post("/lists/<name>/views/delete")
@signed_in
def delete_list_view(name: str) -> ResponseReturnValue:
    """Forgets a saved filter."""
    preferences.delete_view(current_actor(), name, _typed("view"))
    return go_back("/", _("已删除常用筛选。"))
