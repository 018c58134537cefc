"""An office's rules for opinions: how long a unit has, what counts as stuck, when names are erased."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.kit.i18n import _l
from app.registry.topics import register_topic

TOPIC = "opinions"
Days = Annotated[int, Field(ge=1, le=3660)]


class OpinionRules(BaseModel):
    """The ``opinions:`` part of an office's profile. The numbers are usual ones, not law: each office sets its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Working days a unit has to answer a slip, where the slip says nothing else.
    transfer_working_days: Days = 15
    # Days after which an opinion that has not moved is stuck at its step (0-15).
    stuck_received_days: Days = 7
    stuck_transferred_days: Days = 30
    stuck_suggested_days: Days = 90
    stuck_answered_days: Days = 15
    stuck_closed_days: Days = 15
    # Days after an opinion's end (or its receipt, while it is open), and after a visit, until the person's
    # name, telephone and address are erased.
    erase_after_days: Annotated[int, Field(ge=30, le=3660)] = 730
    # How far back the same matter is looked for.
    duplicate_days: Days = 180
    document: str = ""


register_topic(TOPIC, _l("群众意见"), OpinionRules)
