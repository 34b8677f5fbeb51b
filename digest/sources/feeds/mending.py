"""The bytes of a feed, made fit to be parsed: whole items, no bombs, one encoding."""

import re

from digest.errors import ListingUnreadable


def refuse_bomb(content: bytes, *, name: str) -> None:
    """Raise ListingUnreadable where *content* declares entities of its own.

    No feed needs any, and those that have them can grow beyond all memory.
    """
    # UTF-16 and UTF-32 spell the same letters with zeros between them.
    letters = content.replace(b"\0", b"")
    doctype = _DOCTYPE.search(letters)
    if doctype and _ENTITY.search(letters, doctype.end()):
        raise ListingUnreadable(
            f"{name} declares XML entities of its own, which we do not unfold; "
            "ask its publisher for a feed without them."
        )


def is_cut(content: bytes) -> bool:
    """Return whether *content* ends before the element does that it began with."""
    root = _ROOT.search(content)
    return root is not None and not root[0].endswith(b"/>") and not _is_closed(root, content)


def mended(content: bytes) -> bytes:
    """Return *content* with whole items alone, in UTF-8 where it says or means UTF-8.

    One stray byte would otherwise have all of it read in another encoding.
    """
    if not content or content.startswith(_WIDE):
        return content
    if is_cut(content):
        content = _whole_items(content)
    return _ENDLESS.sub(b" ", _in_utf8(content))


def _whole_items(content: bytes) -> bytes:
    """Return *content* up to its last whole item, and closed there."""
    end = max((match.end() for match in _ITEM_END.finditer(content)), default=0)
    # A half channel has no half items: what is before the first item is the feed's own.
    start = _ITEM.search(content)
    kept = content[:end] if end else content[: start.start() if start else None]
    kept = kept[: kept.rfind(b">") + 1]
    root = _ROOT.search(content)
    channel = _CHANNEL.search(kept)
    if channel and not _is_closed(channel, kept):
        kept += b"</" + channel["name"] + b">"
    return kept + (b"</" + root["name"] + b">" if root else b"")


def _is_closed(opening: re.Match[bytes], content: bytes) -> bool:
    closing = re.compile(rb"</" + re.escape(opening["name"]) + rb"\s*>")
    return closing.search(content, opening.end()) is not None


def _in_utf8(content: bytes) -> bytes:
    said = _ENCODING.match(content)
    if said and said["name"].lower() not in (b"utf-8", b"utf8"):
        return content
    try:
        content.decode()
    except UnicodeDecodeError:
        read = content.decode(errors="replace")
        # Some of it is UTF-8 beyond doubt; where none is, feedparser finds what else it is.
        if not read.replace("\ufffd", "").isascii():
            return read.encode()
    return content


_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0", b"<\0")
_DOCTYPE = re.compile(rb"<!DOCTYPE\b", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY\b", re.IGNORECASE)
_ROOT = re.compile(rb"<(?P<name>(?:[\w.-]+:)?(?:rss|RDF|feed))(?:\s[^<>]*)?>")
_CHANNEL = re.compile(rb"<(?P<name>(?:[\w.-]+:)?channel)(?=[\s>])")
_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)(?=[\s>])")
_ITEM_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>")
# In a name, feedparser looks for an address from each letter of a word to its end.
_ENDLESS = re.compile(rb"[\w.+-]{2000,}")
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\bencoding=["'](?P<name>[\w.:-]+)["']""")
