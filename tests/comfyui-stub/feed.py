"""The WebSocket feed. One loop sends everything to everybody, one message after another, as ComfyUI's does: a client
that stops reading stops the feed for all. A socket is known by its clientId and forgotten when its connection ends, and
with it any newer socket of the same clientId."""

from __future__ import annotations

import asyncio
import json
import struct
import uuid
from typing import Any, Callable

from aiohttp import WSMsgType, web

from moods import Moods


class Feed:
    def __init__(self, moods: Moods, remaining: Callable[[], int], features: dict[str, Any]) -> None:
        self._moods = moods
        self._remaining = remaining
        self._features = features
        self._sockets: dict[str, _Socket] = {}
        self._messages: asyncio.Queue[tuple[str, Any, str | None]] = asyncio.Queue()
        self.opened = 0
        self.running_node: tuple[str, str] | None = None  # clientId, node id

    def count(self) -> int:
        return len(self._sockets)

    def send(self, kind: str, data: Any, client: str | None) -> None:
        """Puts a message in line for one client, or for everybody."""
        self._messages.put_nowait((kind, data, client))

    def send_status(self) -> None:
        self.send("status", {"status": self._status()}, None)

    def _status(self) -> dict[str, Any]:
        return {"exec_info": {"queue_remaining": self._remaining()}}

    async def publish(self) -> None:
        while True:
            kind, data, client = await self._messages.get()
            while self._moods.get("feed") == "stalled":
                await asyncio.sleep(0.02)
            if client is None:
                sockets = list(self._sockets.values())
            else:
                sockets = [self._sockets[client]] if client in self._sockets else []
            if not sockets:
                continue
            frame = data if isinstance(data, bytes) else json.dumps({"type": kind, "data": data})
            for socket in sockets:
                await socket.send(frame)

    def deafen_open_ones(self) -> None:
        for socket in self._sockets.values():
            socket.deaf = True

    async def serve(self, request: web.Request) -> web.StreamResponse:
        mood = self._moods.take("feed")
        if mood == "refused":
            return web.Response(status=503, text="no feed today")
        response = web.WebSocketResponse(compress=bool(self._moods.get("deflate")))
        await response.prepare(request)
        client = request.query.get("clientId", "") or uuid.uuid4().hex
        self._sockets.pop(client, None)
        socket = self._sockets[client] = _Socket(request, response, self._moods)
        self.opened += 1
        try:
            await socket.send(json.dumps({"type": "status", "data": {"status": self._status(), "sid": client}}))
            if self.running_node and self.running_node[0] == client:
                await socket.send(json.dumps({"type": "executing", "data": {"node": self.running_node[1]}}))
            if mood == "closed":
                await response.close()
            await self._listen(response, socket)
        finally:
            delay = self._moods.take("goodbye_delay")
            asyncio.get_running_loop().call_later(delay, self._sockets.pop, client, None)
        return response

    async def _listen(self, response: web.WebSocketResponse, socket: _Socket) -> None:
        first = True
        async for message in response:
            if message.type != WSMsgType.TEXT:
                continue
            if first and '"feature_flags"' in message.data:
                await socket.send(json.dumps({"type": "feature_flags", "data": self._features}))
            first = False


class _Socket:
    def __init__(self, request: web.Request, response: web.WebSocketResponse, moods: Moods) -> None:
        self._request = request
        self._response = response
        self._moods = moods
        self._sent = 0
        self.deaf = False

    async def send(self, frame: str | bytes) -> None:
        if self.deaf or self._moods.get("feed") == "deaf":
            return
        try:
            if self._moods.get("frames") == "fragmented":
                self._send_in_three(frame)
            elif isinstance(frame, bytes):
                await self._response.send_bytes(frame)
            else:
                await self._response.send_str(frame)
        except (ConnectionError, RuntimeError):
            return  # its connection has ended; its handler forgets it
        self._sent += 1
        limit = self._moods.get("feed_reset_after")
        if limit and self._sent >= limit and self._request.transport:
            self._moods.take("feed_reset_after")
            self._request.transport.abort()

    def _send_in_three(self, frame: str | bytes) -> None:
        transport = self._request.transport
        if transport is None:
            return
        payload = frame if isinstance(frame, bytes) else frame.encode()
        opcode = 2 if isinstance(frame, bytes) else 1
        third = len(payload) // 3 + 1
        parts = [payload[:third], payload[third : 2 * third], payload[2 * third :]]
        for number, part in enumerate(parts):
            first = (0x80 if number == 2 else 0) | (opcode if number == 0 else 0)
            if len(part) < 126:
                head = struct.pack("!BB", first, len(part))
            elif len(part) < 65536:
                head = struct.pack("!BBH", first, 126, len(part))
            else:
                head = struct.pack("!BBQ", first, 127, len(part))
            transport.write(head + part)
