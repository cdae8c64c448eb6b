"""A real line behind HTTPS: no demonstration, cookies that only HTTPS carries, everything else refused or led there."""

import asyncio
import http.client
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from ops.proxy import Proxy, free_port, self_made
from tests.ops.asking import Answer, ask, raw, read
from tests.running_line import RunningLine

RESPONSIBLE = {
    "HOTLINE_CONTROLLER": "Asociación de Ensayo",
    "HOTLINE_CONTROLLER_ADDRESS": "Av. Ejemplo 123, Lima",
    "HOTLINE_CONTACT": "datos@linea.example",
    "HOTLINE_HOSTED_IN": "Perú, Ejemplo S.A.C.",
    "HOTLINE_TEXTS_SIGNED_BY": "M. Pérez, abogada, 3/11/2026",
}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Serve a line that is no demonstration, on its own files, behind nginx with a self-made certificate."""
    folder = tmp_path_factory.mktemp("tls")
    node = free_port()
    proxy = Proxy(folder / "nginx", [node], certificate=self_made(folder))
    line = RunningLine(
        folder / "node",
        HOTLINE_DEMO="0",
        HOTLINE_REHEARSAL="0",
        HOTLINE_PORT=str(node),
        HOTLINE_ORIGINS=proxy.url,
        **RESPONSIBLE,
    )
    try:
        line.start()
        with proxy:
            yield proxy
    finally:
        line.close()


def _trusting(proxy: Proxy, *protocols: str) -> ssl.SSLContext:
    assert proxy.certificate
    context = ssl.create_default_context(cafile=str(proxy.certificate.chain))
    context.set_alpn_protocols([*protocols, "http/1.1"])
    return context


def _ask(proxy: Proxy, path: str, **headers: str) -> Answer:
    connection = http.client.HTTPSConnection("localhost", proxy.port, context=_trusting(proxy), timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        return read(connection)
    finally:
        connection.close()


def test_the_line_tells_browsers_to_come_by_https_only(door: Proxy) -> None:
    answer = _ask(door, "/hablar/")
    assert answer.status == 200
    assert [value for name, value in answer.headers if name == "strict-transport-security"] == [
        "max-age=63072000; includeSubDomains"
    ]


def test_a_visitor_gets_a_cookie_that_only_https_carries(door: Proxy) -> None:
    cookie = _ask(door, "/hablar/").header("set-cookie")
    assert cookie.startswith("__Host-sid=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}


def test_plain_http_is_led_to_https(door: Proxy) -> None:
    answer = ask(door.plain_port, "/hablar/")
    assert (answer.status, answer.header("location")) == (301, f"{door.url}/hablar/")
    wrong_door = ask(door.port, "/hablar/")  # plain HTTP to the port of HTTPS
    assert (wrong_door.status, wrong_door.header("location")) == (301, f"{door.url}/hablar/")


def test_a_name_that_is_not_ours_is_shown_no_certificate(door: Proxy) -> None:
    with (
        socket.create_connection(("127.0.0.1", door.port), 5) as connection,
        pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"),
    ):
        ssl.create_default_context().wrap_socket(connection, server_hostname="evil.example")


def test_browsers_get_http_2(door: Proxy) -> None:
    with (
        socket.create_connection(("127.0.0.1", door.port), 5) as connection,
        _trusting(door, "h2").wrap_socket(connection, server_hostname="localhost") as wrapped,
    ):
        assert wrapped.selected_alpn_protocol() == "h2"
        assert wrapped.version() == "TLSv1.3"


async def test_a_socket_opens_over_https_for_our_own_pages_only(door: Proxy) -> None:
    address = f"wss://localhost:{door.port}/ws/hablar/"
    async with connect(
        address,
        ssl=_trusting(door),
        origin=Origin(door.url),
        subprotocols=[Subprotocol("hotline.v1")],
    ) as socket_of_nobody:
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket_of_nobody.recv(), 5)
        assert socket_of_nobody.close_code == 4401  # no cookie: accepted, then closed


def test_nothing_is_said_to_who_speaks_no_http(door: Proxy) -> None:
    assert b"nginx/" not in raw(door.port, b"EHLO\r\n\r\n")


def test_the_key_of_the_certificate_is_nobodys_else(door: Proxy) -> None:
    assert door.certificate
    assert Path(door.certificate.key).stat().st_mode & 0o077 == 0
