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
    parser = argparse.ArgumentParser(prog="comfyui-stub", description="A stand-in for ComfyUI: real HTTP and WebSocket, simulated pictures.")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8188, help="0: a free one; it is printed")
    parser.add_argument("--control-port", type=int, help="serve /stand-in/… there; 0: a free one")
    parser.add_argument("--output", type=Path, help="where output/ and temp/ go; default: a directory that is removed at the end")
    parser.add_argument("--object-info", type=Path, action="append", default=[], help="node classes instead of the recorded ones")
    parser.add_argument("--models", type=folder_and, action="append", default=[], metavar="FOLDER=NAME,NAME", help="models that exist by name")
    parser.add_argument("--models-in", type=folder_and, action="append", default=[], metavar="FOLDER=DIRECTORY", help="models that exist as files")
    parser.add_argument("--models-of", type=Path, action="append", default=[], metavar="DIRECTORY", help="models that workflows there name")
    parser.add_argument("--painter", type=Path, metavar="PROGRAM", help="demo-data, to paint as the demonstration's own pictures are")
    parser.add_argument("--linger", type=float, default=0, metavar="SECONDS", help="at the end, wait so long for listeners to leave first")
    parser.add_argument("--version", default=VERSION, help="what it says it is")
    parser.add_argument("--mood", type=mood_and, action="append", default=[], metavar="NAME=VALUE", help="see README.md")
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
