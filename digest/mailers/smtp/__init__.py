"""An SMTP server as the mailer: it takes each mail once, and every failure says if it did.

`parse_smtp_url` reads DIGEST_MAILER_URL; `SmtpMailer` keeps the connections. A mail passes
through `messages` (what goes over the wire), `connection` (the conversation) and `verdicts`
(what a reply means for us).
"""

from digest.mailers.smtp.mailer import SmtpMailer
from digest.mailers.smtp.server import Security, SmtpServer
from digest.mailers.smtp.urls import parse_smtp_url

__all__ = ["Security", "SmtpMailer", "SmtpServer", "parse_smtp_url"]
