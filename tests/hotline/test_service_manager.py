"""systemd hears when a node serves, that its loop turns, and when it leaves; of one that hangs it hears nothing."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline import service_manager
from tests.running_line import RunningLine

WATCHES = 1.5  # seconds after which this systemd would end a node


class Manager:
    """Stands in for systemd: a datagram socket at a path, or at a name without one."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address.replace("@", "\0", 1))

    def hears(self, within: float) -> str:
        """Return the next word, or nothing."""
        self._socket.settimeout(within)
        try:
            return self._socket.recv(100).decode()
        except TimeoutError:
            return ""

    def hears_until_silence(self, within: float) -> list[str]:
        """Return all words until none came for so long."""
        return list(iter(lambda: self.hears(within), ""))

    def close(self) -> None:
        """Hear no more."""
        self._socket.close()


@pytest.fixture(params=["path", "name"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    """Listen as systemd does."""
    address = str(tmp_path / "notify") if request.param == "path" else f"@line-tests-{os.getpid()}"
    one = Manager(address)
    yield one
    one.close()


@pytest.fixture
def watched(manager: Manager, monkeypatch: pytest.MonkeyPatch) -> Manager:
    """Let this process be one that systemd watches."""
    monkeypatch.setenv("NOTIFY_SOCKET", manager.address)
    monkeypatch.setenv("WATCHDOG_USEC", "300000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    return manager


def test_a_word_is_told(watched: Manager) -> None:
    service_manager.tell(service_manager.READY)
    assert watched.hears(1) == "READY=1"


async def test_a_loop_that_turns_says_so_and_one_that_hangs_does_not(watched: Manager) -> None:
    alive = asyncio.create_task(service_manager.keep_alive())
    await asyncio.sleep(0.35)
    assert watched.hears_until_silence(0.01) == ["WATCHDOG=1"] * 4
    time.sleep(0.35)  # noqa: ASYNC251  the loop hangs
    assert watched.hears(0.01) == ""
    await asyncio.sleep(0.05)
    assert watched.hears(0.01) == "WATCHDOG=1"
    alive.cancel()


async def test_without_systemd_nothing_is_told(monkeypatch: pytest.MonkeyPatch, manager: Manager) -> None:
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    service_manager.tell(service_manager.READY)
    await service_manager.keep_alive()  # at once
    assert manager.hears(0.01) == ""


async def test_what_watches_another_process_is_not_for_us(watched: Manager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_PID", "1")
    await service_manager.keep_alive()
    assert watched.hears(0.01) == ""


def test_a_systemd_that_is_gone_harms_nobody(watched: Manager, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    service_manager.tell(service_manager.READY)
    assert watched.hears(0.01) == ""


@pytest.mark.database("sqlite")  # it tells the same on both
def test_a_node_tells_when_it_serves_lives_hangs_and_leaves(tmp_path: Path) -> None:
    systemd = Manager(str(tmp_path / "notify"))
    line = RunningLine(tmp_path / "line", NOTIFY_SOCKET=systemd.address, WATCHDOG_USEC=str(int(WATCHES * 1_000_000)))
    try:
        line.start()
        first = [systemd.hears(WATCHES) for _word in range(4)]
        assert (first.count("READY=1"), first.count("WATCHDOG=1")) == (1, 3)
        os.kill(line.pid, signal.SIGSTOP)
        systemd.hears_until_silence(0.1)
        assert systemd.hears(WATCHES) == ""
        os.kill(line.pid, signal.SIGCONT)
        assert systemd.hears(WATCHES) == "WATCHDOG=1"
        assert line.stop() == 0
        assert systemd.hears_until_silence(0.1)[-1] == "STOPPING=1"
    finally:
        line.close()
        systemd.close()
