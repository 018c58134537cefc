"""``lvzhi backup`` and ``lvzhi restore``: one file with database and attachments, verified by reading it back."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import make_url

from app.extensions import db
from app.kit import clock
from app.kit.errors import DomainError

MANIFEST = "manifest.json"
KEPT = ("attachments", "secret.key")


def _data_dir() -> Path:
    return Path(current_app.config["DATA_DIR"])


def _url() -> Any:
    return make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _postgres(tool: str, *arguments: str) -> None:
    url = _url()
    found = shutil.which(tool)
    if found is None:
        raise DomainError(f"找不到 {tool}，请先安装 PostgreSQL 客户端工具（postgresql-client）。")
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    dsn = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 - the tool of PostgreSQL itself
        [found, *arguments, "--dbname", dsn], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DomainError(f"{tool} 没有成功：{done.stderr.strip().splitlines()[-1] if done.stderr else ''}")


def _dump(folder: Path) -> None:
    if _url().get_backend_name() == "sqlite":
        target = sqlite3.connect(folder / "database.sqlite3")
        source = sqlite3.connect(_url().database)
        with source, target:
            source.backup(target)
        state = target.execute("PRAGMA integrity_check").fetchone()[0]
        source.close()
        target.close()
        if state != "ok":
            raise DomainError("数据库自检没有通过，未生成备份，请联系技术人员。")
        return
    _postgres("pg_dump", "--format=custom", "--file", str(folder / "database.pgdump"))


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def backup(folder: Path) -> None:
    """把数据库和附件备份成一个文件，并读回校验。"""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        staging = Path(temporary) / "lvzhi"
        staging.mkdir()
        _dump(staging)
        for name in KEPT:
            source = _data_dir() / name
            if source.is_dir():
                shutil.copytree(source, staging / name, ignore=shutil.ignore_patterns(".new-*"))
            elif source.exists():
                shutil.copy2(source, staging / name)
        digests = {str(path.relative_to(staging)): _digest(path) for path in _files(staging)}
        manifest = {"made_at": clock.now().isoformat(), "files": digests}
        (staging / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
        target = folder / f"lvzhi-{clock.local(clock.now()):%Y%m%d-%H%M%S}.tar.gz"
        partial = target.with_suffix(".part")
        with tarfile.open(partial, "w:gz") as archive:
            archive.add(staging, arcname="lvzhi")
        with tempfile.TemporaryDirectory(dir=folder) as back:
            _unpack(partial, Path(back))
        partial.chmod(0o600)
        partial.rename(target)
    click.echo(f"已备份并校验：{target}（{len(digests)} 个文件）")


def _is_ours(member: tarfile.TarInfo) -> bool:
    """A plain file or folder below ``lvzhi``, as a backup has them: no link, no device, no way out."""
    parts = PurePosixPath(member.name).parts
    return (member.isfile() or member.isdir()) and parts[:1] == ("lvzhi",) and ".." not in parts


def _unpack(path: Path, folder: Path) -> Path:
    """Unpacks a backup and compares every file with its digest."""
    damaged = DomainError("备份文件已损坏或不完整，没有恢复任何内容。请换一个备份文件。")
    try:
        # The check sum of the whole stands behind its last byte, where the reader of an archive never comes.
        with gzip.open(path) as stream:
            while stream.read(1 << 20):
                pass
        with tarfile.open(path) as archive:
            members = archive.getmembers()
            if not all(map(_is_ours, members)):
                raise damaged
            # Python before 3.11.4, Debian 12's own, knows no filters; the check above holds everywhere.
            filtered: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(folder, members, **filtered)  # noqa: S202 - every member was looked at
        root = folder / "lvzhi"
        manifest = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, zlib.error, tarfile.TarError, EOFError, ValueError, KeyError) as error:
        raise damaged from error
    found = {str(path.relative_to(root)): _digest(path) for path in _files(root) if path.name != MANIFEST}
    if found != manifest.get("files"):
        raise damaged
    return root


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="不再询问")
@with_appcontext
def restore(file: Path, yes: bool) -> None:
    """用备份文件恢复数据库和附件（先停止服务）。"""
    if not yes:
        click.confirm("现有数据会被备份中的数据替换，确定继续吗？", abort=True)
    data = _data_dir()
    with tempfile.TemporaryDirectory(dir=data) as temporary:
        root = _unpack(file, Path(temporary))
        _check_kind(root)
        db.session.remove()
        db.engine.dispose()
        # Files lie under the digest of their content: these join those that are there. Nothing is taken away
        # before the database is back, and what it does not name goes with the next sweep.
        if (root / "attachments").is_dir():
            shutil.copytree(root / "attachments", data / "attachments", dirs_exist_ok=True)
        _restore_database(root)
        if (root / "secret.key").exists():
            os.replace(root / "secret.key", data / "secret.key")
    click.echo("已恢复。请运行 lvzhi db upgrade（备份可能来自旧版本），再启动服务。")


def _check_kind(root: Path) -> None:
    if _url().get_backend_name() == "sqlite":
        if not (root / "database.sqlite3").exists():
            raise DomainError("这个备份来自 PostgreSQL，不能恢复到 SQLite。")
    elif not (root / "database.pgdump").exists():
        raise DomainError("这个备份来自 SQLite，不能恢复到 PostgreSQL。")


def _restore_database(root: Path) -> None:
    """All of it or nothing, inside the database that is there: whoever has it open sees the restored one."""
    if _url().get_backend_name() != "sqlite":
        dump = str(root / "database.pgdump")
        _postgres("pg_restore", "--clean", "--if-exists", "--single-transaction", dump)
        return
    source = sqlite3.connect(root / "database.sqlite3")
    target = sqlite3.connect(_url().database, timeout=15)
    try:
        # SQLite's backup gives up at once where somebody writes: wait for the lock as every writer does.
        target.execute("PRAGMA journal_mode=WAL")
        target.execute("BEGIN IMMEDIATE")
        target.execute("ROLLBACK")
        source.backup(target)
    except sqlite3.OperationalError as error:
        raise DomainError("数据库正在使用，没有恢复。请先停止服务，再恢复一次。") from error
    finally:
        source.close()
        target.close()


commands: list[click.Command] = [backup, restore]
