"""Evaluations: opened, watched while people vote, closed, published; every figure opens its computation."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.errors import NotFound
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import area_choices
from app.registry.queries import MISSING, get_area
from app.suggestions.columns.evaluations import EVALUATIONS
from app.suggestions.evaluation import showing
from app.suggestions.evaluation_documents import figure, method, missing_words, silent_words, standing
from app.suggestions.forms.evaluations import EvaluationEditForm, EvaluationForm, as_text
from app.suggestions.models import Evaluation
from app.suggestions.operations import evaluations as operations
from app.suggestions.operations.ballots import takes_votes
from app.suggestions.policy import EDIT_EVALUATIONS, VIEW_EVALUATIONS
from app.suggestions.queries.evaluations import (
    get_judged_evaluation,
    get_visible_evaluation,
    has_votes,
    results_of,
    sheets_of,
    shows_results,
)
from app.suggestions.queries.raters import Voter, voters_of
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, tabs
from app.suggestions.states import EVALUATION_TRANSITIONS, RaterGroup


def evaluation_url(evaluation_id: int) -> str:
    """The page of an evaluation."""
    return url_for("suggestions.evaluation", evaluation_id=evaluation_id)


def evaluation_crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """Home, suggestions, evaluations, and where the reader is."""
    return crumbs((_("办理工作测评"), url_for("suggestions.evaluations") if last else ""), *last)


@bp.get("/suggestions/evaluations")
@requires(VIEW_EVALUATIONS)
def evaluations() -> ResponseReturnValue:
    """Evaluations of all years."""
    actions = []
    if current_actor().may(EDIT_EVALUATIONS):
        actions = [(_("组织测评"), url_for("suggestions.new_evaluation"), "primary", "plus")]
    return list_page(
        EVALUATIONS,
        actions=actions,
        page_tabs=tabs("suggestions.evaluations"),
        breadcrumbs=evaluation_crumbs(),
    )


@bp.route("/suggestions/evaluations/new", methods=["GET", "POST"])
@requires(EDIT_EVALUATIONS)
def new_evaluation() -> ResponseReturnValue:
    """Opens a year's evaluation."""
    actor, year = current_actor(), clock.today().year
    form = EvaluationForm(data={"year": year, "title": _("%(year)s年代表建议办理工作测评", year=year)})
    form.area_code.choices = area_choices(actor, EDIT_EVALUATIONS)
    if form.validate_on_submit():
        made = form.attempt(operations.open_evaluation, actor, **form.values())
        if made:
            return go_back(evaluation_url(made.id), _("测评已开始，请核对方案，再通知各位参加测评。"))
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("组织测评"),
        wide=("title", "scheme"),
        back=url_for("suggestions.evaluations"),
        breadcrumbs=evaluation_crumbs((_("组织测评"), "")),
    )


@bp.get("/suggestions/evaluations/<int:evaluation_id>")
@requires(VIEW_EVALUATIONS)
def evaluation(evaluation_id: int) -> ResponseReturnValue:
    """Places, who has voted, whose word is missing, what comes next."""
    actor = current_actor()
    found = get_visible_evaluation(actor, evaluation_id)
    results = results_of(found)
    voters = voters_of(found)
    editable = actor.may_in(EDIT_EVALUATIONS, found.area_code)
    return render_template(
        "suggestions/evaluation.html",
        evaluation=found,
        area=get_area(found.area_code),
        results=results,
        sentences=list(method(results.scheme)),
        missing=missing_words(results) if shows_results(actor, found) else "",
        silent=silent_words(results),
        judged=shows_results(actor, found),
        turnout=_turnout(voters, [group for group in RaterGroup if group in results.scheme.asks]),
        editable=editable,
        steps=[action.value for action in EVALUATION_TRANSITIONS.actions(found.state)] if editable else [],
        takes_votes=takes_votes(found),
        deletable=editable and not has_votes(found.id),
        figure=figure,
        standing=standing,
        show=showing,
        breadcrumbs=evaluation_crumbs((found.title, "")),
    )


def _by_group(voters: list[Voter]) -> list[tuple[RaterGroup, list[Voter]]]:
    return [(group, [one for one in voters if one.rater is group]) for group in RaterGroup]


def _turnout(voters: list[Voter], groups: list[RaterGroup]) -> list[tuple[RaterGroup, int, int]]:
    """Per group of raters: accounts that voted on everything asked, people asked."""
    asked = [(group, of_it) for group, of_it in _by_group(voters) if group in groups]
    return [(group, sum(one.done >= one.asked for one in of_it), len(of_it)) for group, of_it in asked]


@bp.get("/suggestions/evaluations/<int:evaluation_id>/units/<int:unit_id>")
@requires(VIEW_EVALUATIONS)
def evaluation_unit(evaluation_id: int, unit_id: int) -> ResponseReturnValue:
    """A unit's computation, line by line (4-14)."""
    actor = current_actor()
    found = get_judged_evaluation(actor, evaluation_id)
    results = results_of(found)
    one = results.of(unit_id)
    if one is None:
        raise NotFound(MISSING)
    return render_template(
        "suggestions/evaluation_unit.html",
        evaluation=found,
        scheme=results.scheme,
        one=one,
        of=len(results.units),
        led={led.suggestion_id: led for led in one.subject.led},
        paper=_paper(found, unit_id),
        editable=actor.may_in(EDIT_EVALUATIONS, found.area_code),
        figure=figure,
        standing=standing,
        show=showing,
        breadcrumbs=evaluation_crumbs((found.title, evaluation_url(evaluation_id)), (one.subject.name, "")),
    )


def _paper(found: Evaluation, unit_id: int) -> Callable[[RaterGroup, str, int], int]:
    """How many of the ballots on a line came on paper."""
    counts: dict[tuple[RaterGroup, str, int], int] = {}
    for group in RaterGroup:
        for (unit, suggestion, item), sheet in sheets_of(found.id, group).items():
            if unit == unit_id:
                number = sheet.satisfied + sheet.basically + sheet.dissatisfied + sheet.marked
                counts[group, item, suggestion] = number

    def count(group: RaterGroup, item: str, suggestion_id: int) -> int:
        numbers = {suggestion for rater, key, suggestion in counts if rater is group and key == item}
        wanted = numbers if not suggestion_id else {0, suggestion_id} & numbers
        return sum(counts[group, item, number] for number in wanted)

    return count


@bp.get("/suggestions/evaluations/<int:evaluation_id>/voters")
@requires(VIEW_EVALUATIONS)
def evaluation_voters(evaluation_id: int) -> ResponseReturnValue:
    """Who is asked and how far they have come; never what they said."""
    actor = current_actor()
    found = get_visible_evaluation(actor, evaluation_id)
    return render_template(
        "suggestions/evaluation_voters.html",
        evaluation=found,
        voters=[(group, voters) for group, voters in _by_group(voters_of(found)) if voters],
        inviting=takes_votes(found) and actor.may_in(EDIT_EVALUATIONS, found.area_code),
        breadcrumbs=evaluation_crumbs((found.title, evaluation_url(evaluation_id)), (_("参加测评的人"), "")),
    )


@bp.route("/suggestions/evaluations/<int:evaluation_id>/edit", methods=["GET", "POST"])
@requires(EDIT_EVALUATIONS)
def edit_evaluation(evaluation_id: int) -> ResponseReturnValue:
    """Title, last day, and the scheme until the first ballot."""
    actor = current_actor()
    found = get_visible_evaluation(actor, evaluation_id, EDIT_EVALUATIONS)
    form = EvaluationEditForm(obj=found)
    if not form.is_submitted():
        form.content.data = as_text(found.scheme)
    if form.validate_on_submit() and form.attempt(_save, evaluation_id, form):
        return go_back(evaluation_url(evaluation_id), _("已保存。"))
    return answer(
        "suggestions/evaluation_edit.html",
        form=form,
        evaluation=found,
        back=evaluation_url(evaluation_id),
        breadcrumbs=evaluation_crumbs((found.title, evaluation_url(evaluation_id)), (_("修改测评"), "")),
    )


def _save(evaluation_id: int, form: EvaluationEditForm) -> Evaluation:
    return operations.update_evaluation(
        current_actor(),
        evaluation_id,
        version=form.sent_version,
        title=form.title.data or "",
        closes_on=form.closes_on.data,
        content=form.scheme(),
    )


@bp.post("/suggestions/evaluations/<int:evaluation_id>/delete")
@requires(EDIT_EVALUATIONS)
def delete_evaluation(evaluation_id: int) -> ResponseReturnValue:
    """Takes away one opened by mistake."""
    operations.delete_evaluation(current_actor(), evaluation_id)
    return go_back(url_for("suggestions.evaluations"), _("已删除。"))


@bp.post("/suggestions/evaluations/<int:evaluation_id>/invite")
@requires(EDIT_EVALUATIONS)
def invite_voters(evaluation_id: int) -> ResponseReturnValue:
    """Tells everybody who has something left to judge."""
    told = operations.invite_voters(current_actor(), evaluation_id)
    words = _("已通知 %(n)s 人。", n=told) if told else _("没有要通知的人：都已投票，或今天已经通知过。")
    return go_back(evaluation_url(evaluation_id), words)


@bp.post("/suggestions/evaluations/<int:evaluation_id>/close")
@requires(EDIT_EVALUATIONS)
def close_evaluation(evaluation_id: int) -> ResponseReturnValue:
    """No ballots any more."""
    operations.close_evaluation(current_actor(), evaluation_id)
    return go_back(evaluation_url(evaluation_id), _("测评已截止。"))


@bp.post("/suggestions/evaluations/<int:evaluation_id>/reopen")
@requires(EDIT_EVALUATIONS)
def reopen_evaluation(evaluation_id: int) -> ResponseReturnValue:
    """Ballots again."""
    operations.reopen_evaluation(current_actor(), evaluation_id)
    return go_back(evaluation_url(evaluation_id), _("测评已重新开放。"))


@bp.post("/suggestions/evaluations/<int:evaluation_id>/publish")
@requires(EDIT_EVALUATIONS)
def publish_evaluation(evaluation_id: int) -> ResponseReturnValue:
    """Places made known (4-15)."""
    operations.publish_evaluation(current_actor(), evaluation_id)
    return go_back(evaluation_url(evaluation_id), _("结果已公布，并已通知承办单位和参加测评的人。"))
