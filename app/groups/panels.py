"""What the deputy's page shows of groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.groups.policy import VIEW_GROUPS
from app.groups.queries import list_groups_of, list_posts_of
from app.kit.authorisation import Actor
from app.kit.i18n import _l
from app.registry.panels import Panel, register_panel


def _load(actor: Actor, person_id: int, _mandate_ids: Sequence[int]) -> dict[str, Any]:
    memberships = list_groups_of(actor, person_id)
    posts = list_posts_of(person_id, [row.group_id for row in memberships])
    return {"memberships": memberships, "posts": posts}


register_panel(Panel("groups", _l("代表小组"), 20, VIEW_GROUPS.name, "groups/_panel.html", _load))
