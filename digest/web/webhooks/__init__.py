"""Sign-up forms elsewhere: who really sent this, what it says, and how it is answered."""

from digest.web.webhooks.endpoint import Webhooks

__all__ = ["Webhooks"]
