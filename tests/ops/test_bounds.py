"""nginx bounds what one client can take: time, size, pace; a crowd behind one address waits and gets in."""

import asyncio
import contextlib
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from ops.proxy import Proxy
from tests.house.source import read
from tests.ops.asking import ask
from tests.ops.stand_in import StandIn

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KIB = 1024


def test_a_header_that_trickles_in_is_cut(proxy: Proxy) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", proxy.port)) as slow, contextlib.suppress(ConnectionError):
        slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        slow.settimeout(0.2)
        while time.monotonic() - began < 8:
            slow.sendall(b"a")
            with contextlib.suppress(TimeoutError):
                assert slow.recv(1) == b""
                break
    assert 1.5 < time.monotonic() - began < 5  # 2 s in these tests, 20 s as shipped


def test_the_shipped_patience_is_short() -> None:
    seconds = re.findall(r"client_(?:header|body)_timeout (\d+)s;", read(Path("ops/nginx/line.conf")))
    assert [int(one) <= 20 for one in seconds] == [True, True]


def test_the_longest_message_written_by_a_form_passes(proxy: Proxy, stand_ins: tuple[StandIn, StandIn]) -> None:
    text = "%F0%9F%8C%BB" * 4000  # a sign of four bytes, as a form writes it
    body = f"do=say&id={'0' * 36}&csrfmiddlewaretoken={'t' * 64}&text={text}".encode()
    assert ask(proxy.port, "/hablar/", method="POST", headers=FORM, body=body).status == 200
    assert [len(one[3]) for one in (*stand_ins[0].asked, *stand_ins[1].asked)] == [len(body)]


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/hablar/", 64 * KIB, 200),
        ("/hablar/", 64 * KIB + 1, 413),
        ("/casos/nota/x/", 512 * KIB, 200),
        ("/casos/nota/x/", 512 * KIB + 1, 413),
        ("/escritorio/borrador/", 512 * KIB, 200),
        ("/equipo/entrar/", 64 * KIB + 1, 413),
    ],
)
def test_a_body_over_the_limit_gets_a_clear_page(proxy: Proxy, path: str, size: int, status: int) -> None:
    answer = ask(proxy.port, path, method="POST", headers=FORM, body=b"x" * size)
    assert answer.status == status
    assert ("Es demasiado largo para enviarlo de una vez" in answer.text) == (status == 413)


def test_staff_may_send_as_much_as_the_line_takes(settings: Settings) -> None:
    largest = re.findall(r"client_max_body_size (\d+)k;", read(Path("ops/nginx/server.conf")))
    assert [int(one) * KIB for one in largest] == [settings.DATA_UPLOAD_MAX_MEMORY_SIZE]


async def _get(port: int, path: str = "/hablar/") -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    status = (await reader.readline()).split()[1]
    writer.close()
    return int(status)


async def test_a_crowd_behind_one_address_waits_a_little_and_gets_in(proxy: Proxy) -> None:
    began = time.monotonic()
    answers = await asyncio.gather(*(_get(proxy.port) for _person in range(300)))
    assert set(answers) == {200}
    assert time.monotonic() - began > 1.5  # the first 200 at once, then 50 a second


@pytest.fixture
def strict(stand_ins: tuple[StandIn, StandIn], tmp_path: Path) -> Iterator[Proxy]:
    """Serve nginx with limits that few requests exceed."""
    less = {
        "burst=600 delay=200": "burst=1 nodelay",
        "rate=50r/s": "rate=1r/s",
        "burst=250 delay=100": "burst=1 nodelay",
    }
    with Proxy(
        tmp_path / "strict", [one.port for one in stand_ins], more=less | {"rate=20r/s": "rate=1r/s"}
    ) as running:
        yield running


async def test_beyond_what_a_crowd_does_a_page_asks_to_wait(strict: Proxy) -> None:
    assert 429 in await asyncio.gather(*(_get(strict.port) for _request in range(10)))
    answer = ask(strict.port, "/")
    while answer.status != 429:
        answer = ask(strict.port, "/")
    assert "Hay mucha gente entrando a la vez" in answer.text
    assert '<a href="">Probar otra vez</a>' in answer.text


async def test_what_was_sent_beyond_the_limit_is_not_said_to_have_arrived(strict: Proxy) -> None:
    await asyncio.gather(*(_get(strict.port) for _request in range(10)))
    answer = ask(strict.port, "/hablar/", method="POST", headers=FORM, body=b"do=say")
    while answer.status != 429:
        answer = ask(strict.port, "/hablar/", method="POST", headers=FORM, body=b"do=say")
    assert "Esto todavía no llegó" in answer.text


async def test_nobody_is_kept_from_leaving(strict: Proxy, stand_ins: tuple[StandIn, StandIn]) -> None:
    assert set(await asyncio.gather(*(_get(strict.port, "/hablar/salir/") for _request in range(40)))) == {200}
    assert len(stand_ins[0].asked) + len(stand_ins[1].asked) == 40


async def test_sockets_have_a_limit_of_their_own(strict: Proxy) -> None:
    await asyncio.gather(*(_get(strict.port, "/ws/hablar/") for _request in range(3)))
    assert 429 in await asyncio.gather(*(_get(strict.port, "/ws/hablar/") for _request in range(10)))
    assert await _get(strict.port, "/") == 200
