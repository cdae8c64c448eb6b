"""Stands in the place of a node and keeps what nginx sends it, to the letter."""

import http.server
import threading
import time
from types import TracebackType
from typing import Any, Self

from ops.proxy import free_port

LONG_ANSWER = 8 * 1024 * 1024  # bytes


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512  # a crowd connects at once

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that nginx gave up is nothing to talk about."""


class StandIn:
    """One node that answers ``ok``, unless the path names something else: /break, /slow, /long, /static/missing.js."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.asked: list[tuple[str, str, list[tuple[str, str]], bytes]] = []
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        """Begin to answer."""
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked.append((self.command, self.path, self.headers.items(), body))
                self.answer()

            do_POST = do_HEAD = do_GET  # noqa: N815  the library's names

            def answer(self) -> None:
                """Answer as the path asks for."""
                if self.path.startswith("/break"):
                    self.close_connection = True
                    return
                if self.path.startswith("/slow"):
                    time.sleep(3)
                status = {"/static/missing.js": 404, "/ws/hablar/": 403}.get(self.path, 200)
                words = b"x" * LONG_ANSWER if self.path == "/long" else b"ok"
                self.send_response(status)
                self.send_header("Content-Length", str(len(words)))
                self.end_headers()
                self.wfile.write(words)

            def log_message(self, *_words: Any) -> None:
                """Say nothing."""

        self._server = _Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop answering."""
        self.stop()

    def stop(self) -> None:
        """From now on connections are refused."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        """Return what was asked for, in order."""
        return [path for _method, path, _headers, _body in self.asked]
