"""Whatever goes wrong at nginx, no file and no output of it says who came, or what for."""

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.proxy import Proxy, free_port
from tests.ops.asking import ask, raw
from tests.ops.stand_in import StandIn

ADDRESS, PATH, WORD = "127.0.0.1", "/huella", "palabra-de-alguien"
BODY = WORD.encode() * 2000  # 36,000 bytes


def _written(folder: Path) -> str:
    """Return everything that nginx has written, its own configuration left out."""
    kept = [path for path in folder.rglob("*") if path.is_file() and "etc" not in path.relative_to(folder).parts]
    assert {"error.log", "output"} <= {path.name for path in kept}
    return "\n".join(path.read_text(errors="replace") for path in kept)


def _go_wrong(port: int) -> None:
    """Do what nginx would log: its limits, its refusals, its troubles with nodes and with clients."""
    host = b"Host: 127.0.0.1\r\n"
    for pieces in (
        b"GET " + PATH.encode() + b"\r\n\r\n",
        b"G\x01T " + PATH.encode() + b" HTTP/1.1\r\n" + host + b"\r\n",
        b"GET " + PATH.encode() + b" HTTP/1.1\r\n\r\n",
        b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n" + host + b"\r\n",
        b"GET " + PATH.encode() + b" HTTP/1.1\r\n" + host + b"A: " + b"x" * 9000 + b"\r\n\r\n",
        b"GET /../.. HTTP/1.1\r\n" + host + b"\r\n",
        b"POST /hablar/ HTTP/1.1\r\n" + host + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    ):
        with contextlib.suppress(OSError):
            raw(port, pieces)
    ask(port, f"{PATH}?a={WORD}", headers={"User-Agent": WORD, "User_Agent": WORD, "Referer": WORD})
    ask(port, "/break", headers={"Cookie": WORD})
    ask(port, "/hablar/", method="POST", body=BODY * 2)
    ask(port, "/avisos/none.html")
    with socket.create_connection((ADDRESS, port)) as gone:  # who hangs up in the middle of a form
        gone.sendall(b"POST /hablar/ HTTP/1.1\r\n" + host + b"Content-Length: 40000\r\n\r\n" + BODY)
    with socket.create_connection((ADDRESS, port)) as gone:  # … and in the middle of an answer
        gone.sendall(b"GET /long HTTP/1.1\r\n" + host + b"\r\n")
        gone.recv(100)
    time.sleep(0.2)


@pytest.fixture
def limited(stand_ins: tuple[StandIn, StandIn], tmp_path: Path) -> Iterator[Proxy]:
    """Serve nginx with limits that are met at once, and with one of three nodes dead."""
    ports = [free_port(), *(one.port for one in stand_ins)]
    less = {
        "burst=600 delay=200": "burst=1 nodelay",
        "rate=50r/s": "rate=1r/s",
        "limit_conn open 2000": "limit_conn open 1",
    }
    with Proxy(tmp_path / "limited", ports, more=less) as running:
        yield running


def test_errors_leave_no_trace_of_who_met_them(proxy: Proxy) -> None:
    _go_wrong(proxy.port)
    proxy.stop()
    assert _written(proxy.folder).strip() == ""


def test_limits_and_dead_nodes_leave_no_trace_either(limited: Proxy) -> None:
    assert 429 in {ask(limited.port, PATH).status for _attempt in range(6)}
    _go_wrong(limited.port)
    limited.stop()
    assert _written(limited.folder).strip() == ""


def test_a_log_that_is_turned_on_would_be_seen_here(stand_ins: tuple[StandIn, StandIn], tmp_path: Path) -> None:
    planted = {"error_log /dev/null emerg;": f"error_log {tmp_path}/nginx/planted info;"}
    with Proxy(tmp_path / "nginx", [one.port for one in stand_ins], more=planted) as loud:
        _go_wrong(loud.port)
    traces = _written(loud.folder)
    assert ADDRESS in traces
    assert PATH in traces


def test_a_form_never_lies_in_a_file_while_it_arrives(proxy: Proxy) -> None:
    with socket.create_connection((ADDRESS, proxy.port)) as slow:
        slow.sendall(b"POST /hablar/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 65536\r\n\r\n")
        slow.sendall(b"x" * 60_000)
        time.sleep(0.3)
        assert list((proxy.folder / "bodies").iterdir()) == []
        slow.sendall(b"x" * 5_536)
        assert slow.recv(15) == b"HTTP/1.1 200 OK"


def test_a_form_of_unknown_length_is_not_taken(proxy: Proxy, stand_ins: tuple[StandIn, StandIn]) -> None:
    chunked = b"POST /hablar/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert raw(proxy.port, chunked, b"5\r\nabcde\r\n0\r\n\r\n").startswith(b"HTTP/1.1 411 ")
    assert stand_ins[0].asked == stand_ins[1].asked == []


def test_an_answer_never_lies_in_a_file_while_it_is_read(proxy: Proxy) -> None:
    with socket.create_connection((ADDRESS, proxy.port)) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall(b"GET /long HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert slow.recv(15) == b"HTTP/1.1 200 OK"
        time.sleep(0.5)
        assert list((proxy.folder / "answers").iterdir()) == []
