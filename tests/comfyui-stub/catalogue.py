"""Node classes (as /object_info describes them) and the models that their choice lists name."""

from __future__ import annotations

import copy
import json
import os
import time
from pathlib import Path
from typing import Any, Iterator

# How long what the workflows name is remembered.
NAMED_SECONDS = 2.0

EXTENSIONS = (".ckpt", ".pt", ".pt2", ".bin", ".pth", ".safetensors", ".pkl", ".sft")
FOLDERS = (
    "checkpoints configs loras vae text_encoders diffusion_models clip_vision style_models embeddings diffusers "
    "vae_approx controlnet gligen upscale_models hypernetworks photomaker classifiers"
).split()

# Which folder fills which choice list.
LISTS = {
    "UNETLoader": {"unet_name": "diffusion_models"},
    "CheckpointLoaderSimple": {"ckpt_name": "checkpoints"},
    "LoraLoader": {"lora_name": "loras"},
    "LoraLoaderModelOnly": {"lora_name": "loras"},
    "VAELoader": {"vae_name": "vae"},
    "CLIPLoader": {"clip_name": "text_encoders"},
    "DualCLIPLoader": {"clip_name1": "text_encoders", "clip_name2": "text_encoders"},
    "TripleCLIPLoader": {"clip_name1": "text_encoders", "clip_name2": "text_encoders", "clip_name3": "text_encoders"},
}


class Catalogue:
    """`names` are models that exist by name alone, `directories` are searched; both by folder key. What the API-format
    workflows in `workflows` name exists, too. A folder that none of them fill keeps the choices of the class files."""

    def __init__(
        self,
        files: list[Path],
        names: dict[str, list[str]],
        directories: dict[str, list[Path]],
        workflows: list[Path],
    ) -> None:
        self._classes: dict[str, Any] = {}
        for file in files:
            self._classes.update(json.loads(file.read_text()))
        self._names = names
        self._directories = directories
        self._workflows = workflows
        self._named: dict[str, set[str]] = {}
        self._named_at = -NAMED_SECONDS
        self.windows = False

    def folder(self, key: str) -> list[str] | None:
        """The sorted names in a model folder; None for an unknown key."""
        if key not in FOLDERS:
            return None
        found = self._named_by_workflows(key) | set(self._names.get(key, []))
        for directory in self._directories.get(key, []):
            for at, _, files in os.walk(directory, followlinks=True):
                relative = os.path.relpath(at, directory)
                for file in files:
                    if file.lower().endswith(EXTENSIONS):
                        found.add(file if relative == "." else f"{relative}/{file}")
        if not self._is_listed(key):
            found.update(self._recorded(key))
        names = sorted(found)
        return [name.replace("/", "\\") for name in names] if self.windows else names

    def _is_listed(self, key: str) -> bool:
        return key in self._names or key in self._directories or bool(self._named_by_workflows(key))

    def _named_by_workflows(self, key: str) -> set[str]:
        if self._workflows and time.monotonic() - self._named_at > NAMED_SECONDS:
            self._named_at = time.monotonic()
            self._named = {}
            for file in (file for directory in self._workflows for file in directory.glob("*.json")):
                for folder, name in _names_in(file):
                    self._named.setdefault(folder, set()).add(name)
        return self._named.get(key, set())

    def _recorded(self, key: str) -> list[str]:
        for class_type, fields in LISTS.items():
            for field, folder in fields.items():
                if folder == key and class_type in self._classes:
                    choices = choices_of(self._classes[class_type]["input"]["required"][field])
                    return [name for name in choices or [] if name != "pixel_space"]
        return []

    def has(self, class_type: str) -> bool:
        return class_type in self._classes

    def classes(self) -> list[str]:
        return list(self._classes)

    def info(self, class_type: str) -> dict[str, Any]:
        """What /object_info says of a known class at this moment; not to be changed."""
        info = self._classes[class_type]
        for field, key in LISTS.get(class_type, {}).items():
            if not self._is_listed(key) and not self.windows:
                continue
            if info is self._classes[class_type]:
                info = copy.deepcopy(info)
            names = list(self.folder(key) or [])
            if key == "vae":
                names.append("pixel_space")
            spec = info["input"]["required"][field]
            if isinstance(spec[0], list):
                spec[0] = names
            else:
                spec[1]["options"] = names
        return info


def _names_in(file: Path) -> Iterator[tuple[str, str]]:
    try:
        nodes = json.loads(file.read_text()).values()
    except (OSError, ValueError, AttributeError):
        return  # no workflow in API format names nothing
    for node in nodes:
        if not isinstance(node, dict) or not isinstance(node.get("inputs"), dict):
            continue
        for field, folder in LISTS.get(node.get("class_type", ""), {}).items():
            name = node["inputs"].get(field)
            if isinstance(name, str) and name != "pixel_space":
                yield folder, name


def choices_of(spec: list[Any]) -> list[Any] | None:
    """The choices of an input, from either of the shapes they come in; None when it has none."""
    if isinstance(spec[0], list):
        return spec[0]
    if spec[0] == "COMBO" and len(spec) > 1:
        return spec[1].get("options")
    return None
