"""A folder as the mail server: whole files, the same twice, and a sentence when it is full."""

from pathlib import Path

import pytest

from digest.errors import MailerUnavailable
from digest.mailers.outbox import Outbox
from digest.models.deliveries import Email

EMAIL = Email(
    delivery_id="d" * 32,
    sender="digest@example.org",
    recipient="ada@example.org",
    subject="Whales count",
    name="2026-11-20-ada",
    html="<p>Žižek</p>",
    text="Žižek",
    content=b"Subject: Whales count\r\n\r\nhello\r\n",
)


def test_a_mail_is_two_files_to_open(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "new" / "outbox")

    outbox.send(EMAIL)

    folder = tmp_path / "new" / "outbox"
    assert sorted(path.name for path in folder.iterdir()) == [
        "2026-11-20-ada.eml",
        "2026-11-20-ada.html",
    ]
    assert (folder / "2026-11-20-ada.eml").read_bytes() == EMAIL.content
    assert (folder / "2026-11-20-ada.html").read_text(encoding="utf-8") == EMAIL.html


def test_the_same_mail_twice_is_one(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)

    outbox.send(EMAIL)
    outbox.send(EMAIL)
    outbox.close()

    assert outbox.idempotent
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_is_a_temporary_failure(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be", encoding="utf-8")

    with pytest.raises(MailerUnavailable, match=r"cannot be written .*send again"):
        Outbox(tmp_path / "outbox").send(EMAIL)


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    full = tmp_path / ".2026-11-20-ada.eml.part"
    full.symlink_to("/dev/full")  # every write to it fails as on a full disk

    with pytest.raises(MailerUnavailable, match="No space left"):
        Outbox(tmp_path).send(EMAIL)

    assert not (tmp_path / "2026-11-20-ada.eml").exists()
    assert not full.is_symlink()
