"""Units, containers and settings of a real deployment keep what they promise, as far as reading them can tell."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline import environment
from tests.house.source import APPS, ROOT, files, read

EXAMPLE = Path("ops/hotline.env.example")
UNIT = Path("ops/systemd/hotline@.service")
COMPOSE: dict[str, Any] = yaml.safe_load(read(Path("ops/compose.yaml")))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NODES = ("node-a", "node-b")
NEVER = ("HOTLINE_DEMO", "HOTLINE_REHEARSAL")
#: Of a node, so in its unit or in compose.yaml; the rest of what a real line needs is in the example.
OF_A_NODE = {"HOTLINE_PORT", "HOTLINE_HOST", "HOTLINE_DATA"}
BY_DEFAULT = {
    "HOTLINE_STAGE",
    "HOTLINE_ON_CALL_OPENS",
    "HOTLINE_CLOSED_SPACE_DAYS",
    "HOTLINE_SECRET_KEY",
    "HOTLINE_LOG_LEVEL",
    "HOTLINE_PHRASES",
    "HOTLINE_KEYS",
    "HOTLINE_KEY_COMMAND",
    "HOTLINE_ALARM_MAIL",
    "HOTLINE_APPLICATIONS_KEPT",
    "HOTLINE_LICENCE_LOOKUP",
    *NEVER,
}


def _example() -> dict[str, str]:
    lines = [line for line in read(EXAMPLE).splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def _unit() -> Iterator[tuple[str, str]]:
    for line in read(UNIT).splitlines():
        if line and not line.startswith(("#", "[")):
            name, value = line.split("=", 1)
            yield name, value


def _of_the_unit(name: str) -> list[str]:
    return [value for given, value in _unit() if given == name]


# Settings ------------------------------------------------------------------------------------------------------------


def test_the_example_names_every_setting_of_a_real_line_and_no_other() -> None:
    named = {name if name in environment.KNOWN else name.removesuffix("_FILE") for name in _example()}
    assert named == set(environment.KNOWN) - OF_A_NODE - BY_DEFAULT | {"DATABASE_URL", "REDIS_URL"}


def test_the_example_is_read_alike_by_systemd_and_by_a_shell() -> None:
    for value in _example().values():
        assert re.fullmatch(r'[\w./:@-]+|"[^"$`\\]*"', value), value


def test_secrets_come_as_files() -> None:
    secret = {
        "DATABASE_URL",
        "HOTLINE_ALARM_HOOK",
        "HOTLINE_KEYSTORE_URL",
        "HOTLINE_MAIL_URL",
        "HOTLINE_METRICS_TOKEN",
    }
    assert {f"{name}_FILE" for name in secret} <= set(_example())
    assert not secret & set(_example())


def test_a_real_line_is_never_started_as_a_demonstration() -> None:
    shipped = [path for path in files() if path.parts[0] == "ops" and path.suffix not in {".py", ".md"}]
    assert len(shipped) > 15
    assigned = [path for path in shipped for name in NEVER if re.search(rf"\b{name}\b\s*[=:]", read(path))]
    assert assigned == []


def test_the_neutral_site_is_the_same_for_nginx_and_for_the_line() -> None:
    (site,) = re.findall(r"set \$exit_site (\S+);", read(Path("ops/nginx/site.conf")))
    assert site == _example()["HOTLINE_EXIT_URL"]


# The unit ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("User", "hotline"),
        ("KillSignal", "SIGTERM"),
        ("Restart", "always"),
        ("LimitCORE", "0"),  # a core dump would hold keys and words
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("CapabilityBoundingSet", ""),
        ("MemorySwapMax", "0"),
        ("UMask", "0077"),
        ("StateDirectory", "hotline/%i"),
        ("EnvironmentFile", "/etc/hotline/hotline.env"),
        ("Type", "notify"),  # hotline/service_manager.py tells
    ],
)
def test_a_node_is_bounded_by_its_unit(name: str, value: str) -> None:
    assert _of_the_unit(name) == [value]


def test_a_node_has_time_to_leave_and_files_for_its_callers() -> None:
    assert int(_of_the_unit("TimeoutStopSec")[0]) >= 20
    assert int(_of_the_unit("LimitNOFILE")[0]) >= 10_000
    assert _of_the_unit("MemoryMax") != []


def test_what_reads_words_may_ask_to_come_last() -> None:
    *_, refused, allowed = _of_the_unit("SystemCallFilter")
    assert refused == "~@privileged @resources"  # where the two calls are that it needs
    assert set(allowed.split()) == {"sched_setscheduler", "sched_setattr"}


def test_a_node_that_hangs_is_ended_before_nginx_gives_up_waiting_for_it() -> None:
    ended = int(_of_the_unit("WatchdogSec")[0]) + int(_of_the_unit("TimeoutAbortSec")[0])
    (waits,) = re.findall(r"^proxy_read_timeout (\d+)s", read(Path("ops/nginx/line.conf")), re.MULTILINE)
    assert 10 <= ended < int(waits)


def test_each_instance_has_its_own_port_and_folder() -> None:
    given = dict(pair.split("=", 1) for line in _of_the_unit("Environment") for pair in line.split())
    assert given["HOTLINE_PORT"] == "%i"
    assert given["HOTLINE_DATA"] == "/var/lib/hotline/%i"
    assert given["HOTLINE_HOST"] == "127.0.0.1"
    assert not set(given) & set(_example())  # what stands in the file would win


def test_the_ports_of_the_readme_are_those_of_nginx() -> None:
    ports = re.findall(r"server 127\.0\.0\.1:(\d+) ", read(Path("ops/nginx/nodes.conf")))
    assert ports == ["8001", "8002"]
    assert f"hotline@{ports[0]} hotline@{ports[1]}" in read(Path("ops/README.md"))
    assert [SERVICES[node]["ports"] for node in NODES] == [[f"127.0.0.1:{port}:8000"] for port in ports]


def test_a_node_waits_longer_to_be_ready_than_nginx_leaves_it_out() -> None:
    (left_out,) = set(re.findall(r"fail_timeout=(\d+)s", read(Path("ops/nginx/nodes.conf"))))
    (stays,) = re.findall(r"--for (\d+)", _of_the_unit("ExecStartPost")[0])
    assert int(stays) > int(left_out)


# Containers ----------------------------------------------------------------------------------------------------------


def test_containers_are_two_nodes_two_databases_redis_and_nginx() -> None:
    assert set(SERVICES) == {*NODES, "proxy", "line-db", "keystore-db", "redis"}
    volumes = {name: [one.split(":")[0] for one in SERVICES[name]["volumes"]] for name in SERVICES}
    assert volumes["line-db"][0] == "line-db"
    assert volumes["keystore-db"][0] == "keystore-db"
    assert not [one for one in volumes["redis"] if one in COMPOSE["volumes"]]  # nothing of Redis outlives it
    assert len({volumes[node][0] for node in NODES}) == 2
    assert {volumes[node][1] for node in NODES} == {"key"}


@pytest.mark.parametrize("name", [*NODES, "proxy", "redis"])
def test_a_container_cannot_change_its_own_files(name: str) -> None:
    assert SERVICES[name]["read_only"] is True


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_container_holds_no_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["ulimits"]["core"] == 0
    assert "privileged" not in service


def test_stores_are_reached_by_nodes_only() -> None:
    assert COMPOSE["networks"]["stores"] == {"internal": True}
    for name in ("line-db", "keystore-db", "redis"):
        assert SERVICES[name]["networks"] == ["stores"]
        assert "ports" not in SERVICES[name]


def test_every_file_and_secret_that_compose_names_is_there_or_asked_for() -> None:
    mounted = [one.split(":")[0] for service in SERVICES.values() for one in service["volumes"]]
    ours = [one for one in mounted if one.startswith("./") and not one.startswith("./secrets/")]
    assert [one for one in ours if not (ROOT / "ops" / one).exists()] == []
    text = " ".join(read(Path("ops/README.md")).split())
    assert [name for name in COMPOSE["secrets"] if f"`{name}`" not in text] == []
    for service in SERVICES.values():
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])


def test_compose_sets_only_what_the_line_reads() -> None:
    for node in NODES:
        for name in SERVICES[node]["environment"]:
            known = name in environment.KNOWN or name.removesuffix("_FILE") in environment.KNOWN
            assert known or name.removesuffix("_FILE") in {"DATABASE_URL", "REDIS_URL"}, name


def test_an_image_holds_every_room_and_no_data() -> None:
    allowed = {line[1:] for line in read(Path(".dockerignore")).splitlines() if line.startswith("!")}
    assert read(Path(".dockerignore")).splitlines()[1] == "*"  # nothing, unless it is named
    assert {*APPS, "static", "templates", "requirements", "manage.py"} <= allowed
    assert not {"var", ".git", ".venv", "tests", "ops"} & allowed
    assert [name for name in allowed if not (ROOT / name).exists()] == []


def test_an_image_runs_as_nobody_and_looks_after_itself() -> None:
    text = read(Path("ops/Containerfile"))
    node = text.split("AS node", 1)[1].split("FROM ", 1)[0]
    assert re.search(r"^USER hotline$", node, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK ", node, re.MULTILINE)
    assert "--require-hashes" in text
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["debian:12-slim"] * 3
