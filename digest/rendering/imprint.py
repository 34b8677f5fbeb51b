"""Who writes our mails, and how to leave."""

import re
from dataclasses import dataclass

from digest.errors import SettingsInvalid
from digest.rendering.mime import mailbox, wire_address
from digest.rendering.words import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """Who writes, and how to leave; raises SettingsInvalid where mail could not say so.

    *list_host* names the list in List-Id. *unsubscribe_address* takes mails that ask to
    leave. *public_url* is where the pages are, None where there are none to link to.
    """

    sender: str
    postal_address: str
    list_host: str
    unsubscribe_address: str | None = None
    public_url: str | None = None

    def __post_init__(self) -> None:
        try:
            mailbox(self.sender)
        except (ValueError, UnicodeError):
            raise SettingsInvalid(
                f"The sender {self.sender!r} cannot be used; write it as Name <address>."
            ) from None
        if not _HOST.fullmatch(self.list_host):
            raise SettingsInvalid(f"The list host {self.list_host!r} is not a host name.")
        if self.unsubscribe_address is None:
            return
        try:
            wire_address(self.unsubscribe_address)
        except (ValueError, UnicodeError):
            raise SettingsInvalid(
                f"The address to unsubscribe at, {self.unsubscribe_address!r}, is no address."
            ) from None

    @property
    def name(self) -> str:
        """What the digest is called."""
        name, address = mailbox(self.sender)
        return plain(name) or address

    @property
    def address(self) -> str:
        """The address it is sent from."""
        return mailbox(self.sender)[1]

    @property
    def host(self) -> str:
        """The host that names its messages."""
        return self.address.rpartition("@")[2]

    @property
    def postal(self) -> str:
        """The postal address on one line, with the name before it, or ""."""
        lines = [plain(line).strip(",") for line in self.postal_address.splitlines()]
        address = ", ".join(line for line in lines if line)
        return f"{self.name}, {address}" if address else ""


_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
