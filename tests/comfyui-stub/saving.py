"""SaveImage: how it names its files and what it writes into them."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo


def next_name(output: Path, prefix: str, width: int, height: int) -> tuple[Path, str, int, str]:
    """The directory (made if missing), the base name, the counter and the subfolder for the next picture of `prefix`."""
    prefix = _expand(prefix, width, height)
    subfolder, base = os.path.split(os.path.normpath(prefix))
    directory = os.path.join(output, subfolder)
    if os.path.commonpath((output, os.path.abspath(directory))) != str(output):
        raise ValueError(
            "**** ERROR: Saving image outside the output folder is not allowed.\n"
            f" full_output_folder: {os.path.abspath(directory)}\n         output_dir: {output}\n"
            f"         commonpath: {os.path.commonpath((output, os.path.abspath(directory)))}\n"
        )
    os.makedirs(directory, exist_ok=True)
    # Measured against the prefix as given: one that ends in a slash never finds its earlier files.
    length = len(os.path.basename(prefix))
    highest = 0
    for name in os.listdir(directory):
        if name[:length] != base or name[length : length + 1] != "_":
            continue
        number = name[length + 1 :].split("_")[0]
        if number.isascii() and number.isdigit():
            highest = max(highest, int(number))
    return Path(directory), base, highest + 1, subfolder


def _expand(prefix: str, width: int, height: int) -> str:
    now = time.localtime()
    values = {
        "width": width,
        "height": height,
        "year": now.tm_year,
        "month": f"{now.tm_mon:02}",
        "day": f"{now.tm_mday:02}",
        "hour": f"{now.tm_hour:02}",
        "minute": f"{now.tm_min:02}",
        "second": f"{now.tm_sec:02}",
    }
    for name, value in values.items():
        prefix = prefix.replace(f"%{name}%", str(value))
    return prefix


def text_of(prompt: Any, extra_data: dict[str, Any]) -> PngInfo:
    text = PngInfo()
    text.add_text("prompt", json.dumps(prompt))
    for key, value in (extra_data.get("extra_pnginfo") or {}).items():
        text.add_text(key, json.dumps(value))
    return text


def save(picture: Image.Image, path: Path, text: PngInfo) -> None:
    # As ComfyUI does, neither atomically nor synced.
    picture.save(path, pnginfo=text, compress_level=1)
