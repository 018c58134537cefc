"""Groups: the list, a group's page, its members and posts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.groups import operations, queries
from app.groups.columns import GROUPS
from app.groups.forms import GroupForm, GroupPostForm, MembersForm, PostDaysForm, RemovalForm
from app.groups.models import DeputyGroup, GroupMembership
from app.groups.policy import EDIT_GROUPS, OVERSEE_GROUPS, VIEW_GROUPS
from app.groups.routes import bp
from app.groups.states import GroupRole
from app.kit import clock
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import area_choices, chosen_options
from app.registry.queries import standing_of
from app.registry.states import Level, MandateStanding, Sex


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("首页"), url_for("home.index")), (_("小组"), url_for("groups.groups")), *last]


def _url(group_id: int) -> str:
    return url_for("groups.detail", group_id=group_id)


@bp.get("/groups")
@requires(VIEW_GROUPS)
def groups() -> ResponseReturnValue:
    """Groups with their posts and members."""
    actions = []
    if current_actor().may(EDIT_GROUPS):
        actions = [
            (_("编组方案"), url_for("groups.compositions"), "light", ""),
            (_("登记小组"), url_for("groups.new"), "primary", "plus"),
        ]
    if current_actor().areas(OVERSEE_GROUPS):
        actions += [
            (_("没有编组的领导干部代表"), url_for("groups.leaders_without_group"), "light", "people"),
            (_("编入小组的上级代表"), url_for("groups.upper_deputies"), "light", "up"),
            (_("代表联系"), url_for("groups.links"), "light", "group"),
            (_("走访慰问"), url_for("groups.care_notes"), "light", "report"),
        ]
    return list_page(GROUPS, actions=actions, breadcrumbs=[*_crumbs()[:-1], (_("小组"), "")])


@bp.get("/groups/<int:group_id>")
@requires(VIEW_GROUPS)
def detail(group_id: int) -> ResponseReturnValue:
    """A group: posts with their vacancies, members by level, and who was in it before."""
    actor = current_actor()
    group = queries.get_visible_group(actor, group_id)
    memberships = queries.list_memberships(group_id)
    today = clock.today()
    standings = {row.id: standing_of(row.mandate, today) for row in memberships}
    members = [row for row in memberships if row.left_on is None or row.left_on > today]
    serving = [row for row in members if standings[row.id] is MandateStanding.IN_OFFICE]
    posts = queries.list_posts(group_id)
    rules = queries.rules_for(group.area_code, today)
    return render_template(
        "groups/detail.html",
        group=group,
        members=members,
        former=[row for row in memberships if row not in members],
        standings=standings,
        composition=_composition(serving),
        posts=posts,
        roles=[
            (role, [p for p in posts if p.role is role and (p.ended_on is None or p.ended_on > today)])
            for role in GroupRole
        ],
        expected=rules.expected_posts,
        rules=rules,
        leading=queries.leads(actor, group_id),
        editable=actor.may_in(EDIT_GROUPS, group.area_code),
        breadcrumbs=_crumbs((group.name, "")),
    )


def _composition(serving: list[GroupMembership]) -> dict[str, Any]:
    """Of a group's members in office: how many by level, re-elected, leaders, women (2-15, 2-16)."""
    levels = Counter(row.mandate.level for row in serving)
    people = {row.mandate.person_id: row.mandate.person for row in serving}

    def persons(rows: list[GroupMembership]) -> int:
        return len({row.mandate.person_id for row in rows})

    return {
        "persons": len(people),
        "levels": [(level, levels[level]) for level in Level if levels[level]],
        "re_elected": persons([row for row in serving if row.mandate.re_elected]),
        "leaders": persons([row for row in serving if row.mandate.leader or row.mandate.office_holder]),
        "women": sum(person.sex is Sex.FEMALE for person in people.values()),
    }


@bp.route("/groups/new", methods=["GET", "POST"])
@requires(EDIT_GROUPS)
def new() -> ResponseReturnValue:
    """A new group."""
    form = _group_form(None)
    if form.validate_on_submit():
        made = form.attempt(operations.create_group, current_actor(), **form.values())
        if made:
            return go_back(_url(made.id), _("已登记%(name)s。", name=made.name))
    return _form_page(form, None, _("登记小组"))


@bp.route("/groups/<int:group_id>/edit", methods=["GET", "POST"])
@requires(EDIT_GROUPS)
def edit(group_id: int) -> ResponseReturnValue:
    """Corrects a group."""
    actor = current_actor()
    group = queries.get_visible_group(actor, group_id, EDIT_GROUPS)
    form = _group_form(group)
    if form.validate_on_submit():
        done = form.attempt(operations.update_group, actor, group, version=form.sent_version, **form.values())
        if done:
            return go_back(_url(group_id), _("已保存。"))
    return _form_page(form, group, _("修改小组"))


def _group_form(group: DeputyGroup | None) -> GroupForm:
    form = GroupForm(obj=group)
    form.area_code.choices = area_choices(current_actor(), EDIT_GROUPS)
    return form


def _form_page(form: Any, group: DeputyGroup | None, heading: str, **context: Any) -> ResponseReturnValue:
    back = _url(group.id) if group is not None else url_for("groups.groups")
    above = [(group.name, back)] if group is not None else []
    return answer(
        "kit/form_page.html",
        form=form,
        differences=form.differences(group) if group is not None else [],
        heading=heading,
        subtitle=group.name if group is not None else "",
        back=back,
        breadcrumbs=_crumbs(*above, (heading, "")),
        **context,
    )


@bp.route("/groups/<int:group_id>/members/add", methods=["GET", "POST"])
@requires(EDIT_GROUPS)
def add_members(group_id: int) -> ResponseReturnValue:
    """Deputies join."""
    actor = current_actor()
    group = queries.get_visible_group(actor, group_id, EDIT_GROUPS)
    form = MembersForm(data={"joined_on": clock.today()})
    if form.validate_on_submit():
        made = form.attempt(operations.add_members, actor, group, **form.values())
        if made:
            return go_back(_url(group_id), _("已加入 %(n)s 名代表。", n=len(made)))
    chosen = {"mandate_ids": chosen_options(actor, form.mandate_ids.data or [])}
    return _form_page(form, group, _("加入成员"), chosen=chosen, primary=_("加入"))


@bp.route("/groups/<int:group_id>/members/remove", methods=["GET", "POST"])
@requires(EDIT_GROUPS)
def remove_members(group_id: int) -> ResponseReturnValue:
    """Members leave; their time in the group stays on record."""
    actor = current_actor()
    group = queries.get_visible_group(actor, group_id, EDIT_GROUPS)
    members = [row for row in queries.list_memberships(group_id) if row.left_on is None]
    form = RemovalForm(
        data={"left_on": clock.today(), "membership_ids": request.args.getlist("member", type=int)}
    )
    form.membership_ids.choices = [
        (row.id, f"{row.mandate.person.name}（{row.mandate.level.label}）") for row in members
    ]
    if form.validate_on_submit():
        gone = form.attempt(operations.remove_members, actor, group, **form.values())
        if gone:
            return go_back(_url(group_id), _("已移出 %(n)s 名成员，此前的记录保留。", n=len(gone)))
    wide = ("membership_ids",)
    return _form_page(form, group, _("移出成员"), primary=_("移出"), wide=wide)


@bp.route("/groups/<int:group_id>/posts/new", methods=["GET", "POST"])
@requires(EDIT_GROUPS)
def new_post(group_id: int) -> ResponseReturnValue:
    """Somebody takes a post of the group."""
    actor = current_actor()
    group = queries.get_visible_group(actor, group_id, EDIT_GROUPS)
    form = GroupPostForm(data={"role": request.args.get("role"), "began_on": clock.today()})
    if form.validate_on_submit() and form.attempt(operations.create_post, actor, group, **form.values()):
        return go_back(_url(group_id), _("已登记职务。"))
    held = [form.mandate_id.data] if form.mandate_id.data else []
    return _form_page(form, group, _("登记小组职务"), chosen={"mandate_id": chosen_options(actor, held)})


@bp.route("/groups/posts/<int:post_id>", methods=["GET", "POST"])
@requires(EDIT_GROUPS)
def edit_post(post_id: int) -> ResponseReturnValue:
    """Ends a post, or corrects its days."""
    actor = current_actor()
    post = queries.get_visible_post(actor, post_id, EDIT_GROUPS)
    form = PostDaysForm(obj=post)
    if form.validate_on_submit() and form.attempt(operations.update_post, actor, post, **form.values()):
        return go_back(_url(post.group_id), _("已保存。"))
    heading = _("%(role)s %(name)s", role=post.role.label, name=post.holder)
    return _form_page(form, post.group, heading)
