"""A picture that shows what it was made with: the prompt and seed decide the composition, the checkpoint's training
how well it is painted, the other values how it looks; each can be read in a caption."""

from __future__ import annotations

import functools
import hashlib
import random
import re
import subprocess
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from catalogue import Catalogue
from recipe import Recipe

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
STEP = re.compile(r"[-_](?:step|epoch)?_?(\d{3,9})(?=\D*$)", re.I)
# Of a training: where a model paints best. Before it, too little is learnt; after it, too much.
BEST = 0.66
SCENES = {
    "aurora": "aurora northern lights fjord snow night stars mountains",
    "forest": "forest portal trees tree moss mossy woods garden pond",
    "harbour": "harbour harbor boat boats ship lighthouse sunset coast jetty",
    "canyon": "canyon desert stag deer rocks ridge",
    "whale": "whale waves ocean sea fish clouds",
}


def progress_of(recipe: Recipe, catalogue: Catalogue) -> float:
    """How far the checkpoint's training went, 0 to 1, told by the numbers in its and its siblings' names."""
    stem = _stem(recipe.loras[0] if recipe.loras else recipe.model)
    stems = {_stem(name) for key in ("loras", "diffusion_models", "checkpoints") for name in catalogue.folder(key) or []}
    if _steps(stems, stem):
        return 1.0  # the final one
    found = STEP.search(stem)
    if not found:
        return BEST
    steps = _steps(stems, stem[: found.start()]) or [int(found[1])]
    most = steps[-1]
    if stem[: found.start()] in stems:
        most += steps[-1] - steps[-2] if len(steps) > 1 else steps[-1]
    return min(1.0, int(found[1]) / max(1, most))


def _stem(name: str) -> str:
    return Path(name.replace("\\", "/")).stem


def _steps(stems: set[str], base: str) -> list[int]:
    found = [match for stem in stems if stem.startswith(base) and (match := STEP.search(stem))]
    return sorted(int(match[1]) for match in found if match.string[: match.start()] == base)


def _number(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()[:8], "big")


@functools.lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(FONT, size)
    except OSError:
        return ImageFont.load_default()


class Painter:
    """Paints with the demonstration's own program where there is one (tests/demo/painter.h), else simply. Not to be used
    by two threads at once."""

    def __init__(self, program: Path | None) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def takes_long(self, recipe: Recipe) -> bool:
        return self._program is not None or recipe.width * recipe.height > 256 * 256

    def paint(self, recipe: Recipe, number: int, progress: float) -> Image.Image:
        size = (recipe.width, recipe.height)
        if recipe.colour is not None:
            colour = recipe.colour
            return Image.new("RGB", size, (colour >> 16 & 255, colour >> 8 & 255, colour & 255))
        picture = self._paint_well(recipe, number, progress) or _paint_simply(recipe, number, progress)
        if recipe.width >= 192:
            _caption(picture, recipe)
        return picture

    def _paint_well(self, recipe: Recipe, number: int, progress: float) -> Image.Image | None:
        side = -(-max(recipe.width, recipe.height) // 64) * 64
        if self._program is None or side > 2048:
            return None
        scene = _scene_of(recipe.positive)
        composition = 1 + _number(recipe.positive, recipe.seed, number) % 1000
        learnt = progress * min(1.0, 0.4 + recipe.steps / 10)
        guidance = min(1.2, max(0.0, (recipe.cfg or 1.0) - 1) / 5)
        grain = _number(recipe.signature(), number) % 2**32
        rgb = self._ask(f"{scene} {composition} {side} {learnt:.4f} {guidance:.3f} {grain}\n", side * side * 3)
        if rgb is None:
            return None
        left, top = (side - recipe.width) // 2, (side - recipe.height) // 2
        return Image.frombytes("RGB", (side, side), rgb).crop((left, top, left + recipe.width, top + recipe.height))

    def _ask(self, order: str, size: int) -> bytes | None:
        try:
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen([str(self._program), "--painter"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            assert self._process.stdin and self._process.stdout
            self._process.stdin.write(order.encode())
            self._process.stdin.flush()
            rgb = self._process.stdout.read(size)
        except OSError:
            return None
        return rgb if len(rgb) == size else None

    def stop(self) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.close()
            self._process.kill()
            self._process.wait()


def _scene_of(text: str) -> str:
    """The scene that most words of the prompt speak of; any, if none does."""
    words = re.findall(r"\w+", text.lower())
    said = {scene: sum(words.count(word) for word in about.split()) for scene, about in SCENES.items()}
    best = max(said, key=lambda scene: said[scene])
    return best if said[best] else sorted(SCENES)[_number(text) % len(SCENES)]


def _paint_simply(recipe: Recipe, number: int, progress: float) -> Image.Image:
    choose = random.Random(_number(recipe.positive, recipe.seed, number))
    width = min(256, recipe.width)
    picture = _scene(choose, (width, max(16, width * recipe.height // recipe.width)))
    naive = max(0.0, 1 - progress / BEST)
    if naive > 0.05:
        picture = picture.filter(ImageFilter.GaussianBlur(width / 25 * naive**2))
    return picture.resize((recipe.width, recipe.height), Image.BICUBIC)


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
    cfg = "" if recipe.cfg is None else f"  cfg {recipe.cfg:g}"
    lines = [
        _stem(recipe.loras[0] if recipe.loras else recipe.model),
        recipe.positive,
        f"seed {recipe.seed}  steps {recipe.steps}{cfg}",
        f"{recipe.sampler}  {recipe.scheduler}",
    ]
    size = max(9, picture.width // 48)
    draw = ImageDraw.Draw(picture, "RGBA")
    top = picture.height - int(size * 1.35 * len(lines)) - size // 2
    draw.rectangle((0, top, picture.width, picture.height), fill=(0, 0, 0, 120))
    room = picture.width // (size // 2 + 1)
    for row, line in enumerate(lines):
        text = line.encode("latin-1", "replace").decode("latin-1")
        text = text if len(text) <= room else text[: room - 1] + "\u2026"
        draw.text((size * 0.6, top + size * 0.25 + row * size * 1.35), text, font=_font(size), fill=(255, 255, 255, 235))
