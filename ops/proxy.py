"""Runs nginx from the very files of ``ops/nginx/``, with only names, ports and folders of this machine put in."""

import contextlib
import dataclasses
import datetime
import ipaddress
import os
import re
import resource
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SHIPPED = Path(__file__).resolve().parent / "nginx"
STARTS_WITHIN = 10.0  # seconds
NODE = re.compile(r"^ +server 127\.0\.0\.1:800[12] (.*)\n", re.MULTILINE)
IPV6 = re.compile(r"^ +listen \[::\].*\n", re.MULTILINE)


class CannotServe(Exception):
    """nginx is missing or refuses to start; the text is one sentence."""


def program() -> str:
    """Return where nginx is (Debian keeps it out of people's PATH). Raises CannotServe."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        message = "nginx is missing; install it and try again: sudo apt-get install nginx"
        raise CannotServe(message)
    return found


def free_port() -> int:
    """Return a port of the loopback on which nothing listens now, nor any connection of others begins.

    Those begin at 32768 and above; a server that was stopped for a moment would sometimes find its port taken.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # whatever seed tests run with
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclasses.dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key, as files."""

    chain: Path
    key: Path


def self_made(folder: Path) -> Certificate:
    """Make a certificate for localhost that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = Certificate(folder / "fullchain.pem", folder / "privkey.pem")
    certificate.chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    certificate.key.touch(mode=0o600)
    certificate.key.write_bytes(private)
    return certificate


def _put_in(text: str, values: Mapping[str, str]) -> str:
    """Replace each value of the shipped file; one that does not stand there is an error, so that none is forgotten."""
    for shipped, ours in values.items():
        if shipped not in text:
            message = f"The files of ops/nginx/ do not say «{shipped}» any more."
            raise CannotServe(message)
        text = text.replace(shipped, ours)
    return text


class Proxy:
    """One nginx in front of nodes on the given ports; everything that it writes is under ``folder``.

    ``certificate`` makes it speak HTTPS, as a real one does; without, plain HTTP. ``more`` are further values to be
    put in place of what the shipped files say, such as a shorter time-out.
    """

    def __init__(
        self,
        folder: Path,
        nodes: Sequence[int],
        *,
        port: int = 0,
        certificate: Certificate | None = None,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.nodes = nodes
        self.port = port or free_port()
        self.plain_port = free_port()  # where plain HTTP is told to come by HTTPS
        self.certificate = certificate
        self.more = dict(more or {})
        self.process: subprocess.Popen[bytes] | None = None
        self.url = f"https://localhost:{self.port}" if certificate else f"http://127.0.0.1:{self.port}"

    # The files

    def _values(self) -> dict[str, dict[str, str]]:
        """Return file → what stands in the shipped one → what stands in ours."""
        files = min(65_536, resource.getrlimit(resource.RLIMIT_NOFILE)[1])  # as many as this machine lets us have
        listen = {"listen 80 default_server;": f"listen 127.0.0.1:{self.plain_port} default_server;"}
        listen |= {"listen 80;": f"listen 127.0.0.1:{self.plain_port};"}
        if self.certificate:
            listen |= {
                "listen 443 ": f"listen 127.0.0.1:{self.port} ",
                "/etc/ssl/line/fullchain.pem": str(self.certificate.chain),
                "/etc/ssl/line/privkey.pem": str(self.certificate.key),
            }
        else:
            listen |= {
                "listen 443 ssl http2": f"listen 127.0.0.1:{self.port}",
                "    ssl_reject_handshake on;\n": "",
                "    ssl_certificate     /etc/ssl/line/fullchain.pem;\n": "",
                "    ssl_certificate_key /etc/ssl/line/privkey.pem;\n": "",
            }
        return {
            "nginx.conf": {
                "user www-data;\n": "user root;\n" if os.geteuid() == 0 else "",
                "/run/nginx.pid": f"{self.folder}/nginx.pid",
                "/var/log/nginx/error.log": f"{self.folder}/error.log",
                "worker_rlimit_nofile 65536": f"worker_rlimit_nofile {files}",
                "worker_connections 30000": f"worker_connections {min(30_000, files)}",
            },
            "line.conf": {
                "/run/line-bodies": f"{self.folder}/bodies",
                "/run/line-answers": f"{self.folder}/answers",
            },
            "server.conf": {"/etc/nginx/": f"{self.folder}/etc/"},
            "site.conf": listen
            | {"https://linea.example": self.url, "server_name linea.example;": "server_name 127.0.0.1 localhost;"},
        }

    def write(self) -> Path:
        """Write the configuration; return its main file. Raises CannotServe."""
        etc = self.folder / "etc"
        shutil.copytree(SHIPPED, etc, dirs_exist_ok=True)
        for name, values in self._values().items():
            text = IPV6.sub("", (SHIPPED / name).read_text(encoding="utf-8"))
            (etc / name).write_text(_put_in(text, values), encoding="utf-8")
        (etc / "nodes.conf").write_text(self._nodes(), encoding="utf-8")
        for name in ("line.conf", "server.conf", "nodes.conf"):
            text = (etc / name).read_text(encoding="utf-8")
            ours = {shipped: own for shipped, own in self.more.items() if shipped in text}
            (etc / name).write_text(_put_in(text, ours), encoding="utf-8")
        return etc / "nginx.conf"

    def _nodes(self) -> str:
        text = (SHIPPED / "nodes.conf").read_text(encoding="utf-8")
        first = NODE.search(text)
        if first is None:
            message = "ops/nginx/nodes.conf names no node on 127.0.0.1:8001."
            raise CannotServe(message)
        ours = "".join(f"    server 127.0.0.1:{port} {first.group(1)}\n" for port in self.nodes)
        return text[: first.start()] + ours + NODE.sub("", text[first.end() :])

    # The process

    def start(self) -> Self:
        """Start it and return once it answers. Raises CannotServe."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [program(), "-p", str(self.folder), "-c", str(self.write()), "-e", "stderr", "-g", "daemon off;"]
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)  # noqa: S603  ours
        deadline = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.close()
                message = f"nginx did not start: {self._last_words()}"
                raise CannotServe(message)
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0 and self.process is not None

    def _last_words(self) -> str:
        lines = (self.folder / "output").read_text(encoding="utf-8").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def stop(self) -> int:
        """Stop it; return its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STARTS_WITHIN)

    def close(self) -> None:
        """End it whatever state it is in."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.stop()
                return
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.close()
