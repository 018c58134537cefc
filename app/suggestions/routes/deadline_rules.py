"""The table of deadlines (4-05), and rules of deadlines whose effect is seen before they take effect."""

from __future__ import annotations

import hashlib
from typing import Any

import yaml
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _, _l, ngettext
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.queries import find_area, find_rule_set, get_visible_area
from app.registry.topics import validate_topic
from app.suggestions.clocks.explaining import length_in_words, starting_event
from app.suggestions.clocks.preview import Effect, effect_of, recalculated
from app.suggestions.forms.clocks import DeadlineRulesForm
from app.suggestions.operations import clocks as operations
from app.suggestions.policy import EDIT_DEADLINE_RULES, VIEW_SUGGESTIONS
from app.suggestions.routes import bp
from app.suggestions.routes.clocks import clock_crumbs
from app.suggestions.routes.surroundings import tabs
from app.suggestions.states import ClockKind
from app.suggestions.suggestion_rules import TOPIC, Clocks, SuggestionRules, examples

SHOWN = 200
OFFICE_DIGITS = 6


def table_of(clocks: Clocks) -> list[dict[str, Any]]:
    """The deadlines of a rule set in the order of the work, in words; those without a rule too (4-05)."""
    rows = []
    for kind in ClockKind:
        rule = clocks.get(kind)
        rows.append(
            {
                "kind": kind,
                "start": starting_event(kind),
                "length": length_in_words(rule.length, rule.unit.value) if rule else "",
                "longest": length_in_words(rule.longest, rule.unit.value) if rule and rule.longest else "",
                "roll": rule.roll.label if rule else "",
                "document": rule.document if rule else "",
            }
        )
    return rows


def _area_code(actor: Actor) -> str:
    """The office whose table is asked for: of the reader's areas the one named, else the first."""
    asked = request.args.get("area", "")
    own = sorted({grant.area_code for grant in actor.grants})
    if asked and any(asked.startswith(code) for code in own) and find_area(asked) is not None:
        return asked
    return own[0] if own else ""


@bp.get("/suggestions/deadline-table")
@requires(VIEW_SUGGESTIONS)
def deadline_table() -> ResponseReturnValue:
    """Each step with its time limit, for everybody who handles suggestions (4-05)."""
    actor = current_actor()
    code = _area_code(actor)
    found = find_rule_set(code, TOPIC, clock.today())
    rules = SuggestionRules.model_validate(found.content) if found is not None else SuggestionRules()
    return render_template(
        "suggestions/deadline_table.html",
        area=find_area(code),
        rule_set=found,
        rules=rules,
        rows=table_of(rules.clocks),
        township_rows=[row for row in table_of(rules.township_clocks) if row["length"]],
        editable=actor.may_in(EDIT_DEADLINE_RULES, code),
        page_tabs=tabs("suggestions.deadline_table"),
        breadcrumbs=clock_crumbs((_("时限表"), "")),
    )


@bp.route("/suggestions/deadline-rules/<area_code>", methods=["GET", "POST"])
@requires(EDIT_DEADLINE_RULES)
def deadline_rules(area_code: str) -> ResponseReturnValue:
    """Rules of deadlines: chosen from the examples or written, their effect shown, then put in force."""
    area = get_visible_area(current_actor(), area_code, EDIT_DEADLINE_RULES)
    standing = find_rule_set(area_code, TOPIC, clock.today())
    form = DeadlineRulesForm()
    known = {example.key: example for example in examples()}
    if not form.is_submitted():
        _fill(form, standing, known.get(request.args.get("example", "")))
    effect: Effect | None = None
    if form.validate_on_submit():
        effect = form.attempt(_effect, area_code, form)
        if effect is not None and form.seen.data == _mark(form):
            done = form.attempt(_apply, area_code, form)
            if done:
                return go_back(url_for("suggestions.deadline_table", area=area_code), _said(done))
            effect = None
    form.seen.data = _mark(form) if effect is not None else ""
    return answer(
        "suggestions/deadline_rules.html",
        form=form,
        area=area,
        own=standing if standing is not None and standing.area_code == area_code else None,
        examples=list(known.values()),
        effect=effect,
        shown=SHOWN,
        check=recalculated(area_code) if request.args.get("check") else None,
        breadcrumbs=clock_crumbs(
            (_("时限表"), url_for("suggestions.deadline_table", area=area_code)), (_("期限规则"), "")
        ),
    )


@bp.post("/suggestions/deadline-rules/<area_code>/recalculate")
@requires(EDIT_DEADLINE_RULES)
def recalculate_deadlines(area_code: str) -> ResponseReturnValue:
    """Computes the running deadlines again, after a new table of holidays."""
    actor = current_actor()
    get_visible_area(actor, area_code, EDIT_DEADLINE_RULES)
    effect = operations.recalculate(actor, area_code)
    return go_back(url_for("suggestions.deadline_rules", area_code=area_code), _said(effect))


def _said(effect: Effect) -> str:
    count = len(effect.moves)
    return ngettext("已施行，%(num)s 个期限随之变动。", "已施行，%(num)s 个期限随之变动。", count)


def _fill(form: DeadlineRulesForm, standing: Any, example: Any) -> None:
    form.valid_from.data = clock.today()
    if example is not None:
        form.content.data, form.document.data = example.text, example.rules.document
    elif standing is not None:
        form.content.data = _written(standing.content)
        form.document.data, form.valid_from.data = standing.document, standing.valid_from
    else:
        form.content.data = examples()[0].text


def _written(content: dict[str, Any]) -> str:
    """Rules as text, one deadline a line, without what is left at nothing."""
    kept = SuggestionRules.model_validate(content).model_dump(mode="json", exclude_none=True)
    kept = {key: value for key, value in kept.items() if value not in ("", {})}
    return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, default_flow_style=None, width=400)


def _content(form: DeadlineRulesForm) -> dict[str, Any]:
    try:
        content = yaml.safe_load(form.content.data or "")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise DomainError(
            _l("第 %(line)s 行的格式不对，请对照样例检查缩进和标点。", line=line), "content"
        ) from error
    return validate_topic(TOPIC, content)


def _effect(area_code: str, form: DeadlineRulesForm) -> Effect:
    rules = SuggestionRules.model_validate(_content(form))
    return effect_of(area_code, form.valid_from.data, rules)


def _apply(area_code: str, form: DeadlineRulesForm) -> Effect:
    _saved, effect = operations.put_rules_in_force(
        current_actor(),
        area_code=area_code,
        valid_from=form.valid_from.data,
        content=_content(form),
        document=form.document.data or "",
    )
    return effect


def _mark(form: DeadlineRulesForm) -> str:
    """Names what the effect is shown for: rules changed after that are shown again."""
    said = f"{form.valid_from.data}\n{(form.content.data or '').strip()}".replace("\r\n", "\n")
    return hashlib.sha256(said.encode()).hexdigest()[:20]
