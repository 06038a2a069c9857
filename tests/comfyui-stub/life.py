"""Starting, crashing and restarting the server; queue, history, cache and connections do not outlive it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from catalogue import Catalogue
from journal import Journal
from moods import Moods
from painting import Painter
from server import Server


class Life:
    def __init__(
        self,
        address: str,
        port: int,
        moods: Moods,
        catalogue: Catalogue,
        output: Path,
        painter: Painter,
        version: str,
    ) -> None:
        self._address = address
        self.port = port
        self.moods = moods
        self._catalogue = catalogue
        self._output = output
        self._painter = painter
        self._version = version
        self.journal = Journal()
        self._runner: web.AppRunner | None = None
        self._running: asyncio.Task[None] | None = None
        self._restarting: asyncio.Task[None] | None = None
        self.server: Server

    def is_up(self) -> bool:
        return self._runner is not None

    async def start(self) -> None:
        self.journal.lives += 1
        self.server = Server(
            self.moods, self._catalogue, self.journal, self._output, self._painter, self._version, self._crash
        )
        runner = web.AppRunner(self.server.application(), access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, self._address, self.port, shutdown_timeout=0.01)
        await site.start()
        if self.port == 0:
            self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        self._runner = runner
        self._running = asyncio.create_task(self.server.run())

    def _crash(self) -> None:
        self._restarting = asyncio.create_task(self.restart(None))

    async def stop(self) -> None:
        runner, self._runner = self._runner, None
        if not runner:
            return
        if self._running:
            self._running.cancel()
        self._abort_connections(runner)
        await runner.cleanup()
        self.journal.crashed()

    @staticmethod
    def _abort_connections(runner: web.AppRunner) -> None:
        for connection in runner.server.connections if runner.server else []:
            if connection.transport:
                connection.transport.abort()

    async def restart(self, down_seconds: float | None) -> None:
        await self.stop()
        await asyncio.sleep(self.moods.get("down_seconds") if down_seconds is None else down_seconds)
        await self.start()

