"""Changing deputy groups, links between deputies, and notes of care."""

from app.groups.operations.care import end_link, link_deputies, note_hardship, update_care
from app.groups.operations.groups import (
    add_members,
    create_group,
    create_post,
    remove_members,
    update_group,
    update_post,
)

__all__ = [
    "add_members",
    "create_group",
    "create_post",
    "end_link",
    "link_deputies",
    "note_hardship",
    "remove_members",
    "update_care",
    "update_group",
    "update_post",
]
