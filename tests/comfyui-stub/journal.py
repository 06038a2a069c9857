"""What the tests ask afterwards: which calls came, what was rendered, how long the worker waited for the next prompt.
It outlives the server's crashes."""

from __future__ import annotations

import time
from collections import Counter, deque
from pathlib import Path
from typing import Any

CALLS_MAX = 20_000


class Journal:
    def __init__(self) -> None:
        self.lives = 0
        self._calls: deque[dict[str, Any]] = deque(maxlen=CALLS_MAX)
        self._counts: Counter[str] = Counter()
        self._prompts: dict[str, dict[str, Any]] = {}
        self._rendered: Counter[str] = Counter()
        self._gaps: list[float] = []
        self._idle_since: float | None = None
        self._unfinished: Counter[str | None] = Counter()
        self._most_unfinished = 0

    def called(self, method: str, path: str, status: int) -> None:
        self._calls.append({"at": time.time(), "method": method, "path": path, "status": status})
        parts = path.removeprefix("/api").split("/")
        self._counts[f"{method} /{parts[1]}"] += 1

    def received(self, at: float) -> None:
        """A POST /prompt arrived at `at` (monotonic seconds)."""
        if self._idle_since is not None:
            self._gaps.append(at - self._idle_since)
            self._idle_since = None

    def accepted(self, prompt_id: str, number: float, client: str | None, prefixes: list[str]) -> None:
        self._prompts[prompt_id] = {
            "prompt_id": prompt_id,
            "number": number,
            "client_id": client,
            "prefixes": prefixes,
            "life": self.lives,
            "outcome": "pending",
            "signatures": [],
            "files": [],
        }
        self._unfinished[client] += 1
        self._most_unfinished = max(self._most_unfinished, self._unfinished[client])

    def started(self, prompt_id: str) -> None:
        if prompt_id in self._prompts:
            self._prompts[prompt_id]["outcome"] = "running"

    def rendered(self, prompt_id: str, signature: str, files: list[Path]) -> None:
        self._rendered[signature] += 1
        if prompt_id in self._prompts:
            self._prompts[prompt_id]["signatures"].append(signature)
            self._prompts[prompt_id]["files"] += [str(file) for file in files]

    def finished(self, prompt_id: str, outcome: str) -> None:
        self._end(prompt_id, outcome)
        if not self._unfinished.total():
            self._idle_since = time.monotonic()

    def deleted(self, prompt_id: str) -> None:
        self._end(prompt_id, "deleted")

    def crashed(self) -> None:
        self._idle_since = None
        for prompt_id in list(self._prompts):
            self._end(prompt_id, "lost")

    def _end(self, prompt_id: str, outcome: str) -> None:
        prompt = self._prompts.get(prompt_id)
        if prompt and prompt["outcome"] in ("pending", "running"):
            prompt["outcome"] = outcome
            self._unfinished[prompt["client_id"]] -= 1

    def summary(self) -> dict[str, Any]:
        return {
            "lives": self.lives,
            "counts": dict(self._counts),
            "images": sum(self._rendered.values()),
            "rendered": dict(self._rendered),
            "gaps": self._gaps,
            "most_unfinished": self._most_unfinished,
            "prompts": list(self._prompts.values()),
        }

    def calls(self) -> list[dict[str, Any]]:
        return list(self._calls)

    def forget(self) -> None:
        lives = self.lives
        self.__init__()
        self.lives = lives
