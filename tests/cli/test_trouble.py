"""What can go wrong around a command is one sentence and exit 2, and reading waits for no writer."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app import create_app
from app.extensions import db
from app.kit.database import set_reading
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


def lvzhi(folder: Path, *arguments: object) -> tuple[int, str, str]:
    """A command in a process of its own, as an operator runs it."""
    environment = {**os.environ, "LVZHI_DATA_DIR": str(folder)}
    environment["DATABASE_URL"] = f"sqlite:///{folder / 'lvzhi.sqlite3'}"
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


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
def test_what_only_reads_waits_for_nobody(folder: Path, writer: None, arguments: tuple[str, ...]) -> None:
    code, output, errors = lvzhi(folder, *arguments)
    assert code == 0, errors
    assert output


def test_a_database_that_is_busy_is_called_busy(folder: Path, writer: None) -> None:
    code, _output, errors = lvzhi(folder, "user", "reset-password", "county")
    assert code == 2
    assert "正忙" in errors and "Traceback" not in errors


def test_a_database_without_tables_is_called_so(tmp_path: Path) -> None:
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
def test_a_file_that_cannot_be_written_is_a_sentence(folder: Path, arguments: tuple[object, ...]) -> None:
    code, output, errors = lvzhi(folder, *arguments)
    assert (code, output) == (2, "")
    assert len(errors.strip().splitlines()) == 1 and "/" in errors
