"""Pages of notices: one's own, the log of what was sent, an office's settings."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit.database import row_id, row_ids
from app.kit.i18n import _, ngettext
from app.kit.listing import ListQuery
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, note, requires, signed_in
from app.notices import operations, queries
from app.notices.channels import open_channels
from app.notices.columns import LOG
from app.notices.forms import AddressForm, NoticeRulesForm
from app.notices.policy import RETRY, VIEW_LOG
from app.notices.states import Channel
from app.registry.policy import EDIT_SETTINGS
from app.registry.queries import get_visible_area

bp = Blueprint("notices", __name__, template_folder="templates", url_prefix="/notices")
MOST_AT_ONCE = 2000


@bp.get("")
@signed_in
def mine() -> ResponseReturnValue:
    """What the reader was told, newest first."""
    actor = current_actor()
    unread = request.args.get("unread") == "1"
    found = queries.list_mine(actor, unread=unread, before=row_id(request.args.get("before", "")))
    more = len(found) > queries.PAGE
    # A deputy's address is kept with the deputy; any other account may say where it is reached.
    asks = actor.person_id is None and Channel.EMAIL in open_channels()
    return render_template(
        "notices/mine.html",
        notices=found[: queries.PAGE],
        unread=unread,
        count=queries.count_unread(actor),
        older=found[queries.PAGE - 1].id if more else None,
        address=str(actor.preferences.get("email") or "") if asks else None,
    )


@bp.post("/<int:notice_id>/open")
@signed_in
def open_(notice_id: int) -> ResponseReturnValue:
    """Marks a notice as read and goes where it leads."""
    notice = operations.read_notice(current_actor(), notice_id)
    return go_back(notice.url or url_for("notices.mine"))


@bp.post("/<int:notice_id>/read")
@signed_in
def read(notice_id: int) -> ResponseReturnValue:
    """Marks a notice as read."""
    operations.read_notice(current_actor(), notice_id)
    return go_back(url_for("notices.mine"))


@bp.post("/read")
@signed_in
def read_all() -> ResponseReturnValue:
    """Marks everything as read."""
    operations.read_all(current_actor())
    return go_back(url_for("notices.mine"), _("已全部标为已读。"))


@bp.post("/address")
@signed_in
def save_address() -> ResponseReturnValue:
    """Where the account is reached by e-mail."""
    form = AddressForm()
    if form.validate_on_submit() and form.attempt(
        operations.save_address, current_actor(), form.address.data or ""
    ):
        return go_back(url_for("notices.mine"), _("已保存。"))
    return answer("kit/form_page.html", form=form, heading=_("接收通知的邮箱"), back=url_for("notices.mine"))


@bp.get("/log")
@requires(VIEW_LOG)
def log() -> ResponseReturnValue:
    """To whom what was told, when and how."""
    actor = current_actor()
    offices = [code for code in actor.areas(EDIT_SETTINGS) if len(code) <= 6]
    actions = [(_("通知设置"), url_for("notices.settings", area_code=code)) for code in offices[:1] if code]
    closed = [channel.label for channel in Channel if channel not in open_channels()]
    intro = _("本系统没有设置：%(channels)s。", channels=_("、").join(closed)) if closed else ""
    return list_page(LOG, actions=actions, intro=intro)


@bp.get("/log/<int:notice_id>")
@requires(VIEW_LOG)
def notice(notice_id: int) -> ResponseReturnValue:
    """One notice: its words, and how each sending went."""
    found = queries.get_logged(current_actor(), notice_id)
    crumbs = [(_("通知发送记录"), url_for("notices.log")), (found.title, "")]
    return render_template("notices/notice.html", notice=found, breadcrumbs=crumbs)


@bp.post("/log/retry")
@requires(RETRY)
def retry() -> ResponseReturnValue:
    """Has what failed sent again: of the ticked notices, or of all under the list's filters."""
    actor = current_actor()
    if "all" in request.form:
        query = ListQuery(LOG, actor, request.form, url_for("notices.log"))
        ids = queries.list_chosen(query.statement(), MOST_AT_ONCE)
    else:
        ids = row_ids(request.form.getlist("ids")[:MOST_AT_ONCE])
    count = operations.retry_notices(actor, ids)
    note(ngettext("%(num)s 条会在一两分钟内重新发送。", "%(num)s 条会在一两分钟内重新发送。", count))
    return go_back(url_for("notices.log"))


@bp.post("/log/<int:notice_id>/retry")
@requires(RETRY)
def retry_one(notice_id: int) -> ResponseReturnValue:
    """Has what failed of one notice sent again."""
    queries.get_logged(current_actor(), notice_id)
    operations.retry_notices(current_actor(), [notice_id])
    return go_back(url_for("notices.notice", notice_id=notice_id), _("会在一两分钟内重新发送。"))


@bp.route("/settings/<area_code>", methods=["GET", "POST"])
@requires(EDIT_SETTINGS)
def settings(area_code: str) -> ResponseReturnValue:
    """When and how an office tells its deputies of reception days (3-11)."""
    actor = current_actor()
    area = get_visible_area(actor, area_code, EDIT_SETTINGS)
    form = NoticeRulesForm(obj=queries.get_rules(area_code))
    if form.validate_on_submit() and form.attempt(
        operations.save_rules, actor, area_code=area_code, **form.values()
    ):
        return go_back(url_for("notices.settings", area_code=area_code), _("已保存，自今天起施行。"))
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("通知设置"),
        subtitle=area.name,
        back=url_for("registry.settings"),
        breadcrumbs=[(_("设置"), url_for("registry.settings")), (_("通知设置"), "")],
    )
