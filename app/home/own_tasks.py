"""What waits for a deputy: invitations, drafts given back, replies to judge, ballots, what to supervise."""

from __future__ import annotations

from datetime import date

from app.home.queries import Task, count_rows, pressing_first
from app.kit.authorisation import Actor
from app.suggestions.policy import CAST_BALLOT, DRAFT_SUGGESTIONS, GIVE_FEEDBACK, RECORD_VISITS
from app.suggestions.queries.drafting import select_given_back, select_invitations
from app.suggestions.queries.feedback import select_awaiting
from app.suggestions.queries.raters import list_votable
from app.suggestions.queries.supervisors import count_without_choice


def deputy_tasks(actor: Actor, today: date) -> list[Task]:
    """Waiting for a deputy (0-08, 4-12, 4-18, 4-25, 4-27)."""
    tasks = []
    if actor.owns(DRAFT_SUGGESTIONS):
        tasks += [
            Task("cosign_invitations", count_rows(select_invitations(actor)), "soon"),
            Task("drafts_given_back", count_rows(select_given_back(actor)), "soon"),
        ]
    if actor.owns(GIVE_FEEDBACK):
        tasks.append(Task("slips_to_give", count_rows(select_awaiting(actor)), "soon"))
    if actor.owns(CAST_BALLOT):
        left = sum(subjects - done for _one, subjects, done in list_votable(actor, taking=True))
        tasks.append(Task("ballots", left, "soon"))
    if actor.owns(RECORD_VISITS):
        tasks.append(Task("to_supervise", count_without_choice(actor, today), "open"))
    return pressing_first(tasks)
