"""The notice before a session: deputies are asked to do research and to collect opinions (4-18)."""

from __future__ import annotations

import hashlib
from datetime import date

from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.notices.operations import tell
from app.notices.states import NoticeKind
from app.suggestions.policy import SCREEN_SUGGESTIONS
from app.suggestions.queries.sessions import list_to_notify, notice_key


def notify_before_session(
    actor: Actor, *, area_code: str, title: str, text: str, due_on: date | None = None
) -> int:
    """Tells every deputy in office in an area, each once for the same notice; how many were told."""
    authorise(actor, SCREEN_SUGGESTIONS, area_code)
    today = clock.today()
    if due_on is not None and due_on < today:
        raise DomainError(_l("截止日期早于今天，请核对。"), "due_on")
    # The same words sent again reach only those who have not had them.
    words = hashlib.sha256(f"{title.strip()}\n{text.strip()}".encode()).hexdigest()[:16]
    body = _l("%(text)s\n请于 %(day)s 前提交。", text=text.strip(), day=due_on) if due_on else text.strip()
    told = tell(
        key=f"{notice_key(area_code)}{today.year}:{words}",
        kind=NoticeKind.SUGGESTION,
        area_code=area_code,
        person_ids=list_to_notify(area_code, today),
        title=title.strip(),
        body=body,
        url="/suggestions/mine",
    )
    if not told:
        raise DomainError(_l("这份通知已经发给所有在任代表，不会重复发送。"), "title")
    return told
