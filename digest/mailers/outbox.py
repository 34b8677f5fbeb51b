"""A folder as the mail server: one `.eml` and one `.html` a mail, to open and look at."""

import os
from pathlib import Path

from digest.errors import MailerUnavailable
from digest.models.deliveries import Email


class Outbox:
    """Writes each mail to *folder*; the same mail twice is one file with the same bytes."""

    idempotent = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, email: Email) -> None:
        """Write `NAME.html`, then `NAME.eml`: whoever sees the second has both, whole."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(self._folder / f"{email.name}.html", email.html.encode())
            _write(self._folder / f"{email.name}.eml", email.content)
        except OSError as error:
            raise MailerUnavailable(
                f"The outbox {self._folder} cannot be written ({error.strerror}): make room or "
                "give it to this user, then send again; nothing was sent twice."
            ) from error

    def close(self) -> None:
        """Nothing is held open between mails."""


def _write(path: Path, content: bytes) -> None:
    """Write *content* to *path* whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        # Ctrl-C, too: a half-written part must not be left lying about.
        part.unlink(missing_ok=True)
        raise
