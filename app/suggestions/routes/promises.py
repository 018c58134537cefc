"""The promise ledger across years: what units promised, how far it is, what proves it (law.md 1.5, forms.md 4.10)."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.kit import attachments, clock
from app.kit.authorisation import Actor
from app.kit.charts import percent_text
from app.kit.forms import BaseForm
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.suggestions.columns.after_reply import PROMISES
from app.suggestions.forms.after_reply import PAPERS, NoteForm, ProgressForm, PromiseForm
from app.suggestions.models import Promise, Suggestion
from app.suggestions.operations import promises as operations
from app.suggestions.parts import Part, register_part
from app.suggestions.policy import EDIT_SUGGESTIONS, FOLLOW_PROMISES, VIEW_SUGGESTIONS
from app.suggestions.queries import get_visible_suggestion
from app.suggestions.queries.feedback import reply_day
from app.suggestions.queries.look_backs import list_findings_of
from app.suggestions.queries.promises import (
    FILES,
    get_visible_promise,
    list_promises_of,
    promise_figures,
    promising_units,
)
from app.suggestions.routes import bp
from app.suggestions.routes.feedback import after_form, given
from app.suggestions.routes.surroundings import crumbs, suggestion_url, tabs
from app.suggestions.states import PromiseState


def promise_url(promise_id: int) -> str:
    """The page of a promise."""
    return url_for("suggestions.promise", promise_id=promise_id)


def _crumbs(found: Promise, *last: tuple[str, str]) -> list[tuple[str, str]]:
    ledger = (_("承诺事项台账"), url_for("suggestions.promises"))
    here = (found.content[:20], promise_url(found.id) if last else "")
    return crumbs(ledger, here, *last)


@bp.get("/suggestions/promises")
@requires(VIEW_SUGGESTIONS)
def promises() -> ResponseReturnValue:
    """Promises of every year, the next due first."""
    figures = promise_figures(current_actor(), clock.today())
    return list_page(
        PROMISES,
        template="suggestions/promises.html",
        figures=figures,
        rate=percent_text(figures.implementation_rate),
        page_tabs=tabs("suggestions.promises"),
        breadcrumbs=crumbs((_("承诺事项台账"), "")),
    )


@bp.get("/suggestions/promises/<int:promise_id>")
@requires(VIEW_SUGGESTIONS)
def promise(promise_id: int) -> ResponseReturnValue:
    """A promise with its progress and proof."""
    actor = current_actor()
    found = get_visible_promise(actor, promise_id)
    return render_template(
        "suggestions/promise.html",
        promise=found,
        late=found.state is PromiseState.OPEN and found.due_on < clock.today(),
        files={row.id: attachments.list_for(FILES, row.id) for row in found.progress},
        follows=_follows(actor, found),
        editable=actor.may_in(EDIT_SUGGESTIONS, found.area_code),
        breadcrumbs=_crumbs(found),
    )


def _follows(actor: Actor, found: Promise) -> bool:
    staff = actor.may_in(FOLLOW_PROMISES, found.area_code)
    return staff or actor.unit_for(FOLLOW_PROMISES) == found.unit_id


@bp.route("/suggestions/<int:suggestion_id>/promises/new", methods=["GET", "POST"])
@requires(FOLLOW_PROMISES)
def new_promise(suggestion_id: int) -> ResponseReturnValue:
    """Something a unit promised in its reply."""
    actor = current_actor()
    found = get_visible_suggestion(actor, suggestion_id, FOLLOW_PROMISES)
    form = PromiseForm()
    units = promising_units(found, actor.unit_for(FOLLOW_PROMISES))
    form.unit_id.choices = [(unit.id, unit.name) for unit in units]
    if form.validate_on_submit():
        made = form.attempt(operations.add_promise, actor, suggestion_id, **given(form))
        if made:
            return go_back(promise_url(made.id), _("已登记承诺事项。"))
    return after_form(found, form, _("登记承诺事项"))


def _form_page(found: Promise, form: BaseForm, heading: str) -> ResponseReturnValue:
    return answer(
        "suggestions/after_form.html",
        form=form,
        suggestion=found.suggestion,
        promise=found,
        heading=heading,
        primary=heading,
        papers=PAPERS,
        differences=form.differences(found),
        back=promise_url(found.id),
        breadcrumbs=_crumbs(found, (heading, "")),
    )


@bp.route("/suggestions/promises/<int:promise_id>/edit", methods=["GET", "POST"])
@requires(EDIT_SUGGESTIONS)
def edit_promise(promise_id: int) -> ResponseReturnValue:
    """The office corrects a promise, or moves its day."""
    actor = current_actor()
    found = get_visible_promise(actor, promise_id, EDIT_SUGGESTIONS)
    form = PromiseForm(obj=found)
    del form.unit_id
    if form.validate_on_submit() and form.attempt(
        operations.update_promise, actor, promise_id, version=form.sent_version, **given(form)
    ):
        return go_back(promise_url(promise_id), _("已保存。"))
    return _form_page(found, form, _("修改承诺事项"))


@bp.route("/suggestions/promises/<int:promise_id>/progress", methods=["GET", "POST"])
@requires(FOLLOW_PROMISES)
def promise_progress(promise_id: int) -> ResponseReturnValue:
    """How far it is, with proof; kept, or not possible with the reasons."""
    actor = current_actor()
    found = get_visible_promise(actor, promise_id, FOLLOW_PROMISES)
    filled: dict[str, Any] = {"percent": found.percent, "on": clock.today(), "state": PromiseState.OPEN}
    form = ProgressForm(data=filled)
    if not form.version.data:
        form.version.data = str(found.version)
    if form.validate_on_submit() and form.attempt(
        operations.record_progress, actor, promise_id, version=form.sent_version, **form.details()
    ):
        return go_back(promise_url(promise_id), _("已登记进展，提出建议的代表会收到通知。"))
    return _form_page(found, form, _("登记进展"))


@bp.route("/suggestions/promises/<int:promise_id>/reopen", methods=["GET", "POST"])
@requires(EDIT_SUGGESTIONS)
def reopen_promise(promise_id: int) -> ResponseReturnValue:
    """Followed again: it was said to be kept, and is not."""
    actor = current_actor()
    found = get_visible_promise(actor, promise_id, EDIT_SUGGESTIONS)
    form = NoteForm()
    if not form.version.data:
        form.version.data = str(found.version)
    if form.validate_on_submit() and form.attempt(
        operations.reopen_promise, actor, promise_id, version=form.sent_version, **given(form)
    ):
        return go_back(promise_url(promise_id), _("已恢复跟踪。"))
    return _form_page(found, form, _("恢复跟踪"))


def _load(actor: Actor, found: Suggestion) -> dict[str, Any] | None:
    made = list_promises_of(found.id)
    findings = list_findings_of(found.id)
    units = promising_units(found, actor.unit_for(FOLLOW_PROMISES)) if actor.may(FOLLOW_PROMISES) else []
    may_add = bool(units) and reply_day(found) is not None
    if not (made or findings or may_add):
        return None
    url = url_for("suggestions.new_promise", suggestion_id=found.id)
    return {
        "promises": made,
        "findings": findings,
        "today": clock.today(),
        "actions": [(_("登记承诺事项"), url)] if may_add else [],
        "url": promise_url,
        "back": suggestion_url(found.id),
    }


register_part(Part("promises", 70, "suggestions/_promises.html", _load))
