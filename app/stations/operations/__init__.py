"""Changing stations, receptions and opinions: check, change, flush, post to the ledger."""

from app.stations.operations.erasure import erase_personal_data
from app.stations.operations.opinions import create_opinion, reveal_citizen, update_opinion
from app.stations.operations.receptions import create_reception, delete_reception, update_reception
from app.stations.operations.stations import (
    assign_deputies,
    create_station,
    end_assignments,
    update_station,
)

__all__ = [
    "assign_deputies",
    "create_opinion",
    "create_reception",
    "create_station",
    "delete_reception",
    "end_assignments",
    "erase_personal_data",
    "reveal_citizen",
    "update_opinion",
    "update_reception",
    "update_station",
]
