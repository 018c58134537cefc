"""What the pages of suggestions have around them."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app.kit.authorisation import ACTIONS
from app.kit.i18n import _, _l
from app.kit.web import current_actor

Place = tuple[Any, str, str]
# The tabs above the lists of suggestions, as far as the reader may open them: a word for each part of the work, and
# in it word, endpoint and action of its pages.
_GROUPS: tuple[tuple[Any, tuple[Place, ...]], ...] = (
    (
        _l("建议"),
        (
            (_l("代表建议"), "suggestions.suggestions", "suggestions.view"),
            (_l("我的建议"), "suggestions.mine", "suggestions.draft"),
            (_l("分类办理"), "suggestions.classes", "suggestions.view"),
            (_l("程序看板"), "suggestions.stages", "suggestions.figures"),
            (_l("承办单位"), "suggestions.units", "registry.view_units"),
        ),
    ),
    (
        _l("审查交办"),
        (
            (_l("待审查"), "suggestions.screening", "suggestions.screen"),
            (_l("待交办"), "suggestions.assigning", "suggestions.assign"),
            (_l("会期预交办"), "suggestions.pre_assigned", "suggestions.assign"),
            (_l("退回和延期"), "suggestions.asks", "suggestions.assign"),
        ),
    ),
    (
        _l("办理期限"),
        (
            (_l("期限"), "suggestions.deadlines", "suggestions.view"),
            (_l("逾期看板"), "suggestions.overdue", "suggestions.view"),
            (_l("催办记录"), "suggestions.urges", "suggestions.view"),
            (_l("时限表"), "suggestions.deadline_table", "suggestions.view"),
            (_l("单位办理情况"), "suggestions.handling", "suggestions.handle"),
        ),
    ),
    (
        _l("反馈落实"),
        (
            (_l("代表反馈"), "suggestions.slips", "suggestions.view"),
            (_l("承诺事项"), "suggestions.promises", "suggestions.view"),
            (_l("回头看"), "suggestions.look_backs", "suggestions.look_back"),
        ),
    ),
    (
        _l("督办测评"),
        (
            (_l("督办"), "suggestions.supervisions", "supervision.view"),
            (_l("督办看板"), "suggestions.supervision_board", "suggestions.figures"),
            (_l("督办活动"), "suggestions.supervision_visits", "supervision.view"),
            (_l("专门委员会"), "suggestions.committees", "suggestions.figures"),
            (_l("政府常务会议"), "suggestions.hearings", "suggestions.figures"),
            (_l("办理工作测评"), "suggestions.evaluations", "evaluations.view"),
            (_l("参加测评"), "suggestions.ballots", "evaluations.vote"),
        ),
    ),
    (
        _l("公开统计"),
        (
            (_l("建议统计"), "suggestions.figures", "suggestions.figures"),
            (_l("公开"), "suggestions.publication", "suggestions.publish"),
            (_l("优秀建议"), "suggestions.excellent", "suggestions.figures"),
            (_l("专项资金"), "suggestions.funds", "suggestion_fund.view"),
        ),
    ),
)


def crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """Home, suggestions, and where the reader is."""
    return [(_("首页"), url_for("home.index")), (_("建议"), url_for("suggestions.suggestions")), *last]


def tabs(chosen: str) -> list[list[tuple[str, str, bool]]]:
    """Two rows: the parts of the work, and the pages of the part the chosen one belongs to; as far as the reader may
    open them, and without a row that offers only one thing."""
    actor = current_actor()
    groups = [
        (label, [place for place in places if actor.may(ACTIONS[place[2]])]) for label, places in _GROUPS
    ]
    groups = [(label, places) for label, places in groups if places]
    here = next((places for _label, places in groups if chosen in {place[1] for place in places}), [])
    rows = [
        [(str(label), url_for(places[0][1]), places is here) for label, places in groups],
        [(str(label), url_for(endpoint), endpoint == chosen) for label, endpoint, _name in here],
    ]
    return [row for row in rows if len(row) > 1]


def suggestion_url(suggestion_id: int) -> str:
    """The page of a suggestion."""
    return url_for("suggestions.detail", suggestion_id=suggestion_id)


def mine_url() -> str:
    """A deputy's own desk."""
    return url_for("suggestions.mine")


def own_crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """Home, suggestions, the deputy's own desk, and where the reader is."""
    return crumbs((_("我的建议"), mine_url() if last else ""), *last)


def draft_url(suggestion_id: int) -> str:
    """Where a deputy goes on writing."""
    return url_for("suggestions.draft", suggestion_id=suggestion_id)
