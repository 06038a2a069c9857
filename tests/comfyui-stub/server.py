"""The HTTP side of the stand-in: ComfyUI's routes, each with and without /api before it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
import uuid
from pathlib import Path
from typing import Any, Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from catalogue import FOLDERS, Catalogue
from execution import Crash, Queue, Worker
from feed import Feed
from journal import Journal
from moods import Moods
from painting import Painter
from validation import UUID, refuse, validate

VERSION = "0.3.64"
BODY_MAX = 104857600
FEATURES = {"supports_preview_metadata": True, "max_upload_size": BODY_MAX}
LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|localhost|::1")
PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


def is_foreign(host: str | None, origin: str | None) -> bool:
    """Whether a page of another site calls a server on loopback: only asked when both headers are there."""
    if not host or not origin:
        return False
    here, there = urlsplit("//" + host.lower()), urlsplit(origin.lower())
    if not there.netloc or not here.hostname or not LOOPBACK.fullmatch(here.hostname):
        return False
    return there.netloc != (here.hostname if there.port is None else here.netloc)


class Server:
    """One life of ComfyUI: what a restart loses is in here."""

    def __init__(
        self,
        moods: Moods,
        catalogue: Catalogue,
        journal: Journal,
        output: Path,
        painter: Painter,
        version: str,
        crash: Callable[[], None],
    ) -> None:
        self.moods = moods
        self._catalogue = catalogue
        self._journal = journal
        self._output = output
        self._version = version
        self._crash = crash
        self._number = 0
        self.feed = Feed(moods, lambda: self.queue.remaining(), FEATURES)
        self.queue = Queue(self.feed.send_status)
        self.worker = Worker(self.queue, self.feed, moods, catalogue, journal, output, painter)

    def application(self) -> web.Application:
        application = web.Application(client_max_size=BODY_MAX, middlewares=[self._first])
        routes = [
            ("GET", "/ws", self.feed.serve),
            ("GET", "/prompt", self._get_prompt),
            ("POST", "/prompt", self._post_prompt),
            ("GET", "/queue", self._get_queue),
            ("POST", "/queue", self._post_queue),
            ("POST", "/interrupt", self._interrupt),
            ("GET", "/history", self._get_history),
            ("GET", "/history/{id}", self._get_history_of),
            ("POST", "/history", self._post_history),
            ("POST", "/free", self._free),
            ("GET", "/view", self._view),
            ("GET", "/models", self._get_models),
            ("GET", "/models/{folder}", self._get_models_in),
            ("GET", "/embeddings", self._get_embeddings),
            ("GET", "/object_info", self._get_all_info),
            ("GET", "/object_info/{class}", self._get_info),
            ("GET", "/system_stats", self._get_stats),
            ("GET", "/features", self._get_features),
        ]
        for prefix in ("", "/api"):
            for method, path, handler in routes:
                application.router.add_route(method, prefix + path, handler)
                if method == "GET" and path != "/ws":
                    application.router.add_route("HEAD", prefix + path, handler)
        # As there: every path exists for GET, so an unknown one answers 404 to GET and 405 to POST.
        application.router.add_get("/", self._front_page)
        application.router.add_get("/{tail:.*}", self._unknown)
        return application

    async def run(self) -> None:
        """Works until it is cancelled, or the server crashes."""
        publishing = asyncio.create_task(self.feed.publish())
        try:
            await self.worker.work()
        except Crash:
            self._crash()
        except Exception:  # noqa: BLE001 its worker thread has died: everything else goes on
            await publishing
        finally:
            publishing.cancel()

    @web.middleware
    async def _first(self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
        status = 500
        try:
            response = await self._in_front(request, handler)
            status = response.status
            return response
        except web.HTTPException as answer:
            status = answer.status
            raise
        finally:
            self._journal.called(request.method, request.path, status)

    async def _in_front(self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
        if self.moods.get("silent"):
            await asyncio.sleep(3600)
        proxy = self.moods.take("proxy")
        if proxy == "302":
            return web.Response(status=302, headers={"Location": "/login"})
        if proxy:
            status = 200 if proxy == "html" else int(proxy)
            title = {200: "Sign in", 401: "401 Authorization Required", 403: "403 Forbidden", 502: "502 Bad Gateway"}[status]
            return web.Response(status=status, text=PAGE.format(title), content_type="text/html")
        if is_foreign(request.headers.get("Host"), request.headers.get("Origin")):
            return web.Response(status=403)
        return await handler(request)

    def _json(self, value: Any, status: int = 200) -> web.Response:
        return web.json_response(value, status=status)

    # --- Prompts

    async def _get_prompt(self, _: web.Request) -> web.Response:
        return self._json({"exec_info": {"queue_remaining": self.queue.remaining()}})

    async def _post_prompt(self, request: web.Request) -> web.Response:
        self._journal.received(time.monotonic())
        moods = self.moods
        body = await request.json()
        if "number" in body:
            number = float(body["number"])
        else:
            number = -self._number if body.get("front") else self._number
            self._number += 1
        if "prompt" not in body:
            error = refuse("no_prompt", "No prompt provided", "No prompt provided")
            return self._json({"error": error, "node_errors": {}}, 400)
        prompt, prompt_id = body["prompt"], str(body.get("prompt_id", uuid.uuid4()))
        if moods.get("prompt_id_ignored"):
            prompt_id = str(uuid.uuid4())
        if moods.get("prompt_id_must_be_uuid") and not UUID.fullmatch(prompt_id):
            error = refuse("invalid_prompt_id", "prompt_id must be a canonical UUID", prompt_id)
            return self._json({"error": error, "node_errors": {}}, 400)
        if moods.get("validation_seconds"):
            time.sleep(moods.take("validation_seconds"))
        self._catalogue.windows = moods.get("windows")
        verdict = validate(prompt, self._catalogue, moods.get("newer_validation"))
        extra = body.get("extra_data", {})
        if "client_id" in body:
            extra["client_id"] = body["client_id"]
        if verdict.error:
            return self._json({"error": verdict.error, "node_errors": verdict.node_errors}, 400)
        if moods.get("partial") and moods.take("partial"):
            self._drop_an_output(prompt, verdict)
        self.queue.put((number, prompt_id, prompt, extra, verdict.outputs))
        prefixes = [prompt[node].get("inputs", {}).get("filename_prefix", "") for node in verdict.outputs]
        self._journal.accepted(prompt_id, number, (extra or {}).get("client_id"), prefixes)
        if moods.get("crash") == "prompt" and moods.take("crash"):
            self._crash()
            await asyncio.sleep(3600)
        if moods.get("prompt_reset") and moods.take("prompt_reset") and request.transport:
            request.transport.abort()
        if moods.get("prompt_delay"):
            await asyncio.sleep(moods.take("prompt_delay"))
        return self._json({"prompt_id": prompt_id, "number": number, "node_errors": verdict.node_errors})

    def _drop_an_output(self, prompt: dict[str, Any], verdict: Any) -> None:
        node_id = verdict.outputs.pop()
        error = refuse("value_not_in_list", "Value not in list", "vae_name: 'gone.safetensors' not in []")
        class_type = prompt[node_id]["class_type"]
        verdict.node_errors[node_id] = {"errors": [error], "dependent_outputs": [node_id], "class_type": class_type}

    async def _get_queue(self, _: web.Request) -> web.Response:
        return self._json({"queue_running": self.queue.running, "queue_pending": self.queue.pending})

    async def _post_queue(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("clear"):
            for item in self.queue.pending:
                self._journal.deleted(item[1])
            self.queue.clear()
        for prompt_id in body.get("delete", []):
            if any(item[1] == prompt_id for item in self.queue.pending):
                self._journal.deleted(prompt_id)
            self.queue.delete(prompt_id)
        return web.Response(status=200)

    async def _interrupt(self, request: web.Request) -> web.Response:
        try:
            body = await request.json()
        except json.JSONDecodeError:
            body = {}
        wanted = body.get("prompt_id")
        if self.moods.get("interrupt_is_global") or not wanted or any(item[1] == wanted for item in self.queue.running):
            self.worker.interrupted = True
        return web.Response(status=200)

    async def _get_history(self, request: web.Request) -> web.Response:
        most = int(request.query["max_items"]) if "max_items" in request.query else None
        offset = int(request.query.get("offset", -1))
        items = list(self.queue.history.items())
        if offset < 0 and most is not None:
            offset = max(0, len(items) - most)
        items = items[max(0, offset) :]
        return self._json(dict(items if most is None else items[:most]))

    async def _get_history_of(self, request: web.Request) -> web.Response:
        entry = self.queue.history.get(request.match_info["id"])
        if entry and self.moods.get("nan"):
            entry = {**entry, "_strange": [float("nan"), float("inf"), "\udc80", 2**70]}
        return self._json({request.match_info["id"]: entry} if entry else {})

    async def _post_history(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("clear"):
            self.queue.history.clear()
        for prompt_id in body.get("delete", []):
            self.queue.history.pop(prompt_id, None)
        return web.Response(status=200)

    async def _free(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body.get("unload_models") or body.get("free_memory"):
            self.worker.freed = True
        if body.get("free_memory"):
            self.worker.forget_models()
        return web.Response(status=200)

    # --- Pictures

    async def _view(self, request: web.Request) -> web.StreamResponse:
        mood = self.moods.take("view")
        if self.moods.get("crash") == "view" and self.moods.take("crash"):
            self._crash()
            await asyncio.sleep(3600)
        if mood == "missing" or "filename" not in request.query:
            return web.Response(status=404)
        name, kind = request.query["filename"], request.query.get("type", "output")
        annotated = re.fullmatch(r"(.*) ?\[(output|temp|input)\]", name)
        if annotated:
            name, kind = annotated[1].rstrip(), annotated[2]
        if not name or name[0] == "/" or ".." in name or kind not in ("output", "temp", "input"):
            return web.Response(status=400)
        root = str(self._output / kind)
        subfolder = request.query.get("subfolder", "")
        directory = os.path.abspath(os.path.join(root, subfolder.replace("\\", "/") if self.moods.get("windows") else subfolder))
        if os.path.commonpath((root, directory)) != root:
            return web.Response(status=403)
        path = Path(directory, os.path.basename(name))
        if not path.is_file():
            return web.Response(status=404)
        headers = {"Content-Disposition": f'filename="{path.name}"'}
        if mood in ("cut", "reset", "slow", "html"):
            return await self._view_badly(request, mood, path.read_bytes())
        return web.FileResponse(path, headers=headers)

    async def _view_badly(self, request: web.Request, mood: str, picture: bytes) -> web.StreamResponse:
        if mood == "html":
            return web.Response(text=PAGE.format("Sign in"), content_type="text/html")
        half = picture[: len(picture) // 2]
        if mood == "cut":
            return web.Response(body=half, content_type="image/png")
        response = web.StreamResponse(headers={"Content-Type": "image/png", "Content-Length": str(len(picture))})
        await response.prepare(request)
        await response.write(half)
        await asyncio.sleep(0.05 if mood == "reset" else 3)
        if mood == "slow":
            await response.write(picture[len(half) :])
        elif request.transport:
            request.transport.abort()
        return response

    # --- Models and classes

    async def _get_models(self, _: web.Request) -> web.Response:
        return self._json(FOLDERS)

    async def _get_models_in(self, request: web.Request) -> web.Response:
        self._catalogue.windows = self.moods.get("windows")
        names = self._catalogue.folder(request.match_info["folder"])
        return web.Response(status=404) if names is None else self._json(names)

    async def _get_embeddings(self, _: web.Request) -> web.Response:
        return self._json([Path(name).stem for name in self._catalogue.folder("embeddings") or []])

    async def _get_all_info(self, request: web.Request) -> web.Response:
        return await self._info(self._catalogue.classes())

    async def _get_info(self, request: web.Request) -> web.Response:
        class_type = request.match_info["class"]
        return await self._info([class_type] if self._catalogue.has(class_type) else [])

    async def _info(self, classes: list[str]) -> web.Response:
        moods = self.moods
        self._catalogue.windows = moods.get("windows")
        if moods.get("object_info_seconds"):
            await asyncio.sleep(moods.take("object_info_seconds"))
        if moods.get("object_info_fails") and moods.take("object_info_fails"):
            raise FileNotFoundError("a model folder has vanished")
        info: dict[str, Any] = {class_type: self._catalogue.info(class_type) for class_type in classes}
        if moods.get("nan"):
            strange = [float("nan"), float("-inf"), "\udc80", 2**70]
            info = {class_type: {**entry, "_strange": strange} for class_type, entry in info.items()}
        if moods.get("object_info_bytes"):
            info["_Padding"] = {"description": "x" * moods.take("object_info_bytes")}
        return self._json(info)

    # --- The server itself

    async def _get_stats(self, _: web.Request) -> web.Response:
        system = {
            "os": "posix",
            "ram_total": 34359738368,
            "ram_free": 17179869184,
            "comfyui_version": self._version,
            "required_frontend_version": "1.27.10",
            "python_version": "3.11.2 (stand-in)",
            "pytorch_version": "2.8.0 (stand-in)",
            "embedded_python": False,
            "argv": ["main.py"],
        }
        device = {
            "name": "cuda:0 Simulated GPU",
            "type": "cuda",
            "index": 0,
            "vram_total": 25757220864,
            "vram_free": 24000000000,
            "torch_vram_total": 0,
            "torch_vram_free": 0,
        }
        return self._json({"system": system, "devices": [device]})

    async def _get_features(self, _: web.Request) -> web.Response:
        return self._json(FEATURES)

    async def _front_page(self, _: web.Request) -> web.Response:
        return web.Response(text=PAGE.format("A stand-in for ComfyUI: its pictures are simulated"), content_type="text/html")

    async def _unknown(self, _: web.Request) -> web.Response:
        raise web.HTTPNotFound
