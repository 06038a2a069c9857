"""What POST /prompt accepts, and how it says no (ComfyUI 0.3.64; `newer` for what later versions changed)."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass, field
from typing import Any

from catalogue import Catalogue

Error = dict[str, Any]


@dataclass
class Verdict:
    outputs: list[str] = field(default_factory=list)
    error: Error | None = None  # the prompt is refused
    node_errors: dict[str, Any] = field(default_factory=dict)


def refuse(kind: str, message: str, details: str = "", extra: dict[str, Any] | None = None) -> Error:
    return {"type": kind, "message": message, "details": details, "extra_info": extra or {}}


def validate(prompt: dict[str, Any], catalogue: Catalogue, newer: bool) -> Verdict:
    """Values are converted to their input's type in place. Raises TypeError where ComfyUI answers 500."""
    outputs = []
    for node_id, node in prompt.items():
        if "class_type" not in node:
            return Verdict(error=_no_class(newer, node_id, node, None))
        class_type = node["class_type"]
        if not catalogue.has(class_type):
            return Verdict(error=_no_class(newer, node_id, node, class_type))
        if catalogue.info(class_type).get("output_node"):
            outputs.append(node_id)
    if not outputs:
        return Verdict(error=refuse("prompt_no_outputs", "Prompt has no outputs"))

    check = _Check(prompt, catalogue, newer)
    verdict = Verdict()
    own_reasons: list[Error] = []
    for node_id in outputs:
        valid, reasons = check.output(node_id)
        if valid:
            verdict.outputs.append(node_id)
            continue
        own_reasons += reasons
        for bad_id, (bad_valid, bad_reasons) in check.seen.items():
            if bad_valid or not bad_reasons:
                continue
            entry = verdict.node_errors.setdefault(
                bad_id,
                {"errors": bad_reasons, "dependent_outputs": [], "class_type": prompt[bad_id]["class_type"]},
            )
            entry["dependent_outputs"].append(node_id)
    if not verdict.outputs:
        details = "\n".join(f"{reason['message']}: {reason['details']}" for reason in own_reasons)
        verdict.error = refuse("prompt_outputs_failed_validation", "Prompt outputs failed validation", details)
    return verdict


def _no_class(newer: bool, node_id: str, node: dict[str, Any], class_type: str | None) -> Error:
    details = f"Node ID '#{node_id}'"
    if not newer:
        problem = "a node is missing the class_type property" if class_type is None else f"node {class_type} does not exist"
        return refuse("invalid_prompt", f"Cannot execute because {problem}.", details)
    title = node.get("_meta", {}).get("title", class_type)
    if class_type is None:
        message = f"Node '{title or f'ID #{node_id}'}' has no class_type. The workflow may be corrupted or a custom node is missing."
    else:
        message = f"Node '{title}' not found. The custom node may not be installed."
    return refuse("missing_node_type", message, details, {"node_id": node_id, "class_type": class_type, "node_title": title})


class _Check:
    def __init__(self, prompt: dict[str, Any], catalogue: Catalogue, newer: bool) -> None:
        self._prompt = prompt
        self._catalogue = catalogue
        self._newer = newer
        self.seen: dict[str, tuple[bool, list[Error]]] = {}

    def output(self, node_id: str) -> tuple[bool, list[Error]]:
        try:
            return self.node(node_id)
        except Exception as problem:  # noqa: BLE001 whatever a node raises is told, not thrown
            extra = {"exception_type": type(problem).__name__, "traceback": traceback.format_tb(problem.__traceback__)}
            reasons = [refuse("exception_during_validation", "Exception when validating node", str(problem), extra)]
            self.seen[node_id] = (False, reasons)
            return self.seen[node_id]

    def node(self, node_id: str) -> tuple[bool, list[Error]]:
        if node_id in self.seen:
            return self.seen[node_id]
        node = self._prompt[node_id]
        info = self._catalogue.info(node["class_type"])["input"]
        inputs = node["inputs"]
        valid, reasons = True, []
        specs = {**{k: (v, True) for k, v in info.get("required", {}).items()}}
        specs.update({k: (v, False) for k, v in info.get("optional", {}).items()})
        for name, (spec, required) in specs.items():
            if name not in inputs:
                if required:
                    valid = False
                    reasons.append(refuse("required_input_missing", "Required input is missing", name, {"input_name": name}))
                continue
            if isinstance(inputs[name], list):
                ok = self._link(node_id, name, spec, inputs[name], reasons)
            else:
                ok = self._value(inputs, name, spec, reasons)
            valid = valid and ok
        self.seen[node_id] = (valid and not reasons, reasons)
        return self.seen[node_id]

    def _link(self, node_id: str, name: str, spec: list[Any], value: list[Any], reasons: list[Error]) -> bool:
        about = {"input_name": name, "input_config": _config(spec)}
        if len(value) != 2:
            message = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
            reasons.append(refuse("bad_linked_input", message, name, {**about, "received_value": value}))
            return False
        source, slot = value
        received = tuple(self._catalogue.info(self._prompt[source]["class_type"])["output"])[slot]
        if not _fits(received, spec[0]):
            details = f"{name}, received_type({received}) mismatch input_type({_type_name(spec[0])})"
            extra = {**about, "received_type": received, "linked_node": value}
            reasons.append(refuse("return_type_mismatch", "Return type mismatch between linked nodes", details, extra))
            return False
        try:
            return self.node(source)[0]
        except Exception as problem:  # noqa: BLE001
            extra = {
                **about,
                "exception_message": str(problem),
                "exception_type": type(problem).__name__,
                "traceback": traceback.format_tb(problem.__traceback__),
                "linked_node": value,
            }
            message = "Exception when validating inner node"
            self.seen[source] = (False, [refuse("exception_during_inner_validation", message, str(problem), extra)])
            return False

    def _value(self, inputs: dict[str, Any], name: str, spec: list[Any], reasons: list[Error]) -> bool:
        value = inputs[name]
        about = {"input_name": name, "input_config": _config(spec)}
        convert = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}.get(spec[0] if isinstance(spec[0], str) else "")
        if convert:
            try:
                inputs[name] = value = convert(value)
            except (TypeError, ValueError, OverflowError) as problem:
                extra = {**about, "received_value": value, "exception_message": str(problem)}
                message = f"Failed to convert an input value to a {spec[0]} value"
                reasons.append(refuse("invalid_input_type", message, f"{name}, {value}, {problem}", extra))
                return False
        options = spec[1] if len(spec) > 1 else {}
        extra = {**about, "received_value": value}
        if isinstance(value, (int, float)) and "min" in options and value < options["min"]:
            message = f"Value {value} smaller than min of {options['min']}"
            reasons.append(refuse("value_smaller_than_min", message, name, extra))
            return False
        if isinstance(value, (int, float)) and "max" in options and value > options["max"]:
            message = f"Value {value} bigger than max of {options['max']}"
            reasons.append(refuse("value_bigger_than_max", message, name, extra))
            return False
        choices = spec[0] if isinstance(spec[0], list) else options.get("options") if self._newer and spec[0] == "COMBO" else None
        if choices is not None and value not in choices:
            listed = repr(choices)
            if len(choices) > 20:
                listed = f"(list of length {len(choices)})"
                extra["input_config"] = None
            details = f"{name}: '{value}' not in {listed}"
            reasons.append(refuse("value_not_in_list", "Value not in list", details, extra))
            return False
        return True


def is_link(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)


def _config(spec: list[Any]) -> list[Any]:
    return spec if len(spec) > 1 else [spec[0], {}]


def _type_name(kind: Any) -> str:
    return kind if isinstance(kind, str) else str(kind)


def _fits(received: Any, wanted: Any) -> bool:
    if "*" in (received, wanted) or received == wanted:
        return True
    if isinstance(wanted, list):
        return isinstance(received, list) or received == "COMBO"
    if not isinstance(received, str) or not isinstance(wanted, str):
        return False
    return set(received.split(",")) <= set(wanted.split(","))


UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
