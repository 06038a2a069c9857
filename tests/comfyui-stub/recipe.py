"""What a picture is made of: the values that a save node's ancestors carry."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from validation import is_link


@dataclass
class Recipe:
    model: str = ""
    loras: list[str] = field(default_factory=list)
    vae: str = ""
    clip: str = ""
    positive: str = ""
    negative: str = ""
    seed: int = 0
    steps: int = 0
    cfg: float | None = None
    sampler: str = ""
    scheduler: str = ""
    shift: float | None = None
    width: int = 512
    height: int = 512
    batch: int = 1
    colour: int | None = None  # of an EmptyImage

    def signature(self) -> str:
        """Equal for equal pictures."""
        return hashlib.sha256(json.dumps(asdict(self)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


_FIELDS = {
    "unet_name": "model",
    "ckpt_name": "model",
    "vae_name": "vae",
    "clip_name": "clip",
    "seed": "seed",
    "noise_seed": "seed",
    "steps": "steps",
    "cfg": "cfg",
    "sampler_name": "sampler",
    "scheduler": "scheduler",
    "shift": "shift",
    "width": "width",
    "height": "height",
    "batch_size": "batch",
    "color": "colour",
}


def ancestors(prompt: dict[str, Any], node_id: str) -> list[str]:
    """The node and all it depends on, nearest first."""
    found, todo = [], [node_id]
    while todo:
        at = todo.pop(0)
        if at in found or at not in prompt:
            continue
        found.append(at)
        todo += [value[0] for value in prompt[at].get("inputs", {}).values() if is_link(value)]
    return found


def steps_of(prompt: dict[str, Any], node_id: str) -> int:
    """The sampler steps of a node: its own, or of the sigmas it is fed."""
    for at in ancestors(prompt, node_id):
        steps = prompt[at].get("inputs", {}).get("steps")
        if isinstance(steps, int):
            return steps
    return 1


def read(prompt: dict[str, Any], node_id: str) -> Recipe:
    recipe = Recipe()
    taken = set()
    for at in ancestors(prompt, node_id):
        inputs = prompt[at].get("inputs", {})
        if isinstance(inputs.get("lora_name"), str):
            recipe.loras.append(inputs["lora_name"])
        for name, target in _FIELDS.items():
            value = inputs.get(name)
            if value is None or isinstance(value, (list, dict)) or target in taken:
                continue
            taken.add(target)
            setattr(recipe, target, value)
        for name, target in (("positive", "positive"), ("conditioning", "positive"), ("negative", "negative")):
            if is_link(inputs.get(name)) and target not in taken:
                taken.add(target)
                setattr(recipe, target, _text(prompt, inputs[name][0]))
    return recipe


def _text(prompt: dict[str, Any], node_id: str) -> str:
    for at in ancestors(prompt, node_id):
        inputs = prompt[at].get("inputs", {})
        for name in ("text", "text_g", "t5xxl", "prompt", "clip_l"):
            if isinstance(inputs.get(name), str):
                return inputs[name]
    return ""
