"""Whom an activity invites."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.activities import operations, queries
from app.activities.forms import ParticipantsForm
from app.activities.models import Activity
from app.activities.policy import EDIT_ACTIVITIES
from app.activities.queries import Resolved
from app.activities.routes import bp
from app.activities.routes.planning import activity_crumbs, editable_activity
from app.activities.states import Capacity
from app.kit.database import row_id, row_ids
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, note, requires
from app.registry.states import Level


@bp.route("/<int:activity_id>/participants", methods=["GET", "POST"])
@requires(EDIT_ACTIVITIES)
def participants(activity_id: int) -> ResponseReturnValue:
    """Adds deputies to the list; names that fit nobody or several stay on the page, so nothing is lost."""
    activity = editable_activity(activity_id)
    actor = current_actor()
    form = ParticipantsForm()
    form.offer(queries.list_areas(actor))
    resolved = Resolved()
    if form.validate_on_submit():
        added, resolved = form.attempt(_add, activity, form) or (None, resolved)
        unclear = resolved.unknown or resolved.ambiguous
        if added is not None:
            note(_("已加入 %(n)s 人。", n=added))
            if not unclear:
                return go_back(url_for("activities.participants", activity_id=activity_id))
            form = ParticipantsForm(formdata=None, pasted="、".join(resolved.unknown))
            form.offer(queries.list_areas(actor))
    elif request.method == "GET":
        form.group_ids.data = row_ids([request.args.get("group", "")])
    page = answer(
        "activities/participants.html",
        form=form,
        activity=activity,
        attendances=queries.list_attendances(activity.id),
        groups=queries.list_groups(actor, activity.held_on),
        delegations=queries.list_delegations(actor),
        resolved=resolved,
        capacities=list(Capacity),
        breadcrumbs=activity_crumbs(activity, _("应到名单")),
    )
    # What could be added is kept although the page comes back for the rest.
    return page if form.errors else (page[0], 200)


def _add(activity: Activity, form: ParticipantsForm) -> tuple[int, Resolved]:
    actor = current_actor()
    found = queries.find_deputies(
        actor,
        activity.held_on,
        group_ids=form.group_ids.data or [],
        area_codes=form.area_codes.data or [],
        delegation_ids=form.delegation_ids.data or [],
        levels=[Level(value) for value in form.levels.data or []],
    )
    resolved = queries.resolve_pasted(actor, form.pasted.data or "", activity.held_on, activity.area_code)
    invited = {row.mandate.person_id: row.mandate_id for row in queries.list_attendances(activity.id)}
    chosen = queries.one_per_person([*found, *resolved.mandates], activity.area_code, invited)
    ids = list(dict.fromkeys([*(form.mandate_ids.data or []), *(mandate.id for mandate in chosen)]))
    return operations.invite(actor, activity, ids, form.capacity.data or Capacity.DEPUTY), resolved


@bp.post("/<int:activity_id>/participants/change")
@requires(EDIT_ACTIVITIES)
def change_participants(activity_id: int) -> ResponseReturnValue:
    """Takes the ticked off the list and saves in what capacity the others take part."""
    activity = editable_activity(activity_id)
    actor = current_actor()
    capacities = {}
    for name, value in request.form.items():
        prefix, _dash, key = name.partition("-")
        number = row_id(key)
        if prefix == "capacity" and number is not None and value in list(Capacity):
            capacities[number] = Capacity(value)
    changed = operations.set_capacities(actor, activity, capacities)
    removed = 0
    if "remove" in request.form:
        ids = set(row_ids(request.form.getlist("ids")))
        removed = operations.remove_participants(actor, activity, ids)
    sentence = _("已去掉 %(n)s 人。", n=removed) if removed else _("已保存，改动 %(n)s 人的身份。", n=changed)
    return go_back(url_for("activities.participants", activity_id=activity_id), sentence)
