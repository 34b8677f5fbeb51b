"""Trending research papers in your inbox, once a day, the ones that matter to you first."""

__version__ = "0.1.0.dev0"
