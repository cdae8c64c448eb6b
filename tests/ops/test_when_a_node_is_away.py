"""nginx finds the node that answers, sends nothing twice, and has words of its own when none does."""

import csv
import html.parser
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.catalogues import others
from ops.proxy import Proxy, free_port
from tests.house.source import ROOT, read, under
from tests.ops.asking import ask, raw
from tests.ops.stand_in import StandIn

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PAGES = sorted(under("ops/nginx/pages", ".html"))


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Proxy]:
    """Serve nginx with nobody behind it."""
    with Proxy(tmp_path / "alone", [free_port(), free_port()]) as running:
        yield running


def test_a_form_goes_to_the_other_node_when_one_refuses_the_connection(
    proxy: Proxy, stand_ins: tuple[StandIn, StandIn]
) -> None:
    first, second = stand_ins
    first.stop()
    for _attempt in range(4):
        assert ask(proxy.port, "/hablar/", method="POST", headers=FORM, body=b"do=say").status == 200
    assert second.paths() == ["/hablar/"] * 4


def test_a_page_is_asked_of_the_other_node_when_one_breaks_off(
    proxy: Proxy, stand_ins: tuple[StandIn, StandIn]
) -> None:
    assert ask(proxy.port, "/break").status == 502
    assert [one.paths() for one in stand_ins] == [["/break"], ["/break"]]


def test_a_form_that_a_node_may_have_taken_is_never_sent_again(
    proxy: Proxy, stand_ins: tuple[StandIn, StandIn]
) -> None:
    answer = ask(proxy.port, "/break", method="POST", headers=FORM, body=b"do=say")
    assert (answer.status, "Esto todavía no llegó" in answer.text) == (502, True)
    assert sorted(one.paths() for one in stand_ins) == [[], ["/break"]]


def test_a_file_that_one_version_lacks_is_asked_of_the_other(proxy: Proxy, stand_ins: tuple[StandIn, StandIn]) -> None:
    assert ask(proxy.port, "/static/missing.js").status == 404
    assert [one.paths() for one in stand_ins] == [["/static/missing.js"], ["/static/missing.js"]]


def test_what_a_node_says_itself_is_passed_on(proxy: Proxy) -> None:
    assert ask(proxy.port, "/static/missing.js").text == "ok"  # the stand-in's words, with its 404


def test_who_looks_while_no_node_answers_can_try_again(alone: Proxy) -> None:
    answer = ask(alone.port, "/hablar/")
    assert answer.status == 502
    assert "Un momento, ya volvemos" in answer.text
    assert '<a href="">Probar otra vez</a>' in answer.text
    assert "default-src 'none'" in answer.header("content-security-policy")
    assert answer.header("cache-control") == "no-store"


def test_who_sends_while_no_node_answers_is_not_told_that_it_arrived(alone: Proxy) -> None:
    answer = ask(alone.port, "/hablar/", method="POST", headers=FORM, body=b"do=say&text=hola")
    assert answer.status == 502
    assert "Esto todavía no llegó" in answer.text
    assert "Probar otra vez" not in answer.text  # that would open the page, and leave the words behind


@pytest.mark.parametrize("prefix", ["", *(f"/{code}" for code in others())])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_must_go_goes_while_no_node_answers(alone: Proxy, method: str, prefix: str) -> None:
    answer = ask(alone.port, f"{prefix}/hablar/salir/", method=method, headers={"Cookie": "__Host-sid=x"})
    assert (answer.status, answer.header("location")) == (303, "https://www.senamhi.gob.pe/")
    assert answer.header("clear-site-data") == '"cache", "cookies", "storage"'
    assert answer.header("set-cookie").startswith("__Host-sid=; Max-Age=0;")


def test_the_line_is_back_soon_after_the_first_node_is(alone: Proxy) -> None:
    for _attempt in range(5):
        assert ask(alone.port, "/").status == 502
    began = time.monotonic()
    with StandIn(alone.nodes[0]):
        while ask(alone.port, "/").status != 200:
            assert time.monotonic() - began < 8
            time.sleep(0.1)


def test_a_name_that_is_not_ours_hears_nothing(proxy: Proxy, stand_ins: tuple[StandIn, StandIn]) -> None:
    assert raw(proxy.port, b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n") == b""
    assert stand_ins[0].asked == stand_ins[1].asked == []


def test_plain_http_leads_to_the_line(proxy: Proxy) -> None:
    answer = ask(proxy.plain_port, "/hablar/?a=b")
    assert (answer.status, answer.header("location")) == (301, f"{proxy.url}/hablar/?a=b")


class _Page(html.parser.HTMLParser):
    """Collects what the rules below ask about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _value in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_each_page_of_nginx_names_the_numbers_that_answer_now(path: Path) -> None:
    text = read(path)
    with (ROOT / "directory/data/lineas.csv").open(encoding="utf-8", newline="") as file:
        lines = [row for row in csv.DictReader(file) if row["national"] == "1"]
    assert len(lines) == 5
    for row in lines:
        assert f'<a href="tel:{row["tel"]}">{row["number"]}</a> <strong>{row["name"]}</strong>' in text
        assert row["for_whom"] in text


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_each_page_of_nginx_leads_out_and_asks_nobody_else(path: Path) -> None:
    page = _Page(read(path))
    assert page.links[2] == "/hablar/salir/"  # after the icon and the style: the first thing that can be reached
    assert [link for link in page.links if link and not link.startswith(("/", "tel:", "data:,"))] == []
    assert not {"script", "style", "img", "form", "iframe"} & set(page.tags)
    assert not {name for name in page.attributes if name in {"style", "http-equiv"} or name.startswith("on")}
    assert '<html lang="es-PE"' in read(path)


def test_every_page_that_nginx_may_show_is_there() -> None:
    server, line = read(Path("ops/nginx/server.conf")), read(Path("ops/nginx/line.conf"))
    named = {path.stem for path in PAGES}
    assert {"unreadable", "too_long", "unsent", "away", "busy"} == named
    for name in ("unreadable", "too_long"):
        assert f"/avisos/{name}.html" in server
    for name in ("unsent", "away", "busy"):
        assert f" {name};" in line
