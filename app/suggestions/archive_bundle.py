"""The archive of a suggestion as one .zip: index, sheet, letters, slips, course of handling, every file (4-21)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit import attachments
from app.kit.attachments import Attachment
from app.kit.documents import Document, MissingGlyphs, render_docx, render_pdf
from app.kit.errors import NotFound
from app.kit.i18n import _
from app.suggestions.archive_documents import (
    course_document,
    index_document,
    sheet_document,
    slip_document,
)
from app.suggestions.models import PromiseProgress, Suggestion, SuggestionReply
from app.suggestions.queries.feedback import FILES as SLIP_FILES
from app.suggestions.queries.feedback import list_slips
from app.suggestions.queries.handling import list_contacts
from app.suggestions.queries.promises import FILES as PROOF
from app.suggestions.queries.promises import list_promises_of
from app.suggestions.queries.steps import list_steps
from app.suggestions.reply_documents import co_opinion_letter, reply_letter
from app.suggestions.states import GONE, ReplyState, UnitPart

_FORBIDDEN = str.maketrans(dict.fromkeys('\\/:*?"<>|\r\n\t', "_"))
INDEX = "00-"


@dataclass(frozen=True)
class Paper:
    """One paper of the bundle; ``in_print`` ones are added as .pdf too."""

    title: str
    document: Document
    in_print: bool = False


def file_name(text: str) -> str:
    """The text as part of a file's name."""
    return text.translate(_FORBIDDEN).strip(" .")[:80] or "_"


def papers_of(suggestion: Suggestion) -> Iterator[Paper]:
    """Everything that can be written out of the records, in the order an archivist puts it."""
    yield Paper(_("代表建议专用纸"), sheet_document(suggestion, reachable=True), in_print=True)
    for reply in _letters(suggestion):
        title = _("答复函-第%(n)s轮-%(unit)s", n=reply.round, unit=reply.unit.name)
        yield Paper(title, reply_letter(reply))
    leads = [row.unit.name for row in suggestion.units if row.part is UnitPart.LEAD and row.state not in GONE]
    for part in suggestion.units:
        if part.part is UnitPart.CO and part.opinion and part.state not in GONE:
            yield Paper(_("会办函-%(unit)s", unit=part.unit.name), co_opinion_letter(part, leads))
    for slip in list_slips(suggestion.id):
        title = _("征询意见表-第%(n)s轮-%(name)s", n=slip.round, name=slip.mandate.person.name)
        yield Paper(title, slip_document(suggestion, slip.mandate, slip, None))
    steps, contacts = list_steps(suggestion.id), list_contacts(suggestion.id)
    promises = list_promises_of(suggestion.id)
    yield Paper(_("办理情况记录"), course_document(suggestion, steps, contacts, promises))


def _letters(suggestion: Suggestion) -> Sequence[SuggestionReply]:
    wanted = select(SuggestionReply).where(
        SuggestionReply.suggestion_id == suggestion.id, SuggestionReply.state == ReplyState.SIGNED
    )
    wanted = wanted.options(joinedload(SuggestionReply.unit)).order_by(
        SuggestionReply.round, SuggestionReply.id
    )
    return db.session.scalars(wanted).all()


def files_of(suggestion: Suggestion) -> list[Attachment]:
    """Every file kept with the suggestion, its letters, its slips, its promises."""
    promises = [promise.id for promise in list_promises_of(suggestion.id)]
    progress = select(PromiseProgress.id).where(PromiseProgress.promise_id.in_(promises))
    replies = select(SuggestionReply.id).where(
        SuggestionReply.suggestion_id == suggestion.id, SuggestionReply.state == ReplyState.SIGNED
    )
    wanted = [
        ("suggestion", [suggestion.id]),
        ("suggestion_reply", list(db.session.scalars(replies))),
        (SLIP_FILES, [slip.id for slip in list_slips(suggestion.id)]),
        (PROOF, list(db.session.scalars(progress))),
    ]
    return [file for kind, ids in wanted for one in ids for file in attachments.list_for(kind, one)]


def write_bundle(target: zipfile.ZipFile, suggestion: Suggestion, folder: str = "") -> int:
    """Writes a suggestion's papers and files into a .zip, under a folder where several share it; how many there are."""
    listed: list[tuple[str, str]] = []
    for number, paper in enumerate(papers_of(suggestion), 1):
        name = f"{number:02}-{file_name(paper.title)}"
        _write(target, f"{folder}{name}", paper)
        listed.append((paper.title, f"{name}.docx"))
    for number, file in enumerate(files_of(suggestion), 1):
        name = f"{_('附件')}/{number:02}-{file_name(file.filename)}"
        try:
            target.write(attachments.open_path(file), f"{folder}{name}")
        except NotFound:
            # The record says there was one: the archivist must see that it is missing, not wonder.
            name = _("（文件内容已丢失）")
        listed.append((file.caption or file.filename, name))
    title = _("目录")
    _write(target, f"{folder}{INDEX}{title}", Paper(title, index_document(suggestion, listed), in_print=True))
    return len(listed)


def _write(target: zipfile.ZipFile, name: str, paper: Paper) -> None:
    target.writestr(f"{name}.docx", render_docx(paper.document))
    if not paper.in_print:
        return
    try:
        target.writestr(f"{name}.pdf", render_pdf(paper.document))
    except MissingGlyphs:
        # A rare character no typeface of this machine has: the .docx beside it holds it all the same.
        return
