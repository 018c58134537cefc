"""A suggestion from the deputy's phone to its end and the public page: drafted, classed, returned, answered twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from docx import Document
from playwright.sync_api import expect
from sqlalchemy import select

from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionReply, SuggestionUnit
from app.suggestions.states import ClockKind, HandlingState, SuggestionState
from tests.browser.conftest import Site, Visitor
from tests.suggestions.building import build
from tests.world import COUNTY, UNITS

OTHERS = "关于解决临江镇农村饮水不安全问题的建议"
TITLES = {"zh": "关于解决农村饮水安全问题的建议", "en": "关于解决农村饮水不安全的建议"}
FACTS = "临江镇三个村六百多户仍靠手压井取水，去年夏天水位下降，有四十天要到镇上拉水。"
ASKED = "请水利部门明年把三个村接入镇水厂管网，先解决学校和卫生室用水。"


def _send(visitor: Visitor) -> None:
    """Sends the form in the middle of the page by its first button."""
    button = visitor.page.locator("#page form[method=post] .submit-bar button[type=submit]").first
    with visitor.page.expect_navigation():
        button.click()


def _open(visitor: Visitor, ending: str) -> None:
    """Follows the link of the page that leads to an address ending so."""
    with visitor.page.expect_navigation():
        visitor.page.locator(f"#page a[href$='{ending}']").filter(visible=True).first.click()


def _in(visit: Callable[..., Visitor], login: str, size: str, language: str) -> Visitor:
    # The same pages in the other language: what axe looks at is alike.
    visitor = visit(size, language, axe=language == "zh")
    visitor.come_as(login)
    return visitor


def _number(site: Site, title: str) -> int:
    with site.session() as session:
        found = session.scalar(select(Suggestion.id).where(Suggestion.title == title))
    assert found is not None
    return int(found)


def _part(site: Site, suggestion: int, unit: str) -> int:
    with site.session() as session:
        parts = select(SuggestionUnit).where(SuggestionUnit.suggestion_id == suggestion)
        return int(next(part.id for part in session.scalars(parts) if part.unit.name == unit))


def _draft(deputy: Visitor, title: str) -> None:
    """On the phone, with the similar one of a colleague found while typing."""
    deputy.goto("/suggestions/drafts/new")
    deputy.check()
    deputy.page.fill("[name=title]", title)
    deputy.page.fill("[name=body]", FACTS)
    deputy.page.fill("[name=proposals]", ASKED)
    deputy.page.locator("[name=proposals]").blur()
    expect(deputy.page.locator("[data-hints=similar]")).to_contain_text(OTHERS)
    deputy.check()
    _send(deputy)
    expect(deputy.page.locator("#page")).to_contain_text(title)
    deputy.check()


def _accept(staff: Visitor, suggestion: int) -> None:
    staff.goto("/suggestions/screening")
    staff.check()
    staff.goto(f"/suggestions/{suggestion}")
    staff.check()
    _open(staff, f"/{suggestion}/accept")
    staff.page.fill("[name=session_ordinal]", "2")
    staff.check()
    _send(staff)


def _put_together(staff: Visitor, title: str) -> None:
    """Similar ones become one class, each answered by itself (4-24)."""
    staff.goto("/suggestions/classes/alike")
    staff.check()
    group = staff.page.locator("#page form").filter(has_text=title)
    with staff.page.expect_navigation():
        group.locator("button[type=submit]").click()
    staff.page.fill("#page [name=title]", "农村饮水类建议")
    staff.check()
    _send(staff)
    expect(staff.page.locator("#page")).to_contain_text(title)
    expect(staff.page.locator("#page")).to_contain_text(OTHERS)
    staff.check()


def _assign(office: Visitor, path: str, unit: str) -> None:
    office.goto(path)
    office.page.fill("[name=shares-0-unit]", unit)
    office.check()
    _send(office)


def _object(unit: Visitor, part: int) -> None:
    unit.goto("/handling")
    unit.check()
    unit.goto(f"/handling/{part}")
    unit.check()
    _open(unit, f"/{part}/object")
    unit.page.fill("[name=reason]", "供水管网由城管局建设和管理，不属本单位职责。")
    unit.check()
    _send(unit)


def _grant(office: Visitor) -> None:
    office.goto("/asks")
    office.check()
    with office.page.expect_navigation():
        office.page.locator("#page table a[href^='/asks/']").first.click()
    office.page.check("[name=decision][value=grant]")
    office.check()
    _send(office)


def _sign_for(unit: Visitor, part: int) -> None:
    unit.goto(f"/handling/{part}")
    _open(unit, f"/{part}/sign")
    unit.page.fill("[name=handler]", "市政股 周干事")
    unit.check()
    _send(unit)
    _open(unit, f"/{part}/contact")
    unit.page.fill("[name=note]", "到村里看了三口井，与代表商定先接学校。")
    unit.check()
    _send(unit)


def _reply(site: Site, unit: Visitor, head: Visitor, part: int, words: str) -> None:
    """The clerk drafts, the head signs; the letter is a Word file."""
    unit.goto(f"/handling/{part}")
    _open(unit, f"/{part}/reply")
    unit.page.select_option("[name=reply_class]", "a")
    unit.page.fill("[name=body]", words)
    unit.check()
    _send(unit)
    unit.check()
    with site.session() as session:
        letters = select(SuggestionReply.id).where(SuggestionReply.suggestion_unit_id == part)
        letter = session.scalars(letters.order_by(SuggestionReply.round.desc())).first()
    assert unit.page.goto(f"{unit.site.url}/replies/{letter}/sign").status == 403  # type: ignore[union-attr]
    unit.complaints.clear()
    head.goto(f"/handling/{part}")
    _open(head, f"/replies/{letter}/sign")
    head.page.fill("[name=signed_by]", "贺局长")
    head.page.fill("[name=number]", f"岳城管函〔2026〕{letter}号")
    head.check()
    _send(head)
    head.check()
    made = head.page.request.get(f"{head.site.url}/replies/{letter}/letter.docx").body()
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(made)).paragraphs)
    assert words in text


def _rate(deputy: Visitor, suggestion: int, word: str, reason: str, *, solved: bool) -> None:
    deputy.goto(f"/suggestions/{suggestion}")
    deputy.check()
    _open(deputy, f"/{suggestion}/feedback")
    for name in ("attitude", "handling", "result", "overall"):
        deputy.page.check(f"[name={name}][value={word}]")
    deputy.page.check(f"[name=solved][value='{int(solved)}']")
    deputy.page.fill("[name=reason]", reason)
    deputy.check()
    _send(deputy)
    deputy.check()


def _publish(staff: Visitor, suggestion: int) -> None:
    staff.goto(f"/suggestions/{suggestion}/conclude")
    _send(staff)
    staff.goto(f"/suggestions/{suggestion}/publish")
    staff.page.check("[name=read]")
    staff.check()
    _send(staff)
    staff.check()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_the_draft_on_the_phone_to_the_public_page(
    site: Site, visit: Callable[..., Visitor], language: str
) -> None:
    title = TITLES[language]
    with site.session(), acting_as(operator("tests")):
        build(site.world, SuggestionState.ACCEPTED, lead="C002", title=OTHERS)
    deputy = _in(visit, "deputy", "phone", language)
    staff = _in(visit, "county", "desktop", language)
    office = _in(visit, "assigner", "desktop", language)
    unit = _in(visit, "unit", "desktop", language)
    head = _in(visit, "unit_head", "phone", language)
    _draft(deputy, title)
    suggestion = _number(site, title)
    _accept(staff, suggestion)
    _put_together(staff, title)
    with site.session() as session:
        class_id = session.get_one(Suggestion, suggestion).class_id
    _assign(office, f"/suggestions/classes/{class_id}/assign", UNITS[1])
    wrong = _in(visit, "other_unit", "desktop", language)
    _object(wrong, _part(site, suggestion, UNITS[1]))
    _grant(office)
    _assign(office, f"/suggestions/{suggestion}/assign", UNITS[0])
    part = _part(site, suggestion, UNITS[0])
    _sign_for(unit, part)
    _reply(site, unit, head, part, "三个村已列入明年计划，资金还在落实。")
    _rate(deputy, suggestion, "dissatisfied", "只说列入计划，没有时间。", solved=False)
    staff.goto(f"/suggestions/{suggestion}/rehandle")
    staff.page.fill("[name=reason]", "请写明资金来源和完成时间。")
    staff.check()
    _send(staff)
    _reply(site, unit, head, part, "管网已接通三个村，九月底全部通水。")
    _rate(deputy, suggestion, "satisfied", "", solved=True)
    _publish(staff, suggestion)
    public = visit("phone", language)
    public.goto(f"/public/suggestions?area={COUNTY}")
    public.check()
    public.goto(f"/public/suggestions/{suggestion}")
    expect(public.page.locator("main")).to_contain_text("九月底全部通水")
    public.check()


@pytest.mark.parametrize(("size", "language"), [("desktop", "zh"), ("phone", "en")])
def test_the_leader_sees_what_is_overdue(
    site: Site, visit: Callable[..., Visitor], size: str, language: str
) -> None:
    title = f"关于修通断头路的建议（{language}）"
    today = clock.today()
    with site.session() as session, acting_as(operator("tests")):
        late = build(
            site.world,
            SuggestionState.ASSIGNED,
            title=title,
            unit=UNITS[1],
            part_state=HandlingState.SIGNED,
        )
        running = select(SuggestionClock).where(
            SuggestionClock.suggestion_id == late.id, SuggestionClock.kind == ClockKind.REPLY
        )
        one = session.scalar(running)
        if one is None:
            one = SuggestionClock(
                suggestion=late,
                suggestion_unit=late.units[0],
                area_code=late.area_code,
                kind=ClockKind.REPLY,
                working={},
            )
            session.add(one)
        one.started_on, one.due_on = today - timedelta(days=120), today - timedelta(days=30)
        late.due_on = one.due_on
        number = late.id
    leader = _in(visit, "leader", size, language)
    leader.goto("/suggestions/overdue")
    leader.check()
    late_unit = leader.page.locator("#page tr", has_text=UNITS[1])
    with leader.page.expect_navigation():
        late_unit.first.get_by_role("link").first.click()
    expect(leader.page.locator("#page")).to_contain_text(title)
    leader.check()
    with leader.page.expect_navigation():
        leader.page.locator("#page a", has_text=title).first.click()
    leader.check()
    _open(leader, f"/suggestions/{number}")
    leader.heading(title)
    leader.check()
