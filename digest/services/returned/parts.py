"""The parts and fields of a message that came back, however odd it is."""

import re
from collections.abc import Iterator
from email import message_from_string
from email.message import Message


def parts(message: Message) -> Iterator[Message]:
    """Yield *message* and the parts in it, but not what is inside of a mail in it."""
    yield message
    content = message.get_payload()
    if isinstance(content, list) and message.get_content_maintype() == "multipart":
        for part in content:
            if isinstance(part, Message):
                yield from parts(part)


def blocks(part: Message) -> list[Message]:
    """Return the groups of fields that *part*, a report, consists of.

    Python's parser takes only message/delivery-status apart; of any other report it makes a
    mail, whose headers are the first group and whose body holds the rest.
    """
    content = part.get_payload()
    inside = content if isinstance(content, list) else []
    found = [one for one in inside if isinstance(one, Message)]
    if part.get_content_type() != "message/delivery-status" and found:
        rest = found[0].get_payload()
        if isinstance(rest, str):
            found += [message_from_string(text) for text in _EMPTY_LINE.split(rest) if text.strip()]
    return found


_EMPTY_LINE = re.compile(r"\r?\n\r?\n")


def field(block: Message, name: str) -> str:
    """Return the first field of that name on one line, "" where there is none."""
    return " ".join(str(block.get(name, "")).split())


def fields(block: Message, name: str) -> list[str]:
    """Return every field of that name."""
    return [str(value) for value in block.get_all(name, [])]
