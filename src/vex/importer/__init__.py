"""Brings another desk's export into VEX: organisations, people, tickets, conversations. May be stopped and resumed."""

from vex.importer.importing import Importer, ImportReport
from vex.importer.journal import Journal

__all__ = ["ImportReport", "Importer", "Journal"]
