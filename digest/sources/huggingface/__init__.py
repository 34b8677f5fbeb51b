"""Hugging Face Daily Papers: what its community puts on the list of each day.

`parse_daily` and `parse_page` are pure; `HuggingFace` asks the service.
"""

from digest.sources.huggingface.daily import SOURCE, is_daily_json, parse_daily
from digest.sources.huggingface.page import is_daily_page, parse_page
from digest.sources.huggingface.source import HuggingFace

__all__ = [
    "SOURCE",
    "HuggingFace",
    "is_daily_json",
    "is_daily_page",
    "parse_daily",
    "parse_page",
]
