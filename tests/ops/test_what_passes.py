"""nginx hands on what the line needs and nothing that says who asks."""

import re
from pathlib import Path

from ops.proxy import Proxy
from tests.house.source import files, modules, read
from tests.ops.asking import ask
from tests.ops.stand_in import StandIn

PLANTED = "203.0.113.77"
#: What somebody may send to pass for another, or what their browser tells of itself.
HIDDEN = {
    "X-Forwarded-For": PLANTED,
    "X_Forwarded_For": PLANTED,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Real-IP": PLANTED,
    "Forwarded": f"for={PLANTED}",
    "Via": f"1.1 {PLANTED}",
    "True-Client-IP": PLANTED,
    "CF-Connecting-IP": PLANTED,
    "User-Agent": "A telephone of 2014",
    "Sec-CH-UA": "A telephone of 2014",
    "Daphne-Root-Path": "//evil.example/x",
    "Daphne_Root_Path": "//evil.example/x",
    "Authorization": "Bearer open-the-figures",
    "X-Something-New": "1",
}
SHOWN = {
    "Host": "127.0.0.1:8000",
    "Origin": "https://linea.example",
    "Referer": "https://linea.example/hablar/",
    "Cookie": "sid=one; sk=two",
    "Accept": "text/html",
    "Accept-Encoding": "br",
    "Accept-Language": "es-PE",
    "X-CSRFToken": "token",
    "X-Fragment": "1",
}
HANDSHAKE = {
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": "hotline.v1",
}
#: Read by the code, and on purpose not handed on: /metrics is asked on each node itself.
KEPT_BACK = {"authorization"}


def _reached(stand_ins: tuple[StandIn, StandIn]) -> dict[str, str]:
    """Return the headers of the one request that reached a node."""
    (_method, _path, headers, _body) = [*stand_ins[0].asked, *stand_ins[1].asked][-1]
    assert len(headers) == len(dict(headers)), "a header came twice"
    return dict(headers)


def test_a_node_gets_the_named_headers_and_no_other(proxy: Proxy, stand_ins: tuple[StandIn, StandIn]) -> None:
    assert ask(proxy.port, "/hablar/", headers=HIDDEN | SHOWN).status == 200
    assert _reached(stand_ins) == SHOWN | {"Connection": "close"}


def test_a_node_gets_a_form_whole(proxy: Proxy, stand_ins: tuple[StandIn, StandIn]) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(proxy.port, "/hablar/", method="POST", headers=HIDDEN | form, body=b"do=say&text=hola").status == 200
    (_method, _path, _headers, body) = [*stand_ins[0].asked, *stand_ins[1].asked][-1]
    assert body == b"do=say&text=hola"
    assert _reached(stand_ins)["Content-Type"] == form["Content-Type"]


def test_a_node_gets_the_handshake_of_a_socket_and_nothing_else(
    proxy: Proxy, stand_ins: tuple[StandIn, StandIn]
) -> None:
    sent = SHOWN | HANDSHAKE | {"Connection": "Upgrade"}
    assert ask(proxy.port, "/ws/hablar/", headers=HIDDEN | sent).status == 403  # of the stand-in
    assert _reached(stand_ins) == sent | {"Connection": "upgrade"}


def test_only_sockets_can_be_upgraded(proxy: Proxy, stand_ins: tuple[StandIn, StandIn]) -> None:
    assert ask(proxy.port, "/", headers=HANDSHAKE | {"Connection": "Upgrade"}).status == 200
    assert not set(_reached(stand_ins)) & set(HANDSHAKE)


def _read_by_the_code() -> set[str]:
    python = "\n".join(read(path) for path in modules())
    asked = re.findall(r"headers\.get\(\s*\"([\w-]+)\"|\"([\w-]+)\" in request\.headers", python)
    scripts = "\n".join(read(path) for path in files() if path.suffix == ".js" and path.parts[0] == "static")
    sent = re.findall(r"headers: \{(.*?)\}", scripts)
    named = {name for pair in asked for name in pair if name} | set(re.findall(r"\"?([\w-]+)\"?:", " ".join(sent)))
    return {name.lower() for name in named}


def test_every_header_that_the_code_reads_is_handed_on() -> None:
    handed_on = {name.lower() for name in re.findall(r"proxy_set_header ([\w-]+)", read(Path("ops/nginx/node.conf")))}
    wanted = _read_by_the_code()
    assert {"x-csrftoken", "x-fragment", "accept", "authorization"} <= wanted
    assert wanted - KEPT_BACK <= handed_on
    assert not KEPT_BACK & handed_on
