"""The system under test and the load have a core each, or nothing is measured."""

import os
import resource

import pytest

from bench import cores
from bench.errors import CannotMeasure


def test_one_core_is_too_few_and_that_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {3})
    with pytest.raises(CannotMeasure, match="needs two cores"):
        cores.two()


def test_the_first_two_that_may_be_used_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {5, 2, 7})
    assert cores.two() == (2, 5)


def test_what_is_started_on_a_core_stays_there_and_the_rest_does_not() -> None:
    before = os.sched_getaffinity(0)
    one = min(before)
    with cores.on(one):
        assert os.sched_getaffinity(0) == {one}
    assert os.sched_getaffinity(0) == before


def test_more_sockets_than_may_be_open_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (1_024, 4_096))
    with pytest.raises(CannotMeasure, match="ulimit -n 5500"):
        cores.allow_sockets(5_000)
