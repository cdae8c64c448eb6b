"""The chat of the tutorials: a group for each room, and, where it stores, one INSERT before each group_send."""

import json
import os
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.yardstick.models import Message
from bench.yardstick.settings import STORES

CIPHER = AESGCM(bytes(32))  # what a key costs is the same whoever knows it
NONCE = 12  # bytes


class Seat(AsyncWebsocketConsumer):
    """One side of a room; it asks nobody who they are."""

    room = 0
    seat = group = ""

    async def connect(self) -> None:
        """Join the room of the address."""
        place = self.scope["url_route"]["kwargs"]
        self.room, self.seat, self.group = place["room"], place["seat"], f"room-{place['room']}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Leave it."""
        del code
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Store what was said, if this one stores, and hand it to everybody in the room, its author too."""
        del bytes_data
        body = json.loads(text_data or "{}")["body"]
        if STORES:
            nonce = os.urandom(NONCE)
            words = nonce + CIPHER.encrypt(nonce, body.encode(), self.group.encode())
            await database_sync_to_async(Message.objects.create)(room=self.room, seat=self.seat, words=words)
        await self.channel_layer.group_send(self.group, {"type": "chat.message", "seat": self.seat, "body": body})

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Send on what was said in the room."""
        await self.send(text_data=json.dumps({"seat": event["seat"], "body": event["body"]}))
