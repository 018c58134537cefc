"""What can go wrong around a command is one sentence and exit 2, and reading waits for no writer."""

from __future__ import annotations

import os
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app import create_app
from app.cli import _create_app, main
from app.extensions import db
from app.kit.database import set_reading
from app.kit.errors import DomainError
from tests import world as invented
from tests.world import COUNTY

ROOT = Path(__file__).parents[2]
COVERAGE = ("report", "coverage", "--area", COUNTY, "--as-of", "2024-01-01", "--format", "json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an office."""
    folder = tmp_path_factory.mktemp("office")
    url = f"sqlite:///{folder / 'lvzhi.sqlite3'}"
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": folder, "SECRET_KEY": "tests"})
    with app.app_context():
        set_reading(False)
        db.create_all()
        invented.build()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return folder


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def lvzhi(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on a data folder as the console script does: exit status, output, errors."""

    def run(folder: Path, *arguments: object) -> tuple[int, str, str]:
        monkeypatch.setenv("LVZHI_DATA_DIR", str(folder))
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder / 'lvzhi.sqlite3'}")
        monkeypatch.setattr(sys, "argv", ["lvzhi", *map(str, arguments)])
        monkeypatch.chdir(ROOT)
        before = os.umask(0)
        capfd.readouterr()
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            os.umask(before)
            set_reading(False)
        output, errors = capfd.readouterr()
        return int(ended.value.code or 0), output, errors

    return run


@pytest.fixture
def writer(folder: Path) -> Iterator[None]:
    """Somebody holds the write lock of the database, as an import does for minutes."""
    with closing(sqlite3.connect(folder / "lvzhi.sqlite3", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@pytest.mark.parametrize(
    "arguments", [COVERAGE, ("file", "C001", "--format", "json"), ("ledger", "reconcile")], ids=" ".join
)
def test_what_only_reads_waits_for_nobody(
    lvzhi: Run, folder: Path, writer: None, arguments: tuple[str, ...]
) -> None:
    code, output, errors = lvzhi(folder, *arguments)
    assert code == 0, errors
    assert output


def test_a_database_that_is_busy_is_called_busy(lvzhi: Run, folder: Path, writer: None) -> None:
    code, _output, errors = lvzhi(folder, "user", "reset-password", "county")
    assert code == 2
    assert "正忙" in errors and "Traceback" not in errors


def test_a_database_without_tables_is_called_so(lvzhi: Run, tmp_path: Path) -> None:
    code, _output, errors = lvzhi(tmp_path, *COVERAGE)
    assert code == 2
    assert "lvzhi db upgrade" in errors and "正忙" not in errors and "Traceback" not in errors


@pytest.mark.parametrize(
    "arguments",
    [
        (*COVERAGE, "--output", "/nonexistent/x.json"),
        ("file", "C001", "--output", "/nonexistent/x.docx"),
        ("import", ROOT, "--errors", "/nonexistent/x.xlsx"),
        ("backup", "/proc/nothing"),
    ],
    ids=["report", "file", "import", "backup"],
)
def test_a_file_that_cannot_be_written_is_a_sentence(
    lvzhi: Run, folder: Path, arguments: tuple[object, ...]
) -> None:
    code, output, errors = lvzhi(folder, *arguments)
    assert (code, output) == (2, "")
    assert len(errors.strip().splitlines()) == 1 and "/" in errors


@pytest.mark.parametrize("url", ["nonsense", "mysql://a:b@c/d", "postgresql://u:p@127.0.0.1:abc/x"])
def test_an_address_of_no_known_database_is_one_sentence_without_its_password(
    folder: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("LVZHI_DATA_DIR", str(folder))
    with pytest.raises(DomainError, match="DATABASE_URL"):
        _create_app()


def test_the_server_does_not_start_where_nobody_could_work(lvzhi: Run, folder: Path) -> None:
    """The folder's schema was not made by ``lvzhi db upgrade``; the port of the second is taken."""
    assert lvzhi(folder, "serve", "--port", "8799")[::2] == (
        2,
        "数据库的结构不是这个版本的，请先运行 lvzhi db upgrade。\n",
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _out, said = lvzhi(folder, "serve", "--port", port)
    assert code == 2 and f"127.0.0.1:{port} 不能监听" in said


def test_of_the_schemas_commands_none_takes_anything_away(lvzhi: Run, folder: Path) -> None:
    assert lvzhi(folder, "db", "downgrade")[0] == 2
    assert lvzhi(folder, "db", "current")[0] == 0
