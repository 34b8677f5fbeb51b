"""Mail that comes back: which of ours it is about, proved by our signature, and what it says.

Delivery reports are those of RFC 3464 and 6533, complaints those of RFC 5965; what older mail
servers write, flufl.bounce knows.
"""

from digest.services.returned.proof import SOURCE, event_of

__all__ = ["SOURCE", "event_of"]
