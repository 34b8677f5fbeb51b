"""Subscribers in files: taken in and given out, as CSV or JSON; rows in, outcomes out."""

from digest.services.exchange.exporting import everybody, export_csv, export_json, record
from digest.services.exchange.files import read_csv, read_json
from digest.services.exchange.importing import BATCH, take_in
from digest.services.exchange.outcomes import Import, Outcome, Problem, Progress
from digest.services.exchange.rows import Row

__all__ = [
    "BATCH",
    "Import",
    "Outcome",
    "Problem",
    "Progress",
    "Row",
    "everybody",
    "export_csv",
    "export_json",
    "read_csv",
    "read_json",
    "record",
    "take_in",
]
