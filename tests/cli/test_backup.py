"""Backup: one file, read back; restore puts the same rows and files back and refuses a damaged one."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.extensions import db
from app.kit.database import set_reading
from app.registry.models import Person
from tests import world as invented


@pytest.fixture
def office(tmp_path: Path) -> Flask:
    """An office with its own data folder on SQLite."""
    folder = tmp_path / "office"
    folder.mkdir()
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'lvzhi.sqlite3'}",
            "DATA_DIR": folder,
            "SECRET_KEY": "only for tests, not a secret",
        }
    )
    with app.app_context():
        set_reading(False)
        db.create_all()
        invented.build()
        db.session.commit()
        db.session.remove()
    (folder / "attachments").mkdir()
    (folder / "attachments" / "照片.jpg").write_bytes(b"picture")
    return app


def names(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Person.name).order_by(Person.id)))


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(arguments))
    return result.exit_code, result.output + str(result.exception or "")


def test_a_backup_restores_rows_and_files(office: Flask, tmp_path: Path) -> None:
    before = names(office)
    assert run(office, "backup", str(tmp_path / "backups"))[0] == 0
    (file,) = (tmp_path / "backups").iterdir()
    with office.app_context():
        set_reading(False)
        person = db.session.scalars(select(Person)).first()
        assert person is not None
        person.name = "改过的名字"
        db.session.commit()
        db.session.remove()
    (Path(office.config["DATA_DIR"]) / "attachments" / "照片.jpg").unlink()
    code, output = run(office, "restore", str(file), "--yes")
    assert code == 0, output
    assert names(office) == before
    assert (Path(office.config["DATA_DIR"]) / "attachments" / "照片.jpg").read_bytes() == b"picture"


@pytest.mark.parametrize("harm", ["truncate", "flip"])
def test_a_damaged_backup_is_refused_and_changes_nothing(office: Flask, tmp_path: Path, harm: str) -> None:
    run(office, "backup", str(tmp_path / "backups"))
    (file,) = (tmp_path / "backups").iterdir()
    content = bytearray(file.read_bytes())
    if harm == "truncate":
        content = content[: len(content) // 2]
    else:
        content[len(content) // 2] ^= 0xFF
    file.write_bytes(bytes(content))
    before = names(office)
    code, output = run(office, "restore", str(file), "--yes")
    assert code != 0 and "损坏" in output
    assert names(office) == before
