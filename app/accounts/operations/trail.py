"""Checking the audit trail."""

from __future__ import annotations

from app.accounts.policy import READ_AUDIT
from app.accounts.queries import find_event_hash
from app.extensions import db
from app.kit import audit
from app.kit.audit import Break, Happening
from app.kit.authorisation import Actor
from app.kit.database import row_id
from app.kit.errors import DomainError, Forbidden
from app.kit.i18n import _, _l
from app.kit.jobs import Job, JobContext, enqueue, register_job

KIND = "audit_verify"
SHOWN_BREAKS = 5


def verify_trail(actor: Actor) -> Job:
    """Queues the check of every chain the auditor reads."""
    if not actor.may(READ_AUDIT):
        raise Forbidden(_l("只有审计员可以校验审计日志。"))
    area_code = min(actor.areas(READ_AUDIT), key=len)
    return enqueue(actor, KIND, _l("校验审计日志"), {}, area_code)


def _carry_out(context: JobContext) -> str:
    """The job: what it finds is its closing message, and an event itself."""
    areas = context.actor.areas(READ_AUDIT)
    with context.reading():
        checked, found = audit.verify(db.session())
    breaks = [b for b in found if any(b.chain.startswith(area) or area.startswith(b.chain) for area in areas)]
    result = {"checked": checked, "breaks": [[b.chain, b.seq] for b in breaks]}
    happening = Happening("web:audit:verify", min(areas, key=len), "audit", None, "", None, result)
    audit.record(db.session(), [happening], context.actor)
    if breaks:
        context.complaint = _(
            "审计日志被改动过：%(breaks)s。请立即报告并用备份核对。", breaks=describe(breaks)
        )
    return str(_("已核对 %(n)s 条审计记录，没有发现改动、删除或插入。", n=checked))


def describe(breaks: list[Break]) -> str:
    """The first breaks in words: 430623：第 12 条记录被改动."""
    words = "；".join(f"{b.chain or _('全国')}：{b.reason}" for b in breaks[:SHOWN_BREAKS])
    return words + ("…" if len(breaks) > SHOWN_BREAKS else "")


register_job(KIND, _carry_out)


def compare_with_anchor(lines: list[str]) -> list[Break]:
    """Breaks against chain heads written down earlier (``chain seq hash`` a line).

    A chain by itself cannot see that its tail was cut off together with its head, or that the whole database
    was set back to an earlier day; a head kept elsewhere can.
    """
    breaks = []
    for number, line in enumerate(lines, 1):
        parts = line.split()
        if not parts or line.startswith("#"):
            continue
        if len(parts) != 3 or row_id(parts[1]) is None:
            raise DomainError(_l("锚点文件第 %(n)s 行看不懂，应为“链 序号 摘要”。", n=number))
        chain, seq = parts[0].removeprefix("-"), int(parts[1])
        if seq and find_event_hash(chain, seq) != parts[2]:
            breaks.append(Break(chain, seq, _l("第 %(seq)s 条与锚点不符：已被删除或改动", seq=seq)))
    return breaks
