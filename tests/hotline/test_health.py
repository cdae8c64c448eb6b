"""What operators ask a node: does it live, may it be sent callers, and its figures for who holds the token."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from hotline.health import STATE
from vault import actions
from vault.key_sources import KeyFile

rows = pytest.mark.django_db(databases="__all__")
FINE = dict.fromkeys(("node", "layer", "database", "keystore", "migrations", "keys"), "ok")


@pytest.fixture(autouse=True)
def _serving() -> Iterator[None]:
    STATE.serving, STATE.migrated, STATE.database_away = True, False, False
    yield
    STATE.serving, STATE.migrated, STATE.database_away = False, False, False


def readiness(client: Client) -> dict[str, str]:
    """Return what a node that is not ready says."""
    response = client.get("/readyz")
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    told: dict[str, str] = json.loads(response.content)
    return told


@pytest.mark.parametrize("cookie", ["", "sid=known; sk=known"])
def test_a_node_lives_whatever_the_database_does(client: Client, cookie: str) -> None:
    response = client.get("/healthz", headers={"cookie": cookie})  # no test without rows may ask for one

    assert (response.status_code, response.content) == (200, b"ok")
    assert not response.cookies


@rows
def test_a_node_that_can_serve_a_caller_is_ready(client: Client) -> None:
    actions.issue_key()
    response = client.get("/readyz")

    assert (response.status_code, json.loads(response.content)) == (200, FINE)
    assert not response.cookies


@rows
def test_being_ready_costs_three_small_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actions.issue_key()
    client.get("/readyz")  # the first time it reads the tables of migrations

    with (
        django_assert_num_queries(1, connection=connections["default"]),
        django_assert_num_queries(2, connection=connections["keystore"]),
    ):
        client.get("/readyz")


@rows
def test_a_node_that_is_leaving_is_not_ready(client: Client) -> None:
    STATE.serving = False

    assert readiness(client) == FINE | {"node": "leaving"}


@rows
@pytest.mark.parametrize("alias", ["default", "keystore"])
def test_a_node_without_its_migrations_is_not_ready(client: Client, alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app IN ('triage', 'keystore')")

    assert readiness(client) == FINE | {"migrations": "missing"}


@rows
def test_a_node_with_the_key_file_of_another_line_is_not_ready(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    actions.issue_key()
    settings.KEY_FILE = tmp_path / "other.key"
    KeyFile(settings.KEY_FILE).make()

    assert readiness(client) == FINE | {"keys": "cannot be opened"}


@rows
def test_a_node_whose_key_file_is_gone_is_not_ready(client: Client, settings: Settings, tmp_path: Path) -> None:
    actions.issue_key()
    settings.KEY_FILE = tmp_path / "gone.key"

    assert readiness(client) == FINE | {"keys": "cannot be opened"}


def test_a_node_that_just_found_the_database_away_says_so_without_asking_again(client: Client) -> None:
    STATE.database_away = True
    away = dict.fromkeys(("database", "keystore", "migrations", "keys"), "unreachable")

    assert readiness(client) == FINE | away


def test_public_pages_stand_for_known_visitors_while_the_database_is_away(client: Client) -> None:
    STATE.database_away = True
    client.cookies["sid"] = "known"

    for page in ("/", "/campana/en-peligro/", "/recursos/", "/huellas/"):
        response = client.get(page)
        assert response.status_code == HTTPStatus.OK
        assert "tel:113" in response.content.decode()
        assert not response.cookies  # the caller's own cookie outlives the outage


@rows
def test_nothing_here_tells_a_version_of_anything(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    pages = [client.get(page) for page in ("/healthz", "/readyz", "/metrics", "/")]

    for page in pages:
        headers = " ".join(f"{name}: {value}" for name, value in page.headers.items()).lower()
        assert not re.search(r"server:|x-powered-by|daphne|django|python", headers)
    assert not re.search(rb"\d+\.\d+", pages[1].content)


@rows
@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer wrong", "Bearer ñandú", "Basic right-token"])
def test_figures_are_for_who_holds_the_token(client: Client, settings: Settings, given: str) -> None:
    settings.METRICS_TOKEN = "right-token"  # noqa: S105
    right = client.get("/metrics", headers={"authorization": "Bearer right-token"})

    assert (right.status_code, b"# HELP" in right.content) == (200, True)
    assert client.get("/metrics", headers={"authorization": given}).status_code == HTTPStatus.NOT_FOUND


@rows
def test_without_a_token_in_the_settings_there_are_no_figures(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""

    for given in ("", "Bearer", "Bearer "):
        assert client.get("/metrics", headers={"authorization": given}).status_code == HTTPStatus.NOT_FOUND


@rows
@pytest.mark.parametrize("page", ["/healthz", "/readyz", "/metrics"])
def test_nobody_posts_to_operators_pages(client: Client, page: str) -> None:
    assert client.post(page).status_code == HTTPStatus.METHOD_NOT_ALLOWED
