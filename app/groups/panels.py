"""What the deputy's page shows of groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.groups.policy import VIEW_GROUPS
from app.groups.queries import list_groups_of, list_posts_of
from app.kit.authorisation import Actor
from app.kit.i18n import _l
from app.registry.models import Mandate
from app.registry.panels import Panel, register_panel


def _load(actor: Actor, mandates: Sequence[Mandate]) -> dict[str, Any]:
    memberships = list_groups_of(actor, [mandate.id for mandate in mandates])
    group_ids = [row.group_id for row in memberships]
    posts = list_posts_of(mandates[0].person_id, group_ids) if group_ids else []
    return {"memberships": memberships, "posts": posts}


register_panel(Panel("groups", _l("代表小组"), 20, VIEW_GROUPS.name, "groups/_panel.html", _load))
