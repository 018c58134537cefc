"""A waiting task in words, with the list it opens."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from app.home.queries import Task
from app.kit.i18n import ngettext


@dataclass(frozen=True)
class Line:
    """A line of the to-do list."""

    text: str
    url: str
    urgency: str


def describe(task: Task) -> Line:
    """The sentence and the list behind it."""
    n = task.count
    if task.kind == "self_reports":
        text, url = (
            ngettext("%(num)s 条代表自报的履职等待确认", "%(num)s 条代表自报的履职等待确认", n),
            url_for("ledger.review"),
        )
    elif task.kind == "without_attendance":
        text = ngettext("%(num)s 次活动已经结束，还没有登记出勤", "%(num)s 次活动已经结束，还没有登记出勤", n)
        url = url_for("activities.activities", attended="0", past="1")
    elif task.kind == "leave_requests":
        text, url = (
            ngettext("%(num)s 条请假申请等待审批", "%(num)s 条请假申请等待审批", n),
            url_for("activities.leaves"),
        )
    elif task.kind == "imports":
        text, url = (
            ngettext("%(num)s 次导入已预览，等待确认", "%(num)s 次导入已预览，等待确认", n),
            url_for("exchange.imports"),
        )
    else:
        text = ngettext("%(num)s 名在任代表还没有编入联络站", "%(num)s 名在任代表还没有编入联络站", n)
        url = url_for("stations.unassigned")
    return Line(text, url, task.urgency)
