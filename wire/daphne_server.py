"""Starts Daphne with our bounds: pings counted, unsent bytes bounded, silence cut, no address kept, orderly leaving."""

import asyncio
import contextlib
import hashlib
import ipaddress
import secrets
import signal
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from daphne import server as daphne  # first: it installs the asyncio reactor before anything else imports one
from daphne.server import reactor, twisted_loop
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from wire.guard import Intake

MOST_MESSAGE = 64 * 1024  # bytes; Daphne applies it to what we send as well, so the guard holds the inbound 16 KiB
TRANSPORT_BUFFER = 64 * 1024  # bytes that Twisted holds before it says «pause»
MOST_UNSENT = 256 * 1024  # bytes that may wait for one reader
KERNEL_BUFFER = 64 * 1024
SILENT_AFTER = 90.0  # seconds without any frame from the client
CUT_AFTER = 0.05  # seconds in which a close frame may still reach who is cut
NEVER = 10 * 365 * 86_400
LEAVING_TAKES = 8.0  # seconds for what is under way when the node stops
HARD = frozenset({4400, 4408, 4429})
#: What a proxy or a client says about where a request comes from; nothing behind this line ever sees it.
WHERE_FROM = (b"x-forwarded", b"x-real-ip", b"forwarded", b"via", b"user-agent", b"daphne-root-path", b"cf-", b"true-")


class PortInUse(Exception):
    """Another program listens there; its text is one sentence for the operator."""


def refuse_port_in_use(host: str, port: int) -> None:
    """Raise PortInUse when nothing could listen on this address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"Port {port} on {host} cannot be used ({error.strerror}); set HOTLINE_PORT to a free one."
            raise PortInUse(message) from error


class _Unsent:
    """Counts what waits for one reader once Twisted's own buffer is full; a push producer in Twisted's sense."""

    def __init__(self) -> None:
        self.waiting = 0
        self.drained = asyncio.Event()
        self.drained.set()

    def pauseProducing(self) -> None:  # noqa: N802  Twisted's name
        """Note that the buffer is full."""
        self.waiting = TRANSPORT_BUFFER
        self.drained.clear()

    def resumeProducing(self) -> None:  # noqa: N802  Twisted's name
        """Note that the reader has caught up."""
        self.waiting = 0
        self.drained.set()

    def stopProducing(self) -> None:  # noqa: N802  Twisted's name
        """Nobody reads any more: nobody waits either."""
        self.drained.set()


def _text_frame(payload: bytes) -> bytes:
    """Return one whole text frame of a server (RFC 6455, 5.2: final, unmasked)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    head = struct.pack("!BBH", 0x81, 126, size) if size < 1 << 16 else struct.pack("!BBQ", 0x81, 127, size)
    return head + payload


class GuardedProtocol(WebSocketProtocol):  # type: ignore[misc]  # daphne is untyped
    """One socket of Daphne's with our bounds."""

    application_queue: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heard_at = time.monotonic()
        self.fragments = 0
        self.unsent = _Unsent()

    def failHandshake(self, reason: str, code: int = 400, responseHeaders: Any = None) -> None:  # noqa: N802, N803  autobahn's names
        """Refuse an Origin that is no origin at all as any other that is not ours."""
        super().failHandshake(reason, 403 if "Origin" in reason else code, responseHeaders)

    def hand_over(self, intake: Intake) -> None:
        """Put every event into the intake from now on, and first those that came already."""
        self.application_deferred = None  # it has come, and holds this socket in turn
        came, self.application_queue = self.application_queue, intake
        while not came.empty():
            intake.put_nowait(came.get_nowait())

    def is_clear(self) -> bool:
        """Say whether this reader has taken what was sent."""
        return not self.unsent.waiting

    async def clear(self) -> None:
        """Wait until this reader has taken what was sent; a consumer that sends much waits for it."""
        await self.unsent.drained.wait()

    def onOpen(self) -> None:  # noqa: N802  autobahn's name
        """Take over the transport's producer, so that unsent bytes are known.

        Until now that was the HTTP channel, which held, in a circle, the request that this socket grew out of.
        """
        self.heard_at = time.monotonic()
        with contextlib.suppress(Exception):
            self.transport.producer.requests.clear()
            self.transport.unregisterProducer()
            self.transport.registerProducer(self.unsent, streaming=True)
            self.transport.getHandle().setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
        super().onOpen()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803, FBT001  autobahn's names
        """Note the life sign and hand the message on; whoever is being closed is listened to no more."""
        self.heard_at = time.monotonic()
        self.fragments = 0
        if self.state == self.STATE_OPEN:
            super().onMessage(payload, isBinary)

    def onMessageFrame(self, payload: Any) -> None:  # noqa: N802  autobahn's name
        """Count every fragment after the first as a frame of its own."""
        self.fragments += 1
        if self.fragments > 1:
            self._count()
        super().onMessageFrame(payload)

    def onPing(self, payload: bytes) -> None:  # noqa: N802  autobahn's name
        """Pings count as frames."""
        self._count()
        if not self.muted:
            super().onPing(payload)

    def onPong(self, payload: bytes) -> None:  # noqa: N802  autobahn's name
        """So do pongs; nobody asked for one."""
        self._count()
        super().onPong(payload)

    def _count(self) -> None:
        self.heard_at = time.monotonic()
        if not self.muted and self.state == self.STATE_OPEN:
            self.application_queue.put_nowait({"type": "websocket.receive", "ping": True})

    def transmit(self, text: str) -> None:
        """Send a text frame, unless too much waits for this reader already: then the socket is dropped."""
        if self.muted or self.state != self.STATE_OPEN:
            return
        payload = text.encode()
        if self.unsent.waiting:
            self.unsent.waiting += len(payload)
            if self.unsent.waiting > MOST_UNSENT:
                self._drop()
                return
        self._write(_text_frame(payload))

    def _write(self, frame: bytes) -> None:
        """Hand bytes to the kernel at once; what it does not take goes the transport's way, as does all behind it.

        That way alone costs two more system calls a frame, and autobahn's own colours words for a log nobody reads.
        """
        transport = self.transport
        behind = transport.dataBuffer or transport._tempDataBuffer  # noqa: SLF001  no other way to know
        if transport.connected and not behind:
            taken = transport.writeSomeData(frame)
            frame = frame[taken:] if isinstance(taken, int) else frame  # else an error: the transport finds it too
        if frame:
            transport.write(frame)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        """Take what came, without autobahn's log line of who sent it."""
        self._dataReceived(data)

    def serverSend(self, content: Any, binary: bool = False) -> None:  # noqa: N802, FBT001, FBT002  daphne's names
        """Send what an application hands over; nothing here sends anything but text."""
        if not binary:
            self.transmit(content)

    def _drop(self) -> None:
        self.muted = True
        self.application_queue.put_nowait({"type": "websocket.disconnect", "code": 4408})
        self.transport.abortConnection()

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802  daphne's name
        """Close; who floods, sends rubbish or does not read is not waited for."""
        if self.state != self.STATE_OPEN:
            return
        super().serverClose(code)
        if code in HARD:
            self.muted = True
            with contextlib.suppress(Exception):
                self.transport.pauseProducing()
            reactor.callLater(CUT_AFTER, self._cut)

    def _cut(self) -> None:
        with contextlib.suppress(Exception):
            self.application_queue.put_nowait({"type": "websocket.disconnect", "code": 1006})
            self.transport.abortConnection()

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802  Twisted's name
        """Let go of what would hold this socket in a circle, so that it needs no garbage collector."""
        super().connectionLost(reason)
        self.is_closed = None

    def check_timeouts(self) -> None:
        """Cut who has been silent for 90 s (their ``look`` is the heartbeat); no pings of ours."""
        if self.state == self.STATE_OPEN and time.monotonic() - self.heard_at > SILENT_AFTER:
            self.serverClose(4408)
        elif self.state == self.STATE_CONNECTING:
            super().check_timeouts()

    def __repr__(self) -> str:
        """Say nothing about the client."""
        return "<socket>"


class GuardedFactory(WebSocketFactory):  # type: ignore[misc]  # daphne is untyped
    """Makes our sockets."""

    protocol = GuardedProtocol


def _with_options_of(factory: GuardedFactory) -> type[GuardedProtocol]:
    """Return our sockets with the factory's options as their own.

    Otherwise autobahn copies all of them into each new socket and formats them for a log that nobody reads.
    """
    options = {name: getattr(factory, name) for name in GuardedProtocol.CONFIG_ATTRS}
    kept = {name: staticmethod(value) if callable(value) else value for name, value in options.items()}
    return type("GuardedProtocol", (GuardedProtocol,), {"CONFIG_ATTRS": (), **kept})


#: Known to this process alone, for as long as it runs: what is made with it says nothing to anybody else.
_SECRET = secrets.token_bytes(32)
OURSELVES = frozenset({"127.0.0.1", "::1"})  # a proxy on this machine, behind which everybody is


def source_of(client: Sequence[Any] | None) -> bytes | None:
    """Return a token for where a request comes from: equal for equal places, in this process, and nothing more.

    Of an IPv6 address the network counts, of which one telephone has all. None where it says nothing: a proxy.
    """
    try:
        address = ipaddress.ip_address(str(client[0])) if client else None
    except ValueError:
        return None
    if address is None or str(address) in OURSELVES:
        return None
    packed = address.packed[:8] if address.version == 6 else address.packed
    return hashlib.blake2b(packed, key=_SECRET, digest_size=8).digest()


def cleaned(scope: dict[str, Any]) -> dict[str, Any]:
    """Return a request's scope without anything that says where it comes from, but for the token of ``source_of``."""
    headers = [(name, value) for name, value in scope["headers"] if not name.lower().startswith(WHERE_FROM)]
    source = source_of(scope.get("client"))
    return scope | {"client": None, "root_path": "", "headers": headers, "source": source}


async def _end_the_rest() -> None:
    """Cancel what still waits on this loop: a task that the interpreter finds at its own end crashed it (measured)."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    if rest:
        await asyncio.wait(rest, timeout=LEAVING_TAKES)


class OrderlyServer(daphne.Server):  # type: ignore[misc]  # daphne is untyped
    """Daphne that keeps no address and leaves in order."""

    connections: dict[Any, dict[str, Any]]

    def __init__(self, *args: Any, on_stop: Callable[[], Awaitable[None]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on_stop = on_stop
        self.ports: list[Any] = []
        self.ending: set[Any] = set()  # connections whose client has gone or whose application is over
        self.leaving: asyncio.Task[None] | None = None
        self.failure = ""

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Start the application for one request or socket."""
        outlet = {"outlet": protocol} if isinstance(protocol, GuardedProtocol) else {}
        queue = super().create_application(protocol, cleaned(scope) | outlet)
        if queue is not None:
            running = self.connections[protocol]["application_instance"]
            running.add_done_callback(lambda _ended: self.ending.add(protocol))
        return queue

    def protocol_disconnected(self, protocol: Any) -> None:
        """Note that a client has gone."""
        super().protocol_disconnected(protocol)
        self.ending.add(protocol)

    def application_checker(self) -> None:
        """Look after what has ended or is ending, once a second; Daphne itself walks all connections for that."""
        everybody = self.connections
        self.connections = {one: everybody[one] for one in self.ending if one in everybody}
        super().application_checker()
        for gone in self.ending - self.connections.keys():
            everybody.pop(gone, None)
        self.ending, self.connections = set(self.connections), everybody

    def listen_success(self, port: Any) -> None:
        """Remember the port, to stop listening first when leaving."""
        self.ports.append(port)
        super().listen_success(port)

    def listen_error(self, failure: Any) -> None:
        """Remember why nothing can be served."""
        self.failure = failure.getErrorMessage()
        self.stop()

    def run(self) -> None:
        """Serve with our own signals; ``ws_factory`` of Daphne is replaced before anybody can connect."""
        twisted_loop.call_soon(self._use_guarded_sockets)
        twisted_loop.call_soon(self._hear_signals)
        for number in (signal.SIGTERM, signal.SIGINT):  # uvloop loses what comes before it runs, as does "ready"
            signal.signal(number, lambda *_signal: twisted_loop.call_soon(self.leave))
        super().run()

    def _hear_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            twisted_loop.add_signal_handler(number, self.leave)

    def _use_guarded_sockets(self) -> None:
        factory = GuardedFactory(self, server=self.server_name)
        factory.setProtocolOptions(
            autoPingInterval=0,
            allowNullOrigin=True,
            openHandshakeTimeout=self.websocket_handshake_timeout,
            maxMessagePayloadSize=MOST_MESSAGE,
            maxFramePayloadSize=MOST_MESSAGE,
        )
        factory.protocol = _with_options_of(factory)
        self.ws_factory = factory

    def leave(self) -> None:
        """Begin to leave; a second signal changes nothing."""
        if self.leaving is None:
            self.leaving = twisted_loop.create_task(self._leave())

    async def _leave(self) -> None:
        for port in self.ports:
            port.stopListening()
        for protocol in list(self.connections):
            if isinstance(protocol, GuardedProtocol):
                protocol.serverClose(4503)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self.on_stop(), LEAVING_TAKES)
        running = self._running()
        if running:
            await asyncio.wait(running, timeout=LEAVING_TAKES)
        await _end_the_rest()
        self.stop()

    def _running(self) -> list[Any]:
        tasks = (details.get("application_instance") for details in self.connections.values())
        return [task for task in tasks if task is not None and not task.done()]

    def kill_all_applications(self) -> None:
        """Cancel what still runs (Daphne's own version fails on a connection without an application)."""
        for task in self._running():
            task.cancel()


def serve(
    application: Any, host: str, port: int, *, on_ready: Callable[[], None], on_stop: Callable[[], Awaitable[None]]
) -> None:
    """Serve until SIGTERM or SIGINT. Raises PortInUse when nothing could listen there."""
    interface = host.replace(":", r"\:")
    server = OrderlyServer(
        application,
        endpoints=[f"tcp:port={port}:interface={interface}"],
        signal_handlers=False,
        websocket_timeout=NEVER,
        verbosity=0,
        server_name="",
        ready_callable=on_ready,
        on_stop=on_stop,
    )
    server.run()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # whoever asks again while the process ends changes nothing
    if server.failure:
        message = f"Port {port} on {host} cannot be used; set HOTLINE_PORT to a free one."
        raise PortInUse(message)
