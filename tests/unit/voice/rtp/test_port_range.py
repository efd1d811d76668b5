"""Ports for calls: each one once, even ones, and back when they are closed. Real sockets of this machine."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from voice.rtp.ports import NoPorts, PortRange, Ports

HOST = "127.0.0.1"


def free_range(size: int) -> int:
    """The first of so many free ports in a row, an even one, where the system gives out none itself."""
    for low in range(20_000, 30_000, 2 * size):
        sockets: list[socket.socket] = []
        try:
            for port in range(low, low + size):
                sockets.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                sockets[-1].bind((HOST, port))
        except OSError:
            continue
        else:
            return low
        finally:
            for one in sockets:
                one.close()
    raise AssertionError("no free ports")


@pytest.fixture
def low() -> int:
    return free_range(8)


@pytest.fixture
def taken() -> Iterator[list[Ports]]:
    """What a test took, given back at its end."""
    ports: list[Ports] = []
    yield ports
    for one in ports:
        one.close()


def test_ports_are_even_and_go_round(low: int, taken: list[Ports]) -> None:
    ports = PortRange(low + 1, low + 7, HOST)
    taken += [ports.take(), ports.take()]
    assert [one.port for one in taken] == [low + 2, low + 4]
    taken.pop().close()
    taken.append(ports.take())
    assert taken[-1].port == low + 6, "the one just freed rests"
    taken.append(ports.take())
    assert taken[-1].port == low + 4
    with pytest.raises(NoPorts, match="in use"):
        ports.take()


def test_a_pair_is_both_or_none(low: int, taken: list[Ports]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((HOST, low + 1))
        ports = PortRange(low, low + 4, HOST)
        taken.append(ports.take(rtcp=True))
        assert taken[0].port == low + 2
        assert taken[0].rtcp is not None and taken[0].rtcp.getsockname()[1] == low + 3
        with pytest.raises(NoPorts):
            ports.take(rtcp=True)
        taken += [ports.take(), ports.take()]
        assert {one.port for one in taken} == {low, low + 2, low + 4}, "what is no pair was given back"


def test_many_at_once_never_get_the_same(low: int, taken: list[Ports]) -> None:
    with ThreadPoolExecutor(8) as threads:
        ranges = [PortRange(low, low + 7, HOST) for _ in range(4)]
        taken += threads.map(lambda one: one.take(), ranges)
    assert len({one.port for one in taken}) == 4


def test_a_range_without_ports_is_refused() -> None:
    for low, high in ((40_001, 40_001), (0, 10), (50_000, 40_000), (60_000, 70_000)):
        with pytest.raises(ValueError, match="no even port"):
            PortRange(low, high)
    with pytest.raises(ValueError, match="does not appear"):
        PortRange(40_000, 40_010, "localhost")


def test_an_address_of_another_machine_is_an_error(low: int) -> None:
    with pytest.raises(OSError, match="assign"):
        PortRange(low, low + 2, "192.0.2.1").take()
