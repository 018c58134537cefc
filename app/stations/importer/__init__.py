"""Stations, receptions and opinions from workbooks."""

from app.stations.importer.opinions import OpinionImporter, Opinions
from app.stations.importer.receptions import ReceptionImporter
from app.stations.importer.stations import RosterStations, StationImporter

__all__ = ["OpinionImporter", "Opinions", "ReceptionImporter", "RosterStations", "StationImporter"]
