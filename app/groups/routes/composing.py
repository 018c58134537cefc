"""Composing groups: wishes, the proposal, moving people by hand, taking effect (2-15, 2-16)."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.groups.composing import changes, effect, reading, working
from app.groups.composing.board import AFTER, BEFORE, Board
from app.groups.composing.columns import COMPOSITIONS
from app.groups.composing.forms import CompositionForm, EffectForm, RuleForm, WishesForm
from app.groups.composing.wishes import Wishes
from app.groups.composing.words import VALUES, Criterion
from app.groups.models import GroupComposition
from app.groups.policy import COMPOSE_GROUPS
from app.groups.routes import bp
from app.groups.states import COMPOSITION_TRANSITIONS, CompositionState, CompositionStep, GroupKind
from app.kit import clock
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import area_choices, chosen_options
from app.registry.states import Level

SECONDS = ((10, 10), (60, 60), (300, 300))

__all__ = ["working"]


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    above = [
        (_("首页"), url_for("home.index")),
        (_("小组"), url_for("groups.groups")),
        (_("编组方案"), url_for("groups.compositions")),
    ]
    return [*above, *last]


def _url(composition: GroupComposition) -> str:
    return url_for("groups.composition", composition_id=composition.id)


def _get(composition_id: int) -> GroupComposition:
    return reading.get_composition(current_actor(), composition_id)


@bp.get("/groups/compositions")
@requires(COMPOSE_GROUPS)
def compositions() -> ResponseReturnValue:
    """Divisions that were proposed, and which took effect."""
    actions = [(_("新的编组"), url_for("groups.new_composition"), "primary", "plus")]
    return list_page(COMPOSITIONS, actions=actions, breadcrumbs=[*_crumbs()[:-1], (_("编组方案"), "")])


@bp.route("/groups/compositions/new", methods=["GET", "POST"])
@requires(COMPOSE_GROUPS)
def new_composition() -> ResponseReturnValue:
    """Wishes for a new division."""
    today = clock.today()
    start = {
        "on": today,
        "name": _("%(year)s年编组", year=today.year),
        "kind": GroupKind.JOINT,
        "levels": list(Level),
        "criteria": list(Criterion),
        "groups": 7,
        "least": 0,
        "most": 60,
        "mixed": True,
    }
    form = CompositionForm(data=start)
    form.area_code.choices = area_choices(current_actor(), COMPOSE_GROUPS)
    if form.validate_on_submit():
        made = form.attempt(changes.create_composition, current_actor(), **form.values())
        if made:
            return go_back(_url(made), _("已建立，现在可以提出方案。"))
    return _form_page(form, _("新的编组"), url_for("groups.compositions"), wide=("name",))


@bp.route("/groups/compositions/<int:composition_id>/edit", methods=["GET", "POST"])
@requires(COMPOSE_GROUPS)
def edit_composition(composition_id: int) -> ResponseReturnValue:
    """Other wishes."""
    found = _get(composition_id)
    wishes = Wishes.read(found.wishes)
    kept = {name: getattr(wishes, name) for name in ("groups", "least", "most", "mixed", "whole_townships")}
    kept |= {"levels": list(wishes.levels), "criteria": list(wishes.criteria)}
    form = WishesForm(
        data={
            "name": found.name,
            "on": found.on,
            "names": "\n".join(found.names),
            "version": found.version,
            **kept,
        }
    )
    if form.validate_on_submit():
        done = form.attempt(
            changes.update_composition, current_actor(), found, version=form.sent_version, **form.values()
        )
        if done:
            return go_back(_url(found), _("已保存。"))
    differences = form.differences(found, hidden=("names",))
    return _form_page(form, _("修改要求"), _url(found), found, differences=differences)


def _form_page(
    form: Any, heading: str, back: str, composition: GroupComposition | None = None, **context: Any
) -> ResponseReturnValue:
    above = [(composition.name, back)] if composition is not None else []
    return answer(
        "kit/form_page.html",
        form=form,
        heading=heading,
        subtitle=composition.name if composition is not None else "",
        back=back,
        breadcrumbs=_crumbs(*above, (heading, "")),
        **context,
    )


@bp.get("/groups/compositions/<int:composition_id>")
@requires(COMPOSE_GROUPS)
def composition(composition_id: int) -> ResponseReturnValue:
    """A division: wishes, figures before and after, and its groups, to be changed by hand."""
    found = _get(composition_id)
    board = Board(found)
    status = reading.running_job(found)
    draft = found.state is CompositionState.DRAFT
    return render_template(
        "groups/composition.html",
        composition=found,
        board=board,
        groups=board.groups,
        after=board.after() if board.division else None,
        before=board.before(),
        broken=board.broken if board.division and draft else [],
        complaints=list(dict.fromkeys([*board.impossible, *found.wishes.get("complaints", [])]))
        if draft
        else [],
        rules=_rules(board),
        status=status,
        last_words=changes.last_words(found),
        seconds=SECONDS,
        editable=draft and status is None,
        may={step.value: COMPOSITION_TRANSITIONS.after(found.state, step) for step in CompositionStep},
        breadcrumbs=_crumbs((found.name, "")),
    )


def _rules(board: Board) -> list[tuple[str, int, str]]:
    """(rule, its place, names) of the rules for people."""
    rows = []
    for rule, blocks in (("together", board.wishes.together), ("apart", board.wishes.apart)):
        for place, block in enumerate(blocks):
            labels = [label for _id, label in chosen_options(current_actor(), block, kept=block)]
            rows.append((rule, place, "、".join(labels)))
    return rows


@bp.get("/groups/compositions/<int:composition_id>/progress")
@requires(COMPOSE_GROUPS)
def composition_progress(composition_id: int) -> ResponseReturnValue:
    """The part of the page that asks again every second; when the search is over the page is loaded anew."""
    found = _get(composition_id)
    status = reading.running_job(found)
    if status is None:
        return Response(headers={"HX-Refresh": "true"})
    return render_template("groups/_composition_progress.html", composition=found, status=status)


@bp.get("/groups/compositions/<int:composition_id>/people")
@requires(COMPOSE_GROUPS)
def composition_people(composition_id: int) -> ResponseReturnValue:
    """Those under a number of the figures."""
    found = _get(composition_id)
    board = Board(found)
    side = BEFORE if request.args.get("side") == BEFORE else AFTER
    place = request.args.get("place", type=int)
    criterion, value, label = _kind_asked()
    figures = board.before() if side == BEFORE else board.after()
    names = [group.name for group in figures.groups] if figures else []
    group = names[place] if place is not None and 0 <= place < len(names) else ""
    heading = " · ".join(text for text in (group, label) if text) or _("参加编组的代表")
    return render_template(
        "groups/composition_people.html",
        people=board.people(side, place if group else None, criterion, value),
        heading=heading,
        before=side == BEFORE,
        composition=found,
        breadcrumbs=_crumbs((found.name, _url(found)), (heading, "")),
    )


def _kind_asked() -> tuple[str, str, str]:
    """(criterion, value, label) of the request; empty where it names none."""
    criterion, value = request.args.get("criterion", ""), request.args.get("value", "")
    if criterion not in list(Criterion) or value not in list(VALUES[Criterion(criterion)]):
        return "", "", ""
    return criterion, value, VALUES[Criterion(criterion)](value).label


@bp.route("/groups/compositions/<int:composition_id>/rules", methods=["GET", "POST"])
@requires(COMPOSE_GROUPS)
def add_composition_rule(composition_id: int) -> ResponseReturnValue:
    """Who must share a group, or must not."""
    actor = current_actor()
    found = _get(composition_id)
    form = RuleForm(data={"rule": request.args.get("rule", "together")})
    if form.validate_on_submit() and form.attempt(changes.add_rule, actor, found, **form.values()):
        return go_back(_url(found), _("已加上这条要求。"))
    chosen = {"mandate_ids": chosen_options(actor, form.mandate_ids.data or [])}
    return _form_page(form, _("增加人员要求"), _url(found), found, chosen=chosen, primary=_("加上"))


@bp.post("/groups/compositions/<int:composition_id>/rules/remove")
@requires(COMPOSE_GROUPS)
def remove_composition_rule(composition_id: int) -> ResponseReturnValue:
    """Takes a rule for people back."""
    found = _get(composition_id)
    place = request.form.get("place", -1, type=int)
    changes.remove_rule(current_actor(), found, rule=request.form.get("rule", ""), place=place)
    return go_back(_url(found), _("已去掉这条要求。"))


@bp.post("/groups/compositions/<int:composition_id>/propose")
@requires(COMPOSE_GROUPS)
def propose_composition(composition_id: int) -> ResponseReturnValue:
    """Starts the search for a division."""
    found = _get(composition_id)
    seconds = request.form.get("seconds", SECONDS[0][0], type=int)
    changes.request_proposal(current_actor(), found, seconds)
    return go_back(_url(found))


@bp.post("/groups/compositions/<int:composition_id>/stop")
@requires(COMPOSE_GROUPS)
def stop_composition(composition_id: int) -> ResponseReturnValue:
    """Ends the search; the best division so far stays."""
    found = _get(composition_id)
    changes.stop_proposal(current_actor(), found)
    return go_back(_url(found), _("正在停止，保留目前最好的方案。"))


@bp.post("/groups/compositions/<int:composition_id>/move")
@requires(COMPOSE_GROUPS)
def move_in_composition(composition_id: int) -> ResponseReturnValue:
    """Puts people into another group; the page's script asks for the figures alone."""
    found = _get(composition_id)
    members = request.form.getlist("member", type=int)
    board = changes.move_members(
        current_actor(), found, members=members, place=request.form.get("place", -1, type=int)
    )
    if "HX-Request" not in request.headers:
        return go_back(_url(found), _("已移动 %(n)s 名代表。", n=len(members)))
    return render_template(
        "groups/_composition_figures.html",
        composition=found,
        after=board.after(),
        before=board.before(),
        broken=board.broken,
    )


@bp.route("/groups/compositions/<int:composition_id>/effect", methods=["GET", "POST"])
@requires(COMPOSE_GROUPS)
def composition_effect(composition_id: int) -> ResponseReturnValue:
    """The division takes effect on a day."""
    found = _get(composition_id)
    form = EffectForm(data={"effective_on": found.on})
    if form.validate_on_submit():
        done = form.attempt(effect.take_effect, current_actor(), found, **form.values())
        if done:
            message = _("已生效：加入 %(joined)s 人，离开 %(left)s 人，不变 %(stayed)s 人；新建 %(made)s 个小组，撤销 %(ended)s 个。",
                        **vars(done))  # fmt: skip
            return go_back(_url(found), message)
    board = Board(found)
    return answer(
        "groups/composition_effect.html",
        form=form,
        composition=found,
        broken=board.broken,
        back=_url(found),
        breadcrumbs=_crumbs((found.name, _url(found)), (_("生效"), "")),
    )


@bp.post("/groups/compositions/<int:composition_id>/discard")
@requires(COMPOSE_GROUPS)
def discard_composition(composition_id: int) -> ResponseReturnValue:
    """Gives the division up."""
    found = _get(composition_id)
    changes.discard_composition(current_actor(), found)
    return go_back(url_for("groups.compositions"), _("已作废，现有小组没有变化。"))
