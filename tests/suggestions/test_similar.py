"""Similar suggestions: pairs of characters, likeness, the index in step on both databases (4-24)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from app.kit.intake.follow_ups import follow_up
from app.suggestions.models import Suggestion, SuggestionStep, SuggestionWords
from app.suggestions.postings import SOURCE
from app.suggestions.similar import find_similar, holding_words
from app.suggestions.similar.bigrams import bigrams
from app.suggestions.similar.keeping import index_missing
from app.suggestions.similar.ranking import likeness, plain_title
from app.suggestions.states import PublicChoice, SuggestionState
from tests.suggestions.building import build
from tests.world import COUNTY, NEIGHBOUR, QINGSHAN


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("东风路积水", ["东风", "风路", "路积", "积水"]),
        ("道路、桥梁", ["道路", "桥梁"]),
        ("５Ｇ基站 5G", ["5g", "g基", "基站"]),
        ("䶮湖塌陷", ["䶮湖", "湖塌", "塌陷"]),
        ("路", []),
        ("'; DROP \" & |", ["dr", "ro", "op"]),
    ],
)
def test_words_of_two_characters_are_pairs(text, pairs):
    assert bigrams(text) == pairs


@given(st.text(max_size=60))
def test_pairs_are_safe_to_ask_for(text):
    assert all(len(pair) == 2 and pair.isalnum() for pair in bigrams(text))


def test_likeness_sees_through_the_frame_of_a_title():
    assert plain_title("关于解决东风路积水问题的建议") == "解决东风路积水"
    same = likeness("关于解决东风路积水问题的建议", "", "关于改善东风路积水的几点建议", "")
    other = likeness("关于解决东风路积水问题的建议", "", "关于引进乡村教师的建议", "")
    inside = likeness("路灯安装", "", "关于南街路灯安装和维护的建议", "")
    assert same > 70 > 55 > other and inside >= 80
    text = "暴雨过后东风路一带积水没过膝盖，学生上学要绕行两公里。"
    assert likeness("甲", text, "关于乙的建议", text) == 100


@pytest.fixture
def some(session, world) -> dict[str, Suggestion]:
    accepted = SuggestionState.ACCEPTED
    made = {
        "flood": build(world, accepted, title="关于改善东风路积水问题的建议", body="一下雨就积水。"),
        "lamps": build(world, accepted, title="关于安装南街路灯的建议", proposals="请装路灯。"),
        "draft": build(world, SuggestionState.DRAFT, title="关于东风路积水的建议"),
        "private": build(world, accepted, title="关于东风路积水整治的建议", public_choice=PublicChoice.NONE),
        "there": build(world, accepted, lead="C003", title="关于东风路积水治理的建议"),
    }
    session.commit()
    return made


def _found(areas, title, text="", **kw) -> set[str]:
    return {one.title for one in find_similar(areas, title, text, **kw)}


def test_a_small_area_finds_its_own_in_a_large_database(world, session, some, monkeypatch):
    """Those that share the most may all be of other areas; then more are looked at."""
    build(world, SuggestionState.ACCEPTED, title="关于东风路积水的几点建议")
    session.commit()
    monkeypatch.setattr("app.suggestions.similar.finding._LOOKED_AT", 1)
    assert _found([QINGSHAN], "解决东风路积水") == {"关于东风路积水治理的建议"}


def test_similar_ones_of_the_area_are_found(some):
    asked = "解决东风路积水"
    assert _found([COUNTY], asked) == {"关于改善东风路积水问题的建议", "关于东风路积水治理的建议"}
    assert "关于东风路积水整治的建议" in _found([COUNTY], asked, staff=True)
    assert _found([QINGSHAN], asked) == {"关于东风路积水治理的建议"}
    assert _found([NEIGHBOUR], asked) == set()
    assert _found([COUNTY], asked, exclude=[some["flood"].id]) == {"关于东风路积水治理的建议"}
    assert _found([COUNTY], "引进乡村教师") == _found([COUNTY], "") == set()


def test_the_index_follows_every_change(some, session):
    flood = some["flood"]
    flood.title, flood.body = "关于修建停车场的建议", "医院周边没有停车场。"
    session.commit()
    assert _found([COUNTY], "医院周边停车场") == {"关于修建停车场的建议"}
    assert "关于修建停车场的建议" not in _found([COUNTY], "东风路积水")
    for kind, key in ((SuggestionStep, SuggestionStep.suggestion_id), (Suggestion, Suggestion.id)):
        session.execute(delete(kind).where(key == some["lamps"].id))
    assert _found([COUNTY], "安装南街路灯") == set()
    session.execute(delete(SuggestionStep).where(SuggestionStep.suggestion_id == flood.id))
    session.delete(flood)
    session.commit()
    assert _found([COUNTY], "医院周边停车场") == set()
    assert session.scalar(select(func.count()).select_from(SuggestionWords)) == 3


def test_the_index_follows_imports_and_catches_up_at_night(some, session):
    first, second = some["flood"].id, some["lamps"].id
    session.execute(delete(SuggestionWords))
    assert _found([COUNTY], "东风路积水") == set()
    follow_up(SOURCE, [first])
    assert _found([COUNTY], "东风路积水") == {"关于改善东风路积水问题的建议"}
    index_missing()
    assert _found([COUNTY], "安装南街路灯") == {"关于安装南街路灯的建议"}
    found = holding_words("路灯")
    assert found is not None and list(session.scalars(found)) == [second]
    assert holding_words("路") is None


def test_the_answer_says_who_when_and_where_it_stands(some):
    one = find_similar([QINGSHAN], "东风路积水")[0]
    assert (one.lead, one.state, one.number) == ("欧阳谷雨", SuggestionState.ACCEPTED, some["there"].number)
    assert isinstance(one.raised_on, date) and one.score >= 85


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("积水", True),
        ("一下雨就", True),
        ("单立春 积水", False),
        ("路灯", False),
        ("' OR 1=1 --", False),
        ("关于改善", True),
    ],
)
def test_the_register_is_searched_in_its_texts_too(some, sign_in, typed, found):
    page = sign_in("county").get("/suggestions", query_string={"q": typed}).text
    assert ("关于改善东风路积水问题的建议" in page) is found
