"""A server on this machine to which a web hook leads: it keeps what it is sent, and answers as it is told."""

import socket
import threading
import time

BODY = rb'{"text": "Hay una alarma en la l\u00ednea."}'


class Pager:
    """A server on this machine that keeps what it is sent and answers as it is told; ``drips``: never to the end."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.answer = b"HTTP/1.1 204 No Content\r\n\r\n"
        self.drips = False
        self.got: list[bytes] = []
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}/aviso?llave=una-llave"

    def serve(self) -> None:
        while True:
            try:
                visitor, _address = self.listening.accept()
            except OSError:
                return
            with visitor:
                self.talk(visitor)

    def talk(self, visitor: socket.socket) -> None:
        request = b""
        while BODY not in request:
            part = visitor.recv(4096)
            if not part:
                return
            request += part
        self.got.append(request)
        try:
            while self.drips:
                visitor.sendall(b"H")
                time.sleep(0.05)
            visitor.sendall(self.answer)
        except OSError:
            return
