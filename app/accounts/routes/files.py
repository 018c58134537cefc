"""Photographs and files of records, for whoever may see the record."""

from __future__ import annotations

from flask import send_file
from flask.typing import ResponseReturnValue

from app.accounts.routes import bp
from app.kit import attachments
from app.kit.web import current_actor, signed_in


@bp.get("/attachments/<int:attachment_id>")
@signed_in
def attachment(attachment_id: int) -> ResponseReturnValue:
    """The file under the name it came with; images open in the page, everything else is downloaded."""
    found = attachments.get_visible_attachment(current_actor(), attachment_id)
    return send_file(
        attachments.open_path(found),
        mimetype=found.media_type,
        as_attachment=not found.is_image,
        download_name=found.filename,
    )


@bp.get("/attachments/<int:attachment_id>/thumbnail")
@signed_in
def attachment_thumbnail(attachment_id: int) -> ResponseReturnValue:
    """A small picture of an image."""
    found = attachments.get_visible_attachment(current_actor(), attachment_id)
    return send_file(attachments.open_path(found, thumbnail=True), mimetype="image/webp")
