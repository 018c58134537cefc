"""The register of directly recorded facts, kept by staff."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import attachments
from app.kit.database import row_id
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.ledger import operations, queries
from app.ledger.columns import ENTRIES
from app.ledger.forms import EntryForm
from app.ledger.models import DutyEntry
from app.ledger.policy import LIST_ENTRIES, RECORD_ENTRIES, REVIEW_ENTRIES
from app.ledger.routes import bp
from app.ledger.routes.records import ledger_tabs, own_only
from app.ledger.states import OPEN_STATES, EntryOrigin


@bp.get("/entries")
@requires(LIST_ENTRIES)
def entries() -> ResponseReturnValue:
    """Visits, deeds, problems settled and whatever else has no register of its own."""
    if own_only():
        return redirect(url_for("ledger.mine"))
    actor = current_actor()
    actions = []
    if actor.may(RECORD_ENTRIES):
        actions = [(_("登记履职"), url_for("ledger.new_entry"), "primary", "plus")]
    page_tabs = ledger_tabs("entries") if actor.may(REVIEW_ENTRIES) else []
    return list_page(ENTRIES, actions=actions, page_tabs=page_tabs)


@bp.get("/entries/<int:entry_id>")
@requires(LIST_ENTRIES)
def entry(entry_id: int) -> ResponseReturnValue:
    """One fact, its state and why, its photographs and its history."""
    actor = current_actor()
    found = queries.get_visible_entry(actor, entry_id)
    own = found.mandate.person_id == actor.person_id
    return render_template(
        "ledger/entry.html",
        entry=found,
        files=attachments.list_for("duty_entry", found.id),
        editable=actor.may_in(RECORD_ENTRIES, found.scope_code),
        open_to_deputy=own and found.origin is EntryOrigin.SELF and found.state in OPEN_STATES,
        same_day=queries.list_same_day(found.mandate_id, found.kind, found.happened_on, found.id),
        remover=lambda attachment_id: url_for(
            "ledger.remove_file", entry_id=found.id, attachment_id=attachment_id
        ),
        breadcrumbs=_crumbs(found),
    )


def _crumbs(found: DutyEntry | None = None) -> list[tuple[str, str]]:
    if own_only():
        start = (_("我的履职"), url_for("ledger.mine"))
    else:
        start = (_("走访、办实事等登记"), url_for("ledger.entries"))
    return [start] if found is None else [start, (f"{found.mandate.person.name} {found.kind.label}", "")]


@bp.route("/entries/new", methods=["GET", "POST"])
@requires(RECORD_ENTRIES)
def new_entry() -> ResponseReturnValue:
    """Registers a fact; "save and next" keeps the day and the kind for the next deputy."""
    form = EntryForm(kind=request.args.get("kind"), happened_on=None)
    if form.validate_on_submit():
        done = form.attempt(_create, form)
        if done:
            target = url_for("ledger.entry", entry_id=done.id)
            if "again" in request.form:
                target = url_for("ledger.new_entry", kind=done.kind.value)
            name = done.mandate.person.name
            return go_back(target, _("已登记%(name)s的“%(kind)s”。", name=name, kind=done.kind.label))
    back = url_for("ledger.entries")
    return answer("ledger/edit.html", form=form, entry=None, back=back, breadcrumbs=_crumbs())


def _create(form: EntryForm) -> DutyEntry:
    actor = current_actor()
    made = operations.create_entry(actor, **form.details())
    operations.attach_files(actor, made, form.uploads)
    return made


@bp.route("/entries/<int:entry_id>/edit", methods=["GET", "POST"])
@requires(RECORD_ENTRIES)
def edit_entry(entry_id: int) -> ResponseReturnValue:
    """Corrects an entry."""
    found = queries.get_visible_entry(current_actor(), entry_id, RECORD_ENTRIES)
    form = EntryForm(obj=found)
    if form.validate_on_submit() and form.attempt(_update, form, found):
        return go_back(url_for("ledger.entry", entry_id=found.id), _("已保存。"))
    return answer(
        "ledger/edit.html",
        form=form,
        entry=found,
        back=url_for("ledger.entry", entry_id=entry_id),
        breadcrumbs=_crumbs(),
    )


def _update(form: EntryForm, found: DutyEntry) -> DutyEntry:
    actor = current_actor()
    operations.update_entry(actor, found, version=form.sent_version, **form.details())
    operations.attach_files(actor, found, form.uploads)
    return found


@bp.post("/entries/<int:entry_id>/delete")
@requires(RECORD_ENTRIES)
def delete_entry(entry_id: int) -> ResponseReturnValue:
    """Deletes an entry made by mistake."""
    found = queries.get_visible_entry(current_actor(), entry_id, RECORD_ENTRIES)
    operations.delete_entry(current_actor(), found, version=row_id(request.form.get("version", "")))
    return go_back(url_for("ledger.entries"), _("已删除这条登记。"))


@bp.post("/entries/<int:entry_id>/files/<int:attachment_id>/delete")
@requires(LIST_ENTRIES)
def remove_file(entry_id: int, attachment_id: int) -> ResponseReturnValue:
    """Takes a photograph away from an entry."""
    found = queries.get_visible_entry(current_actor(), entry_id)
    operations.remove_file(current_actor(), found, attachment_id)
    return go_back(url_for("ledger.entry", entry_id=entry_id), _("已删除文件。"))
