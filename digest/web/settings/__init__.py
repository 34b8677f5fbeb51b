"""`/me/TOKEN`: what a reader asked for, and all they can do about it."""

from digest.web.settings.page import Mine

__all__ = ["Mine"]
