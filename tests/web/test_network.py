"""Where a request came from, as far as our own proxies say so."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from starlette.requests import Request

from digest.web.network import Address, Networks

PROXY, OUTER_PROXY = "10.0.0.1", "10.0.0.2"
MAPPED = int(IPv6Address("::ffff:0:0")) >> 32
TRUSTED = ("10.0.0.0/8", "::1", "fd00::/8")
V4: st.SearchStrategy[Address] = st.ip_addresses(v=4).filter(
    lambda address: address not in IPv4Network("10.0.0.0/8")
)
V6: st.SearchStrategy[Address] = st.ip_addresses(v=6).filter(
    lambda address: int(address) >> 32 != MAPPED and address not in IPv6Network("fd00::/8")
)
ANYBODY = V4 | V6.filter(lambda address: address != IPv6Address("::1"))


def networks(*trusted: str) -> Networks:
    return Networks(key=lambda: b"key", trusted=trusted or TRUSTED)


def asked(peer: str | None, *forwarded: str) -> Request:
    """Return a request from *peer* with those X-Forwarded-For headers."""
    headers = [(b"x-forwarded-for", value.encode("latin-1", "replace")) for value in forwarded]
    client = None if peer is None else (peer, 4711)
    return Request({"type": "http", "headers": headers, "client": client})


def name(peer: str | None, *forwarded: str) -> str:
    return networks().name(asked(peer, *forwarded))


@given(ANYBODY, st.lists(st.text(), max_size=3))
def test_what_a_stranger_claims_changes_nothing(peer: object, claims: list[str]) -> None:
    assert name(str(peer), *claims) == name(str(peer)) != ""


@given(ANYBODY, st.lists(st.ip_addresses().map(str) | st.text(alphabet="abc.:,[] "), max_size=4))
def test_a_proxy_of_ours_tells_who_asked_it_whatever_they_claimed(
    client: object, claims: list[str]
) -> None:
    told = ", ".join([*claims, str(client)])

    assert name(PROXY, told) == name(str(client))
    assert name(PROXY, f"{told}, {OUTER_PROXY}") == name(str(client))
    assert name(PROXY, told, OUTER_PROXY) == name(str(client))


@given(st.text(max_size=40), st.none() | st.text(max_size=20))
def test_whatever_the_headers_say_there_is_a_name_or_none(claim: str, peer: str | None) -> None:
    said = name(peer, claim)
    assert said == "" or len(said) == 32
    assert len(name(PROXY, claim)) in {0, 32}


@given(V6, st.integers(min_value=0, max_value=2**64 - 1))
def test_all_of_one_household_has_one_name(address: Address, host: int) -> None:
    neighbour = IPv6Address((int(address) >> 64 << 64) + host)
    assume(neighbour.ipv4_mapped is None)

    assert name(str(neighbour)) == name(str(address))
    other = IPv6Address(int(address) ^ (1 << 64))
    if other not in IPv6Network("fd00::/8"):
        assert name(str(other)) != name(str(address))


@given(V4, V4)
def test_two_ipv4_addresses_are_two_networks(one: Address, other: Address) -> None:
    assert (name(str(one)) == name(str(other))) is (one == other)


@given(V4)
def test_an_address_is_the_same_in_either_notation(address: Address) -> None:
    assert name(f"::ffff:{address}") == name(str(address))
    assert name(PROXY, f"{address}:4711") == name(str(address))


@pytest.mark.parametrize("hop", ["[2001:db8::1]:443", "[2001:db8::1]", "2001:db8::1%eth0"])
def test_proxies_write_ports_and_brackets(hop: str) -> None:
    assert name(PROXY, hop) == name("2001:db8::1")


@pytest.mark.parametrize("hop", ["unknown", "_hidden", "1.2.3", "", "1.2.3.4.5", "[", "]"])
def test_what_a_proxy_does_not_know_has_no_name(hop: str) -> None:
    assert name(PROXY, f"203.0.113.7, {hop}") in {"", name("203.0.113.7")}
    assert hop == "" or name(PROXY, f"203.0.113.7, {hop}") == ""


def test_a_proxy_that_says_nothing_is_the_one_who_asks() -> None:
    assert name(PROXY) == name(PROXY, "") != ""
    assert name(PROXY) != name(OUTER_PROXY)


def test_without_a_peer_there_is_no_name() -> None:
    assert name(None, "203.0.113.7") == name("a socket", "203.0.113.7") == ""


def test_a_name_is_nothing_that_could_be_read_back() -> None:
    with_other_key = Networks(key=lambda: b"other", trusted=())

    assert "203" not in name("203.0.113.7")
    assert with_other_key.name(asked("203.0.113.7")) != name("203.0.113.7")


def test_nobody_is_trusted_unless_they_are_named() -> None:
    nobody = Networks(key=lambda: b"key", trusted=())

    assert nobody.name(asked("127.0.0.1", "203.0.113.7")) == nobody.name(asked("127.0.0.1"))
