"""Areas, terms and rules of the office."""

from __future__ import annotations

from datetime import date
from typing import Any

import yaml
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Role
from app.kit.errors import DomainError
from app.kit.i18n import _, _l
from app.kit.web import answer, current_actor, go_back, requires
from app.registry import operations, queries
from app.registry.forms import AreaForm, RuleSetForm, TermForm
from app.registry.policy import EDIT_SETTINGS, VIEW_SETTINGS
from app.registry.routes import bp
from app.registry.topics import TOPICS, validate_topic


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("首页"), url_for("home.index")), (_("设置"), url_for("registry.settings")), *last]


@bp.get("/settings")
@requires(VIEW_SETTINGS)
def settings() -> ResponseReturnValue:
    """Areas, terms and rules in force."""
    actor = current_actor()
    areas = queries.list_areas(actor.areas(VIEW_SETTINGS))
    prefixes = actor.areas(VIEW_SETTINGS)
    return render_template(
        "registry/settings.html",
        areas=areas,
        terms=queries.list_terms_for(prefixes),
        rule_sets=queries.list_rule_sets(prefixes),
        topics={key: str(topic.label) for key, topic in TOPICS.items()},
        today=clock.today(),
        offices=[area for area in areas if len(area.code) <= 6 and area.code],
        editable=actor.may(EDIT_SETTINGS),
        system=Role.SYSTEM_ADMIN in actor.roles,
        breadcrumbs=[*_crumbs()[:-1], (_("设置"), "")],
    )


@bp.route("/settings/areas/new", methods=["GET", "POST"])
@bp.route("/settings/areas/<code>", methods=["GET", "POST"])
@requires(EDIT_SETTINGS)
def area(code: str = "") -> ResponseReturnValue:
    """An area."""
    actor = current_actor()
    found = queries.get_visible_area(actor, code, EDIT_SETTINGS) if code else None
    form = AreaForm(obj=found)
    if found is not None:
        form.code.data = found.code
    if form.validate_on_submit() and form.attempt(operations.save_area, actor, **form.values()):
        return go_back(url_for("registry.settings"), _("已保存。"))
    heading = _("修改区划") if found else _("登记区划")
    return answer(
        "registry/edit.html",
        form=form,
        heading=heading,
        back=url_for("registry.settings"),
        breadcrumbs=_crumbs((heading, "")),
        history_kind="area",
        history_id=int(code) if code.isdigit() else None,
    )


@bp.route("/settings/terms/new", methods=["GET", "POST"])
@bp.route("/settings/terms/<int:term_id>", methods=["GET", "POST"])
@requires(EDIT_SETTINGS)
def term(term_id: int | None = None) -> ResponseReturnValue:
    """A term of a congress."""
    actor = current_actor()
    found = queries.get_visible_term(actor, term_id, EDIT_SETTINGS) if term_id is not None else None
    form = TermForm(obj=found)
    form.area_code.choices = [
        (a.code, a.name) for a in queries.list_areas(actor.areas(EDIT_SETTINGS)) if a.code
    ]
    values = {"version": form.sent_version, **form.values()}
    if form.validate_on_submit() and form.attempt(operations.save_term, actor, found, **values):
        return go_back(url_for("registry.settings"), _("已保存。"))
    heading = _("修改届次") if found else _("登记届次")
    return answer(
        "registry/edit.html",
        form=form,
        heading=heading,
        back=url_for("registry.settings"),
        breadcrumbs=_crumbs((heading, "")),
        history_kind="term",
        history_id=term_id,
    )


@bp.route("/settings/rules/<area_code>/<topic>", methods=["GET", "POST"])
@requires(EDIT_SETTINGS)
def rule_set(area_code: str, topic: str) -> ResponseReturnValue:
    """Rules of a topic for an area: readable text, checked on entry, in force from a day on."""
    actor = current_actor()
    found_area = queries.get_visible_area(actor, area_code, EDIT_SETTINGS)
    if topic not in TOPICS:
        raise DomainError(_l("没有这项规则，请从设置页进入。"))
    standing = queries.find_rule_set(area_code, topic, _asked_day())
    own = standing if standing is not None and standing.area_code == area_code else None
    form = RuleSetForm()
    if not form.is_submitted():
        form.content.data = TOPICS[topic].sample
        if standing is not None:
            form.content.data = yaml.safe_dump(
                standing.content, allow_unicode=True, sort_keys=False, default_flow_style=None
            )
        if own is not None:
            form.document.data, form.valid_from.data = own.document, own.valid_from
    if form.validate_on_submit() and form.attempt(_save_rules, area_code, topic, form):
        return go_back(
            url_for("registry.settings"), _("规则已保存，自%(day)s起施行。", day=form.valid_from.data)
        )
    heading = f"{found_area.name} · {TOPICS[topic].label}"
    return answer(
        "registry/edit.html",
        form=form,
        heading=heading,
        back=url_for("registry.settings"),
        breadcrumbs=_crumbs((heading, "")),
        history_kind="rule_set",
        history_id=own.id if own is not None else None,
        sample=TOPICS[topic].sample,
        inherited=own is None,
    )


def _asked_day() -> date:
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return clock.today()


def _save_rules(area_code: str, topic: str, form: RuleSetForm) -> Any:
    try:
        content = yaml.safe_load(form.content.data or "")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise DomainError(
            _l("第 %(line)s 行的格式不对，请对照样例检查缩进和标点。", line=line), "content"
        ) from error
    return operations.save_rule_set(
        current_actor(),
        area_code=area_code,
        topic=topic,
        valid_from=form.valid_from.data,
        content=validate_topic(topic, content),
        document=form.document.data or "",
    )
