"""Reading pages changes nothing, and a page's queries do not depend on its rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.kit.listing import LISTINGS
from tests.house.authorisation import RIGHTS, ROLES, Right
from tests.house.conftest import House
from tests.house.test_authorisation import reaches, send, targets

pytestmark = pytest.mark.sqlite_only

GETS = [right for right in RIGHTS if right.method == "GET"]
# Where each list lives, and who looks at it.
PAGES = {
    "mandates": ("registry.mandates", "county"),
    "users": ("accounts.users", "secadmin"),
    "audit_events": ("accounts.audit_events", "auditor"),
    "duty_records": ("ledger.records", "county"),
    "duty_entries": ("ledger.entries", "county"),
    "duty_review": ("ledger.review", "county"),
    "groups": ("groups.groups", "county"),
    "compositions": ("groups.compositions", "county"),
    "activities": ("activities.activities", "county"),
    "group_plans": ("activities.plans", "county"),
    "missing_plans": ("activities.missing_plans", "county"),
    "group_attendance": ("activities.group_attendance", "county"),
    "member_attendance": ("activities.member_attendance", "county"),
    "support_needs": ("activities.support_needs", "county"),
    "leaders_without_group": ("groups.leaders_without_group", "county"),
    "upper_deputies": ("groups.upper_deputies", "county"),
    "deputy_links": ("groups.links", "county"),
    "unlinked_deputies": ("groups.unlinked", "county"),
    "care_notes": ("groups.care_notes", "county"),
    "stations": ("stations.stations", "county"),
    "deputies_without_station": ("stations.unassigned", "county"),
    "receptions": ("stations.receptions", "county"),
    "reception_calendars": ("stations.calendars", "county"),
    "reception_requests": ("stations.duty_requests", "county"),
    "reception_wishes": ("stations.duty_wishes", "county"),
    "missed_receptions": ("stations.missed", "county"),
    "leaders_receptions": ("stations.leaders_receptions", "county"),
    "opinions": ("stations.opinions", "county"),
    "opinion_transfers": ("stations.transfers", "county"),
    "partners": ("stations.partners", "county"),
    "suggestions": ("suggestions.suggestions", "county"),
    "handling_units": ("suggestions.units", "county"),
    "suggestion_screening": ("suggestions.screening", "county"),
    "suggestion_assigning": ("suggestions.assigning", "county"),
    "suggestions_pre_assigned": ("suggestions.pre_assigned", "county"),
    "suggestion_classes": ("suggestions.classes", "county"),
    "figure_suggestions": ("suggestions.figure_list", "county"),
    "suggestion_publications": ("suggestions.publication", "county"),
    "excellent_suggestions": ("suggestions.excellent", "county"),
    "excellent_candidates": ("suggestions.excellent_candidates", "county"),
    "suggestion_funds": ("suggestions.funds", "county"),
    "handling_parts": ("suggestions.handling", "county"),
    "month_items": ("suggestions.handling_items", "county"),
    "unit_asks": ("suggestions.asks", "county"),
    "suggestion_clocks": ("suggestions.deadlines", "county"),
    "suggestion_urges": ("suggestions.urges", "county"),
    "evaluations": ("suggestions.evaluations", "county"),
    "supervisions": ("suggestions.supervisions", "county"),
    "supervisors": ("suggestions.supervisors", "county"),
    "supervision_visits": ("suggestions.supervision_visits", "county"),
    "supervising_bodies": ("suggestions.supervising_bodies", "county"),
    "hearings": ("suggestions.hearings", "county"),
    "feedback_slips": ("suggestions.slips", "county"),
    "promises": ("suggestions.promises", "county"),
    "look_backs": ("suggestions.look_backs", "county"),
    "look_back_items": ("suggestions.look_back_items", "county"),
    "duty_reports": ("duty_reports.duty_reports", "county"),
    "coverage_deputies": ("oversight.coverage_deputies", "county"),
    "imports": ("exchange.imports", "county"),
    "notices": ("notices.log", "county"),
}


@pytest.mark.parametrize("right", GETS, ids=str)
def test_asking_for_the_head_of_a_page_writes_nothing(house: House, right: Right) -> None:
    """That no GET writes, whoever sends it, stands in the table of rights."""
    for role in ROLES:
        thing = next((t for t in targets(house, right, role) if reaches(house, right, role, t)), None)
        if thing is None and (right.object != "-" or not reaches(house, right, role, None)):
            continue
        answer = send(house, ROLES[role], replace(right, method="HEAD"), thing.args if thing else {})
        assert answer.writes == [], f"{role} reading {right}"
        assert not answer.committed
        break
    args = house.things[right.object][0].args if right.object != "-" else {}
    assert send(house, None, right, args).writes == [], f"nobody reading {right}"


def test_every_list_has_its_page_here() -> None:
    assert set(LISTINGS) == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("query", ["", "q=a", "sort=&size=20", "last=1", "exact=1", "format=xlsx"])
def test_a_list_writes_nothing_however_it_is_asked_for(house: House, name: str, query: str) -> None:
    endpoint, login = PAGES[name]
    answer = house.ask(login, "GET", f"{house.url(endpoint, {})}?{query}")
    assert answer.status == 200
    assert answer.writes == []


def rows_of(page: str) -> int:
    return page.count('<th scope="row"')


@pytest.mark.parametrize("name", PAGES)
def test_queries_of_a_list_do_not_grow_with_its_rows(house: House, name: str) -> None:
    endpoint, login = PAGES[name]
    path = house.url(endpoint, {})
    fewer = house.ask(login, "GET", f"{path}?size=20")
    more = house.ask(login, "GET", f"{path}?size=50")
    assert rows_of(fewer.text) == 20
    assert rows_of(more.text) > 24, "not enough rows to compare with"
    # A page that shows all rows there are need not have them counted.
    assert len(more.statements) <= len(fewer.statements), "\n".join(more.statements)


def test_queries_of_an_export_do_not_grow_with_its_rows(house: House) -> None:
    for name, (endpoint, login) in PAGES.items():
        path = house.url(endpoint, {})
        house.ask(login, "GET", f"{path}?format=xlsx")  # what is counted once is remembered
        many = house.ask(login, "GET", f"{path}?format=xlsx")
        none = house.ask(login, "GET", f"{path}?format=xlsx&ids=999999999")
        assert len(many.statements) == len(none.statements), name
