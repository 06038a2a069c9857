"""A stand-in for ComfyUI, for tests and for the demonstration: python3 tests/comfyui-stub --help."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
import tempfile
import time
from pathlib import Path

from aiohttp import web

import control
from catalogue import FOLDERS, Catalogue
from life import Life
from moods import Moods
from painting import Painter
from server import VERSION

HERE = Path(__file__).resolve().parent
RECORDED = HERE.parent / "fixtures" / "comfyui" / "object_info.json"


def folder_and(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or key not in FOLDERS:
        raise argparse.ArgumentTypeError(f"{text!r} is not FOLDER=…, FOLDER one of {' '.join(FOLDERS)}")
    return key, value


def mood_and(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="comfyui-stub", description="A stand-in for ComfyUI: real HTTP and WebSocket, simulated pictures."
    )

    def add(name: str, text: str, **rest: object) -> None:
        parser.add_argument(name, help=text, **rest)  # type: ignore[arg-type]

    def add_many(name: str, form: str, text: str, kind: object) -> None:
        add(name, text, type=kind, action="append", default=[], metavar=form)

    add("--address", "where it listens", default="127.0.0.1")
    add("--port", "0: a free one; it is printed", type=int, default=8188)
    add("--control-port", "serve /stand-in/… there; 0: a free one", type=int)
    add("--output", "where output/ and temp/ go; default: a directory that is removed at the end", type=Path)
    add_many("--object-info", "FILE", "node classes instead of the recorded ones", Path)
    add_many("--models", "FOLDER=NAME,NAME", "models that exist by name", folder_and)
    add_many("--models-in", "FOLDER=DIRECTORY", "models that exist as files", folder_and)
    add_many("--models-of", "DIRECTORY", "models that workflows there name", Path)
    add("--painter", "demo-data, to paint as the demonstration's own pictures are", type=Path, metavar="PROGRAM")
    add("--linger", "at the end, wait so long for listeners to leave first", type=float, default=0, metavar="SECONDS")
    add("--version", "what it says it is", default=VERSION)
    add_many("--mood", "NAME=VALUE", "see README.md", mood_and)
    return parser.parse_args()


async def main() -> int:
    given = arguments()
    names: dict[str, list[str]] = {}
    directories: dict[str, list[Path]] = {}
    for key, text in given.models:
        names.setdefault(key, []).extend(name for name in text.split(",") if name)
    for key, text in given.models_in:
        directories.setdefault(key, []).append(Path(text))
    moods = Moods()
    try:
        moods.set(dict(given.mood))
        catalogue = Catalogue(given.object_info or [RECORDED, HERE / "classes.json"], names, directories, given.models_of)
    except (ValueError, OSError) as problem:
        print(f"comfyui-stub: {problem}", file=sys.stderr)
        return 2

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with tempfile.TemporaryDirectory(prefix="comfyui-stub-") as temporary:
        output = (given.output or Path(temporary)).resolve()
        for kind in ("output", "temp", "input"):
            (output / kind).mkdir(parents=True, exist_ok=True)
        painter = Painter(given.painter)
        life = Life(given.address, given.port, moods, catalogue, output, painter, given.version)
        try:
            await life.start()
        except OSError as problem:
            print(f"comfyui-stub: {problem}", file=sys.stderr)
            return 1
        ready = {"url": f"http://{given.address}:{life.port}", "output": str(output)}
        runner = None
        if given.control_port is not None:
            runner = web.AppRunner(control.application(life), access_log=None)
            await runner.setup()
            site = web.TCPSite(runner, given.address, given.control_port)
            await site.start()
            ready["control"] = f"http://{given.address}:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]
        print(json.dumps(ready), flush=True)
        await stopped.wait()
        until = time.monotonic() + given.linger
        while time.monotonic() < until and life.server.feed.count():
            await asyncio.sleep(0.05)
        await life.stop()
        painter.stop()
        if runner:
            await runner.cleanup()
    return 0


logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
logging.getLogger("asyncio").setLevel(logging.CRITICAL)
sys.exit(asyncio.run(main()))
