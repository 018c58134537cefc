"""Ballots by account, on the phone: in which evaluations somebody is asked, and one page to answer each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit.authorisation import Actor
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires
from app.suggestions.evaluation.scheme import Scheme
from app.suggestions.evaluation_documents import figure, method, standing, weight_text_of
from app.suggestions.forms.evaluations import GridForm, read_votes
from app.suggestions.operations.ballots import cast_ballots, takes_votes
from app.suggestions.policy import CAST_BALLOT
from app.suggestions.queries.evaluations import results_of, scheme_of
from app.suggestions.queries.raters import Task, get_votable, list_votable, own_ballots
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, tabs
from app.suggestions.states import EvaluationState, RaterGroup, Satisfaction


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return crumbs((_("参加测评"), url_for("suggestions.ballots") if last else ""), *last)


@bp.get("/suggestions/ballots")
@requires(CAST_BALLOT)
def ballots() -> ResponseReturnValue:
    """Evaluations the viewer is asked in."""
    return render_template(
        "suggestions/ballots.html",
        asked=[(one, tasks, done, takes_votes(one)) for one, tasks, done in list_votable(current_actor())],
        page_tabs=tabs("suggestions.ballots"),
        breadcrumbs=_crumbs(),
    )


@bp.route("/suggestions/ballots/<int:evaluation_id>", methods=["GET", "POST"])
@requires(CAST_BALLOT)
def ballot(evaluation_id: int) -> ResponseReturnValue:
    """The viewer's own ballots; may be changed until the close. The ranking once it is published (4-12, 4-15)."""
    actor = current_actor()
    found, tasks = get_votable(actor, evaluation_id)
    scheme = scheme_of(found)
    form = GridForm()
    if form.validate_on_submit():
        kept = form.attempt(_cast, evaluation_id, scheme)
        if kept is not None:
            return go_back(url_for("suggestions.ballots"), _("已保存，截止前可以修改。"))
    return answer(
        "suggestions/ballot.html",
        form=form,
        evaluation=found,
        scheme=scheme,
        open=takes_votes(found),
        groups=[(group, [t for t in tasks if t.rater is group]) for group in RaterGroup],
        words=list(Satisfaction),
        value=_value(actor, evaluation_id, scheme),
        results=results_of(found) if found.state is EvaluationState.PUBLISHED else None,
        sentences=list(method(scheme)),
        figure=figure,
        standing=standing,
        breadcrumbs=_crumbs((found.title, "")),
    )


def _cast(evaluation_id: int, scheme: Scheme) -> int:
    votes = read_votes(request.form.items(), by_marks=scheme.by_marks)
    return cast_ballots(current_actor(), evaluation_id, votes)


def _value(actor: Actor, evaluation_id: int, scheme: Scheme) -> Callable[[Task, str], tuple[str, str]]:
    """Name and value of a field: as sent just now, else as kept."""
    kept: dict[Any, Any] = own_ballots(actor, evaluation_id)

    def value(task: Task, item: str) -> tuple[str, str]:
        name = f"v.{task.rater.value}.{task.unit_id}.{task.suggestion_id}.{item}"
        earlier = kept.get((*task.key, item))
        shown = ""
        if earlier is not None:
            shown = weight_text_of(earlier.marks or 0) if scheme.by_marks else str(earlier.word)
        return name, request.form.get(name, shown)

    return value
