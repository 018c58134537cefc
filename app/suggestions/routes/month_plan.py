"""What a unit does for a suggestion in which month, and who does it; the unit's year over all suggestions (4-22)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.database import row_id
from app.kit.i18n import _, _l
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.suggestions.columns.handling import MONTH_ITEMS
from app.suggestions.forms import handling as forms
from app.suggestions.models import SuggestionUnit
from app.suggestions.operations import month_plan as operations
from app.suggestions.policy import HANDLE_SUGGESTIONS
from app.suggestions.queries.handling import (
    get_visible_item,
    get_visible_part,
    list_handlers,
    list_months,
    list_planning_units,
)
from app.suggestions.routes import bp
from app.suggestions.routes.handling import filled, handling_crumbs, part_url, step_page
from app.suggestions.routes.surroundings import tabs
from app.suggestions.rules import months_after

MONTHS_AHEAD = 24


def _months(part: SuggestionUnit, kept: date | None = None) -> list[tuple[str, str]]:
    """Months to choose from: from the one it was handed over in to two years on."""
    first = min(day for day in (part.sent_on, kept, clock.today()) if day is not None).replace(day=1)
    last = months_after(clock.today().replace(day=1), MONTHS_AHEAD)
    count = (last.year - first.year) * 12 + last.month - first.month
    months = [months_after(first, n) for n in range(count + 1)]
    return [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months]


@bp.route("/handling/<int:part_id>/plan", methods=["GET", "POST"])
@requires(HANDLE_SUGGESTIONS)
def handling_plan(part_id: int) -> ResponseReturnValue:
    """Adds what is done in a month, and by whom."""
    actor = current_actor()
    part = get_visible_part(actor, part_id)
    form = forms.MonthItemForm(data={"handler": part.handler})
    form.month.choices = _months(part)
    if not form.is_submitted():
        form.month.data = clock.today().replace(day=1)
    return step_page(
        part,
        form,
        lambda values: operations.add_month_item(actor, part_id, **values),
        _l("安排到月份"),
        _l("已安排。"),
        versioned=False,
        known={"handler": list_handlers(actor)},
    )


@bp.route("/handling/items/<int:item_id>", methods=["GET", "POST"])
@requires(HANDLE_SUGGESTIONS)
def handling_item(item_id: int) -> ResponseReturnValue:
    """Corrects an item of the plan, or says when it was done."""
    actor = current_actor()
    item = get_visible_item(actor, item_id)
    part_id, number = item.suggestion_unit_id, item.suggestion_unit.suggestion.shown_number
    form = forms.MonthItemEditForm(obj=item)
    form.month.choices = _months(item.suggestion_unit, item.month)
    if form.validate_on_submit():
        done = form.attempt(
            operations.update_month_item, actor, item_id, version=form.sent_version, **filled(form)
        )
        if done:
            return go_back(part_url(part_id), _("已保存。"))
    item = get_visible_item(actor, item_id)
    return answer(
        "suggestions/handling_item.html",
        form=form,
        item=item,
        part=item.suggestion_unit,
        suggestion=item.suggestion_unit.suggestion,
        known={"handler": list_handlers(actor)},
        back=part_url(part_id),
        breadcrumbs=handling_crumbs((number, part_url(part_id)), (_("修改安排"), "")),
    )


@bp.post("/handling/items/<int:item_id>/done")
@requires(HANDLE_SUGGESTIONS)
def handling_item_done(item_id: int) -> ResponseReturnValue:
    """The item is done today."""
    item = operations.finish_month_item(current_actor(), item_id)
    return go_back(part_url(item.suggestion_unit_id), _("已记为完成。"))


@bp.post("/handling/items/<int:item_id>/delete")
@requires(HANDLE_SUGGESTIONS)
def handling_item_delete(item_id: int) -> ResponseReturnValue:
    """Takes an item off the plan."""
    part = operations.delete_month_item(current_actor(), item_id)
    return go_back(part_url(part.id), _("已去掉这项安排。"))


@bp.get("/handling/items")
@requires(HANDLE_SUGGESTIONS)
def handling_items() -> ResponseReturnValue:
    """Items of all plans, by month and person."""
    return list_page(
        MONTH_ITEMS,
        actions=[(_("按月份看"), url_for("suggestions.handling_months"), "light", "calendar")],
        page_tabs=tabs("suggestions.handling"),
        breadcrumbs=handling_crumbs((_("办理安排"), "")),
    )


@bp.get("/handling/months")
@requires(HANDLE_SUGGESTIONS)
def handling_months() -> ResponseReturnValue:
    """A year of a unit: who does how much in which month; each number opens its list."""
    actor = current_actor()
    today = clock.today()
    year = request.args.get("year", today.year, type=int)
    year = min(max(year, 2000), today.year + 3)
    units = list_planning_units(actor)
    chosen = row_id(request.args.get("unit", ""))
    unit = next((row for row in units if row[0] == chosen), None)
    rows: dict[str, dict[int, Any]] = {}
    for handler, month, items, done in list_months(actor, year, unit[0] if unit else None):
        rows.setdefault(handler, {})[month.month] = (items, done)

    def listed(handler: str | None, month: int | None, **more: Any) -> str:
        first, last = date(year, month or 1, 1), date(year, month or 12, 28)
        last = last.replace(day=monthrange(last.year, last.month)[1])
        words = {"unit": unit[1] if unit else None, "handler": handler, **more}
        return url_for(
            "suggestions.handling_items",
            month_from=first.isoformat(),
            month_to=last.isoformat(),
            **{key: value for key, value in words.items() if value},
        )

    return render_template(
        "suggestions/handling_months.html",
        year=year,
        years=range(today.year + 1, today.year - 5, -1),
        units=units,
        unit=unit,
        rows=rows,
        listed=listed,
        this_month=(today.year, today.month),
        page_tabs=tabs("suggestions.handling"),
        breadcrumbs=handling_crumbs((_("办理安排（按月份）"), "")),
    )
