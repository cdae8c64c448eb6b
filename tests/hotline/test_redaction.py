"""What reaches a log says what failed and where, and nothing of anybody's words, address, path or keys."""

import io
import logging
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from django.http import HttpRequest
from django.urls import resolve

from hotline import redaction

WORDS = "me llamo Juana y vivo en Ate"


@pytest.fixture
def printed() -> Iterator[Callable[[], str]]:
    """Log through the filter as the line does; return what was printed."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(redaction.RedactionFilter())
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger("planted")
    root.propagate = False
    root.addHandler(handler)
    yield stream.getvalue
    root.removeHandler(handler)


LOG = logging.getLogger("planted")


def fail() -> None:
    raise ValueError(WORDS)


def test_an_exception_leaves_its_kind_and_place_and_not_its_text(printed: Callable[[], str]) -> None:
    try:
        fail()
    except ValueError:
        LOG.exception("a frame failed")

    assert WORDS not in printed()
    assert "a frame failed (ValueError at " in printed()
    assert "hotline/test_redaction.py:" in printed()
    assert len(printed().splitlines()) == 1


def test_of_a_deep_trace_our_own_places_are_told(printed: Callable[[], str]) -> None:
    ours = '  File "/srv/line/chat/saying.py", line 7, in f'
    deep = [f'  File "/x/site-packages/django/db/{name}.py", line {n}, in g' for n, name in enumerate("abcdef")]
    LOG.error("\n".join(["Exception inside application: x", ours, *deep, "django.db.utils.OperationalError: x"]))

    place = "chat/saying.py:7 > db/e.py:4 > db/f.py:5"
    assert printed() == f"ERROR planted Exception inside application (django.db.utils.OperationalError at {place})\n"


def test_a_trace_that_a_library_wrote_out_as_text_leaves_no_more(printed: Callable[[], str]) -> None:
    trace = f'Traceback (most recent call last):\n  File "/x/chat/saying.py", line 7, in f\n    g()\nKeyError: {WORDS}'
    LOG.error("Exception inside application: %s\n%s", WORDS, trace)
    LOG.error(trace)

    assert WORDS not in printed()
    first, second = printed().splitlines()
    assert first == "ERROR planted Exception inside application (KeyError at chat/saying.py:7)"
    assert second.endswith("(KeyError at chat/saying.py:7)")


def test_nobody_writes_a_second_line_into_the_log(printed: Callable[[], str]) -> None:
    LOG.warning("refused: %s", "x\n2026-01-01 INFO planted all is well")

    assert printed() == "WARNING planted refused: x\n"


@pytest.mark.parametrize(
    "secret",
    [
        "203.0.113.9",
        "203.0.113.9:51234",
        "2001:db8::7334",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "fe80::1",
        "::1",
        "sid=abc123",
        "__Host-sk=abc123",
        "sessionid=abc",
        "0b2f6c9e-8f7a-4c1e-9d55-3f1f0a6d2a11",
        "gqwC90KgMrhOPAvd6_46cyuwWEuUoFlAnrIPmNUTPbk",
        "uri=/hablar/?me=llamo",
        "https://foro.example/mi-hilo",
    ],
)
def test_addresses_cookies_tokens_and_ids_are_blanked(printed: Callable[[], str], secret: str) -> None:
    LOG.warning("something about %s happened", secret)

    assert secret not in printed()
    assert "something about" in printed()
    assert "happened" in printed()


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/equipo/invitacion/corta/", "«equipo/invitacion/<str:token>/»"),
        ("/hablar/soy-juana", "«no page of ours»"),
        ("/hablar/", "«hablar/»"),
    ],
)
def test_a_page_is_named_by_its_pattern(printed: Callable[[], str], path: str, route: str) -> None:
    request = HttpRequest()
    request.path = path
    if "juana" not in path:
        request.resolver_match = resolve(path)
    LOG.error("%s: %s", "Internal Server Error", path, extra={"request": request, "status_code": 500})

    assert printed() == f"ERROR planted Internal Server Error: {route}\n"


def test_what_fails_in_a_thread_or_while_it_is_put_away_passes_the_same_filter(
    printed: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, hook in ((threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(module, hook, getattr(module, hook))
    monkeypatch.setattr(redaction, "logger", LOG)
    redaction.catch_the_rest()
    logging.captureWarnings(capture=False)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    assert WORDS not in printed()
    assert "a thread failed (ValueError at " in printed()
