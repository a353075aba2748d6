"""Reads what other support desks export: Zendesk-style JSON and CSV tables."""

from vex.exports.desk import Desk, DeskComment, DeskPerson, DeskTicket, ExportError
from vex.exports.reading import read_export

__all__ = ["Desk", "DeskComment", "DeskPerson", "DeskTicket", "ExportError", "read_export"]
