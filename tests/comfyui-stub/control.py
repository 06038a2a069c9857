"""What tests say to the stand-in, on a port of its own that survives the stand-in's crashes."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from life import Life
from moods import MOODS, choices_of


def application(life: Life) -> web.Application:
    async def get_state(_: web.Request) -> web.Response:
        state = {"moods": life.moods.changed(), "up": life.is_up(), "sockets": life.server.feed.count()}
        return web.json_response({**state, **life.journal.summary()})

    async def get_calls(_: web.Request) -> web.Response:
        return web.json_response(life.journal.calls())

    async def get_moods(_: web.Request) -> web.Response:
        listed = {
            name: {"default": default, "what": what, "choices": choices_of(name)}
            for name, (default, what) in MOODS.items()
        }
        return web.json_response(listed)

    async def put_moods(request: web.Request) -> web.Response:
        changes = await request.json()
        try:
            life.moods.set(changes)
        except ValueError as problem:
            return web.json_response({"error": str(problem)}, status=422)
        if "feed" in changes and life.moods.get("feed") == "deaf_until_reconnect":
            life.server.feed.deafen_open_ones()
        return web.json_response(life.moods.changed())

    async def delete_moods(_: web.Request) -> web.Response:
        life.moods.reset()
        return web.json_response({})

    async def forget(_: web.Request) -> web.Response:
        life.journal.forget()
        return web.json_response({})

    async def restart(request: web.Request) -> web.Response:
        body: dict[str, Any] = json.loads(await request.text() or "{}")
        await life.restart(body.get("down_seconds"))
        return web.json_response({"lives": life.journal.lives})

    result = web.Application()
    result.router.add_get("/stand-in/state", get_state)
    result.router.add_get("/stand-in/calls", get_calls)
    result.router.add_get("/stand-in/moods", get_moods)
    result.router.add_put("/stand-in/moods", put_moods)
    result.router.add_delete("/stand-in/moods", delete_moods)
    result.router.add_post("/stand-in/forget", forget)
    result.router.add_post("/stand-in/restart", restart)
    return result
