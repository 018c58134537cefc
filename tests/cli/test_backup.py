"""Backup: one file, read back; restore puts the same rows and files back and refuses a damaged one."""

from __future__ import annotations

import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.cli.backup import _is_ours
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


def test_a_connection_that_is_open_loses_nothing_to_a_restore(office: Flask, tmp_path: Path) -> None:
    """What it writes afterwards lies in the restored database, not in a file nobody can reach any more."""
    run(office, "backup", str(tmp_path / "backups"))
    (file,) = (tmp_path / "backups").iterdir()
    database = Path(office.config["DATA_DIR"]) / "lvzhi.sqlite3"
    with closing(sqlite3.connect(database, isolation_level=None)) as opened:
        opened.execute("UPDATE person SET name = '改过的名字'")
        before = opened.execute("SELECT count(*) FROM person").fetchone()
        code, output = run(office, "restore", str(file), "--yes")
        assert code == 0 and "db upgrade" in output, output
        assert "改过的名字" not in names(office)
        opened.execute("UPDATE person SET name = '后来写的' WHERE id = 1")
        assert opened.execute("SELECT count(*) FROM person").fetchone() == before
    assert names(office)[0] == "后来写的"


def test_a_restore_that_fails_leaves_rows_and_files_as_they_were(
    office: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody is writing and does not stop."""
    run(office, "backup", str(tmp_path / "backups"))
    (file,) = (tmp_path / "backups").iterdir()
    folder = Path(office.config["DATA_DIR"])
    (folder / "attachments" / "新照片.jpg").write_bytes(b"later")
    before = names(office)
    connect = sqlite3.connect
    monkeypatch.setattr("app.cli.backup.sqlite3.connect", lambda path, **_more: connect(path, timeout=0.1))
    with closing(connect(folder / "lvzhi.sqlite3", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE person SET phone = '13900000000'")
        code, output = run(office, "restore", str(file), "--yes")
        assert code != 0 and "停止服务" in output
        writer.execute("COMMIT")
    assert names(office) == before
    assert (folder / "attachments" / "新照片.jpg").read_bytes() == b"later"


def test_a_database_on_another_disk_is_restored(office: Flask, tmp_path: Path) -> None:
    """A rename would not lead from one file system to the other."""
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("one file system only")
    run(office, "backup", str(tmp_path / "backups"))
    (file,) = (tmp_path / "backups").iterdir()
    with tempfile.TemporaryDirectory(dir=other) as folder:
        url = f"sqlite:///{folder}/lvzhi.sqlite3"
        config = {"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": office.config["DATA_DIR"], "SECRET_KEY": "x"}
        app = create_app(config)
        code, output = run(app, "restore", str(file), "--yes")
        assert code == 0, output
        assert names(app) == names(office)


def test_an_upload_under_way_is_no_part_of_a_backup(office: Flask, tmp_path: Path) -> None:
    (Path(office.config["DATA_DIR"]) / "attachments" / ".new-abc").write_bytes(b"half")
    assert run(office, "backup", str(tmp_path / "backups"))[0] == 0
    (file,) = (tmp_path / "backups").iterdir()
    with tarfile.open(file) as archive:
        assert not [name for name in archive.getnames() if ".new-" in name]


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


@pytest.mark.parametrize(
    ("name", "kind", "ours"),
    [
        ("lvzhi/manifest.json", tarfile.REGTYPE, True),
        ("lvzhi/attachments", tarfile.DIRTYPE, True),
        ("lvzhi/../../etc/passwd", tarfile.REGTYPE, False),
        ("/etc/passwd", tarfile.REGTYPE, False),
        ("lvzhi/link", tarfile.SYMTYPE, False),
        ("lvzhi/device", tarfile.CHRTYPE, False),
    ],
)
def test_nothing_but_files_of_a_backup_is_unpacked(name: str, kind: bytes, ours: bool) -> None:
    member = tarfile.TarInfo(name)
    member.type = kind
    assert _is_ours(member) is ours
