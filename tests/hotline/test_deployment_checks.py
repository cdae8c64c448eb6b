"""An unsafe combination of settings stops the start in one sentence; what is only unfilled is named and goes on."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from pytest_django import Settings

from campaign import content, safe_messaging
from consent import texts
from hotline import preparation
from triage import lexicon, phrases, questions

SQLITE: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": "one"}
POSTGRESQL: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "HOST": "db", "NAME": "one"}


def lie_in(monkeypatch: pytest.MonkeyPatch, default: dict[str, Any], keystore: dict[str, Any]) -> None:
    """Let the settings name these databases; nobody connects to them."""
    monkeypatch.setattr(configured, "DATABASES", {"default": default, "keystore": keystore})


def refused(named: str) -> None:
    with pytest.raises(preparation.CannotStart, match=named):
        preparation.refuse_unsafe()


@pytest.fixture(autouse=True)
def _every_public_page_was_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "shown", lambda *, drafts: {})  # noqa: ARG005


def test_pages_that_nobody_approved_are_counted_and_stop_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO, settings.SECURE_ORIGINS, settings.STAGE = False, True, "B"
    settings.CONTROLLER = dict.fromkeys(texts.PLACEHOLDERS, "x")
    settings.WITNESSES = ["folder:/var/lib/line-of-a-partner", "print"]
    pages = content.pages()
    waiting, standing = pages["hombres"], pages["en-peligro"]
    known = {"hombres": waiting, "en-peligro": standing}
    monkeypatch.setattr(content, "shown", lambda *, drafts: known if drafts else {"en-peligro": standing})

    told = preparation.refuse_unsafe()[0]
    assert told.startswith("Nobody has approved 2 public pages")
    assert "1 of them are not shown" in told


def test_rules_that_cannot_be_read_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise safe_messaging.RulesProblem("reglas.toml no es una lista de reglas entera.")

    monkeypatch.setattr(safe_messaging, "rules", broken)

    refused("reglas.toml no es una lista de reglas entera")


def test_the_settings_of_these_tests_are_safe() -> None:
    assert preparation.refuse_unsafe() == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "linea.example"])  # noqa: S104
def test_a_demonstration_never_listens_to_others(settings: Settings, host: str) -> None:
    settings.HOST = host

    refused("listens on loopback only")


def test_outside_the_demonstration_every_origin_is_https(settings: Settings) -> None:
    settings.DEMO, settings.SECURE_ORIGINS = False, False

    refused("must be https origins")


def test_what_is_unfilled_is_named_and_stops_nothing(settings: Settings) -> None:
    settings.DEMO, settings.SECURE_ORIGINS = False, True
    settings.CONTROLLER = dict.fromkeys(texts.PLACEHOLDERS, "x") | {"contact": " "}

    settings.WITNESSES, settings.STAGE = ["print", "mail:registro@socia.example.org"], "B"

    assert preparation.refuse_unsafe() == ["No callers are taken until these are set: HOTLINE_CONTACT."]


@pytest.mark.parametrize(
    "witnesses", [["print"], ["mail:a@b.org"], ["print", "folder:/var/lib/line/heads"], ["folder:/var/lib/line/heads"]]
)
def test_a_trail_that_nobody_outside_has_seen_is_named_and_stops_nothing(
    settings: Settings, witnesses: list[str]
) -> None:
    settings.DEMO, settings.SECURE_ORIGINS, settings.DATA = False, True, Path("/var/lib/line")
    settings.CONTROLLER = dict.fromkeys(texts.PLACEHOLDERS, "x")
    settings.WITNESSES, settings.STAGE = witnesses, "B"
    assert [warning.split(":")[0] for warning in preparation.refuse_unsafe()] == [
        "Whoever rewrites the trail is caught by nobody outside"
    ]
    settings.WITNESSES = ["folder:/var/lib/line-of-a-partner", "print"]
    assert preparation.refuse_unsafe() == []


def test_a_real_line_whose_server_opens_everything_is_told_so_and_starts(settings: Settings) -> None:
    settings.DEMO, settings.SECURE_ORIGINS, settings.STAGE = False, True, "A"
    settings.CONTROLLER = dict.fromkeys(texts.PLACEHOLDERS, "x")
    settings.WITNESSES = ["folder:/var/lib/line-of-a-partner", "print"]
    assert [warning.split(":")[0] for warning in preparation.refuse_unsafe()] == ["HOTLINE_STAGE=A"]


def test_alarms_that_reach_only_the_board_are_named_and_stop_nothing(settings: Settings) -> None:
    settings.DEMO, settings.SECURE_ORIGINS, settings.STAGE = False, True, "B"
    settings.CONTROLLER = dict.fromkeys(texts.PLACEHOLDERS, "x")
    settings.WITNESSES = ["folder:/var/lib/line-of-a-partner", "print"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert [warning.split(":")[0] for warning in preparation.refuse_unsafe()] == [
        "Alarms reach only who looks at the board"
    ]
    settings.ALARM_HOOK = "https://pager.example/"
    assert preparation.refuse_unsafe() == []


@pytest.mark.parametrize("of_default", [SQLITE, POSTGRESQL])
def test_redis_beside_a_file_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, of_default: dict[str, Any]
) -> None:
    settings.REDIS_URL = "redis://redis/0"
    lie_in(monkeypatch, of_default, SQLITE | {"NAME": "two"})

    refused("REDIS_URL is for several nodes")


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_both_halves_of_the_keys_in_one_database_are_refused(
    monkeypatch: pytest.MonkeyPatch, database: dict[str, Any]
) -> None:
    lie_in(monkeypatch, database, dict(database))

    refused("the halves of each key must lie in two")


def test_two_databases_of_one_server_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    lie_in(monkeypatch, POSTGRESQL, POSTGRESQL | {"NAME": "two"})

    assert preparation.refuse_unsafe() == []


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "/hablar/", "data:text/html,x"])
def test_the_quick_exit_leads_to_another_site(settings: Settings, address: str) -> None:
    settings.EXIT_URL = address

    refused("HOTLINE_EXIT_URL must be")


def test_a_consent_text_that_was_edited_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(texts.DIGESTS, ("es-PE", "2026-1"), "0" * 64)

    refused("The consent text es-PE 2026-1 is not the one that was published")


def test_a_published_text_that_is_gone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(texts.DIGESTS, ("es-PE", "2020-1"), "0" * 64)

    refused("The consent text es-PE 2020-1 cannot be read")


def test_questions_that_were_edited_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(questions.DIGESTS, ("es-PE", "2026-1"), "0" * 64)

    refused("The questions es-PE 2026-1 are not those that were published")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('level = "A"', 'level = "Q"', "«Q» no existe"),
        ('"quiero acabar con mi tesis"', '"me quiero matar"', "el ejemplo «me quiero matar»"),
    ],
)
def test_phrases_of_ones_own_that_are_broken_stop_the_start(tmp_path: Path, old: str, new: str, named: str) -> None:
    own = tmp_path / "frases.toml"
    own.write_text(lexicon.PUBLISHED.read_text().replace(old, new, 1))
    phrases.use(own)
    try:
        refused(named)
    finally:
        phrases.use(None)


def test_phrases_that_are_not_there_stop_the_start(tmp_path: Path) -> None:
    phrases.use(tmp_path / "no-hay.toml")
    try:
        refused("no se puede leer")
    finally:
        phrases.use(None)
