"""Every word on the screen goes through gettext and has its English; English pages show Chinese only in the data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment, nodes
from sqlalchemy import JSON, String, select

from app.extensions import db
from app.registry.topics import TOPICS
from app.stations.queries.day import USUAL_TOPICS
from app.suggestions.suggestion_rules import SuggestionRules, examples
from scripts import translate
from tests.house.authorisation import RIGHTS, Right
from tests.house.conftest import House
from tests.house.test_authorisation import send
from tests.house.test_reading import GETS
from tests.house.test_strangers import first_allowed

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
WORDS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
MARKED = frozenset({"_", "_l", "gettext", "lazy_gettext", "ngettext"})

# Chinese that is data or belongs to the work, not to the screen.
FILES = {
    "cli/*": "commands speak to the office's operator, in Chinese only",
    "*/importer.py": "headings and words as offices write them in workbooks",
    "*/importer/*": "the same",
    "kit/workbook/*": "the same",
    "registry/names.py": "surnames with their own reading",
    "registry/directory.py": "endings of names of areas",
    "registry/profile.py": "the same",
    "groups/composing/trades.py": "words of work posts that tell a trade",
    "suggestions/draft_words.py": "words by which a draft is looked at",
    "suggestions/similar/ranking.py": "what every title begins and ends with",
    "kit/documents/docx_styles.py": "names of fonts",
    "kit/documents/fonts.py": "the same",
}
LITERALS = {
    "accounts/slips.py": {"仿宋"},
    "activities/forms.py": {"下午", r"(?P<half>上午|下午)?"},
    "exchange/previews.py": {"是", "否"},
    "exchange/routes/rows.py": {"含错误的"},
    "exchange/sheets.py": {"含错误的"},
    "kit/intake/importer.py": {"是", "否"},
    "kit/workdays.py": {"元旦", "春节", "清明", "劳动节", "端午", "国庆节", "中秋", "调休"},
    "ledger/models.py": {"次"},
    "ledger/rules.py": {r"(?P<number>"},
    "ledger/states.py": {"次", "人次", "条", "件", "户"},
    "oversight/documents.py": {"一二三四五六七八九十"},
    "performance_file/document.py": {"一二三四五六七八九十", "年"},
    "duty_reports/words.py": {"年"},
    "public/operations.py": {"群众（公开页）"},
    "suggestions/clocks/announcing.py": {"系统"},
    "suggestions/clusters.py": {"关于|的建议|的意见|的批评|建议|进一步|加强|尽快|加快|有关|问题|[\\W_]+"},
    "suggestions/numbers.py": {"{area}{term}-{session}-闭"},
    "suggestions/publication_rules.py": {r"(?<!\d)0\d{2,3}[-— ]\d{7,8}(?:[-转]\d{1,5})?(?!\d)"},
    "suggestions/reply_documents.py": {"人"},
    "registry/setup.py": {"中华人民共和国"},
    "registry/special_days.py": {
        "放假",
        "休息",
        "节假日",
        "休",
        "上班",
        "调休上班",
        "调休",
        "补班",
        "班",
    },
    "stations/queries/day.py": {
        "道路交通",
        "用水用电",
        "垃圾环境",
        "教育",
        "医疗社保",
        "住房",
        "农业农村",
        "治安",
    },
}


def unmarked(path: Path) -> Iterator[tuple[int, str]]:
    """Chinese texts of a module that are neither docstrings nor handed to gettext."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            passed |= {id(argument) for argument in node.args if name in MARKED}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in passed:
            continue
        if isinstance(node.value, str) and WORDS.search(node.value):
            yield node.lineno, node.value


def test_words_in_the_code_go_through_gettext() -> None:
    wrong = []
    for path in sorted(APP.rglob("*.py")):
        name = path.relative_to(APP).as_posix()
        if any(fnmatch(name, pattern) for pattern in FILES):
            continue
        known = LITERALS.get(name, set())
        wrong += [
            f"{name}:{line}: {text}"
            for line, text in unmarked(path)
            if not any(text == word or (word.startswith("(") and text.startswith(word)) for word in known)
        ]
    assert wrong == []


def test_the_list_of_exceptions_names_nothing_that_is_gone() -> None:
    for name, words in LITERALS.items():
        source = (APP / name).read_text(encoding="utf-8")
        assert [word for word in words if word not in source] == [], name


def literals_of(template: str) -> Iterator[str]:
    """Chinese text of a template that is not the first argument of ``_``."""
    tree = Environment(autoescape=True, extensions=["jinja2.ext.do"]).parse(template)
    passed = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in MARKED
        for argument in call.args
    }
    for data in tree.find_all(nodes.TemplateData):
        yield re.sub(r"<!--.*?-->", "", data.data, flags=re.DOTALL)
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str) and id(constant) not in passed:
            yield constant.value


def test_words_in_templates_go_through_gettext() -> None:
    wrong = [
        f"{path.relative_to(APP)}: {text.strip()[:60]}"
        for path in sorted(APP.rglob("*.html"))
        for text in literals_of(path.read_text(encoding="utf-8"))
        if WORDS.search(text.replace("中文", ""))
    ]
    assert wrong == []


def test_scripts_take_their_words_from_the_page() -> None:
    for path in (APP / "static/js").glob("*.js"):
        source = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not WORDS.search(source), path.name


def test_every_message_has_its_english() -> None:
    found, kept = translate.extract(), translate.catalogue()
    known = {message.id for message in kept if message.id}
    assert sorted(translate.key_of(identity) for identity in set(found) - known) == [], (
        "run scripts/translate.py"
    )
    assert sorted(translate.key_of(identity) for identity in known - set(found)) == [], "not used any more"
    assert [message.id for message in kept if message.id and translate.untranslated(message)] == []


def test_translations_leave_room_for_the_same_things() -> None:
    wrong = [
        message.id
        for message in translate.catalogue()
        if message.id and translate.wrong_placeholders(message)
    ]
    assert wrong == []


def texts_in(value: Any) -> Iterator[str]:
    """The texts of a column's value, which may be a list or a mapping of more."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in [*value, *(value.values() if isinstance(value, dict) else ())]:
            yield from texts_in(part)


@pytest.fixture(scope="module")
def data(house: House) -> list[str]:
    """Every Chinese text in the database and in the samples of rules, longest first."""
    texts = {
        "中文",
        "次",
        "人次",
        "条",
        "件",
        "户",
        "名册.xlsx",
        "名册",
        "赵＊＊",
        "赵**",
        "孙**",
        "放假",
        "上班",
        *USUAL_TOPICS,
        # Numbers of suggestions made between sessions.
        "-闭",
    }
    for file in sorted((APP / "suggestions/clocks/examples").glob("*.yaml")):
        rules = file.read_text(encoding="utf-8")
        texts |= {text for text in texts_in(yaml.safe_load(rules)) if WORDS.search(text)}
        texts |= {line.strip("# ") for line in rules.splitlines() if WORDS.search(line)}
    texts |= {text for text in texts_in(SuggestionRules().model_dump(mode="json")) if WORDS.search(text)}
    texts |= {line for topic in TOPICS.values() for line in topic.sample.splitlines() if WORDS.search(line)}
    for example in examples():
        texts |= {text for text in (example.title, *example.text.splitlines()) if WORDS.search(text)}
    with house.app.app_context():
        for table in db.metadata.sorted_tables:
            columns = [column for column in table.columns if isinstance(column.type, String | JSON)]
            for row in db.session.execute(select(*columns)) if columns else ():
                texts |= {text for value in row for text in texts_in(value) if WORDS.search(text)}
        db.session.remove()
    return sorted(texts, key=len, reverse=True)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("right", [right for right in GETS if right.object != "static"], ids=str)
def test_english_pages_show_chinese_only_in_the_data(house: House, data: list[str], right: Right) -> None:
    login, args = first_allowed(house, right)
    page = send(house, login, right, args, headers={"Accept-Language": "en"})
    if not page.headers["Content-Type"].startswith("text/html") or page.status >= 300:
        return
    text = re.sub(r'<span class="avatar"[^>]*>.</span>', "", page.text)
    assert '<html lang="en"' in text or "<html" not in text
    for word in data:
        text = text.replace(word, "")
    found = [text[max(0, m.start() - 60) : m.end() + 30] for m in WORDS.finditer(text)]
    assert found == []


def test_the_table_names_pages_to_read() -> None:
    assert len([right for right in RIGHTS if right.method == "GET"]) > 60
