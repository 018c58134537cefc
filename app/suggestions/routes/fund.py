"""The special fund for suggestions (1-13)."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import area_choices
from app.suggestions.columns.fund import FUNDS
from app.suggestions.forms.fund import AllocationForm, ChangeAllocationForm, FundForm, NewFundForm
from app.suggestions.fund_rules import CRITERIA, balance, yuan
from app.suggestions.models import Suggestion
from app.suggestions.operations import fund as operations
from app.suggestions.parts import Part, register_part
from app.suggestions.policy import EDIT_FUND, VIEW_FUND
from app.suggestions.queries import fund as queries
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, tabs

OFFICE_DIGITS = 6


def _fund_url(fund_id: int) -> str:
    return url_for("suggestions.fund", fund_id=fund_id)


def _page(form: Any, heading: str, back: str, *above: tuple[str, str], **context: Any) -> ResponseReturnValue:
    return answer(
        "kit/form_page.html",
        form=form,
        heading=heading,
        back=back,
        breadcrumbs=crumbs((_("专项资金"), url_for("suggestions.funds")), *above, (heading, "")),
        **context,
    )


@bp.get("/suggestions/fund")
@requires(VIEW_FUND)
def funds() -> ResponseReturnValue:
    """Funds by year, with what is given out and left."""
    actions = []
    if current_actor().may(EDIT_FUND):
        actions = [(_("设立专项资金"), url_for("suggestions.new_fund"), "primary", "plus")]
    return list_page(
        FUNDS,
        actions=actions,
        page_tabs=tabs("suggestions.funds"),
        breadcrumbs=crumbs((_("专项资金"), "")),
    )


@bp.get("/suggestions/fund/<int:fund_id>")
@requires(VIEW_FUND)
def fund(fund_id: int) -> ResponseReturnValue:
    """A fund: total, given out, balance, and each allocation with its suggestion."""
    actor = current_actor()
    found = queries.get_visible_fund(actor, fund_id)
    spent = queries.allocated_fen(fund_id)
    return render_template(
        "suggestions/fund.html",
        fund=found,
        spent=spent,
        left=balance(found.total_fen, spent),
        allocations=queries.list_allocations(fund_id),
        criteria=list(CRITERIA.values()),
        yuan=yuan,
        editable=actor.may_in(EDIT_FUND, found.area_code),
        breadcrumbs=crumbs((_("专项资金"), url_for("suggestions.funds")), (str(found.year), "")),
    )


@bp.route("/suggestions/fund/new", methods=["GET", "POST"])
@requires(EDIT_FUND)
def new_fund() -> ResponseReturnValue:
    """Sets up a year's fund."""
    actor = current_actor()
    form = NewFundForm(data={"year": clock.today().year})
    form.area_code.choices = [
        (code, name) for code, name in area_choices(actor, EDIT_FUND) if len(code) <= OFFICE_DIGITS
    ]
    if form.validate_on_submit():
        made = form.attempt(operations.create_fund, actor, area_code=form.area_code.data, **form.details())
        if made:
            return go_back(_fund_url(made.id), _("已设立专项资金。"))
    return _page(form, _("设立专项资金"), url_for("suggestions.funds"))


@bp.route("/suggestions/fund/<int:fund_id>/edit", methods=["GET", "POST"])
@requires(EDIT_FUND)
def edit_fund(fund_id: int) -> ResponseReturnValue:
    """Changes the total, the year or the document."""
    actor = current_actor()
    found = queries.get_visible_fund(actor, fund_id, EDIT_FUND)
    form = FundForm(obj=found, total_yuan=found.total_fen)
    if form.validate_on_submit() and form.attempt(
        operations.update_fund, actor, found, version=form.sent_version, **form.details()
    ):
        return go_back(_fund_url(fund_id), _("已保存。"))
    above = (str(found.year), _fund_url(fund_id))
    return _page(form, _("修改专项资金"), _fund_url(fund_id), above, differences=form.differences(found))


@bp.post("/suggestions/fund/<int:fund_id>/delete")
@requires(EDIT_FUND)
def delete_fund(fund_id: int) -> ResponseReturnValue:
    """Takes away a fund from which nothing has been given."""
    actor = current_actor()
    operations.delete_fund(actor, queries.get_visible_fund(actor, fund_id, EDIT_FUND))
    return go_back(url_for("suggestions.funds"), _("已删除。"))


@bp.route("/suggestions/fund/<int:fund_id>/allocate", methods=["GET", "POST"])
@requires(EDIT_FUND)
def allocate(fund_id: int) -> ResponseReturnValue:
    """Gives money to a suggestion that meets all five criteria."""
    actor = current_actor()
    found = queries.get_visible_fund(actor, fund_id, EDIT_FUND)
    form = AllocationForm(data={"on": clock.today(), "number": request.args.get("number", "")[:40]})
    if form.validate_on_submit() and form.attempt(
        operations.allocate, actor, found, number=form.number.data, **form.details()
    ):
        return go_back(_fund_url(fund_id), _("已安排资金。"))
    left = balance(found.total_fen, queries.allocated_fen(fund_id))
    above = (str(found.year), _fund_url(fund_id))
    return _page(
        form,
        _("安排资金"),
        _fund_url(fund_id),
        above,
        subtitle=_("余额 %(left)s 元", left=yuan(left)),
        wide=("criteria", "purpose"),
    )


@bp.route("/suggestions/fund/allocations/<int:allocation_id>/edit", methods=["GET", "POST"])
@requires(EDIT_FUND)
def edit_allocation(allocation_id: int) -> ResponseReturnValue:
    """Corrects an allocation."""
    actor = current_actor()
    found = queries.get_visible_allocation(actor, allocation_id, EDIT_FUND)
    back = _fund_url(found.fund_id)
    met = [name for name in CRITERIA if getattr(found, name)]
    form = ChangeAllocationForm(obj=found, amount_yuan=found.amount_fen, criteria=met)
    if form.validate_on_submit() and form.attempt(
        operations.change_allocation, actor, found, version=form.sent_version, **form.details()
    ):
        return go_back(back, _("已保存。"))
    return _page(
        form,
        _("修改资金安排"),
        back,
        (str(found.fund.year), back),
        subtitle=found.suggestion.audit_label,
        differences=form.differences(found),
        wide=("criteria", "purpose"),
    )


@bp.post("/suggestions/fund/allocations/<int:allocation_id>/cancel")
@requires(EDIT_FUND)
def cancel_allocation(allocation_id: int) -> ResponseReturnValue:
    """Takes an allocation back."""
    actor = current_actor()
    found = queries.get_visible_allocation(actor, allocation_id, EDIT_FUND)
    fund_id = operations.cancel_allocation(actor, found).id
    return go_back(_fund_url(fund_id), _("已撤销这项安排，资金退回余额。"))


def _part(actor: Actor, suggestion: Suggestion) -> dict[str, Any] | None:
    if not actor.may_in(VIEW_FUND, suggestion.area_code):
        return None
    rows = queries.list_allocations_of(suggestion.id)
    return {"rows": rows, "yuan": yuan} if rows else None


register_part(Part("fund", 70, "suggestions/_fund.html", _part))
