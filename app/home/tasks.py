"""A waiting task in words, with the list it opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import url_for

from app.home.queries import Task
from app.kit import clock
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
    elif task.kind == "plans_to_approve":
        text = ngettext("%(num)s 份小组计划等待批准", "%(num)s 份小组计划等待批准", n)
        url = url_for("activities.plans", state="submitted")
    elif task.kind == "missing_plans":
        text = ngettext(
            "%(num)s 个小组还没有提交今年的计划，已过期限", "%(num)s 个小组还没有提交今年的计划，已过期限", n
        )
        url = url_for("activities.missing_plans", lacks="year")
    elif task.kind == "vacant_posts":
        text = ngettext("%(num)s 个小组有职务空缺", "%(num)s 个小组有职务空缺", n)
        url = url_for("groups.groups", vacant=task.detail.split(","), standing="running")
    elif task.kind == "care":
        text = ngettext("%(num)s 名困难代表还没有走访慰问", "%(num)s 名困难代表还没有走访慰问", n)
        url = url_for("groups.care_notes", older=task.detail)
    elif task.kind == "imports":
        text, url = (
            ngettext("%(num)s 次导入已预览，等待确认", "%(num)s 次导入已预览，等待确认", n),
            url_for("exchange.imports"),
        )
    elif task.kind in _OWN:
        text, url = _describe_own(task)
    elif task.kind in _AFTER_REPLY:
        text, url = _describe_after_reply(task)
    elif task.kind in _ASSIGNING:
        text, url = _describe_assigning(task)
    elif task.kind in _HANDLING:
        text, url = _describe_handling(task)
    elif task.kind in _OPINIONS:
        text, url = _describe_opinions(task)
    elif task.kind == "receptions_untold":
        text = ngettext(
            "%(num)s 次接待日已过，还没有登记开展情况", "%(num)s 次接待日已过，还没有登记开展情况", n
        )
        yesterday = (clock.today() - timedelta(days=1)).isoformat()
        url = url_for("stations.receptions", state="planned", held_on_to=yesterday)
    elif task.kind == "receptions_today":
        text = ngettext("今天有 %(num)s 次接待", "今天有 %(num)s 次接待", n)
        today = clock.today().isoformat()
        url = url_for("stations.receptions", state="planned", held_on_from=today, held_on_to=today)
    else:
        text = ngettext("%(num)s 名在任代表还没有编入联络站", "%(num)s 名在任代表还没有编入联络站", n)
        url = url_for("stations.unassigned")
    return Line(text, url, task.urgency)


_OPINIONS = frozenset(
    {"opinions_received", "opinions_stuck", "transfers_overdue", "transfers_sent", "transfers_signed"}
)


def _describe_opinions(task: Task) -> tuple[str, str]:
    n = task.count
    if task.kind == "opinions_received":
        return (
            ngettext("%(num)s 条群众意见还没有决定怎么办", "%(num)s 条群众意见还没有决定怎么办", n),
            url_for("stations.opinions", state="received"),
        )
    if task.kind == "opinions_stuck":
        return (
            ngettext("%(num)s 条群众意见超期停留", "%(num)s 条群众意见超期停留", n),
            url_for("stations.opinions", stuck="1", sort="since"),
        )
    if task.kind == "transfers_overdue":
        return (
            ngettext("%(num)s 张交办单逾期没有答复", "%(num)s 张交办单逾期没有答复", n),
            url_for("stations.transfers", overdue="1"),
        )
    if task.kind == "transfers_sent":
        return (
            ngettext("%(num)s 张交办单等待签收", "%(num)s 张交办单等待签收", n),
            url_for("stations.transfers", state="sent"),
        )
    return (
        ngettext("%(num)s 张交办单正在办理", "%(num)s 张交办单正在办理", n),
        url_for("stations.transfers", state="signed"),
    )


_ASSIGNING = frozenset(
    {
        "suggestions_accepted",
        "suggestions_late_to_assign",
        "suggestions_pre_assigned",
        "suggestions_submitted",
    }
)


def _describe_assigning(task: Task) -> tuple[str, str]:
    n = task.count
    if task.kind == "suggestions_submitted":
        return (
            ngettext("%(num)s 件建议等待审查", "%(num)s 件建议等待审查", n),
            url_for("suggestions.screening"),
        )
    if task.kind == "suggestions_late_to_assign":
        return (
            ngettext("%(num)s 件建议已过交办期限", "%(num)s 件建议已过交办期限", n),
            url_for("suggestions.assigning", overdue="1"),
        )
    if task.kind == "suggestions_accepted":
        return (
            ngettext("%(num)s 件建议等待交办", "%(num)s 件建议等待交办", n),
            url_for("suggestions.assigning"),
        )
    return (
        ngettext(
            "%(num)s 件预交办的建议，单位还没有联系代表", "%(num)s 件预交办的建议，单位还没有联系代表", n
        ),
        url_for(
            "suggestions.pre_assigned",
            contacted="0",
            part="lead",
            state=["pre_assigned", "sent", "signed", "objected"],
        ),
    )


_HANDLING = frozenset(
    {
        "asks",
        "handling_letters",
        "handling_overdue",
        "handling_sent",
        "handling_signed",
        "handling_uncontacted",
    }
)


def _describe_handling(task: Task) -> tuple[str, str]:
    n = task.count
    if task.kind == "asks":
        return (
            ngettext("%(num)s 个退回或延期申请等待审批", "%(num)s 个退回或延期申请等待审批", n),
            url_for("suggestions.asks", waiting="1"),
        )
    if task.kind == "handling_letters":
        return (
            ngettext("%(num)s 封答复函等待签发", "%(num)s 封答复函等待签发", n),
            url_for("suggestions.handling", draft="1"),
        )
    if task.kind == "handling_overdue":
        return (
            ngettext("%(num)s 件建议逾期没有办理", "%(num)s 件建议逾期没有办理", n),
            url_for("suggestions.handling", overdue="1"),
        )
    if task.kind == "handling_sent":
        return (
            ngettext("%(num)s 件建议等待签收", "%(num)s 件建议等待签收", n),
            url_for("suggestions.handling", state="sent"),
        )
    if task.kind == "handling_uncontacted":
        return (
            ngettext("%(num)s 件建议还没有联系代表", "%(num)s 件建议还没有联系代表", n),
            url_for("suggestions.handling", uncontacted="1"),
        )
    return (
        ngettext("%(num)s 件建议正在办理", "%(num)s 件建议正在办理", n),
        url_for("suggestions.handling", state="signed"),
    )


_OWN = frozenset({"ballots", "cosign_invitations", "drafts_given_back", "to_supervise"})


def _describe_own(task: Task) -> tuple[str, str]:
    n = task.count
    if task.kind == "cosign_invitations":
        return (
            ngettext("%(num)s 件建议邀请您附议", "%(num)s 件建议邀请您附议", n),
            url_for("suggestions.mine"),
        )
    if task.kind == "drafts_given_back":
        return (
            ngettext("%(num)s 件建议退回，请修改后再提交", "%(num)s 件建议退回，请修改后再提交", n),
            url_for("suggestions.mine"),
        )
    if task.kind == "ballots":
        return (
            ngettext("测评还有 %(num)s 项等您评价", "测评还有 %(num)s 项等您评价", n),
            url_for("suggestions.ballots"),
        )
    return (
        ngettext("今年督办的建议，还有 %(num)s 项没有选定", "今年督办的建议，还有 %(num)s 项没有选定", n),
        url_for("suggestions.supervisions"),
    )


_AFTER_REPLY = frozenset({"promises_overdue", "slips_to_decide", "slips_to_give"})


def _describe_after_reply(task: Task) -> tuple[str, str]:
    n = task.count
    if task.kind == "promises_overdue":
        return (
            ngettext("%(num)s 项承诺到期没有落实", "%(num)s 项承诺到期没有落实", n),
            url_for("suggestions.promises", late="1"),
        )
    if task.kind == "slips_to_decide":
        return (
            ngettext(
                "%(num)s 件建议代表已反馈，等待办结或重新办理",
                "%(num)s 件建议代表已反馈，等待办结或重新办理",
                n,
            ),
            url_for("suggestions.suggestions", state="rated"),
        )
    return (
        ngettext("%(num)s 件建议已答复，请您反馈意见", "%(num)s 件建议已答复，请您反馈意见", n),
        url_for("suggestions.waiting_slips"),
    )
