"""`digest fetch`: ask the sources, or take saved files in."""

from digest.cli.fetching.command import fetch

__all__ = ["fetch"]
