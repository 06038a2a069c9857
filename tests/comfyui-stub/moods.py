"""The ways in which a ComfyUI can misbehave, each a switch with a name.

A mood is set to a value, or to {"value": V, "times": N}: then it applies N times and goes back to its default.
"""

from __future__ import annotations

import re
from typing import Any

# name: (default, what it does). README.md lists the same; tests/contract compares the two.
MOODS: dict[str, tuple[Any, str]] = {
    # Pace
    "seconds_per_step": (0.0, "how long one sampler step takes"),
    "load_seconds": (0.0, "how long a loader node takes when its result is not cached"),
    "hold": (False, "accept prompts, start none"),
    # POST /prompt
    "prompt_delay": (0.0, "seconds from accepting a prompt to replying"),
    "prompt_reset": (False, "accept the prompt, then reset the connection instead of replying"),
    "prompt_id_ignored": (False, "as before mid-2025: the server makes its own id"),
    "prompt_id_must_be_uuid": (False, "as newer versions: 400 invalid_prompt_id unless a canonical UUID"),
    "validation_seconds": (0.0, "block the whole server while validating, as a slow model folder does"),
    "newer_validation": (False, "as newer versions: missing_node_type, and COMBO choices are checked"),
    "partial": (False, "200 with node_errors: the save node is dropped, the prompt runs without it"),
    # Running
    "fail": (False, "the sampler raises RuntimeError after its first step; a text is its message"),
    "fail_if": ("", "fail as above when the prompt's JSON contains this text"),
    "error_bytes": (0, "pad the input values in execution_error to this many bytes"),
    "oom": (False, "the sampler runs out of GPU memory after its first step"),
    "oom_until_free": (False, "as oom, until POST /free is called"),
    "hang": ("", "the running prompt stops after its first step: 'interruptible', or 'dead' for ever"),
    "no_output": (False, "success, but history has no outputs"),
    "temp_output": (False, "pictures are listed as type temp, as PreviewImage does"),
    "black": (False, "pictures are black, as after NaN in the model"),
    "cache_keeps": (False, "as newer versions: results of all earlier prompts are reused, not of the last one alone"),
    "history_delay": (0.0, "seconds from execution_success to the history entry"),
    "forget_history": (False, "the finished prompt never appears in history, as if a user had cleared it"),
    "interrupt_is_global": (False, "as before September 2025: /interrupt ignores prompt_id"),
    "crash": ("", "the server dies: at 'prompt' (accepted, no reply), 'step', 'saved' (file there, no history), 'view'"),
    "down_seconds": (0.5, "how long it stays down after a crash or restart"),
    # The feed
    "feed": ("", "'refused' (503), 'closed' (after the first message), 'deaf' (silent), 'deaf_until_reconnect', 'stalled' (all wait, nothing is lost)"),
    "feed_reset_after": (0, "reset each socket after this many messages"),
    "goodbye_delay": (0.0, "seconds until a closed socket is forgotten; forgets a new one with the same clientId too"),
    "frames": ("", "'fragmented': each message in three frames"),
    "deflate": (False, "accept permessage-deflate if the client offers it"),
    "previews": (False, "binary preview and text frames between the steps"),
    "chatter": (False, "messages of other extensions and of another user's prompt between ours"),
    "executing_without_prompt_id": (False, "as some custom nodes do"),
    "no_progress_state": (False, "as before mid-2025: only progress, no progress_state"),
    "no_execution_success": (False, "as before July 2024: no execution_success, neither told nor in the history"),
    # Answers
    "view": ("", "'missing' (404), 'cut' (half a file), 'reset' (connection cut), 'html' (200 with a page), 'slow'"),
    "nan": (False, "NaN, Infinity, lone surrogates and huge integers in JSON replies and messages"),
    "object_info_seconds": (0.0, "seconds until /object_info answers"),
    "object_info_bytes": (0, "pad /object_info replies to this many bytes"),
    "object_info_fails": (False, "500, as when a model folder has vanished"),
    "windows": (False, "list models with backslashes, accept only those"),
    "proxy": ("", "a proxy answers for it: '401', '403', '302', '502', 'html' (200 with a page)"),
    "silent": (False, "accept connections and requests, never answer"),
}


class Moods:
    def __init__(self) -> None:
        self._values: dict[str, Any] = {name: default for name, (default, _) in MOODS.items()}
        self._times: dict[str, int] = {}

    def set(self, changes: dict[str, Any]) -> None:
        """Raises ValueError naming the first mood that is unknown or of another type; then none is changed."""
        settled = {}
        for name, given in changes.items():
            if name not in MOODS:
                raise ValueError(f"no mood is called {name!r}")
            value, times = given, None
            if isinstance(given, dict):
                value, times = given.get("value"), given.get("times")
                if times is not None and (type(times) is not int or times < 1):
                    raise ValueError(f"{name}: times must be a number from 1")
            settled[name] = (_coerce(name, value), times)
        for name, (value, times) in settled.items():
            self._values[name] = value
            self._times.pop(name, None)
            if times is not None:
                self._times[name] = times

    def reset(self) -> None:
        self.__init__()

    def get(self, name: str) -> Any:
        """The mood's value, without using it up."""
        return self._values[name]

    def take(self, name: str) -> Any:
        """The mood's value; when it is not the default, it has now applied once."""
        value = self._values[name]
        if value != MOODS[name][0] and name in self._times:
            self._times[name] -= 1
            if self._times[name] == 0:
                del self._times[name]
                self._values[name] = MOODS[name][0]
        return value

    def changed(self) -> dict[str, Any]:
        return {name: value for name, value in self._values.items() if value != MOODS[name][0]}


def choices_of(name: str) -> list[str]:
    """The values that a mood's description quotes, other than its default; empty where any text will do."""
    default, what = MOODS[name]
    return sorted(set(re.findall(r"'([^']+)'", what))) if isinstance(default, str) else []


def _coerce(name: str, value: Any) -> Any:
    default = MOODS[name][0]
    if name == "fail" and isinstance(value, (bool, str)):
        return value
    if isinstance(default, bool) and isinstance(value, bool):
        return value
    if isinstance(default, str) and isinstance(value, str):
        choices = choices_of(name)
        if value and choices and value not in choices:
            raise ValueError(f"{name}: {value!r} is none of {choices}")
        return value
    if not isinstance(default, (bool, str)) and isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
        return type(default)(value)
    raise ValueError(f"{name}: {value!r} should be like {default!r}")
