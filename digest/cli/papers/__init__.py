"""`digest papers`: what the archive knows."""

from digest.cli.papers.commands import app

__all__ = ["app"]
