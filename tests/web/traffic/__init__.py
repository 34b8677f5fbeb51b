"""What strangers, programs and broken clients send: requests of every kind."""

from tests.web.traffic.requests import rows
from tests.web.traffic.world import MAILGUN_KEY, POSTMARK_PASSWORD, World, settle

__all__ = ["MAILGUN_KEY", "POSTMARK_PASSWORD", "World", "rows", "settle"]
