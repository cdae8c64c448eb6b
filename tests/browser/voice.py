"""A volunteer at the other end of a caller's page: speaks the protocol without a browser, one word after another."""

import contextlib
import json
import uuid
from collections.abc import Iterator
from typing import Any

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.running_line import RunningLine

SOON = 8.0  # seconds within which whatever is expected must be heard
Frame = dict[str, Any]


class DeskVoice:
    """One desk's socket; frames heard are kept in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.heard: list[Frame] = []

    def send(self, op: str, **fields: Any) -> None:
        """Send one frame."""
        self._socket.send(json.dumps({"op": op, **fields}))

    def say(self, contact: str, text: str) -> str:
        """Say something in a conversation; return the id once it is stored."""
        spoken = str(uuid.uuid4())
        self.send("say", contact=contact, id=spoken, text=text)
        self.hear("said", id=spoken)
        return spoken

    def hear(self, op: str, **wanted: Any) -> Frame:
        """Return the next frame of this op whose fields are as wanted; others before it are only kept."""
        while True:
            frame: Frame = json.loads(self._socket.recv(timeout=SOON))
            self.heard.append(frame)
            if frame["op"] == op and all(frame.get(name) == value for name, value in wanted.items()):
                return frame


@contextlib.contextmanager
def desk_of(line: RunningLine, cookie: str) -> Iterator[DeskVoice]:
    """Open the desk's socket of the member whose Cookie header this is."""
    with connect(
        f"ws://127.0.0.1:{line.port}/ws/escritorio/",
        subprotocols=[Subprotocol("hotline.v1")],
        additional_headers={"Cookie": cookie, "Origin": line.url},
        compression=None,
        user_agent_header=None,
    ) as socket:
        yield DeskVoice(socket)
