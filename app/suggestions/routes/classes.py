"""Classes of similar suggestions, handled together (4-24)."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.database import row_ids
from app.kit.errors import DomainError
from app.kit.i18n import _, _l
from app.kit.listing import ListQuery
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.ledger.queries import chosen_ids
from app.suggestions.columns import SUGGESTIONS
from app.suggestions.columns.screening import CLASSES
from app.suggestions.forms.assignment import ClassForm
from app.suggestions.models import Suggestion, SuggestionClass
from app.suggestions.operations import classes as operations
from app.suggestions.parts import Part, register_part
from app.suggestions.policy import ASSIGN_SUGGESTIONS, SCREEN_SUGGESTIONS, VIEW_SUGGESTIONS
from app.suggestions.queries import classes as queries
from app.suggestions.routes import bp
from app.suggestions.routes.assignment import assign_form, hand_over
from app.suggestions.routes.surroundings import crumbs, tabs
from app.suggestions.rules import standing_of

MOST_AT_ONCE = 200


def class_url(class_id: int) -> str:
    """The page of a class."""
    return url_for("suggestions.class_page", class_id=class_id)


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return crumbs((_("分类办理"), url_for("suggestions.classes") if last else ""), *last)


@bp.get("/suggestions/classes")
@requires(VIEW_SUGGESTIONS)
def classes() -> ResponseReturnValue:
    """Classes with what is in them and what of it has been answered."""
    actions = []
    if current_actor().may(SCREEN_SUGGESTIONS):
        actions = [(_("查找同类建议"), url_for("suggestions.alike"), "primary", "search")]
    return list_page(CLASSES, actions=actions, page_tabs=tabs("suggestions.classes"), breadcrumbs=_crumbs())


@bp.get("/suggestions/classes/<int:class_id>")
@requires(VIEW_SUGGESTIONS)
def class_page(class_id: int) -> ResponseReturnValue:
    """A class: its plan, its suggestions with their units and replies, and others that look alike."""
    actor = current_actor()
    found = queries.get_visible_class(actor, class_id)
    members = queries.seen_members(actor, found)
    editable = found.dissolved_on is None and actor.may_in(SCREEN_SUGGESTIONS, found.area_code)
    today = clock.today()
    return render_template(
        "suggestions/class.html",
        found=found,
        members=members,
        standings={
            one.id: standing_of(one.assigned_on, one.due_on, one.replied_on, today) for one in members
        },
        alike=queries.alike_to_class(actor, found) if editable else [],
        editable=editable,
        assignable=found.dissolved_on is None
        and actor.may_in(ASSIGN_SUGGESTIONS, found.area_code)
        and any(one.state in queries.GROUPED for one in members),
        breadcrumbs=_crumbs((found.number, "")),
    )


@bp.get("/suggestions/classes/alike")
@requires(SCREEN_SUGGESTIONS)
def alike() -> ResponseReturnValue:
    """Groups of similar suggestions nobody has put together yet."""
    return render_template(
        "suggestions/alike.html",
        groups=queries.find_alike(current_actor()),
        breadcrumbs=_crumbs((_("查找同类建议"), "")),
    )


def _chosen() -> list[int]:
    if "all" in request.form:
        query = ListQuery(SUGGESTIONS, current_actor(), request.form, url_for("suggestions.suggestions"))
        return chosen_ids(query.statement(), Suggestion.id, MOST_AT_ONCE)
    return row_ids(request.form.getlist("ids")[:MOST_AT_ONCE])


def _common_area(actor: Actor, found: list[Suggestion]) -> str:
    """The narrowest area the suggestions have in common and the actor keeps."""
    codes = [one.area_code for one in found]
    common = codes[0] if len(set(codes)) == 1 else codes[0][:6]
    return (
        common if actor.may_in(SCREEN_SUGGESTIONS, common) else min(actor.areas(SCREEN_SUGGESTIONS), key=len)
    )


@bp.post("/suggestions/classes/choose")
@requires(SCREEN_SUGGESTIONS)
def form_class() -> ResponseReturnValue:
    """Puts the chosen suggestions into a class; without a name yet, asks for it."""
    actor = current_actor()
    found = queries.list_for_class(actor, _chosen())
    if len(found) < operations.LEAST:
        raise DomainError(_l("请先选择至少两件建议，再归为一类。"))
    form = ClassForm()
    if "title" in request.form and form.validate_on_submit():
        made = form.attempt(
            operations.form_class,
            actor,
            area_code=_common_area(actor, found),
            suggestion_ids=[one.id for one in found],
            title=form.title.data or "",
            plan=form.plan.data or "",
        )
        if made:
            return go_back(class_url(made.id), _("已归为一类，编号%(number)s。", number=made.number))
        found = queries.list_for_class(actor, _chosen())
    context: dict[str, Any] = {
        "found": found,
        "back": url_for("suggestions.classes"),
        "breadcrumbs": _crumbs((_("归为一类"), "")),
    }
    if "title" in request.form:
        return answer("suggestions/class_form.html", form=form, **context)
    return render_template("suggestions/class_form.html", form=form, **context)


@bp.route("/suggestions/classes/<int:class_id>/edit", methods=["GET", "POST"])
@requires(SCREEN_SUGGESTIONS)
def edit_class(class_id: int) -> ResponseReturnValue:
    """Words of a class: what it is about, how it is to be handled."""
    actor = current_actor()
    found = queries.get_visible_class(actor, class_id, SCREEN_SUGGESTIONS)
    form = ClassForm(obj=found)
    if form.validate_on_submit():
        values = {name: value or "" for name, value in form.values().items()}
        if form.attempt(operations.edit_class, actor, class_id, version=form.sent_version, **values):
            return go_back(class_url(class_id), _("已保存。"))
    return answer(
        "kit/form_page.html",
        form=form,
        differences=form.differences(found),
        heading=_("修改类别"),
        subtitle=found.number,
        back=class_url(class_id),
        breadcrumbs=_crumbs((found.number, class_url(class_id)), (_("修改类别"), "")),
    )


@bp.post("/suggestions/classes/<int:class_id>/add")
@requires(SCREEN_SUGGESTIONS)
def add_to_class(class_id: int) -> ResponseReturnValue:
    """Puts further suggestions into a class."""
    operations.add_to_class(current_actor(), class_id, row_ids(request.form.getlist("ids")[:MOST_AT_ONCE]))
    return go_back(class_url(class_id), _("已并入这一类，代表已收到通知。"))


@bp.post("/suggestions/classes/<int:class_id>/remove")
@requires(SCREEN_SUGGESTIONS)
def remove_from_class(class_id: int) -> ResponseReturnValue:
    """Handles one by itself again."""
    queries.get_visible_class(current_actor(), class_id, SCREEN_SUGGESTIONS)
    for one in row_ids(request.form.getlist("ids")[:1]):
        operations.remove_from_class(current_actor(), class_id, one)
    return go_back(class_url(class_id), _("已移出，单独办理。"))


@bp.post("/suggestions/classes/<int:class_id>/dissolve")
@requires(SCREEN_SUGGESTIONS)
def dissolve_class(class_id: int) -> ResponseReturnValue:
    """Ends a class; its suggestions go their own ways."""
    operations.dissolve_class(current_actor(), class_id)
    return go_back(class_url(class_id), _("已解散，原来的建议各自办理。"))


@bp.route("/suggestions/classes/<int:class_id>/assign", methods=["GET", "POST"])
@requires(ASSIGN_SUGGESTIONS)
def assign_class(class_id: int) -> ResponseReturnValue:
    """Hands every suggestion of a class to the same units; each is answered."""
    actor = current_actor()
    found = queries.get_visible_class(actor, class_id, ASSIGN_SUGGESTIONS)
    authorise(actor, ASSIGN_SUGGESTIONS, found.area_code)
    members = [one for one in queries.members_of(found) if one.state in queries.GROUPED]
    if not members:
        raise DomainError(_l("这一类里没有等待交办或正在办理的建议。"))
    made, page = hand_over(
        assign_form(version=found.version),
        members,
        lambda **values: operations.assign_class(actor, class_id, **values),
        heading=_("交办一类建议"),
        intro=_(
            "“%(title)s”一类的 %(n)s 件建议交给同样的单位，逐件答复。", title=found.title, n=len(members)
        ),
        back=class_url(class_id),
        breadcrumbs=_crumbs((found.number, class_url(class_id)), (_("交办"), "")),
    )
    if made is None:
        return page  # type: ignore[return-value]
    return go_back(class_url(class_id), _("已交办 %(n)s 件建议。", n=len(made)))


def _load(actor: Actor, found: Suggestion) -> dict[str, Any] | None:
    """The class of a suggestion, and who else is in it, for the page of the suggestion."""
    if found.class_id is None or found.suggestion_class is None:
        return None
    shown: SuggestionClass = found.suggestion_class
    others = [one for one in queries.seen_members(actor, shown) if one.id != found.id]
    return {"found": shown, "others": others, "total": len(queries.members_of(shown))}


register_part(Part("class", 25, "suggestions/_class.html", _load, beside=True))
