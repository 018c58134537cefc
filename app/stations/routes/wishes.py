"""Days on which deputies cannot come or would like to, entered by themselves or by staff."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import chosen_options
from app.registry.queries import list_visible_mandates
from app.stations.calendar import queries
from app.stations.calendar.columns import WEEKDAYS, WISHES
from app.stations.calendar.forms import WishForm
from app.stations.operations import wishes as operations
from app.stations.policy import EDIT_CALENDARS, GIVE_WISHES
from app.stations.routes import bp
from app.stations.routes.calendars import calendar_crumbs, calendar_tabs
from app.stations.routes.surroundings import crumbs


@bp.get("/reception-wishes")
@requires(EDIT_CALENDARS)
def duty_wishes() -> ResponseReturnValue:
    """Wishes of the deputies of the viewer's areas."""
    return list_page(
        WISHES,
        actions=[(_("登记意愿"), url_for("stations.new_wish"), "primary", "plus")],
        page_tabs=calendar_tabs("stations.duty_wishes"),
        breadcrumbs=calendar_crumbs((_("代表意愿"), "")),
    )


def _back() -> str:
    own = current_actor().owns(GIVE_WISHES)
    return url_for("stations.my_duty") if own else url_for("stations.duty_wishes")


@bp.route("/reception-wishes/new", methods=["GET", "POST"])
@requires(GIVE_WISHES)
def new_wish() -> ResponseReturnValue:
    """A wish; a deputy's own needs no picking."""
    actor = current_actor()
    today = clock.today()
    form = WishForm(data={"from_on": today, "until_on": today})
    own = actor.owns(GIVE_WISHES) and actor.person_id is not None
    if own:
        held = list_visible_mandates(actor, actor.person_id or 0)
        del form.mandate_id
        mandate_id = held[0].id if held else None
    else:
        mandate_id = form.mandate_id.data
    if form.validate_on_submit():
        values = {**form.values(), "mandate_id": mandate_id}
        if form.attempt(operations.add_wish, actor, **values):
            return go_back(_back(), _("已登记，排班时会考虑。"))
    chosen = {} if own else {"mandate_id": chosen_options(actor, [mandate_id] if mandate_id else [])}
    trail = crumbs if own else calendar_crumbs
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("登记不能来或希望的日子"),
        subtitle=_("不能来的日子不会排班；希望的日子尽量安排"),
        chosen=chosen,
        back=_back(),
        breadcrumbs=trail((_("登记意愿"), "")),
    )


@bp.get("/reception-wishes/<int:wish_id>")
@requires(GIVE_WISHES)
def wish(wish_id: int) -> ResponseReturnValue:
    """A wish, to look at or take back."""
    found = queries.get_wish(current_actor(), wish_id)
    return render_template(
        "stations/wish.html",
        found=found,
        weekday=str(WEEKDAYS[found.weekday - 1]) if found.weekday else "",
        breadcrumbs=crumbs((_("意愿"), "")),
    )


@bp.post("/reception-wishes/<int:wish_id>/delete")
@requires(GIVE_WISHES)
def delete_wish(wish_id: int) -> ResponseReturnValue:
    """Takes a wish back."""
    actor = current_actor()
    operations.delete_wish(actor, queries.get_wish(actor, wish_id))
    return go_back(_back(), _("已删除。"))
