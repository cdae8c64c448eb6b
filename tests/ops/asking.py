"""Asks an address by hand, with any header and any bytes, as no browser would."""

import contextlib
import dataclasses
import http.client
import socket
from collections.abc import Mapping

PATIENCE = 30.0  # seconds


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What came back; names of headers in lower case, each kept once for each time it was sent."""

    status: int
    headers: list[tuple[str, str]]
    text: str

    def header(self, name: str) -> str:
        """Return one header, or nothing."""
        return next((value for given, value in self.headers if given == name), "")


def read(connection: http.client.HTTPConnection) -> Answer:
    """Return the answer that a connection owes."""
    got = connection.getresponse()
    headers = [(name.lower(), value) for name, value in got.getheaders()]
    return Answer(got.status, headers, got.read().decode(errors="replace"))


def ask(
    port: int,
    path: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Ask one thing on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        return read(connection)
    finally:
        connection.close()


def raw(port: int, *pieces: bytes) -> bytes:
    """Send bytes as they are; return everything that comes until the other side hangs up."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        heard = bytearray()
        with contextlib.suppress(OSError):  # it may have hung up before everything was sent
            for piece in pieces:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65_536):
                heard += chunk
        return bytes(heard)
