"""Prints docs/states.md: the state machines of the application, drawn from the tables the code runs by.

python scripts/draw_states.py > docs/states.md
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.activities.states import ACTIVITY_TRANSITIONS, PLAN_TRANSITIONS, ActivityState, PlanState  # noqa: E402
from app.groups.states import COMPOSITION_TRANSITIONS, CompositionState  # noqa: E402
from app.kit.states import LabelledEnum, Transitions  # noqa: E402
from app.notices.states import DELIVERY_TRANSITIONS, DeliveryState  # noqa: E402
from app.stations.states import (  # noqa: E402
    OPINION_TRANSITIONS,
    RECEPTION_TRANSITIONS,
    REQUEST_TRANSITIONS,
    TRANSFER_TRANSITIONS,
    OpinionState,
    ReceptionState,
    RequestState,
    TransferState,
)
from app.suggestions.states import (  # noqa: E402
    EVALUATION_TRANSITIONS,
    HANDLING_TRANSITIONS,
    SUGGESTION_TRANSITIONS,
    EvaluationState,
    HandlingState,
    SuggestionState,
)


@dataclass(frozen=True)
class Machine:
    """One table with the states it begins in."""

    heading: str
    words: str
    table: Transitions[Any, Any]
    begins: tuple[LabelledEnum, ...]


MACHINES = (
    Machine(
        "Suggestions",
        "`suggestions.states.SUGGESTION_TRANSITIONS`. Every step is kept as a `SuggestionStep`. What came from a paper "
        "register without steps stands where its columns say (`suggestions/register.py`). A suggestion is 已答复待反馈 "
        "when every lead unit has answered; a slip that never came back is no obstacle to its end.",
        SUGGESTION_TRANSITIONS,
        (SuggestionState.DRAFT, SuggestionState.ACCEPTED),
    ),
    Machine(
        "Suggestions in the hands of units",
        "`suggestions.states.HANDLING_TRANSITIONS`. One row per unit; a suggestion returned to the office and sent to "
        "the same unit again goes on in the same row.",
        HANDLING_TRANSITIONS,
        (HandlingState.PRE_ASSIGNED,),
    ),
    Machine(
        "Evaluations of units",
        "`suggestions.states.EVALUATION_TRANSITIONS`. Words are given and changed while it is open; what is published "
        "stays.",
        EVALUATION_TRANSITIONS,
        (EvaluationState.OPEN,),
    ),
    Machine(
        "Opinions",
        "`stations.states.OPINION_TRANSITIONS`. Every step is kept as an `OpinionStep`. Deputies may only follow up. "
        "From 已收集 an opinion is closed only as 不予受理, with its reason.",
        OPINION_TRANSITIONS,
        (OpinionState.RECEIVED,),
    ),
    Machine(
        "Transfers of opinions to units",
        "`stations.states.TRANSFER_TRANSITIONS`. Answering moves the opinion to 已答复, returning and withdrawing "
        "move it back to 已收集, except where another unit gets it at once.",
        TRANSFER_TRANSITIONS,
        (TransferState.SENT,),
    ),
    Machine(
        "Receptions",
        "`stations.states.RECEPTION_TRANSITIONS`. Days of a calendar begin as drafts, single days as planned, "
        "imported and entered records as held.",
        RECEPTION_TRANSITIONS,
        (ReceptionState.DRAFT, ReceptionState.PLANNED, ReceptionState.HELD),
    ),
    Machine(
        "Requests about reception days",
        "`stations.states.REQUEST_TRANSITIONS`. Leave begins at 待审批, swaps and substitutes with the colleague.",
        REQUEST_TRANSITIONS,
        (RequestState.ASKED, RequestState.AGREED),
    ),
    Machine(
        "Plans of groups",
        "`activities.states.PLAN_TRANSITIONS`. Submitting asks for the consultation, approving for the five "
        "elements of every activity.",
        PLAN_TRANSITIONS,
        (PlanState.DRAFT,),
    ),
    Machine(
        "Activities",
        "`activities.states.ACTIVITY_TRANSITIONS`. An item of a plan begins as a draft and moves with its plan.",
        ACTIVITY_TRANSITIONS,
        (ActivityState.DRAFT, ActivityState.PLANNED, ActivityState.HELD),
    ),
    Machine(
        "Divisions into groups",
        "`groups.states.COMPOSITION_TRANSITIONS`.",
        COMPOSITION_TRANSITIONS,
        (CompositionState.DRAFT,),
    ),
    Machine(
        "Sending of notices",
        "`notices.states.DELIVERY_TRANSITIONS`. What broke off while it was being sent stays so, unless its sender says "
        "in the end how it went; it is never sent again by itself.",
        DELIVERY_TRANSITIONS,
        (DeliveryState.WAITING,),
    ),
)
INTRODUCTION = """# States

What may follow what, drawn from the tables the code runs by; what is not in a table is refused. Written by
`python scripts/draw_states.py`; a test compares.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *(_section(machine) for machine in MACHINES)])


def _section(machine: Machine) -> str:
    drawing = "\n".join(_lines(machine))
    words = textwrap.fill(machine.words, 115, break_on_hyphens=False)
    return f"## {machine.heading}\n\n{words}\n\n```mermaid\n{drawing}\n```\n"


def _lines(machine: Machine) -> Iterator[str]:
    rows = list(machine.table)
    # A table need not mention every state something can be in from the start.
    states = dict.fromkeys([*machine.begins, *(state for row in rows for state in (row.before, row.after))])
    yield "stateDiagram-v2"
    for state in states:
        yield f'    state "{state.label} ({state.value})" as {state.value}'
    for state in machine.begins:
        yield f"    [*] --> {state.value}"
    for row in rows:
        yield f"    {row.before.value} --> {row.after.value}: {row.action.label}"


if __name__ == "__main__":
    sys.stdout.write(page())
