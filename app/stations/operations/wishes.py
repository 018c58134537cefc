"""What deputies ask for before the rota is made: days on which they cannot come, or would like to."""

from __future__ import annotations

from datetime import date

from app.extensions import db
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.models import Mandate
from app.registry.queries import get_visible_mandate
from app.stations.models import ReceptionWish
from app.stations.policy import GIVE_WISHES
from app.stations.states import WishKind


def add_wish(
    actor: Actor,
    *,
    mandate_id: int | None,
    kind: WishKind,
    from_on: date,
    until_on: date,
    weekday: int | None = None,
    note: str = "",
) -> ReceptionWish:
    """A wish of a deputy, entered by themselves or by staff; it holds for all their mandates."""
    if mandate_id is None:
        raise DomainError(_l("请选择代表。"), "mandate_id")
    mandate: Mandate = get_visible_mandate(actor, mandate_id, GIVE_WISHES)
    authorise(actor, GIVE_WISHES, mandate.scope_code, mandate.person_id)
    if until_on < from_on:
        raise DomainError(_l("结束日期早于开始日期，请核对。"), "until_on")
    wish = ReceptionWish(
        mandate=mandate, kind=kind, from_on=from_on, until_on=until_on, weekday=weekday, note=note
    )
    db.session.add(wish)
    db.session.flush()
    return wish


def delete_wish(actor: Actor, wish: ReceptionWish) -> None:
    """Takes a wish back."""
    authorise(actor, GIVE_WISHES, wish.mandate.scope_code, wish.mandate.person_id)
    db.session.delete(wish)
    db.session.flush()
