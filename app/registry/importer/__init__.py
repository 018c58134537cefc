"""Taking the roster (代表名册) in: fields, finding the person a row means, terms, mandates."""

from app.registry.importer.posts import PostImporter
from app.registry.importer.roster import RosterExtension, RosterImporter, roster_kind

__all__ = ["PostImporter", "RosterExtension", "RosterImporter", "roster_kind"]
