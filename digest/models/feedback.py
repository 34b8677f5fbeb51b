"""What readers say of papers they were sent: more, less, save."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What a reader said of a paper; of MORE and LESS the later one holds."""

    MORE = "more"
    LESS = "less"
    SAVE = "save"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One verdict of one subscription on one paper; there is one a verdict, however often given."""

    subscription_id: str
    paper_id: str
    verdict: Verdict
    at: datetime
