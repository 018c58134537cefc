"""Look-backs over what was concluded and promised (建议办理“回头看”, 4-02)."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.charts import percent_text
from app.kit.forms import BaseForm
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import area_choices
from app.suggestions.columns.look_backs import LOOK_BACK_ITEMS, LOOK_BACKS
from app.suggestions.forms.after_reply import GatherForm, LookBackForm, NumbersForm, ResultForm
from app.suggestions.models import LookBack
from app.suggestions.operations import look_backs as operations
from app.suggestions.policy import LOOK_BACK
from app.suggestions.queries.look_backs import (
    Choice,
    findings_of,
    get_visible_item,
    get_visible_look_back,
)
from app.suggestions.routes import bp
from app.suggestions.routes.feedback import given
from app.suggestions.routes.surroundings import crumbs, tabs
from app.suggestions.states import LookBackResult, SuggestionState


def look_back_url(look_back_id: int) -> str:
    """The page of a campaign."""
    return url_for("suggestions.look_back", look_back_id=look_back_id)


def _crumbs(found: LookBack | None, *last: tuple[str, str]) -> list[tuple[str, str]]:
    above = [(_("回头看"), url_for("suggestions.look_backs") if found or last else "")]
    if found is not None:
        above.append((found.title, look_back_url(found.id) if last else ""))
    return crumbs(*above, *last)


@bp.get("/suggestions/look-backs")
@requires(LOOK_BACK)
def look_backs() -> ResponseReturnValue:
    """Campaigns, the latest first."""
    url = url_for("suggestions.new_look_back")
    return list_page(
        LOOK_BACKS,
        actions=[(_("开展“回头看”"), url, "primary", "plus")],
        page_tabs=tabs("suggestions.look_backs"),
        breadcrumbs=_crumbs(None),
    )


@bp.route("/suggestions/look-backs/new", methods=["GET", "POST"])
@requires(LOOK_BACK)
def new_look_back() -> ResponseReturnValue:
    """A new campaign; what it looks at is chosen next."""
    actor, today = current_actor(), clock.today()
    form = LookBackForm(data={"opened_on": today, "title": _("%(year)s年建议办理“回头看”", year=today.year)})
    form.area_code.choices = area_choices(actor, LOOK_BACK)
    if form.validate_on_submit():
        made = form.attempt(operations.open_look_back, actor, **given(form))
        if made:
            return go_back(url_for("suggestions.gather", look_back_id=made.id), _("已建立，请选取检查对象。"))
    heading = _("开展“回头看”")
    return answer(
        "kit/form_page.html",
        form=form,
        heading=heading,
        wide=("title",),
        back=url_for("suggestions.look_backs"),
        breadcrumbs=_crumbs(None, (heading, "")),
    )


@bp.get("/suggestions/look-backs/<int:look_back_id>")
@requires(LOOK_BACK)
def look_back(look_back_id: int) -> ResponseReturnValue:
    """How far a campaign is; every number opens what is under it."""
    found = get_visible_look_back(current_actor(), look_back_id)
    findings = findings_of(found.id)
    return render_template(
        "suggestions/look_back.html",
        look_back=found,
        findings=findings,
        share=percent_text(findings.kept_share),
        results=list(LookBackResult),
        items_url=lambda **args: url_for("suggestions.look_back_items", look_back=found.id, **args),
        breadcrumbs=_crumbs(found),
    )


def _choose(look_back_id: int, form: BaseForm, carry_out: Any, heading: str) -> ResponseReturnValue:
    actor = current_actor()
    found = get_visible_look_back(actor, look_back_id)
    if form.validate_on_submit():
        count = form.attempt(carry_out, actor, look_back_id, **given(form))
        if count is not None:
            return go_back(look_back_url(look_back_id), _("选取了 %(n)s 项。", n=count))
    return answer(
        "kit/form_page.html",
        form=form,
        heading=heading,
        subtitle=found.title,
        primary=_("选取"),
        back=look_back_url(look_back_id),
        breadcrumbs=_crumbs(found, (heading, "")),
    )


@bp.route("/suggestions/look-backs/<int:look_back_id>/gather", methods=["GET", "POST"])
@requires(LOOK_BACK)
def gather(look_back_id: int) -> ResponseReturnValue:
    """What it looks at, by rule: promises that are due, problems not solved, replies of a class."""
    year = clock.today().year
    filled = {"choice": Choice.PROMISES_DUE, "first_year": year - 1, "last_year": year}
    return _choose(look_back_id, GatherForm(data=filled), operations.gather, _("选取检查对象"))


@bp.route("/suggestions/look-backs/<int:look_back_id>/add", methods=["GET", "POST"])
@requires(LOOK_BACK)
def add_to_look_back(look_back_id: int) -> ResponseReturnValue:
    """What it looks at, one by one."""
    return _choose(look_back_id, NumbersForm(), operations.add_by_number, _("按编号添加"))


@bp.post("/suggestions/look-backs/<int:look_back_id>/close")
@requires(LOOK_BACK)
def close_look_back(look_back_id: int) -> ResponseReturnValue:
    """Ends a campaign."""
    operations.close_look_back(current_actor(), look_back_id)
    return go_back(look_back_url(look_back_id), _("已结束。"))


@bp.post("/suggestions/look-backs/<int:look_back_id>/reopen")
@requires(LOOK_BACK)
def reopen_look_back(look_back_id: int) -> ResponseReturnValue:
    """Takes a campaign up again."""
    operations.reopen_look_back(current_actor(), look_back_id)
    return go_back(look_back_url(look_back_id), _("已重新打开。"))


@bp.get("/suggestions/look-backs/items")
@requires(LOOK_BACK)
def look_back_items() -> ResponseReturnValue:
    """What campaigns look at, and what was found."""
    return list_page(LOOK_BACK_ITEMS, breadcrumbs=_crumbs(None, (_("检查对象"), "")))


@bp.route("/suggestions/look-backs/items/<int:item_id>", methods=["GET", "POST"])
@requires(LOOK_BACK)
def look_back_item(item_id: int) -> ResponseReturnValue:
    """What was found at one suggestion, or one promise."""
    actor = current_actor()
    item = get_visible_item(actor, item_id)
    form = ResultForm(
        data={
            "result": item.result,
            "checked_on": item.checked_on or clock.today(),
            "note": item.note,
        }
    )
    if item.suggestion.state is not SuggestionState.CONCLUDED:
        del form.again
    if form.validate_on_submit() and form.attempt(operations.record_result, actor, item_id, **given(form)):
        back = url_for("suggestions.look_back_items", look_back=item.look_back_id)
        return go_back(back, _("已登记检查结果。"))
    heading = _("登记检查结果")
    return answer(
        "suggestions/after_form.html",
        form=form,
        suggestion=item.suggestion,
        promise=item.promise,
        look_back_item=item,
        heading=heading,
        primary=_("保存"),
        back=url_for("suggestions.look_back_items", look_back=item.look_back_id),
        breadcrumbs=_crumbs(item.look_back, (heading, "")),
    )


@bp.post("/suggestions/look-backs/items/<int:item_id>/drop")
@requires(LOOK_BACK)
def drop_look_back_item(item_id: int) -> ResponseReturnValue:
    """Takes something off that nobody has looked at yet."""
    found = operations.drop_item(current_actor(), item_id)
    return go_back(url_for("suggestions.look_back_items", look_back=found.id), _("已去掉。"))
