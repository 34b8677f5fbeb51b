"""What became of the addresses of a file so far, in some twenty bytes each."""

from hashlib import sha256


class Seen:
    """A small number for each text: ten million fit into memory.

    A text is known by 64 bits of its hash. That two of ten million share them is less likely
    than one in a hundred thousand, and would leave one row out that can be given again.
    """

    def __init__(self) -> None:
        self._shelves: dict[bytes, bytearray] = {}

    def get(self, text: str) -> int | None:
        """Return the number kept for *text*."""
        shelf, mark = _place(text)
        row = self._shelves.get(shelf)
        if row is None:
            return None
        start = _find(row, mark)
        return None if start < 0 else row[start + len(mark)]

    def put(self, text: str, number: int) -> None:
        """Keep *number*, of one byte, for *text*."""
        shelf, mark = _place(text)
        row = self._shelves.setdefault(shelf, bytearray())
        start = _find(row, mark)
        if start < 0:
            row += mark
            row.append(number)
        else:
            row[start + len(mark)] = number


def _place(text: str) -> tuple[bytes, bytes]:
    digest = sha256(text.encode()).digest()
    return digest[:2], digest[2:8]


def _find(row: bytearray, mark: bytes) -> int:
    """Return where *mark* begins an entry of *row*, -1 where none does."""
    start = row.find(mark)
    while start > 0 and start % (len(mark) + 1):
        start = row.find(mark, start + 1)
    return start
