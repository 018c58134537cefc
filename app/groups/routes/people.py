"""Who is in no group, who comes from above, links between levels, visits to deputies in difficulty."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.groups import operations, queries
from app.groups.columns import CARE_NOTES, DEPUTY_LINKS, UNGROUPED_LEADERS, UNLINKED, UPPER_DEPUTIES
from app.groups.forms import CareForm, EndLinkForm, HardshipForm, LinkForm
from app.groups.models import CareNote
from app.groups.policy import EDIT_GROUPS, OVERSEE_GROUPS, VIEW_CARE
from app.groups.routes import bp
from app.kit import clock
from app.kit.database import row_id
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import chosen_options


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("首页"), url_for("home.index")), (_("小组"), url_for("groups.groups")), *last]


def _enter(url: str, label: str) -> list[tuple[str, str, str, str]]:
    return [(label, url, "primary", "plus")] if queries.may_keep(current_actor()) else []


@bp.get("/groups/leaders-without-group")
@requires(OVERSEE_GROUPS)
def leaders_without_group() -> ResponseReturnValue:
    """Leading cadres among the deputies who sit in no group (3-04: all of them are grouped)."""
    return list_page(UNGROUPED_LEADERS, breadcrumbs=_crumbs((_("没有编组的领导干部代表"), "")))


@bp.get("/groups/upper-deputies")
@requires(OVERSEE_GROUPS)
def upper_deputies() -> ResponseReturnValue:
    """Deputies of higher levels who sit in the area's groups (3-30)."""
    return list_page(UPPER_DEPUTIES, breadcrumbs=_crumbs((_("编入小组的上级代表"), "")))


@bp.get("/groups/members/<int:membership_id>")
@requires(OVERSEE_GROUPS)
def member(membership_id: int) -> ResponseReturnValue:
    """The group of a membership."""
    group_id = queries.group_of_membership(current_actor(), membership_id)
    return redirect(url_for("groups.detail", group_id=group_id, _anchor="members"))


# --- links ------------------------------------------------------------------------------------------------


@bp.get("/groups/links")
@requires(OVERSEE_GROUPS)
def links() -> ResponseReturnValue:
    """Links between deputies of two levels (1-10)."""
    actions = [
        *_enter(url_for("groups.new_link"), _("登记联系")),
        (_("联系覆盖"), url_for("groups.link_coverage"), "light", "coverage"),
        (_("还没有联系的代表"), url_for("groups.unlinked"), "light", "people"),
    ]
    return list_page(DEPUTY_LINKS, actions=actions, breadcrumbs=_crumbs((_("上级代表联系下级代表"), "")))


@bp.get("/groups/links/unlinked")
@requires(OVERSEE_GROUPS)
def unlinked() -> ResponseReturnValue:
    """County and township deputies nobody of a higher level is linked with."""
    above = (_("上级代表联系下级代表"), url_for("groups.links"))
    return list_page(UNLINKED, breadcrumbs=_crumbs(above, (_("还没有联系的代表"), "")))


@bp.get("/groups/links/coverage")
@requires(OVERSEE_GROUPS)
def link_coverage() -> ResponseReturnValue:
    """By township, how many of its own deputies a higher deputy is linked with."""
    areas = current_actor().areas(OVERSEE_GROUPS)
    rows = queries.link_coverage(areas[0] if areas else "", clock.today())
    above = (_("上级代表联系下级代表"), url_for("groups.links"))
    return render_template(
        "groups/link_coverage.html",
        rows=[row for row in rows if row.serving],
        serving=sum(row.serving for row in rows),
        linked=sum(row.linked for row in rows),
        breadcrumbs=_crumbs(above, (_("联系覆盖"), "")),
    )


@bp.route("/groups/links/new", methods=["GET", "POST"])
@requires(EDIT_GROUPS)
def new_link() -> ResponseReturnValue:
    """Links a deputy with some of a lower level."""
    actor = current_actor()
    form = LinkForm(data={"began_on": clock.today()})
    if form.validate_on_submit():
        made = form.attempt(operations.link_deputies, actor, **form.values())
        if made:
            return go_back(url_for("groups.links"), _("已登记联系 %(n)s 名代表。", n=len(made)))
    chosen = {
        "upper_id": chosen_options(actor, [form.upper_id.data] if form.upper_id.data else []),
        "lower_ids": chosen_options(actor, form.lower_ids.data or []),
    }
    above = (_("上级代表联系下级代表"), url_for("groups.links"))
    return answer(
        "kit/form_page.html",
        form=form,
        chosen=chosen,
        heading=_("登记联系"),
        back=url_for("groups.links"),
        breadcrumbs=_crumbs(above, (_("登记联系"), "")),
    )


@bp.route("/groups/links/<int:link_id>", methods=["GET", "POST"])
@requires(EDIT_GROUPS)
def end_link(link_id: int) -> ResponseReturnValue:
    """Ends a link."""
    actor = current_actor()
    link = queries.get_visible_link(actor, link_id, EDIT_GROUPS)
    form = EndLinkForm(data={"ended_on": link.ended_on or clock.today()})
    if form.validate_on_submit() and form.attempt(
        operations.end_link, actor, link, ended_on=form.ended_on.data
    ):
        return go_back(url_for("groups.links"), _("已保存。"))
    pair = f"{link.upper.person.name} — {link.lower.person.name}"
    above = (_("上级代表联系下级代表"), url_for("groups.links"))
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("结束联系"),
        subtitle=pair,
        back=url_for("groups.links"),
        breadcrumbs=_crumbs(above, (pair, "")),
        history_kind="deputy_link",
        history_id=link.id,
    )


# --- care -------------------------------------------------------------------------------------------------


@bp.get("/groups/care")
@requires(VIEW_CARE)
def care_notes() -> ResponseReturnValue:
    """Deputies in difficulty and the visits paid to them (0-14)."""
    actions = _enter(url_for("groups.new_care"), _("登记困难代表"))
    return list_page(CARE_NOTES, actions=actions, breadcrumbs=_crumbs((_("走访慰问"), "")))


@bp.route("/groups/care/new", methods=["GET", "POST"])
@requires(EDIT_GROUPS)
def new_care() -> ResponseReturnValue:
    """A deputy in difficulty."""
    actor = current_actor()
    form = HardshipForm(
        data={"noted_on": clock.today(), "mandate_id": row_id(request.args.get("deputy", ""))}
    )
    if form.validate_on_submit() and form.attempt(operations.note_hardship, actor, **form.values()):
        return go_back(url_for("groups.care_notes"), _("已登记，请及时走访。"))
    chosen = chosen_options(actor, [form.mandate_id.data] if form.mandate_id.data else [])
    return answer(
        "kit/form_page.html",
        form=form,
        chosen={"mandate_id": chosen},
        heading=_("登记困难代表"),
        back=url_for("groups.care_notes"),
        breadcrumbs=_crumbs((_("走访慰问"), url_for("groups.care_notes")), (_("登记困难代表"), "")),
    )


@bp.get("/groups/care/<int:note_id>")
@requires(VIEW_CARE)
def care(note_id: int) -> ResponseReturnValue:
    """The note; staff enter the visit."""
    note = queries.get_visible_note(current_actor(), note_id)
    return _care_page(note, CareForm(obj=note))


@bp.post("/groups/care/<int:note_id>")
@requires(EDIT_GROUPS)
def update_care(note_id: int) -> ResponseReturnValue:
    """Who visited, when, and what help was given."""
    actor = current_actor()
    note = queries.get_visible_note(actor, note_id, EDIT_GROUPS)
    form = CareForm(obj=note)
    if form.validate_on_submit():
        done = form.attempt(operations.update_care, actor, note, version=form.sent_version, **form.values())
        if done:
            return go_back(url_for("groups.care_notes"), _("已保存。"))
    return _care_page(note, form)


def _care_page(note: CareNote, form: CareForm) -> ResponseReturnValue:
    return answer(
        "groups/care.html",
        form=form,
        note=note,
        differences=form.differences(note),
        editable=current_actor().may_in(EDIT_GROUPS, note.area_code),
        breadcrumbs=_crumbs((_("走访慰问"), url_for("groups.care_notes")), (note.mandate.person.name, "")),
    )
