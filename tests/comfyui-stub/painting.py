"""A picture that shows what it was made with: the prompt and seed decide the composition, the checkpoint's training
how well it is painted, the other values how it looks; each can be read in a caption."""

from __future__ import annotations

import functools
import hashlib
import random
import re
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from catalogue import Catalogue
from recipe import Recipe

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
STEP = re.compile(r"(?:step|epoch)?[-_]?(\d{3,9})(?=\D*$)", re.I)


def progress_of(recipe: Recipe, catalogue: Catalogue) -> float:
    """How far the checkpoint's training went: 0 to 1 among its siblings; 1 without a number in its name."""
    name = recipe.loras[0] if recipe.loras else recipe.model
    key = "loras" if recipe.loras else "diffusion_models"
    step = _step(name)
    if step is None:
        return 1.0
    return min(1.0, step / max(1, _highest(catalogue, key, STEP.sub("", Path(name).stem), step)))


def _step(name: str) -> int | None:
    found = STEP.search(Path(name).stem)
    return int(found.group(1)) if found else None


def _highest(catalogue: Catalogue, key: str, base: str, least: int) -> int:
    names = (catalogue.folder(key) or []) + (catalogue.folder("checkpoints") or [])
    steps = [_step(name) for name in names if STEP.sub("", Path(name).stem) == base]
    return max([least] + [step for step in steps if step is not None])


def _number(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()[:8], "big")


@functools.lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(FONT, size)
    except OSError:
        return ImageFont.load_default()


def paint(recipe: Recipe, number: int, progress: float) -> Image.Image:
    size = (recipe.width, recipe.height)
    if recipe.colour is not None:
        colour = recipe.colour
        return Image.new("RGB", size, (colour >> 16 & 255, colour >> 8 & 255, colour & 255))
    choose = random.Random(_number(recipe.positive, recipe.seed, number))
    width = min(256, recipe.width)
    picture = _scene(choose, (width, max(16, width * recipe.height // recipe.width)))
    if progress < 0.95:
        picture = picture.filter(ImageFilter.GaussianBlur(width / 25 * (1 - progress) ** 2))
    picture = picture.resize(size, Image.BICUBIC)
    if recipe.width >= 192:
        _caption(picture, recipe)
    return picture


def _scene(choose: random.Random, size: tuple[int, int]) -> Image.Image:
    width, height = size
    hue = choose.random()
    sky = Image.new("HSV", (1, 3))
    for row, (shift, bright) in enumerate(((0, 90), (0.05, 190), (0.1, 240))):
        sky.putpixel((0, row), (int((hue + shift) % 1 * 255), 150 - 40 * row, bright))
    picture = sky.convert("RGB").resize(size, Image.BICUBIC)
    draw = ImageDraw.Draw(picture)
    radius = height * choose.uniform(0.04, 0.12)
    x, y = width * choose.uniform(0.15, 0.85), height * choose.uniform(0.15, 0.45)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 244, 214))
    for layer in range(4):
        ridge = height * (0.5 + 0.12 * layer)
        points = [(0.0, float(height))]
        for step in range(17):
            points.append((width * step / 16, ridge + height * choose.uniform(-0.09, 0.05)))
        points.append((float(width), float(height)))
        shade = Image.new("HSV", (1, 1), (int((hue + 0.45) % 1 * 255), 110, 150 - 38 * layer)).convert("RGB").getpixel((0, 0))
        draw.polygon(points, fill=shade)
    return picture


def _caption(picture: Image.Image, recipe: Recipe) -> None:
    name = Path((recipe.loras[0] if recipe.loras else recipe.model).replace("\\", "/")).stem
    lines = [
        name,
        recipe.positive,
        f"seed {recipe.seed}  steps {recipe.steps}  cfg {recipe.cfg:g}  {recipe.sampler}  {recipe.scheduler}"
        if recipe.cfg is not None
        else f"seed {recipe.seed}  steps {recipe.steps}  {recipe.sampler}  {recipe.scheduler}",
    ]
    size = max(9, picture.width // 48)
    draw = ImageDraw.Draw(picture, "RGBA")
    top = picture.height - int(size * 1.35 * len(lines)) - size // 2
    draw.rectangle((0, top, picture.width, picture.height), fill=(0, 0, 0, 120))
    for row, line in enumerate(lines):
        text = line.encode("latin-1", "replace").decode("latin-1")[:120]
        draw.text((size * 0.6, top + size * 0.25 + row * size * 1.35), text, font=_font(size), fill=(255, 255, 255, 235))
