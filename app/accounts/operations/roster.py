"""Accounts for a whole roster at once, and the slips they are handed out with.

No password is stored: each follows from the system's secret key and a random number of the run
(:func:`app.accounts.passwords.derived_password`). That number lies in the run's folder for 24 hours, or until
the slips are marked as handed out; without it nobody can print them again.
"""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.accounts.models import RoleGrant, User
from app.accounts.passwords import derived_password, hash_password
from app.accounts.policy import CREATE_DEPUTY_ACCOUNTS
from app.accounts.queries import list_initial_accounts, select_without_account
from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, Role, authorise
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _, _l
from app.kit.jobs import Job, JobContext, enqueue, get_own_job, job_folder, register_job
from app.registry.queries import get_area
from app.registry.states import Level

KIND = "deputy_accounts"
SLIPS_KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Slip:
    """What is printed for one deputy."""

    name: str
    area: str
    login: str
    password: str


@dataclass(frozen=True)
class _Planned:
    person_id: int
    name: str
    login: str
    scope_code: str
    password_hash: str


def open_accounts(actor: Actor, *, area_code: str, level: Level | None = None) -> Job:
    """Queues the opening of accounts for deputies of an area (and level) who have none."""
    authorise(actor, CREATE_DEPUTY_ACCOUNTS, area_code)
    area = get_area(area_code)
    label = _l("为%(area)s的代表开通账号", area=area.name)
    arguments = {"area_code": area_code, "level": level.value if level is not None else None}
    return enqueue(actor, KIND, label, arguments, area_code)


def _carry_out(context: JobContext, *, area_code: str, level: str | None) -> str:
    """The job: hashes first (20 ms each, holding no lock), then writes all accounts in one transaction."""
    run = secrets.token_hex(16)
    with context.reading():
        wanted = select_without_account(context.actor, area_code, Level(level) if level else None)
        rows = [tuple(row) for row in db.session.execute(wanted)]
        taken = set(db.session.scalars(select(User.login)))
    chosen, without_card = _choose(rows, taken)
    planned = []
    for done, (person_id, name, login, scope_code) in enumerate(chosen):
        if done % 20 == 0:
            percent = done * 95 // len(chosen)
            context.report(percent, _("正在准备账号：%(done)s／%(all)s", done=done, all=len(chosen)))
        hashed = hash_password(derived_password(run, login))
        planned.append(_Planned(person_id, name, login, scope_code, hashed))
    users = _write(planned)
    _keep_run(context.folder, run, [user.id for user in users])
    if users:
        context.result_url = f"/accounts/roster/{context.job_id}"
    return _closing(len(users), without_card)


def _choose(
    rows: list[tuple[Any, ...]], taken: set[str]
) -> tuple[list[tuple[int, str, str, str]], list[str]]:
    """One login for each person: the card number, with the office's code before it where it is taken."""
    chosen: dict[int, tuple[int, str, str, str]] = {}
    without_card: dict[int, str] = {}
    used = set(taken)
    # Of several mandates the one of the highest level gives the login.
    by_level = sorted(rows, key=lambda row: row[5].rank)
    for person_id, name, card_no, office_code, scope_code, _level in by_level:
        if person_id in chosen:
            continue
        if not card_no:
            without_card[person_id] = name
            continue
        login = card_no if card_no not in used else f"{office_code}-{card_no}"
        if login in used:
            without_card[person_id] = name
            continue
        used.add(login)
        chosen[person_id] = (person_id, name, login, scope_code)
    ordered = sorted(chosen.values(), key=lambda row: (row[3], row[2]))
    return ordered, [name for person_id, name in without_card.items() if person_id not in chosen]


def _write(planned: list[_Planned]) -> list[User]:
    """Writes the accounts, leaving out persons and logins somebody took meanwhile."""
    persons = set(db.session.scalars(select(User.person_id).where(User.person_id.is_not(None))))
    logins = set(db.session.scalars(select(User.login)))
    users = [
        User(
            login=plan.login,
            name=plan.name,
            password_hash=plan.password_hash,
            must_change_password=True,
            person_id=plan.person_id,
            area_code=plan.scope_code,
            preferences={},
            grants=[RoleGrant(role=Role.DEPUTY, area_code=plan.scope_code)],
        )
        for plan in planned
        if plan.person_id not in persons and plan.login not in logins
    ]
    db.session.add_all(users)
    db.session.flush()
    return users


def _closing(opened: int, without_card: list[str]) -> str:
    sentence = _("已开通 %(n)s 个账号。", n=opened) if opened else _("没有需要开通账号的代表。")
    if without_card:
        names = "、".join(without_card[:10]) + ("…" if len(without_card) > 10 else "")
        sentence += _("%(n)s 人没有代表证号，未开通：%(names)s。", n=len(without_card), names=names)
    return str(sentence)


register_job(KIND, _carry_out)


def _run_file(folder: Path) -> Path:
    return folder / "slips.json"


def _keep_run(folder: Path, run: str, user_ids: list[int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = _run_file(folder)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"run": run, "users": user_ids}))


def list_slips(actor: Actor, job_id: int) -> list[Slip]:
    """Slips of a run the actor made in the last 24 hours, without those whose password was changed since."""
    job = get_own_job(actor, job_id).job
    path = _run_file(job_folder(job_id))
    if job.kind != KIND:
        raise NotFound(_l("没有找到这批账号。"))
    if job.finished_at is None or clock.now() - job.finished_at >= SLIPS_KEPT:
        path.unlink(missing_ok=True)
    if not path.is_file():
        raise DomainError(
            _l("这批初始密码已超过 24 小时或已确认发完，不再保留。没有领到的代表请由安全管理员重置密码。")
        )
    kept = json.loads(path.read_text())
    return [
        Slip(row.name, row.area or "", row.login, derived_password(kept["run"], row.login))
        for row in list_initial_accounts(kept["users"])
    ]


def forget_slips(actor: Actor, job_id: int) -> None:
    """The slips are handed out: from now on nobody can print them."""
    if get_own_job(actor, job_id).job.kind != KIND:
        raise NotFound(_l("没有找到这批账号。"))
    shutil.rmtree(job_folder(job_id), ignore_errors=True)
