"""What providers tell of the mails that they took: who really says so, and which mail of ours."""

from digest.web.events.endpoint import LIMIT, Events

__all__ = ["LIMIT", "Events"]
