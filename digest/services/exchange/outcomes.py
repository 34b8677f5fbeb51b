"""How a file is taken in, and what became of its rows."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from digest.errors import InputRefused
from digest.models.subscribers import Schedule, SubscriberState


class Outcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    UPDATED = "updated"
    LOWERED = "lowered"
    KNOWN = "already there"
    NOT_RAISED = "not raised"
    SUPPRESSED = "suppressed"
    REPEATED = "repeated"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """How a file is taken in.

    Only with *confirmed*, which *evidence* has to prove, are newcomers ACTIVE; else they are
    PENDING, and with *ask* are asked as if they had signed up, within the limits for that.
    *state* is of the rows that name none, *schedule* of those that say nothing of it. With
    *update* what a row says of wishes is written over what is known.
    """

    confirmed: bool = False
    evidence: str = ""
    operator: str = ""
    state: SubscriberState | None = None
    schedule: Schedule = field(default_factory=Schedule)
    update: bool = False
    ask: bool = False
    dry_run: bool = False

    def __post_init__(self) -> None:
        if self.confirmed and not self.evidence.strip():
            raise InputRefused(
                "Who confirmed elsewhere needs evidence: say how and where, with --evidence."
            )

    @property
    def proof(self) -> dict[str, str]:
        """What the consent log keeps of it."""
        proof = {"operator": self.operator, "says": self.evidence}
        return {name: value for name, value in proof.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a row could not be taken in; it names no address."""

    line: int
    reason: str


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far it is: *rows* read, what became of them, the first problems, who is asked."""

    rows: int = 0
    asked: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
