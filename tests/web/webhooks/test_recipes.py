"""What docs/forms.md tells people to paste does what it says."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.models.signups import FormKind
from tests.web.webhooks.conftest import Desk

GUIDE = (Path(__file__).parents[3] / "docs" / "forms.md").read_text(encoding="utf-8")

GOOGLE = r"""
const crypto = require("node:crypto");
const sent = [];
// Bytes are signed there, and nothing is a Buffer.
const bytes = (buffer) => Array.from(new Int8Array(buffer));
const Utilities = {
  base64Decode: (text) => bytes(Buffer.from(text, "base64")),
  base64Encode: (given) => Buffer.from(Int8Array.from(given).buffer).toString("base64"),
  newBlob: (text) => ({ getBytes: () => bytes(Buffer.from(text, "utf8")) }),
  computeHmacSha256Signature: (value, key) => {
    if (!Array.isArray(value) || !Array.isArray(key)) throw new Error("not bytes");
    const made = crypto.createHmac("sha256", Buffer.from(Int8Array.from(key).buffer));
    return bytes(made.update(Buffer.from(Int8Array.from(value).buffer)).digest());
  },
  sleep: () => {},
};
const STATUSES = __STATUSES__;
const UrlFetchApp = {
  fetch: (url, options) => {
    sent.push({ url, options });
    return { getResponseCode: () => STATUSES[Math.min(sent.length, STATUSES.length) - 1] };
  },
};
const item = (title, response) => ({
  getItem: () => ({ getTitle: () => title }),
  getResponse: () => response,
});
const event = {
  response: {
    getId: () => "2_ABaOnudXkTn3Ue9o4",
    getTimestamp: () => new Date(0),
    getRespondentEmail: () => "__COLLECTED__",
    getItemResponses: () => __ITEMS__.map(([title, response]) => item(title, response)),
  },
};
__SCRIPT__
let thrown = "";
try { signUp(event); } catch (error) { thrown = String(error); }
console.log(JSON.stringify({ sent, thrown }));
"""


BLOCKS: list[tuple[str, str]] = re.findall(
    r"^ *```(\w*)\n(.*?)^ *```$", GUIDE, re.DOTALL | re.MULTILINE
)


def block(language: str, start: str = "") -> str:
    [found] = [text for name, text in BLOCKS if name == language and text.startswith(start)]
    return found


def at(desk: Desk, text: str) -> str:
    """Return a recipe with the address and the secret of the form."""
    address = f"{desk.client.base_url}/webhooks/signup/lab"
    assert "https://papers.example.org/webhooks/signup/lab" in text
    text = text.replace("https://papers.example.org/webhooks/signup/lab", address)
    return text.replace("whsec_…", desk.secret())


def tell_the_time(desk: Desk) -> None:
    """Let the desk have the clock of what signs outside of this process."""
    desk.clock.time = datetime.now(tz=UTC)  # noqa: TID251 - of the process we start


def run_google(desk: Desk, *statuses: int, collected: str = "") -> dict[str, object]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node, which is not on PATH")
    items = [["Interests", ["whale song", "cs.SD"]], ["Your name", "Ada Økafor"]]
    if not collected:
        items.append(["E-mail address", "ada@example.org"])
    program = (
        GOOGLE.replace("__STATUSES__", json.dumps(statuses or (200,)))
        .replace("__COLLECTED__", collected)
        .replace("__ITEMS__", json.dumps(items))
        .replace("__SCRIPT__", at(desk, block("javascript")))
    )
    done = subprocess.run(
        [node, "-"], input=program, capture_output=True, text=True, check=True, timeout=60
    )
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("collected", ["", "ada@example.org"])
def test_the_script_for_google_forms_is_taken(desk: Desk, collected: str) -> None:
    desk.add(FormKind.GOOGLE)
    tell_the_time(desk)
    found = run_google(desk, collected=collected)

    assert found["thrown"] == ""
    sent = found["sent"]
    assert isinstance(sent, list)
    [request] = sent
    options = request["options"]
    assert options["method"] == "post"
    answer = desk.client.post(
        request["url"],
        content=options["payload"].encode(),
        headers={"Content-Type": options["contentType"], **options["headers"]},
    )

    assert answer.status_code == 200
    [signup] = desk.kept()
    assert signup.address == "ada@example.org"
    assert signup.interests == ("whale song", "cs.SD")
    assert signup.name == "Ada Økafor"
    assert signup.external_id == "2_ABaOnudXkTn3Ue9o4"


@pytest.mark.parametrize(
    ("statuses", "tries", "thrown"),
    [((503, 200), 2, ""), ((401,), 1, "401"), ((422,), 1, "422"), ((503,), 4, "503")],
)
def test_the_script_tries_again_only_what_may_be_taken_later(
    desk: Desk, statuses: tuple[int, ...], tries: int, thrown: str
) -> None:
    desk.add(FormKind.GOOGLE)

    found = run_google(desk, *statuses)

    sent = found["sent"]
    assert isinstance(sent, list)
    assert len(sent) == tries
    assert thrown in str(found["thrown"])


@pytest.mark.parametrize(
    ("kind", "needed"),
    [(FormKind.BEARER, ("curl",)), (FormKind.STANDARD, ("curl", "openssl", "od"))],
)
def test_the_commands_are_taken(desk: Desk, kind: FormKind, needed: tuple[str, ...]) -> None:
    if missing := [program for program in needed if shutil.which(program) is None]:
        pytest.skip(f"needs {missing[0]}, which is not on PATH")
    desk.add(kind)
    tell_the_time(desk)
    start = "curl https" if kind is FormKind.BEARER else "id=msg_"
    program = at(desk, block("", start)).replace("Bearer SECRET", f"Bearer {desk.secret()}")

    subprocess.run(
        ["/bin/sh", "-euc", program.replace("curl ", "curl --fail --silent --noproxy '*' ")],
        env={"PATH": os.environ["PATH"], "SECRET": desk.secret()},  # noqa: TID251 # for the shell
        capture_output=True,
        check=True,
        timeout=60,
    )

    assert [signup.address for signup in desk.kept()] == ["ada@example.org"]


def test_every_kind_is_explained() -> None:
    for kind in FormKind:
        assert f"| `{kind}` |" in GUIDE
