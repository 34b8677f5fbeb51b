"""Files of subscribers: what they say, what becomes of it, and back again."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.errors import AddressInvalid, InputRefused
from digest.models.consent import Act
from digest.models.deliveries import Claim, Delivery, DeliveryState
from digest.models.interests import Interest
from digest.models.subscribers import (
    SUPPRESSED,
    WORKING_DAYS,
    Reader,
    Schedule,
    SubscriberState,
    Suppression,
    address_hmac,
)
from digest.services.exchange import (
    Import,
    Outcome,
    Progress,
    Row,
    everybody,
    export_csv,
    export_json,
    importing,
    read_csv,
    read_json,
    take_in,
)
from digest.services.exchange.addresses import spelled
from digest.services.exchange.cells import joined, literal, neutral, split
from digest.services.exchange.rows import said
from digest.services.exchange.seen import Seen, _find
from digest.services.subscribe import normal_address
from tests.factories import DAY, KEY, NOON, make_reader
from tests.fakes import CountingTokens, MemoryStore, StoppedClock

State = SubscriberState
CONFIRMED = Import(confirmed=True, evidence="moved from the old list", operator="grace")


def _import(
    text: str, how: Import = CONFIRMED, *, store: MemoryStore | None = None, form: str = "csv"
) -> Progress:
    lines = iter(text.splitlines(keepends=True))
    rows = read_csv(lines) if form == "csv" else read_json(lines)
    return _take_in(rows, how, store=store or MemoryStore())


def _take_in(rows: Iterable[Row], how: Import, *, store: MemoryStore) -> Progress:
    *_, progress = take_in(rows, how, store=store, clock=StoppedClock(), tokens=CountingTokens())
    return progress


def _found(store: MemoryStore, address: str) -> Reader:
    with store.read() as work:
        reader = work.subscribers.by_address(address_hmac(address, key=KEY))
    assert reader is not None
    return reader


def _states(store: MemoryStore) -> dict[str, SubscriberState]:
    return {each.subscriber.address: each.subscriber.state for each in everybody(store=store)}


def _holding(*readers: Reader) -> MemoryStore:
    store = MemoryStore()
    with store.begin() as work:
        for reader in readers:
            assert work.subscribers.add(reader)
    return store


def _standing(state: SubscriberState) -> MemoryStore:
    """Return a store where ada@example.org is in *state*."""
    return _holding(make_reader("ada", state=state))


# --- addresses ---------------------------------------------------------------------------


def _judged(text: str) -> str:
    try:
        return normal_address(text)
    except AddressInvalid:
        return "invalid"


def _judged_fast(text: str) -> str:
    try:
        return spelled(text)
    except AddressInvalid:
        return "invalid"


_LOCALS = st.one_of(
    st.sampled_from([*CASE_INSENSITIVE_MAILBOX_NAMES, "Info", "NOC", "Ada.Lovelace", "a+b", "=a"]),
    st.text("abcXYZ019.+-_=!#'`{|\"@<> \r\né", min_size=0, max_size=70),
)
_LABELS = st.one_of(
    st.sampled_from(["example", "xn--bcher-kva", "xn--a", "ab--c", "a--b", "-a", "a-", "MAIL", ""]),
    st.text("abcXYZ019-_é", min_size=0, max_size=66),
)
_TOPS = st.sampled_from(
    [*SPECIAL_USE_DOMAIN_NAMES, "org", "ORG", "Test", "o1", "1o", "1", "museum", "xn--p1ai", "org."]
)


@settings(max_examples=1500, deadline=None)
@given(local=_LOCALS, labels=st.lists(_LABELS, max_size=5), top=_TOPS)
@example(local="a" * 64, labels=["b" * 63], top="org")
@example(local="a" * 65, labels=["b"], top="org")
@example(local="a", labels=["b" * 64], top="org")
@example(local="a" * 58, labels=["b" * 63, "c" * 63, "d" * 62], top="org")
@example(local="a" * 59, labels=["b" * 63, "c" * 63, "d" * 62], top="org")
@example(local="Info", labels=["Example"], top="ORG")
@example(local="a..b", labels=["b"], top="org")
@example(local="a", labels=["b"], top="org\n")
def test_the_pattern_says_of_an_address_what_the_library_says(
    local: str, labels: list[str], top: str
) -> None:
    text = f"{local}@{'.'.join([*labels, top])}"

    assert _judged_fast(text) == _judged(text)


@given(text=st.text(max_size=40))
def test_whatever_is_no_address_is_one_for_neither(text: str) -> None:
    assert _judged_fast(text) == _judged(text)


# --- cells -------------------------------------------------------------------------------


@given(text=st.text(max_size=20))
@example(text="=1+1")
@example(text="'=1+1")
@example(text="''@SUM(A1)")
@example(text="'tis")
def test_a_neutral_cell_is_no_formula_and_comes_back(text: str) -> None:
    cell = neutral(text)

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert literal(cell) == text


_PRINTABLE = st.characters(exclude_categories=["C", "Z"])
_NAMES = st.lists(st.text(_PRINTABLE, min_size=1, max_size=8), min_size=1, max_size=3).map(" ".join)


@given(names=st.lists(_NAMES, max_size=5))
@example(names=["=cmd|'/c calc'!A1", "a; b", 'say "whale"', "cs.CL", "2611.00001", "a, b"])
def test_a_list_in_a_cell_comes_back(names: list[str]) -> None:
    assert [text for text, _ in split(literal(neutral(joined(names))))] == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("whales; base eight;squid", ["whales", "base eight", "squid"]),
        ("whales,squid", ["whales", "squid"]),
        ("whales\nsquid", ["whales", "squid"]),
        (" ; ,, ", []),
        ("  whales  of   the sea ", ["whales of the sea"]),
        ('"open, and never closed', ['"open', "and never closed"]),
    ],
)
def test_names_are_told_apart(cell: str, names: list[str]) -> None:
    assert [text for text, _ in split(cell)] == names


# --- what was seen -----------------------------------------------------------------------


@given(puts=st.lists(st.tuples(st.integers(0, 40).map(str), st.integers(0, 255))))
def test_what_was_seen_is_remembered_with_the_last_number(puts: list[tuple[str, int]]) -> None:
    seen = Seen()

    for text, number in puts:
        seen.put(text, number)

    kept = dict(puts)
    assert {text: seen.get(text) for text in kept} == kept
    assert seen.get("another") is None


def test_what_looks_like_an_entry_across_two_is_none() -> None:
    across, found = bytearray(b"\0ABCDEFG123456"), bytearray(b"\0ABCDEFABCDEF\1")

    assert _find(across, b"ABCDEF") == -1
    assert _find(found, b"ABCDEF") == 7


def test_many_on_one_shelf_are_told_apart() -> None:
    seen = Seen()
    for number in range(200_000):
        seen.put(str(number), number % 251)

    assert all(seen.get(str(number)) == number % 251 for number in range(0, 200_000, 7))
    assert all(seen.get(f"x{number}") is None for number in range(20_000))


# --- rows --------------------------------------------------------------------------------


def test_a_row_says_all_that_a_page_asks() -> None:
    text = (
        "email,name,interests,categories,time_zone,send_at,weekdays,papers,dial,exclusions\n"
        'Ada@Example.org,Ada,"whales; cs.SD; 2611.00001","cs.CL, stat.ML",'
        "Europe/Vienna,6:30,weekdays,5,0.5,squid\n"
    )
    [row] = read_csv(text.splitlines(keepends=True))

    found = said(row)

    assert found.address == "Ada@example.org"
    assert found.name == "Ada"
    assert found.wanted(()) == (
        Interest(
            phrases=("whales",),
            categories=("cs.SD", "cs.CL", "stat.ML"),
            seeds=("2611.00001",),
            exclusions=("squid",),
        ),
    )
    assert found.schedule(Schedule()) == Schedule(
        time_zone="Europe/Vienna", send_at=time(6, 30), weekdays=WORKING_DAYS
    )
    assert (found.papers, found.dial) == (5, 0.5)


def test_a_blank_cell_says_nothing() -> None:
    [row] = read_csv(["email,name,time_zone,interests\n", "ada@example.org,,,\n"])

    found = said(row)

    assert (found.name, found.time_zone, found.lists) == (None, None, {})
    assert found.schedule(Schedule(time_zone="Asia/Tokyo")) == Schedule(time_zone="Asia/Tokyo")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon wed fri", (0, 2, 4)),
        ("Friday/Monday", (0, 4)),
        ("daily", (0, 1, 2, 3, 4, 5, 6)),
        ("Weekdays", (0, 1, 2, 3, 4)),
        ("6;0", (0, 6)),
    ],
)
def test_weekdays_are_named_or_numbered(text: str, days: tuple[int, ...]) -> None:
    [row] = read_csv(["email\tweekdays\n", f"ada@example.org\t{text}\n"])

    assert said(row).weekdays == days


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("email", ""),
        ("email", "nobody"),
        ("email", "ada@example.org, bob@example.org"),
        ("email", "Ada <ada@example.org>"),
        ("email", '"ada lovelace"@example.org'),
        ("email", "ada@example.org\r\nBcc: all@example.org"),
        ("email", "ada@[127.0.0.1]"),
        ("email", f"{'a' * 308}@example.org"),
        ("email", "ada\udce9@example.org"),
        ("state", "erased"),
        ("state", "happy"),
        ("time_zone", "Mars/Olympus"),
        ("send_at", "24:00"),
        ("send_at", "7"),
        ("weekdays", "someday"),
        ("weekdays", "7"),
        ("papers", "0"),
        ("papers", "26"),
        ("papers", "ten"),
        ("papers", "\uff11"),
        ("dial", "1.1"),
        ("dial", "nan"),
        ("name", "Ada\x1b[2J"),
        ("name", "a" * 201),
        ("name", "Ad\udce9"),
        ("interests", "a" * 201),
        ("interests", ";".join(f"w{number}" for number in range(201))),
        ("authors", "Ada\x07"),
    ],
)
def test_a_cell_that_makes_no_sense_is_named_by_its_column(column: str, cell: str) -> None:
    row = Row(line=7, cells={"email": "ada@example.org", column: cell})

    progress = _take_in([row], CONFIRMED, store=MemoryStore())

    assert progress.outcomes == {Outcome.INVALID: 1}
    [problem] = progress.problems
    assert problem.line == 7
    assert problem.reason.startswith((f"{column}: ", "it has no e-mail address"))
    assert "@example" not in problem.reason


@pytest.mark.parametrize(
    ("given_as", "kept_as"),
    [
        ("ada+list@example.org", "ada+list@example.org"),
        ("ADA@EXAMPLE.ORG", "ADA@example.org"),
        ("ada@bücher.example.org", "ada@bücher.example.org"),
        ("ada@xn--bcher-kva.example.org", "ada@bücher.example.org"),
        ("  ada@example.org ", "ada@example.org"),
        ("'=ada@example.org", "=ada@example.org"),
    ],
)
def test_an_address_is_kept_in_the_one_spelling(given_as: str, kept_as: str) -> None:
    store = MemoryStore()

    _import(f"email\n{given_as}\n", store=store)

    assert list(_states(store)) == [kept_as]


# --- CSV ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_parts_cells_and_lines_is_seen(mark: str, end: str) -> None:
    text = end.join([mark.join(["email", "name"]), mark.join(["ada@example.org", '"Ada L."']), ""])

    [row] = read_csv(text.splitlines(keepends=True))

    assert row.cells == {"email": "ada@example.org", "name": "Ada L."}


def test_names_of_columns_may_be_written_as_people_do() -> None:
    [row] = read_csv(["Email, Time Zone\n", "ada@example.org,UTC\n"])

    assert row.cells == {"email": "ada@example.org", "time_zone": "UTC"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty; its first line has to name the columns."),
        ("\n\n  \n", "The file is empty; its first line has to name the columns."),
        ("name,papers\nAda,3\n", "The file has no column `email`; the columns are email, name"),
        ("email,phone\n", "We know no column 'phone'; the columns are email, name, state, "),
        ("ada@example.org\n", "We know no column 'ada@example.org'; the columns are "),
        ("email,email\n", "Two columns have the same name; name each once."),
        ("\udcff\udcfee\0m\0a\0i\0l\0", "The file is not UTF-8 text; save it as CSV UTF-8."),
    ],
)
def test_a_file_without_the_columns_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InputRefused) as refused:
        list(read_csv(text.splitlines(keepends=True)))

    assert str(refused.value).startswith(sentence)


def test_rows_are_named_by_the_line_they_begin_on() -> None:
    rows = list(
        read_csv(
            [
                "email,interests\n",
                'ada@example.org,"whales\n',
                'squid"\n',
                "\n",
                "bob@example.org,bread\n",
            ]
        )
    )

    assert [row.line for row in rows] == [2, 5]
    assert rows[0].cells["interests"] == "whales\nsquid"


def test_a_row_that_cannot_be_read_does_not_stop_the_others() -> None:
    progress = _import(
        "email,name\n"
        'ada@example.org,"Ada" Lovelace\n'
        "bob@example.org,Bob,too,many\n"
        "eve@example.org,Eve,\n"
        'joe@example.org,"Joe\n'
        "zoe@example.org,Zoe\n"
    )

    assert progress.outcomes == {Outcome.INVALID: 3, Outcome.ADDED: 1}
    assert [(each.line, each.reason) for each in progress.problems] == [
        (2, "its quotes cannot be read"),
        (3, "it has 4 cells, the header 2"),
        (5, "a quote opens here and does not close; what follows is left out, to line 6"),
    ]


@settings(deadline=None)
@given(text=st.text(st.sampled_from('email,;\t"\r\n@a.=\0é\udce9')))
def test_whatever_a_table_holds_is_read_or_refused(text: str) -> None:
    assert _import("email,name\n" + text).outcomes.total() <= len(text)


# --- JSON --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{"email": "ada@example.org"}\n{"email": "bob@example.org"}\n',
        '[{"email": "ada@example.org"}, {"email": "bob@example.org"}]',
        '{"subscribers": [{"email": "ada@example.org"},\n{"email": "bob@example.org"}]}\n',
        ' \n{ "subscribers" :[ {"email": "ada@example.org"} {"email": "bob@example.org"}]} ',
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_json_comes_as_lines_a_list_or_as_we_write_it(text: str, size: int) -> None:
    pieces = [text[start : start + size] for start in range(0, len(text), size)]

    rows = list(read_json(pieces))

    assert [row.cells["email"] for row in rows] == ["ada@example.org", "bob@example.org"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "email,name\n",
        '"email"',
        '{"email": "ada@example.org"',
        '[{"email": "ada@example.org"}',
        '{"email": "ada@example.org"} []',
        '{"email": ' + "1" * 5000 + "}",
        "[" * 100_000,
        '{"email": ' * 50_000,
    ],
)
def test_what_is_no_json_of_subscribers_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputRefused) as refused:
        list(read_json([text]))

    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "cells",
    [
        {"phone": "1"},
        {"email": 7},
        {"email": ["ada@example.org"]},
        {"interests": 7},
        {"interests": [7]},
        {"interests": [{"phrases": "whales"}]},
        {"interests": [{"phrases": [7]}]},
        {"interests": [{"phrases": [""]}]},
        {"interests": [{"colour": "blue"}]},
        {"interests": [{"name": 7}, 7]},
        {"interests": {"phrases": []}},
        {"name": {"first": "Ada"}},
        {"papers": 3.5},
        {"papers": True},
        {"dial": "high"},
        {"weekdays": [9]},
        {"weekdays": {"mon": True}},
        {"time_zone": 7},
        {"send_at": 7},
        {"state": ["active"]},
    ],
)
def test_json_of_another_shape_is_an_invalid_row(cells: dict[str, object]) -> None:
    text = json.dumps({"email": "ada@example.org"} | cells)

    progress = _import(text, form="json")

    assert progress.outcomes == {Outcome.INVALID: 1}


def test_json_lists_are_taken_in_as_they_stand() -> None:
    text = json.dumps(
        {
            "email": "ada@example.org",
            "interests": ["whales, blue", "cs.CL"],
            "weekdays": ["mon", 2],
            "papers": 3,
            "dial": 0,
        }
    )
    store = MemoryStore()

    _import(text, store=store, form="json")

    wish = _found(store, "ada@example.org").subscription
    assert wish.interests == (Interest(phrases=("whales, blue",), categories=("cs.CL",)),)
    assert (wish.schedule.weekdays, wish.paper_limit, wish.dial) == ((0, 2), 3, 0.0)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "phrases", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(
    cells=st.dictionaries(
        st.sampled_from(["name", "interests", "seeds", "weekdays", "papers", "state", "dial"]),
        _VALUES,
    )
)
def test_whatever_json_holds_is_taken_in_or_invalid(cells: dict[str, object]) -> None:
    progress = _import(json.dumps({"email": "ada@example.org"} | cells), form="json")

    assert progress.outcomes.total() == 1


# --- what becomes of rows ----------------------------------------------------------------


def test_a_newcomer_who_confirmed_elsewhere_is_active_with_the_evidence() -> None:
    store = MemoryStore()

    progress = _import("email,name\nada@example.org,Ada\n", store=store)

    reader = _found(store, "ada@example.org")
    assert progress.outcomes == {Outcome.ADDED: 1}
    assert (reader.subscriber.state, reader.subscriber.name) == (State.ACTIVE, "Ada")
    with store.begin() as work:
        [act] = work.consents.of(reader.subscriber.id)
        assert not work.letters.take(Claim(fence="fence", at=NOON, lease_until=NOON), limit=1)
    assert (act.act, act.source, act.at) == (Act.IMPORTED, "operator", NOON)
    assert act.evidence == {"operator": "grace", "says": "moved from the old list"}


def test_who_confirmed_elsewhere_needs_evidence() -> None:
    with pytest.raises(InputRefused, match="--evidence"):
        Import(confirmed=True, evidence=" ")


def test_a_newcomer_who_did_not_is_pending_and_nobody_is_mailed() -> None:
    store = MemoryStore()

    progress = _import("email,state\nada@example.org,active\n", Import(), store=store)

    assert (progress.asked, _states(store)) == (0, {"ada@example.org": State.PENDING})
    with store.read() as work:
        assert not work.signups.waiting(limit=9)


def test_who_is_pending_is_asked_through_the_door_of_sign_ups_once_a_day() -> None:
    store = _standing(State.PENDING)
    file = "email,state\nada@example.org,\nbob@example.org,\neve@example.org,unsubscribed\n"

    asked = [_import(file, Import(ask=True), store=store).asked for _ in range(2)]

    assert asked == [2, 0]
    with store.read() as work:
        waiting = work.signups.waiting(limit=9)
    assert {each.address for each in waiting} == {"ada@example.org", "bob@example.org"}


LOWERED = {
    (State.PENDING, State.UNSUBSCRIBED),
    (State.PENDING, State.BOUNCED),
    (State.PENDING, State.COMPLAINED),
    (State.PENDING, State.REMOVED),
    (State.ACTIVE, State.PAUSED),
    (State.ACTIVE, State.UNSUBSCRIBED),
    (State.ACTIVE, State.BOUNCED),
    (State.ACTIVE, State.COMPLAINED),
    (State.ACTIVE, State.REMOVED),
    (State.PAUSED, State.UNSUBSCRIBED),
    (State.PAUSED, State.BOUNCED),
    (State.PAUSED, State.COMPLAINED),
    (State.PAUSED, State.REMOVED),
    (State.UNSUBSCRIBED, State.BOUNCED),
    (State.UNSUBSCRIBED, State.COMPLAINED),
    (State.UNSUBSCRIBED, State.REMOVED),
    (State.BOUNCED, State.COMPLAINED),
    (State.BOUNCED, State.REMOVED),
    (State.COMPLAINED, State.REMOVED),
}


@pytest.mark.parametrize("wanted", [state for state in State if state is not State.ERASED])
@pytest.mark.parametrize("state", [state for state in State if state is not State.ERASED])
def test_a_file_lowers_a_state_and_never_raises_it(
    state: SubscriberState, wanted: SubscriberState
) -> None:
    store = _standing(state)

    progress = _import(f"email,state\nada@example.org,{wanted}\n", store=store)

    lowered = (state, wanted) in LOWERED
    assert _states(store) == {"ada@example.org": wanted if lowered else state}
    assert (progress.outcomes[Outcome.LOWERED] == 1) is lowered
    with store.read() as work:
        barred = work.suppressions.among([address_hmac("ada@example.org", key=KEY)])
        acts = work.consents.of("subscriber-ada")
    assert bool(barred) is (lowered and wanted in SUPPRESSED)
    assert len(acts) == lowered


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.ACTIVE, Outcome.KNOWN),
        (State.PENDING, Outcome.NOT_RAISED),
        (State.PAUSED, Outcome.NOT_RAISED),
        (State.UNSUBSCRIBED, Outcome.NOT_RAISED),
        (State.BOUNCED, Outcome.SUPPRESSED),
        (State.COMPLAINED, Outcome.SUPPRESSED),
        (State.REMOVED, Outcome.SUPPRESSED),
    ],
)
def test_who_is_here_stays_as_they_are(state: SubscriberState, outcome: Outcome) -> None:
    store = _standing(state)

    progress = _import("email,name\nada@example.org,Another\n", store=store)

    assert progress.outcomes == {outcome: 1}
    assert list(everybody(store=store)) == [make_reader("ada", state=state)]


def test_who_was_erased_is_not_let_in_again() -> None:
    store = _standing(State.ACTIVE)
    key = address_hmac("ada@example.org", key=KEY)
    with store.begin() as work:
        work.suppressions.put([Suppression(address_hmac=key, reason=State.ERASED, at=NOON)])
        work.subscribers.erase("subscriber-ada")

    progress = _import("email\nada@example.org\n", store=store)

    assert progress.outcomes == {Outcome.SUPPRESSED: 1}
    assert list(_states(store).values()) == [State.ERASED]


@pytest.mark.parametrize("wanted", [State.BOUNCED, State.COMPLAINED, State.REMOVED])
def test_of_a_stranger_to_be_suppressed_only_the_hmac_is_kept(wanted: SubscriberState) -> None:
    store = MemoryStore()

    first = _import("email\nada@example.org\n", Import(state=wanted), store=store)
    again = _import("email\nada@example.org\n", store=store)

    assert (first.outcomes, again.outcomes) == ({Outcome.LOWERED: 1}, {Outcome.SUPPRESSED: 1})
    assert _states(store) == {}


def test_who_left_elsewhere_is_kept_as_unsubscribed_so_that_no_file_brings_them_back() -> None:
    store = MemoryStore()

    _import("email\nada@example.org\n", Import(state=State.UNSUBSCRIBED), store=store)
    again = _import("email\nada@example.org\n", store=store)

    assert again.outcomes == {Outcome.NOT_RAISED: 1}
    assert _states(store) == {"ada@example.org": State.UNSUBSCRIBED}


def test_the_mail_of_who_is_lowered_does_not_go_out() -> None:
    store = _standing(State.ACTIVE)
    planned = Delivery(
        id="d", subscription_id="subscription-ada", day=DAY, state=DeliveryState.PLANNED
    )
    with store.begin() as work:
        work.deliveries.plan([planned])

    _import("email,state\nada@example.org,unsubscribed\n", store=store)

    with store.read() as work:
        [delivery] = work.deliveries.of_subscription("subscription-ada")
    assert delivery.state is DeliveryState.SUPPRESSED


def test_wishes_are_overwritten_only_when_asked_to() -> None:
    store = _holding(make_reader("ada"))
    file = "email,name,interests,papers\nada@example.org,Ada,squid,3\n"

    outcomes = [
        _import(file, how, store=store).outcomes
        for how in (CONFIRMED, replace(CONFIRMED, update=True), replace(CONFIRMED, update=True))
    ]

    assert outcomes == [{Outcome.KNOWN: 1}, {Outcome.UPDATED: 1}, {Outcome.KNOWN: 1}]
    reader = _found(store, "ada@example.org")
    assert (reader.subscriber.name, reader.subscription.paper_limit) == ("Ada", 3)
    assert reader.subscription.interests == (Interest(phrases=("squid",)),)
    with store.read() as work:
        assert [act.act for act in work.consents.of("subscriber-ada")] == [Act.CHANGED]


def test_an_address_counts_once_a_file_and_its_lowest_state_wins() -> None:
    store = MemoryStore()

    progress = _import(
        "email,state\n"
        "ada@example.org,active\n"
        "Ada@Example.ORG,active\n"
        "bob@example.org,active\n"
        "bob@example.org,unsubscribed\n"
        "bob@example.org,active\n"
        "eve@example.org,active\n"
        "eve@example.org,removed\n"
        "eve@example.org,active\n",
        store=store,
    )

    assert progress.outcomes == {Outcome.ADDED: 3, Outcome.REPEATED: 3, Outcome.LOWERED: 2}
    assert _states(store) == {
        "ada@example.org": State.ACTIVE,
        "bob@example.org": State.UNSUBSCRIBED,
    }


_PEOPLE = ("ada", "bob", "eve", "joe")
_ROWS = st.lists(
    st.tuples(
        st.sampled_from(_PEOPLE),
        st.sampled_from(["", *(state for state in State if state is not State.ERASED), "?"]),
        st.sampled_from(["", "squid"]),
    ),
    max_size=12,
)
_HERE = st.dictionaries(
    st.sampled_from(_PEOPLE), st.sampled_from([s for s in State if s is not State.ERASED])
)
_HOW = st.builds(
    Import,
    confirmed=st.booleans(),
    evidence=st.just("yes"),
    update=st.booleans(),
    state=st.sampled_from([None, State.UNSUBSCRIBED, State.REMOVED]),
)


@settings(max_examples=200, deadline=None)
@given(rows=_ROWS, here=_HERE, how=_HOW, size=st.integers(1, 4))
def test_a_dry_run_counts_the_same_and_keeps_nothing(
    rows: list[tuple[str, str, str]],
    here: dict[str, SubscriberState],
    how: Import,
    size: int,
) -> None:
    file = "email,state,interests\n" + "".join(
        f"{name}@example.org,{state},{wish}\n" for name, state, wish in rows
    )
    store = _holding(*(make_reader(name, state=state) for name, state in here.items()))
    before = list(everybody(store=store))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "BATCH", size)

        dry = _import(file, replace(how, dry_run=True), store=store)
        untouched = list(everybody(store=store))
        wet = _import(file, how, store=store)
        after = _states(store)
        _import(file, how, store=store)

    assert dry == wet
    assert untouched == before
    assert _states(store) == after
    for name, state in here.items():
        now = after[f"{name}@example.org"]
        assert now is state or (state, now) in LOWERED


def test_an_import_that_stopped_ends_the_same_when_it_is_run_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    file = "email\n" + "".join(f"reader{number}@example.org\n" for number in range(10))
    store = MemoryStore()
    running = take_in(
        read_csv(file.splitlines(keepends=True)),
        CONFIRMED,
        store=store,
        clock=StoppedClock(),
        tokens=CountingTokens(),
    )
    assert next(running).rows == 3
    del running
    tokens = CountingTokens()
    for _ in range(100):
        tokens.new()

    *_, progress = take_in(
        read_csv(file.splitlines(keepends=True)),
        CONFIRMED,
        store=store,
        clock=StoppedClock(),
        tokens=tokens,
    )

    assert progress.outcomes == {Outcome.KNOWN: 3, Outcome.ADDED: 7}
    assert len(_states(store)) == 10


def test_only_the_first_problems_are_kept() -> None:
    progress = _import("email\n" + "nobody\n" * 30)

    assert progress.outcomes == {Outcome.INVALID: 30}
    assert [each.line for each in progress.problems] == list(range(2, 22))


def test_a_file_of_a_header_alone_is_an_import_of_nobody() -> None:
    assert _import("email\n") == Progress()


# --- export ------------------------------------------------------------------------------

_PHRASES = st.lists(
    _NAMES | st.sampled_from(["=1+1", "'=1", "@me", "a; b", 'a "b"', "cs.CL", "2611.00001"]),
    max_size=4,
    unique_by=str.casefold,
).map(tuple)
_INTERESTS = st.builds(
    Interest,
    phrases=_PHRASES,
    categories=st.lists(st.sampled_from(["cs.CL", "cs", "-x"]), unique=True).map(tuple),
    authors=_PHRASES,
    organisations=_PHRASES,
    seeds=st.lists(st.sampled_from(["2611.00001", "=2"]), unique=True).map(tuple),
    exclusions=_PHRASES,
)
_SCHEDULES = st.builds(
    Schedule,
    time_zone=st.sampled_from(["UTC", "Europe/Vienna", "Etc/GMT+1"]),
    send_at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
)


@st.composite
def _readers(draw: st.DrawFn) -> Reader:
    reader = make_reader(
        draw(st.sampled_from(["ada", "=ada", "+ada", "ada.l-o_v", "'ada"])),
        interests=(draw(_INTERESTS),),
        schedule=draw(_SCHEDULES),
        paper_limit=draw(st.integers(1, 25)),
        dial=draw(st.integers(0, 100)) / 100,
        state=draw(st.sampled_from([State.ACTIVE, State.PENDING, State.UNSUBSCRIBED])),
    )
    name = draw(st.just("") | _NAMES)
    return replace(reader, subscriber=replace(reader.subscriber, name=name))


def _wishes(reader: Reader) -> tuple[object, ...]:
    person, wish = reader.subscriber, reader.subscription
    return (
        (person.address, person.name, person.state),
        (wish.interests, wish.schedule, wish.paper_limit, wish.dial),
    )


@settings(max_examples=200, deadline=None)
@given(reader=_readers(), form=st.sampled_from(["csv", "json"]))
def test_what_is_written_is_taken_in_again_as_it_was(reader: Reader, form: str) -> None:
    written = "".join((export_csv if form == "csv" else export_json)([reader]))
    store = MemoryStore()

    lines = written.splitlines(keepends=True) if form == "json" else _lines(written)
    rows = read_csv(lines) if form == "csv" else read_json(lines)
    progress = _take_in(rows, CONFIRMED, store=store)

    assert progress.outcomes == {Outcome.ADDED: 1}, progress.problems
    [again] = everybody(store=store)
    assert _wishes(again) == _wishes(reader)


def _lines(text: str) -> list[str]:
    # As a file opened with newline="" has them; splitlines knows ends that files do not.
    return [line + "\n" for line in text.split("\n")[:-1]]


def test_no_cell_of_an_export_is_a_formula() -> None:
    reader = make_reader("=cmd", phrases=("=1+1", "@SUM(A1)"))
    named = replace(reader, subscriber=replace(reader.subscriber, name="-2+3"))

    header, row = export_csv([named])

    assert header.startswith("email,name,state,interests,")
    assert row.startswith("'=cmd@example.org,'-2+3,active,''=1+1; '@SUM(A1),")


def test_json_says_when_somebody_came_and_until_when_they_are_paused() -> None:
    reader = make_reader("ada", state=State.PAUSED)
    person = replace(
        reader.subscriber,
        confirmed_at=datetime(2026, 11, 20, 13, tzinfo=UTC),
        paused_until=date(2026, 12, 1),
    )

    [found] = json.loads("".join(export_json([replace(reader, subscriber=person)])))["subscribers"]

    assert found["created_at"] == "2026-11-20T12:00:00+00:00"
    assert found["confirmed_at"] == "2026-11-20T13:00:00+00:00"
    assert found["paused_until"] == "2026-12-01"
    assert found["weekdays"] == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def test_who_is_erased_is_in_no_export() -> None:
    store = _holding(make_reader("ada"), make_reader("bob"))
    with store.begin() as work:
        work.subscribers.erase("subscriber-ada")

    table = "".join(export_csv(everybody(store=store)))
    listed = json.loads("".join(export_json(everybody(store=store))))

    assert len(table.splitlines()) == 2
    assert [each["email"] for each in listed["subscribers"]] == ["bob@example.org"]


def test_an_export_of_nobody_is_a_header_or_an_empty_list() -> None:
    assert "".join(export_json([])) == '{"subscribers": []}\n'
    assert len("".join(export_csv([])).splitlines()) == 1
