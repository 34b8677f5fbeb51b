import pytest

from digest.models.deliveries import Email
from digest.rendering.emails import Press
from tests.rendering import samples


@pytest.fixture(scope="session")
def press() -> Press:
    return Press(samples.IMPRINT)


@pytest.fixture(scope="session")
def mails(press: Press) -> dict[str, Email]:
    """The golden mails by name."""
    bare = Press(samples.BARE_IMPRINT)
    return {
        "issue": samples.printed(press, samples.normal_issue()),
        "issue-public": samples.printed(Press(samples.PUBLIC_IMPRINT), samples.normal_issue()),
        "issue-of-one": samples.printed(press, samples.single_issue()),
        "issue-bare": samples.printed(bare, samples.bare_issue(), samples.BARE_READER),
    }
