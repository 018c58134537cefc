"""The steps of an opinion's life, each a small form; the table says which may follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.errors import NotFound
from app.kit.forms import BaseForm
from app.kit.i18n import _, _l
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.queries import MISSING
from app.stations.forms import opinions as forms
from app.stations.models import Opinion
from app.stations.operations import opinion_handling as handling
from app.stations.operations import transfers
from app.stations.policy import EDIT_OPINIONS, FOLLOW_UP_OPINIONS
from app.stations.queries.opinions import get_followed_opinion, likely_the_same
from app.stations.queries.transfers import list_units_for
from app.stations.routes import bp
from app.stations.routes.opinions import opinion_crumbs, opinion_url
from app.stations.states import OpinionAction, OpinionOutcome, OpinionState


@dataclass(frozen=True)
class Step:
    """A step as a form: what it asks, what it does, what is said afterwards."""

    form: type[BaseForm]
    carry_out: Callable[..., Any]
    heading: Any
    done: Any


STEPS: dict[str, Step] = {
    OpinionAction.ANSWER: Step(
        forms.NoteForm, handling.answer_opinion, _l("当场答复"), _l("已登记答复，办结后再反馈群众。")
    ),
    OpinionAction.TRANSFER: Step(
        forms.TransferForm, transfers.transfer_opinion, _l("交办给单位"), _l("已交办，单位会收到通知。")
    ),
    OpinionAction.TAKE_BACK: Step(
        forms.TakeBackForm, transfers.take_back, _l("收回交办"), _l("已收回，请重新决定处理途径。")
    ),
    OpinionAction.CLOSE: Step(
        forms.CloseForm, handling.close_opinion, _l("办结"), _l("已办结，请反馈群众。")
    ),
    OpinionAction.TELL: Step(forms.TellForm, handling.tell_person, _l("反馈群众"), _l("已登记反馈。")),
    OpinionAction.RATE: Step(forms.RateForm, handling.rate_opinion, _l("群众评价"), _l("已登记评价。")),
    OpinionAction.REOPEN: Step(
        forms.NoteForm, handling.reopen_opinion, _l("重新办理"), _l("已重新打开，请决定处理途径。")
    ),
    OpinionAction.MERGE: Step(
        forms.MergeForm, handling.merge_opinion, _l("并入另一件"), _l("已并案，随另一件一起办理。")
    ),
}
FOLLOW = Step(forms.NoteForm, handling.follow_up, _l("跟踪情况"), _l("已记下跟踪情况。"))


def _prepare(name: str, form: Any, opinion: Opinion) -> None:
    today = clock.today()
    if name == OpinionAction.TRANSFER:
        units = [(unit.id, unit.name) for unit in list_units_for(opinion.area_code)]
        form.unit_id.choices = [("", "—"), *units]
        usual = transfers.usual_due_day(opinion.area_code, today)
        form.due_on.description = _("不填就是 %(day)s（按本地规则的工作日推算）", day=usual.isoformat())
    if name == OpinionAction.CLOSE:
        form.closed_on.data = form.closed_on.data or today
        if opinion.state is OpinionState.RECEIVED:
            refused = OpinionOutcome.NOT_ACCEPTED
            form.ended_as.choices = [(refused.value, refused.label)]
    if name == OpinionAction.TELL:
        form.told_on.data = form.told_on.data or today


def _known(name: str, opinion: Opinion) -> dict[str, list[str]]:
    if name == OpinionAction.TELL:
        return {"told_way": [str(way) for way in forms.TOLD_WAYS]}
    if name == OpinionAction.MERGE:
        alike = likely_the_same(current_actor(), opinion)
        return {"into_number": [found.opinion.number for found in alike]}
    return {}


def _carry_out(opinion: Opinion, name: str, step: Step) -> ResponseReturnValue:
    form = step.form(data={}, version=opinion.version)
    _prepare(name, form, opinion)
    if form.validate_on_submit():
        values = {name: value for name, value in form.values().items() if value is not None}
        done = form.attempt(step.carry_out, current_actor(), opinion.id, version=form.sent_version, **values)
        if done:
            return go_back(opinion_url(opinion.id), step.done)
    return answer(
        "stations/opinion_step.html",
        form=form,
        opinion=opinion,
        heading=step.heading,
        primary=step.heading,
        known=_known(name, opinion),
        differences=[],
        back=opinion_url(opinion.id),
        breadcrumbs=opinion_crumbs((opinion.number, opinion_url(opinion.id)), (str(step.heading), "")),
    )


@bp.route("/opinions/<int:opinion_id>/steps/<step>", methods=["GET", "POST"])
@requires(EDIT_OPINIONS)
def opinion_step(opinion_id: int, step: str) -> ResponseReturnValue:
    """One step of the office: answer, hand over, take back, close, tell, ask, reopen, put together."""
    found = get_followed_opinion(current_actor(), opinion_id, EDIT_OPINIONS)
    if step not in STEPS:
        raise NotFound(MISSING)
    return _carry_out(found, step, STEPS[step])


@bp.route("/opinions/<int:opinion_id>/follow-up", methods=["GET", "POST"])
@requires(FOLLOW_UP_OPINIONS)
def follow_opinion(opinion_id: int) -> ResponseReturnValue:
    """What staff, or the deputy who took it, found when looking after it."""
    found = get_followed_opinion(current_actor(), opinion_id, FOLLOW_UP_OPINIONS)
    return _carry_out(found, OpinionAction.FOLLOW_UP, FOLLOW)


@bp.post("/opinions/<int:opinion_id>/unmerge")
@requires(EDIT_OPINIONS)
def unmerge_opinion(opinion_id: int) -> ResponseReturnValue:
    """Takes an opinion out of the one it was put with."""
    handling.unmerge_opinion(current_actor(), opinion_id)
    return go_back(url_for("stations.opinion", opinion_id=opinion_id), _("已取消并案，按单独一件办理。"))
