"""Addresses and variables are read once, strictly, and each mistake is one sentence that names the variable."""

from pathlib import Path
from typing import Any

import pytest

from hotline import addresses, environment
from hotline.databases import database
from hotline.environment import BadEnvironment

BASE = Path("/srv/line")


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("https://linea.example", ["https://linea.example"]),
        (" https://Linea.Example/ , http://127.0.0.1:8000", ["https://linea.example", "http://127.0.0.1:8000"]),
        ("https://linea.example:443", ["https://linea.example"]),
        ("http://linea.example:443", ["http://linea.example:443"]),
        ("http://[::1]:8000", ["http://[::1]:8000"]),
    ],
)
def test_origins_are_kept_as_browsers_write_them(given: str, origins: list[str]) -> None:
    assert addresses.origins(given, name="X") == origins


@pytest.mark.parametrize(
    "given",
    [
        "",
        " , ",
        "linea.example",
        "https://",
        "https://linea.example/hablar/",
        "https://linea.example?x",
        "https://*.example",
        "https://me@linea.example",
        "ftp://linea.example",
        "https://linea.example:port",
        "https://[::1",
    ],
)
def test_what_is_no_origin_is_refused_by_the_name_of_its_variable(given: str) -> None:
    with pytest.raises(BadEnvironment, match=r"^X.*\.$"):
        addresses.origins(given, name="X")


def test_hosts_are_each_said_once_without_their_ports() -> None:
    origins = ["https://a.example", "https://a.example:8443", "http://[::1]:8000", "http://[::1]"]

    assert addresses.hosts_of(origins) == ["[::1]", "a.example"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("smtp://u%40a.pe:p%3A@mail", ("mail", 587, "u@a.pe", "p:", False, True, "u@a.pe")),
        ("smtps://u:p@mail?from=linea@a.pe", ("mail", 465, "u", "p", True, False, "linea@a.pe")),
        ("smtp://mail:2525/?from=linea@a.pe", ("mail", 2525, "", "", False, True, "linea@a.pe")),
    ],
)
def test_a_mail_server_is_read_with_its_sender(given: str, told: tuple[Any, ...]) -> None:
    mail = addresses.mail(given, name="X")

    assert mail.backend.endswith("smtp.EmailBackend")
    assert (mail.host, mail.port, mail.user, mail.password, mail.tls, mail.starttls, mail.sender) == told


def test_without_a_mail_server_mails_are_printed() -> None:
    assert addresses.mail("", name="X").backend.endswith("console.EmailBackend")


@pytest.mark.parametrize("given", ["pop3://mail", "smtp:///", "smtp://mail:587", "smtp://u:p@mail", "smtp://a:b@c:d"])
def test_what_is_no_mail_server_is_refused(given: str) -> None:
    with pytest.raises(BadEnvironment, match=r"^X "):
        addresses.mail(given, name="X")


@pytest.mark.parametrize("given", ["http://127.0.0.1", "127.0.0.1:6379", "redis://a:b:c"])
def test_what_is_no_redis_is_refused(given: str) -> None:
    with pytest.raises(BadEnvironment, match=r"^X "):
        addresses.redis(given, name="X")


@pytest.mark.parametrize(
    "given",
    [
        "",
        "mysql://a/b",
        "sqlite://",
        "sqlite:///",
        "postgres://a",
        "postgres://a:b@c:port/d",
        "postgres://[::1/d",
        "line",
    ],
)
def test_what_is_no_database_is_refused(given: str) -> None:
    with pytest.raises(BadEnvironment, match=r"^X "):
        database(given, name="X", base=BASE)


def test_the_three_forms_of_a_database() -> None:
    relative, absolute = (
        database(given, name="X", base=BASE) for given in ("sqlite:///var/line.db", "sqlite:////var/line.db")
    )
    server = database("postgres://us%65r:p%40@db:5433/line", name="X", base=BASE)

    assert (relative["NAME"], absolute["NAME"]) == ("/srv/line/var/line.db", "/var/line.db")
    assert [server[part] for part in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "user",
        "p@",
        "db",
        "5433",
        "line",
    ]


def test_sqlite_is_opened_with_the_options_that_lose_nothing() -> None:
    options = database("sqlite:///x", name="X", base=BASE)["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert all(
        pragma in options["init_command"]
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
    )


# Variables ----------------------------------------------------------------------------------------------------------


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(" s3cret\n")

    assert environment.read("X", environ={"X_FILE": str(tmp_path / "secret")}) == "s3cret"
    assert environment.read("X", "else", environ={}) == "else"


def test_a_variable_and_its_file_together_are_refused() -> None:
    with pytest.raises(BadEnvironment, match=r"^X and X_FILE are both set; keep one of them\.$"):
        environment.read("X", environ={"X": "", "X_FILE": "/dev/null"})


@pytest.mark.parametrize("file", ["/nowhere/at/all", "/", "binary"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, file: str) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    given = str(tmp_path / file) if file == "binary" else file

    with pytest.raises(BadEnvironment, match=r"^X_FILE names a file that cannot be read"):
        environment.read("X", environ={"X_FILE": given})


@pytest.mark.parametrize("text", ["", "yes", "true", "2", " 1"])
def test_a_switch_is_zero_or_one_and_nothing_else(text: str) -> None:
    with pytest.raises(BadEnvironment, match=r"^X must be 0 or 1\.$"):
        environment.read_bool("X", environ={"X": text})


@pytest.mark.parametrize("text", ["", "http", "0", "65536", "-1", "80.0", "8e3"])
def test_a_port_is_a_whole_number_in_range(text: str) -> None:
    with pytest.raises(BadEnvironment, match=r"^X must be a port number"):
        environment.read_port("X", 8000, environ={"X": text})


@pytest.mark.parametrize("text", ["", "siempre", "0", "366", "-1", "90.5"])
def test_days_are_a_whole_number_from_one_to_the_most(text: str) -> None:
    assert environment.read_days("X", 90, 365, environ={}) == 90
    with pytest.raises(BadEnvironment, match=r"^X must be a number of days from 1 to 365\.$"):
        environment.read_days("X", 90, 365, environ={"X": text})


def test_a_word_of_a_list_may_be_written_small() -> None:
    assert environment.read_choice("X", "INFO", ("INFO", "ERROR"), environ={"X": "error"}) == "ERROR"
    with pytest.raises(BadEnvironment, match=r"^X must be one of INFO, ERROR\.$"):
        environment.read_choice("X", "INFO", ("INFO", "ERROR"), environ={"X": "loud"})


def test_a_name_that_nobody_reads_is_refused_with_or_without_file() -> None:
    environment.refuse_unknown({"HOTLINE_PORT": "1", "HOTLINE_CONTACT_FILE": "x", "OTHER": "y"})
    for name in ("HOTLINE_PROT", "HOTLINE_PROT_FILE", "HOTLINE_"):
        with pytest.raises(BadEnvironment, match=f"^{name} is not a setting"):
            environment.refuse_unknown({name: "1"})


def test_a_secret_is_taken_out_of_the_environment_and_its_file_has_a_name_of_its_own() -> None:
    environ = {"HOTLINE_KEYS": "the keys"}

    assert environment.take_secret("HOTLINE_KEYS", instead="HOTLINE_KEY_FILE", environ=environ) == "the keys"
    assert environ == {}
    assert environment.take_secret("HOTLINE_KEYS", instead="HOTLINE_KEY_FILE", environ=environ) == ""
    with pytest.raises(environment.BadEnvironment, match="name the file in HOTLINE_KEY_FILE"):
        environment.take_secret("HOTLINE_KEYS", instead="HOTLINE_KEY_FILE", environ={"HOTLINE_KEYS_FILE": "x"})


def test_of_several_places_of_which_one_can_count_two_are_refused() -> None:
    environment.refuse_more_than_one("A", "B", "C", environ={"B": "b", "D": "d"})
    with pytest.raises(environment.BadEnvironment, match="A and C are both set; keep one"):
        environment.refuse_more_than_one("A", "B", "C", environ={"A": "a", "C": "c"})
    with pytest.raises(environment.BadEnvironment, match="B is set and empty"):
        environment.refuse_more_than_one("A", "B", environ={"B": " "})


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("", []),
        (" a@linea.example , b@linea.example,a@linea.example,", ["a@linea.example", "b@linea.example"]),
    ],
)
def test_addresses_of_mail_are_read_each_once(given: str, read: list[str]) -> None:
    assert addresses.mailboxes(given, name="X") == read


@pytest.mark.parametrize("given", ["ana", "ana@", "@linea.example", "a b@linea.example", "Ana <ana@linea.example>"])
def test_what_is_no_address_of_mail_is_named(given: str) -> None:
    with pytest.raises(BadEnvironment, match=r"X: .* is no address of mail"):
        addresses.mailboxes(given, name="X")


@pytest.mark.parametrize(
    ("given", "on_loopback"),
    [
        ("", False),
        ("https://pager.example/h/llave?x=1", False),
        ("https://pager.example:8443", True),
        ("http://127.0.0.1:9000/h", True),
        ("http://localhost/h", True),
        ("http://[::1]:9000/h", True),
    ],
)
def test_a_hook_is_https_or_this_machine_itself(given: str, *, on_loopback: bool) -> None:
    assert addresses.hook(given, name="X", on_loopback=on_loopback) == given


@pytest.mark.parametrize(
    ("given", "on_loopback"),
    [
        ("http://127.0.0.1:9000/llave", False),
        ("http://pager.example/llave", True),
        ("http://127.0.0.1.pager.example/llave", True),
        ("ftp://pager.example/llave", True),
        ("pager.example/llave", True),
        ("https:///llave", True),
        ("https://user:llave@pager.example/", True),
        ("https://pager.example/#llave", True),
        ("https://pager.example/lla ve", True),
        ("https://pager.example/llave\r\nX: y", True),
    ],
)
def test_another_hook_is_refused_and_not_repeated(given: str, *, on_loopback: bool) -> None:
    with pytest.raises(BadEnvironment, match="X must be https") as refused:
        addresses.hook(given, name="X", on_loopback=on_loopback)
    assert "lla" not in str(refused.value)


# Pages for people -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["http://colegio.example/", "colegio.example", "https://", "javascript:alert(1)"])
def test_a_page_for_people_is_https_or_none(given: str) -> None:
    assert addresses.page("", name="X") == ""
    assert addresses.page("https://colegio.example/c?x=1", name="X") == "https://colegio.example/c?x=1"
    with pytest.raises(BadEnvironment, match="X must be https://host/path"):
        addresses.page(given, name="X")
