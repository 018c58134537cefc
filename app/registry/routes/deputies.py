"""The roster, the deputy's page, and the forms about a person and their mandates."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.kit import clock
from app.kit.authorisation import ACTIONS
from app.kit.database import row_id
from app.kit.errors import NotFound
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry import operations, queries
from app.registry.columns import MANDATES
from app.registry.forms import (
    EndForm,
    MandateForm,
    NewDeputyForm,
    PersonForm,
    PostForm,
    RestoreForm,
    SuspensionForm,
)
from app.registry.models import Mandate, Person
from app.registry.panels import PANELS
from app.registry.policy import EDIT_DEPUTIES, LIST_DEPUTIES, VIEW_DEPUTIES
from app.registry.routes import bp


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    roster = [(_("代表"), url_for("registry.mandates"))] if current_actor().may(LIST_DEPUTIES) else []
    return [(_("首页"), url_for("home.index")), *roster, *last]


def _person_url(person_id: int) -> str:
    return url_for("registry.person", person_id=person_id)


@bp.get("/deputies")
@requires(LIST_DEPUTIES)
def mandates() -> ResponseReturnValue:
    """The roster (代表名册)."""
    actions = []
    if current_actor().may(EDIT_DEPUTIES):
        actions = [
            (_("登记代表"), url_for("registry.new_deputy"), "primary", "plus"),
            (_("导入名册"), "/imports/new", "light", "upload"),
            (_("开通账号"), "/accounts/roster", "light", "user"),
        ]
    return list_page(MANDATES, actions=actions, breadcrumbs=_crumbs())


@bp.get("/deputies/<int:mandate_id>")
@requires(VIEW_DEPUTIES)
def mandate(mandate_id: int) -> ResponseReturnValue:
    """A mandate opens its person's page, where all mandates stand together."""
    found = queries.get_visible_mandate(current_actor(), mandate_id)
    return redirect(url_for("registry.person", person_id=found.person_id, mandate=found.id), code=302)


@bp.get("/persons/<int:person_id>")
@requires(VIEW_DEPUTIES)
def person(person_id: int) -> ResponseReturnValue:
    """A person with all their mandates; the page fetches what they did (:func:`person_work`)."""
    visible, chosen = _mandates_of(person_id)
    found = chosen.person
    return render_template(
        "registry/person.html",
        person=found,
        mandates=visible,
        chosen=chosen,
        standings={m.id: queries.standing_of(m, clock.today()) for m in visible},
        posts=queries.list_posts(person_id),
        editable=current_actor().may_in(EDIT_DEPUTIES, chosen.scope_code),
        breadcrumbs=_crumbs((found.name, "")),
    )


@bp.get("/persons/<int:person_id>/work")
@requires(VIEW_DEPUTIES)
def person_work(person_id: int) -> ResponseReturnValue:
    """What every feature knows of a person, and what was changed: the lower part of their page."""
    actor = current_actor()
    visible, chosen = _mandates_of(person_id)
    panels = [
        (panel, Markup(render_template(panel.template, **panel.load(actor, visible))))  # noqa: S704 - our own template
        for panel in sorted(PANELS.values(), key=lambda panel: panel.order)
        if actor.may(ACTIONS[panel.action])
    ]
    crumbs = _crumbs((chosen.person.name, _person_url(person_id)), (_("履职情况"), ""))
    return render_template(
        "registry/work.html", person=chosen.person, chosen=chosen, panels=panels, breadcrumbs=crumbs
    )


def _mandates_of(person_id: int) -> tuple[list[Mandate], Mandate]:
    visible = queries.list_visible_mandates(current_actor(), person_id)
    if not visible:
        raise NotFound(queries.MISSING)
    wanted = request.args.get("mandate", "")
    return visible, next((mandate for mandate in visible if str(mandate.id) == wanted), visible[0])


@bp.route("/deputies/new", methods=["GET", "POST"])
@requires(EDIT_DEPUTIES)
def new_deputy() -> ResponseReturnValue:
    """A person new to the registry, with their mandate."""
    form = _with_choices(NewDeputyForm())
    if form.validate_on_submit():
        details = form.details()
        won = {key: details.pop(key) for key in _MANDATE_FIELDS}
        area_code = won["area_code"]
        made = form.attempt(_create_deputy, area_code, details, won)
        if made:
            return go_back(_person_url(made.person_id), _("已登记%(name)s。", name=made.person.name))
    return answer(
        "registry/edit.html",
        form=form,
        heading=_("登记代表"),
        back=url_for("registry.mandates"),
        breadcrumbs=_crumbs((_("登记代表"), "")),
    )


_MANDATE_FIELDS = (
    "term_id",
    "area_code",
    "elected_by",
    "card_no",
    "delegation_id",
    "elected_how",
    "began_on",
    "re_elected",
    "office_holder",
    "leader",
)


def _create_deputy(area_code: str, details: dict[str, Any], won: dict[str, Any]) -> Mandate:
    actor = current_actor()
    made = operations.create_person(actor, area_code=area_code, **details)
    return operations.create_mandate(actor, made, **{**won, "elected_by": won["elected_by"] or ""})


@bp.route("/persons/<int:person_id>/edit", methods=["GET", "POST"])
@requires(EDIT_DEPUTIES)
def edit_person(person_id: int) -> ResponseReturnValue:
    """Corrects what is known of a person."""
    actor = current_actor()
    found = queries.get_visible_person(actor, person_id, EDIT_DEPUTIES)
    form = PersonForm(obj=found)
    if form.validate_on_submit():
        done = form.attempt(
            operations.update_person, actor, found, version=form.sent_version, **form.details()
        )
        if done:
            return go_back(_person_url(person_id), _("已保存。"))
    return _form_page(form, found, _("修改基本信息"))


def _form_page(form: Any, found: Person, heading: str) -> ResponseReturnValue:
    back = _person_url(found.id)
    crumbs = _crumbs((found.name, back), (heading, ""))
    return answer(
        "registry/edit.html", form=form, heading=heading, back=back, breadcrumbs=crumbs, person=found
    )


@bp.route("/persons/<int:person_id>/mandates/new", methods=["GET", "POST"])
@requires(EDIT_DEPUTIES)
def new_mandate(person_id: int) -> ResponseReturnValue:
    """A further mandate of a person: another level, or a new term."""
    actor = current_actor()
    found = queries.get_visible_person(actor, person_id, EDIT_DEPUTIES)
    form = _with_choices(MandateForm())
    if form.validate_on_submit():
        values = form.values()
        if form.attempt(operations.create_mandate, actor, found, **values):
            return go_back(_person_url(person_id), _("已登记。"))
    return _form_page(form, found, _("登记代表职务"))


@bp.route("/deputies/<int:mandate_id>/edit", methods=["GET", "POST"])
@requires(EDIT_DEPUTIES)
def edit_mandate(mandate_id: int) -> ResponseReturnValue:
    """Corrects a mandate."""
    actor = current_actor()
    found = queries.get_visible_mandate(actor, mandate_id, EDIT_DEPUTIES)
    form = _with_choices(MandateForm(obj=found))
    form.term_id.choices = [(found.term_id, found.term.name)]
    if form.validate_on_submit():
        values = form.values()
        values.pop("term_id")
        if form.attempt(operations.update_mandate, actor, found, version=form.sent_version, **values):
            return go_back(_person_url(found.person_id), _("已保存。"))
    return _form_page(form, found.person, _("修改代表职务"))


@bp.route("/deputies/<int:mandate_id>/end", methods=["GET", "POST"])
@requires(EDIT_DEPUTIES)
def end_mandate(mandate_id: int) -> ResponseReturnValue:
    """Ends a mandate (代表法 art. 62)."""
    actor = current_actor()
    found = queries.get_visible_mandate(actor, mandate_id, EDIT_DEPUTIES)
    form = EndForm(obj=found)
    values = {"version": form.sent_version, **form.values()}
    if form.validate_on_submit() and form.attempt(operations.end_mandate, actor, found, **values):
        return go_back(_person_url(found.person_id), _("已登记终止。"))
    return _form_page(form, found.person, _("终止代表职务"))


@bp.post("/deputies/<int:mandate_id>/resume")
@requires(EDIT_DEPUTIES)
def resume_mandate(mandate_id: int) -> ResponseReturnValue:
    """Takes back an end entered by mistake."""
    found = queries.get_visible_mandate(current_actor(), mandate_id, EDIT_DEPUTIES)
    operations.resume_mandate(current_actor(), found, version=row_id(request.form.get("version", "")))
    return go_back(_person_url(found.person_id), _("已撤销终止登记。"))


@bp.route("/deputies/<int:mandate_id>/suspend", methods=["GET", "POST"])
@requires(EDIT_DEPUTIES)
def suspend_mandate(mandate_id: int) -> ResponseReturnValue:
    """Suspends a deputy (art. 61)."""
    actor = current_actor()
    found = queries.get_visible_mandate(actor, mandate_id, EDIT_DEPUTIES)
    form = SuspensionForm()
    if form.validate_on_submit() and form.attempt(operations.suspend_mandate, actor, found, **form.values()):
        return go_back(_person_url(found.person_id), _("已登记暂停执行代表职务。"))
    return _form_page(form, found.person, _("暂停执行代表职务"))


@bp.route("/suspensions/<int:suspension_id>/restore", methods=["GET", "POST"])
@requires(EDIT_DEPUTIES)
def restore_mandate(suspension_id: int) -> ResponseReturnValue:
    """Ends a suspension."""
    actor = current_actor()
    found = queries.get_visible_suspension(actor, suspension_id, EDIT_DEPUTIES)
    form = RestoreForm()
    if form.validate_on_submit():
        form.attempt(operations.restore_mandate, actor, found, **form.values())
        if not form.errors:
            return go_back(_person_url(found.mandate.person_id), _("已恢复执行代表职务。"))
    return _form_page(form, found.mandate.person, _("恢复执行代表职务"))


@bp.route("/persons/<int:person_id>/posts/new", methods=["GET", "POST"])
@requires(EDIT_DEPUTIES)
def new_post(person_id: int) -> ResponseReturnValue:
    """A post somebody takes."""
    actor = current_actor()
    found = queries.get_visible_person(actor, person_id, EDIT_DEPUTIES)
    form = PostForm()
    form.area_code.choices = _areas()
    if form.validate_on_submit() and form.attempt(operations.create_post, actor, found, **form.values()):
        return go_back(_person_url(person_id), _("已登记职务。"))
    return _form_page(form, found, _("登记职务"))


def _areas() -> list[tuple[str, str]]:
    areas = queries.list_areas(current_actor().areas(EDIT_DEPUTIES))
    return [(area.code, area.name) for area in areas if area.code]


def _with_choices(form: Any) -> Any:
    """Choices of a mandate form within the viewer's scope."""
    areas = current_actor().areas(EDIT_DEPUTIES)
    form.term_id.choices = [(term.id, term.name) for term in queries.list_terms_for(areas)]
    form.area_code.choices = _areas()
    form.delegation_id.choices = [("", "—")] + [
        (d.id, d.name) for d in queries.list_delegations([a[:6] for a in areas])
    ]
    return form
