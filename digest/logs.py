"""Logs as events with fields: JSON for machines, lines for a terminal, never an address."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ADDRESS = re.compile(r"[^\s<>\"(),;:@=]+@[^\s<>\"(),;:@=]+")
"""Whatever could be an e-mail address; a word with an @ that is none is no great loss."""

TOKEN = re.compile(r"/(i|u|me|a|confirm|address|back)/[^\s\"'?]+")
"""The part of a signed link's path that must stay between us and the reader."""


def configure(*, level: int = logging.INFO) -> None:
    """Send our events and those of every library through one pipe to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=True)]
        if sys.stderr.isatty()
        else [structlog.processors.format_exc_info, without_secrets, _json]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.PositionalArgumentsFormatter()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_secrets,
                *last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def without_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return *event* with every address, and every token of a signed link, blotted out."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = TOKEN.sub(r"/\1/…", ADDRESS.sub("…@…", value))
    return event


_json = structlog.processors.JSONRenderer(ensure_ascii=False)
