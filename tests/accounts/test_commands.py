"""``lvzhi user`` and ``lvzhi audit``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import delete, select, update

from app.accounts.models import User
from app.cli.accounts import user_group
from app.cli.audit import audit_group
from app.extensions import db
from app.kit.audit import AuditChain, AuditEvent
from app.kit.errors import DomainError
from tests.world import COUNTY, LINJIANG, PASSWORD, World


def _run(app: Flask, group: Any, *arguments: str, typed: str | None = None) -> Result:
    with app.app_context():
        return CliRunner().invoke(group, list(arguments), input=typed)


def test_create_prints_the_password_once_and_it_works(app: Flask, world: World) -> None:
    done = _run(
        app, user_group, "create", "王五", "--role", "county_staff", "--area", COUNTY, "--login", "wangwu"
    )
    assert done.exit_code == 0, done.output
    password = re.search(r"初始密码：(\S+)", done.output)
    assert password is not None
    browser = app.test_client()
    assert browser.post("/login", data={"login": "wangwu", "password": password[1]}).status_code == 303
    assert browser.get("/").location == "/password"


def test_create_takes_the_password_from_standard_input(app: Flask, world: World) -> None:
    arguments = ("create", "王五", "--role", "乡镇人大工作人员", "--area", LINJIANG, "--password-stdin")
    done = _run(app, user_group, *arguments, typed="Yuehu#2026x\n")
    assert done.exit_code == 0
    assert "Yuehu" not in done.output
    answer = app.test_client().post("/login", data={"login": "王五", "password": "Yuehu#2026x"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("role", "area", "sentence"),
    [
        ("boss", COUNTY, "没有“boss”这个角色"),
        ("county_staff", "123456", "没有代码为“123456”的行政区划"),
        ("township_staff", COUNTY, "只能授权到某个乡镇"),
        ("deputy", COUNTY, "代表的账号要绑定到本人"),
    ],
)
def test_wrong_arguments_are_a_sentence(
    app: Flask, world: World, role: str, area: str, sentence: str
) -> None:
    """The console script prints it to standard error and ends with 2."""
    done = _run(app, user_group, "create", "x", "--role", role, "--area", area)
    assert isinstance(done.exception, DomainError)
    assert sentence in str(done.exception)
    with app.app_context():
        assert db.session.scalar(select(User.id).where(User.login == "x")) is None


def test_reset_password_from_the_command_line(app: Flask, world: World) -> None:
    done = _run(app, user_group, "reset-password", "county")
    assert done.exit_code == 0
    assert app.test_client().post("/login", data={"login": "county", "password": PASSWORD}).status_code == 422
    unknown = _run(app, user_group, "reset-password", "nobody")
    assert "没有登录名为“nobody”的账号" in str(unknown.exception)


def test_verify_ends_with_five_and_names_the_break(app: Flask, world: World) -> None:
    whole = _run(app, audit_group, "verify")
    assert whole.exit_code == 0, whole.output
    assert "没有发现改动" in whole.output
    with app.app_context():
        db.session.execute(
            update(AuditEvent)
            .where(AuditEvent.chain == COUNTY, AuditEvent.seq == 2)
            .values(subject_label="x")
        )
        db.session.commit()
    broken = _run(app, audit_group, "verify")
    assert broken.exit_code == 5
    assert f"{COUNTY}\t2\t第 2 条记录被改动" in broken.output


def test_an_anchor_kept_elsewhere_finds_a_tail_cut_off_with_its_head(
    app: Flask, world: World, tmp_path: Path
) -> None:
    """The chain alone cannot see that the database was set back to yesterday."""
    anchor = tmp_path / "anchor.txt"
    anchor.write_text(_run(app, audit_group, "anchor").output, encoding="utf-8")
    assert _run(app, audit_group, "verify", "--anchor", str(anchor)).exit_code == 0
    with app.app_context():
        head = db.session.get_one(AuditChain, COUNTY)
        last = AuditEvent.seq == head.seq
        previous = db.session.scalar(select(AuditEvent.previous_hash).where(AuditEvent.chain == COUNTY, last))
        db.session.execute(delete(AuditEvent).where(AuditEvent.chain == COUNTY, last))
        head.seq, head.head = head.seq - 1, previous or ""
        db.session.commit()
    assert _run(app, audit_group, "verify").exit_code == 0
    cut = _run(app, audit_group, "verify", "--anchor", str(anchor))
    assert cut.exit_code == 5
    assert "与锚点不符" in cut.output
    anchor.write_text("nonsense\n", encoding="utf-8")
    assert "第 1 行看不懂" in str(_run(app, audit_group, "verify", "--anchor", str(anchor)).exception)
