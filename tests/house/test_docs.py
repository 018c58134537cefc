"""The documents speak of what exists: commands, make targets, settings, files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from babel.messages.pofile import read_po
from flask import Flask

from scripts import draw_states

ROOT = Path(__file__).parents[2]
REQUIRED = (
    "README.md",
    "README.zh-CN.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/operators.md",
    "docs/guide.zh-CN.md",
    "docs/glossary.md",
    "docs/states.md",
)
DOCUMENTS = sorted(
    path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")]
)
# What Flask brings along; operators use ``lvzhi serve``.
OF_FLASK = frozenset({"run", "shell", "routes"})
COMMAND = re.compile(r"(?<![\w./-])(?:\.venv/bin/)?lvzhi((?: +[^\s`|&;#）。，]+)+)")


def texts() -> Iterator[tuple[str, str]]:
    for path in DOCUMENTS:
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def code(text: str) -> list[str]:
    """Lines of code blocks, with lines that go on joined, and code in the running text."""
    blocks = re.findall(r"```[^\n]*\n(.*?)```", text, re.DOTALL)
    lines = [line.strip() for block in blocks for line in re.sub(r"\\\n\s*", " ", block).splitlines()]
    return lines + re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize("name", REQUIRED)
def test_the_documents_are_there(name: str) -> None:
    assert (ROOT / name).is_file()
    assert len((ROOT / name).read_text(encoding="utf-8")) > 300


def test_links_lead_somewhere() -> None:
    broken = []
    for name, text in texts():
        plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        for target in re.findall(r"!?\[[^\]]*\]\(([^)\s]+)[^)]*\)", plain):
            if re.match(r"[a-z]+:|#", target):
                continue
            path = (ROOT / name).parent / unquote(target.partition("#")[0])
            if not path.exists():
                broken.append(f"{name}: {target}")
    assert broken == []


def anchors(text: str) -> set[str]:
    """Anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ +(.+?) *#*$", text, re.MULTILINE)
    plain = [re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", r"\1", title) for title in titles]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in plain}


def test_links_inside_a_page_find_their_heading() -> None:
    broken = []
    for name, text in texts():
        for target in re.findall(r"\]\(([^)\s]*#[^)\s]+)\)", text):
            where, _hash, anchor = target.partition("#")
            if re.match(r"[a-z]+:", where):
                continue
            page = (ROOT / name).parent / unquote(where) if where else ROOT / name
            if page.is_file() and unquote(anchor) not in anchors(page.read_text(encoding="utf-8")):
                broken.append(f"{name}: {target}")
    assert broken == []


def test_every_picture_is_used() -> None:
    used = {target for _name, text in texts() for target in re.findall(r"images/([\w-]+\.png)", text)}
    assert sorted({path.name for path in (ROOT / "docs/images").glob("*.png")} - used) == []


def words_on_screen() -> set[str]:
    """Every message of the application in Chinese, and words in templates that are the same in all languages."""
    words: set[str] = set()
    with (ROOT / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as catalogue:
        for message in read_po(catalogue):
            words.update([message.id] if isinstance(message.id, str) else message.id)
    for template in (ROOT / "app").rglob("templates/**/*.html"):
        text = re.sub(r"{{.*?}}|{%.*?%}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        words.update(word.strip() for word in re.findall(r">([^<>]+)<", text))
    return words


def test_the_guide_quotes_words_that_are_on_the_screen() -> None:
    quoted = re.findall(r"「([^」]*)」", (ROOT / "docs/guide.zh-CN.md").read_text(encoding="utf-8"))
    assert quoted
    assert sorted(set(quoted) - words_on_screen()) == []


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    wrong = [
        f"{name}: make {target}"
        for name, text in texts()
        for line in code(text)
        for target in re.findall(r"(?:^|\s|&& )make ((?!-)[a-z][\w-]*)", line)
        if target not in targets
    ]
    assert wrong == []


def test_settings_exist() -> None:
    sources = [ROOT / "config.py", ROOT / "Makefile", *(ROOT / "app").rglob("*.py")]
    sources += [
        path
        for folder in ("scripts", "deploy", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in {".py", ".sh", ".yml", ""}
    ]
    known = set(
        re.findall(
            r"\b(?:LVZHI_[A-Z_]+|DATABASE_URL)\b", "".join(p.read_text(encoding="utf-8") for p in sources)
        )
    )
    for name, text in texts():
        assert set(re.findall(r"\b(?:LVZHI_[A-Z_]+|DATABASE_URL)\b", text)) <= known, name


def test_every_setting_is_in_the_operators_guide() -> None:
    settings = set(
        re.findall(r"\"(LVZHI_[A-Z_]+|DATABASE_URL)\"", (ROOT / "config.py").read_text(encoding="utf-8"))
    )
    guide = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
    assert sorted(setting for setting in settings if setting not in guide) == []


def find(group: click.Command, words: list[str]) -> tuple[click.Command | None, list[str]]:
    """The command these words name, and the words left over."""
    found = group
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        inner = found.commands.get(words[0])
        if inner is None:
            return None, words
        found, words = inner, words[1:]
    return found, words


def test_commands_and_their_options_exist(app: Flask) -> None:
    wrong = []
    for name, text in texts():
        for line in code(text):
            for mentioned in COMMAND.findall(line):
                words = [word for word in mentioned.split() if not re.match(r"[…<\[（(]", word)]
                command, rest = find(app.cli, words)
                if command is None:
                    wrong.append(f"{name}: lvzhi {' '.join(words)}")
                    continue
                options = {
                    option for param in command.params for option in [*param.opts, *param.secondary_opts]
                }
                options |= {"--help"}
                sent = [re.split(r"[=\[,/]", word)[0] for word in rest if re.match(r"--?[a-z]", word)]
                wrong += [f"{name}: {mentioned.strip()}: {o}" for o in sent if o not in options]
    assert wrong == []


def commands(group: click.Group, before: str = "lvzhi") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def test_every_command_is_in_the_operators_guide(app: Flask) -> None:
    guide = re.sub(r"\s+", " ", (ROOT / "docs/operators.md").read_text(encoding="utf-8"))
    ours = [c for c in commands(app.cli) if c.split()[1] not in OF_FLASK and not c.startswith("lvzhi db ")]
    assert [command for command in ours if command not in guide] == []
    assert "lvzhi db upgrade" in guide


def test_every_command_says_what_it_does(app: Flask) -> None:
    def check(group: click.Group) -> None:
        for name, command in group.commands.items():
            assert command.help or command.short_help, name
            if isinstance(command, click.Group):
                check(command)

    check(app.cli)


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_architecture_page_names_every_folder() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    folders = [p.name for p in (ROOT / "app").iterdir() if (p / "__init__.py").is_file()]
    assert [name for name in folders if f"`{name}`" not in page and f"{name}/" not in page] == []


def test_the_page_of_states_is_drawn_from_the_tables() -> None:
    page = (ROOT / "docs/states.md").read_text(encoding="utf-8")
    assert page == draw_states.page(), "run: python scripts/draw_states.py > docs/states.md"
