"""The prompt queue, and the one worker that runs prompts. Message for message as ComfyUI 0.3.64."""

from __future__ import annotations

import asyncio
import heapq
import json
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any, Callable

from PIL import Image

import recipe as recipes
import saving
from catalogue import Catalogue
from feed import Feed
from journal import Journal
from moods import Moods
from painting import Painter, progress_of
from validation import is_link

HISTORY_MAX = 10_000
LOADERS = {"UNETLoader", "CheckpointLoaderSimple", "LoraLoader", "LoraLoaderModelOnly"}
OUT_OF_MEMORY = (
    "CUDA out of memory. Tried to allocate 2.00 GiB.\nThis error means you ran out of memory on your GPU.\n\n"
    "TIPS: If the workflow worked before you might have accidentally set the batch_size to a large number."
)


class Crash(Exception):
    """The server dies here."""


class Interrupted(Exception):
    pass


class NodeFailure(Exception):
    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Queue:
    """What /queue and /history tell. An item is (number, prompt id, prompt, extra data, output node ids)."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._ready = asyncio.Event()
        self.pending: list[tuple] = []
        self.running: list[tuple] = []
        self.history: dict[str, Any] = {}

    def put(self, item: tuple) -> None:
        # Two items of equal number and id end in a comparison of dicts: TypeError, 500, as there.
        heapq.heappush(self.pending, item)
        self._changed()
        self._ready.set()

    async def get(self, is_held: Callable[[], bool]) -> tuple:
        while not self.pending or is_held():
            if self.pending:
                await asyncio.sleep(0.005)
            else:
                self._ready.clear()
                await self._ready.wait()
        item = heapq.heappop(self.pending)
        self.running.append(item)
        self._changed()
        return item

    def done(self, item: tuple, entry: dict[str, Any] | None) -> None:
        """Out of the queue and into the history in one step."""
        self.running.remove(item)
        if entry is not None:
            self.history.pop(item[1], None)
            self.history[item[1]] = entry
            while len(self.history) > HISTORY_MAX:
                self.history.pop(next(iter(self.history)))
        self._changed()

    def remaining(self) -> int:
        return len(self.pending) + len(self.running)

    def delete(self, prompt_id: str) -> None:
        for item in self.pending:
            if item[1] == prompt_id:
                self.pending.remove(item)
                heapq.heapify(self.pending)
                self._changed()
                return

    def clear(self) -> None:
        self.pending.clear()
        self._changed()


class Worker:
    def __init__(
        self,
        queue: Queue,
        feed: Feed,
        moods: Moods,
        catalogue: Catalogue,
        journal: Journal,
        output: Path,
        painter: Painter,
    ) -> None:
        self._queue = queue
        self._feed = feed
        self._moods = moods
        self._catalogue = catalogue
        self._journal = journal
        self._output = output
        self.painter = painter
        # One thread: pictures are painted one after another, as on one GPU.
        self.painting = ThreadPoolExecutor(max_workers=1)
        self._cache: dict[str, Any] = {}  # by node signature: the node's UI output or None
        self.interrupted = False
        self.freed = False

    def forget_models(self) -> None:
        self._cache.clear()

    async def work(self) -> None:
        while True:
            item = await self._queue.get(lambda: self._moods.get("hold"))
            await Run(self, item).run()


class Run:
    """One prompt from execution_start to its entry in the history."""

    def __init__(self, worker: Worker, item: tuple) -> None:
        self._worker = worker
        self._feed, self._moods = worker._feed, worker._moods
        self._item = item
        _, self._id, self._prompt, self._extra, self._targets = item
        self._client: str | None = self._extra.get("client_id")
        self._messages: list[Any] = []
        self._progress: dict[str, Any] = {}
        self._outputs: dict[str, Any] = {}
        self._executed: list[str] = []
        self._pictures: dict[tuple[str, int], asyncio.Future[Image.Image]] = {}

    async def run(self) -> None:
        worker, moods = self._worker, self._moods
        worker.interrupted = False
        worker._journal.started(self._id)
        outcome = "error"
        try:
            await self._execute()
            outcome = "success"
        except _Ended as ended:
            outcome = ended.outcome
        entry = {
            "prompt": list(self._item),
            "outputs": {} if moods.get("no_output") and moods.take("no_output") else self._outputs,
            "status": {
                "status_str": "success" if outcome == "success" else "error",
                "completed": outcome == "success",
                "messages": self._messages,
            },
            "meta": {node_id: _meta(node_id) for node_id in self._outputs},
        }
        if moods.get("history_delay"):
            await asyncio.sleep(moods.take("history_delay"))
        forget = moods.get("forget_history") and moods.take("forget_history")
        self._feed.running_node = None
        worker._queue.done(self._item, None if forget else entry)
        worker._journal.finished(self._id, outcome)
        if self._client is not None:
            self._feed.send("executing", self._about(node=None), self._client)

    # --- Messages

    def _about(self, **fields: Any) -> dict[str, Any]:
        return {**fields, "prompt_id": self._id}

    def _tell(self, kind: str, data: dict[str, Any], broadcast: bool = False) -> None:
        data = {**data, "timestamp": int(time.time() * 1000)}
        self._messages.append([kind, data])
        if self._client is not None or broadcast:
            self._feed.send(kind, data, self._client)

    def _tell_progress(self, node_id: str, value: float, most: float, state: str) -> None:
        self._progress[node_id] = {
            "value": value,
            "max": most,
            "state": state,
            "node_id": node_id,
            "prompt_id": self._id,
            "display_node_id": node_id,
            "parent_node_id": None,
            "real_node_id": node_id,
        }
        if not self._moods.get("no_progress_state"):
            self._feed.send("progress_state", {"prompt_id": self._id, "nodes": dict(self._progress)}, self._client)

    # --- Running

    async def _execute(self) -> None:
        self._tell("execution_start", {"prompt_id": self._id})
        cache = self._worker._cache
        signatures = {node_id: self._signature(node_id) for node_id in self._prompt}
        if not self._moods.get("cache_keeps"):
            for signature in set(cache) - set(signatures.values()):
                del cache[signature]
        cached = [node_id for node_id, signature in signatures.items() if signature in cache]
        self._tell("execution_cached", {"nodes": cached, "prompt_id": self._id})
        self._begin_painting(set(cached))
        for node_id in self._order(set(cached)):
            signature = signatures[node_id]
            if signature in cache:
                self._resend(node_id, cache[signature])
            else:
                cache[signature] = await self._guarded(node_id)
                self._executed.append(node_id)
        if not self._moods.get("no_execution_success"):
            self._tell("execution_success", {"prompt_id": self._id})

    def _signature(self, node_id: str) -> str:
        """Of what the node computes: classes and inputs of it and its ancestors, links by place and not by id."""
        order = recipes.ancestors(self._prompt, node_id)
        place = {at: number for number, at in enumerate(order)}
        parts = []
        for at in order:
            node = self._prompt[at]
            inputs = [
                [name, ["link", place.get(value[0]), value[1]] if is_link(value) else value]
                for name, value in sorted(node.get("inputs", {}).items())
            ]
            parts.append([node["class_type"], inputs])
        return json.dumps(parts)

    def _order(self, cached: set[str]) -> list[str]:
        """The outputs and what of their ancestors must run, each after all that feed it."""
        order: list[str] = []

        def visit(node_id: str) -> None:
            if node_id in order:
                return
            if node_id not in cached:
                for value in self._prompt[node_id].get("inputs", {}).values():
                    if is_link(value) and value[0] not in cached:
                        visit(value[0])
            order.append(node_id)

        for target in self._targets:
            visit(target)
        return order

    def _resend(self, node_id: str, output: Any) -> None:
        if output is None:
            return
        self._outputs[node_id] = output
        if self._client is not None:
            self._feed.send("executed", self._about(node=node_id, display_node=node_id, output=output), self._client)
        self._tell_progress(node_id, 1, 1, "finished")

    async def _guarded(self, node_id: str) -> Any:
        class_type = self._prompt[node_id]["class_type"]
        about = {"prompt_id": self._id, "node_id": node_id, "node_type": class_type, "executed": self._executed}
        try:
            return await self._node(node_id, class_type)
        except Interrupted:
            self._tell("execution_interrupted", about, broadcast=True)
            raise _Ended("interrupted") from None
        except NodeFailure as failure:
            hidden = self._worker._catalogue.info(class_type)["input"].get("hidden", {})
            inputs = {name: [str(value)] for name, value in self._prompt[node_id].get("inputs", {}).items()}
            inputs.update({name: ["…"] for name in hidden})
            if self._moods.get("error_bytes"):
                inputs["_padding"] = ["x" * self._moods.take("error_bytes")]
            if self._moods.get("nan"):
                inputs["_strange"] = [float("nan"), float("-inf"), "\udc80", 2**70]
            trace = [f'  File "/ComfyUI/nodes.py", line 1, in {class_type}\n    raise {failure.kind}\n']
            error = {
                **about,
                "exception_message": str(failure),
                "exception_type": failure.kind,
                "traceback": trace,
                "current_inputs": inputs,
                "current_outputs": list(self._prompt),
            }
            self._tell("execution_error", error)
            raise _Ended("error") from None

    async def _node(self, node_id: str, class_type: str) -> Any:
        self._tell_progress(node_id, 0.0, 1.0, "running")
        self._check_interrupt()
        if self._client is not None:
            about = {} if self._moods.get("executing_without_prompt_id") else {"prompt_id": self._id}
            self._feed.running_node = (self._client, node_id)
            self._feed.send("executing", {"node": node_id, "display_node": node_id, **about}, self._client)
        output, steps = None, 1.0
        if class_type in LOADERS and self._moods.get("load_seconds"):
            await asyncio.sleep(self._moods.take("load_seconds"))
        if "Sampler" in class_type and class_type != "KSamplerSelect":
            steps = recipes.steps_of(self._prompt, node_id)
            await self._sample(node_id, steps)
        elif self._worker._catalogue.info(class_type).get("output_node"):
            output = await self._save(node_id, class_type)
            self._outputs[node_id] = output
            if self._client is not None:
                self._feed.send("executed", self._about(node=node_id, display_node=node_id, output=output), self._client)
        else:
            await asyncio.sleep(0)
        self._tell_progress(node_id, steps, steps, "finished")
        return output

    def _check_interrupt(self) -> None:
        if self._worker.interrupted:
            self._worker.interrupted = False
            raise Interrupted

    async def _sample(self, node_id: str, steps: int) -> None:
        moods = self._moods
        for step in range(1, steps + 1):
            self._check_interrupt()
            await asyncio.sleep(moods.get("seconds_per_step"))
            self._check_interrupt()
            self._tell_progress(node_id, step, steps, "running")
            progress = {"value": step, "max": steps, "prompt_id": self._id, "node": node_id}
            self._feed.send("progress", progress, self._client)
            if moods.get("previews"):
                self._preview(node_id)
            if moods.get("chatter"):
                self._chatter()
            if step == 1:
                await self._trouble()

    async def _trouble(self) -> None:
        moods, worker = self._moods, self._worker
        # Messages sent so far reach their readers before whatever happens now.
        await asyncio.sleep(0)
        if moods.get("crash") == "step" and moods.take("crash"):
            await asyncio.sleep(0.01)
            raise Crash
        if moods.get("oom_until_free") and not worker.freed:
            raise NodeFailure("torch.OutOfMemoryError", OUT_OF_MEMORY)
        if moods.get("oom") and moods.take("oom"):
            raise NodeFailure("torch.OutOfMemoryError", OUT_OF_MEMORY)
        matches = moods.get("fail_if") and moods.get("fail_if") in json.dumps(self._prompt)
        failure = (matches and moods.take("fail_if") and "boom") or (moods.get("fail") and moods.take("fail"))
        if failure:
            raise NodeFailure("RuntimeError", f"{failure if isinstance(failure, str) else 'boom'}\n")
        hang = moods.get("hang") and moods.take("hang")
        while hang:
            await asyncio.sleep(0.01)
            if hang == "interruptible":
                self._check_interrupt()

    async def _save(self, node_id: str, class_type: str) -> dict[str, Any]:
        await asyncio.sleep(0)
        moods, inputs = self._moods, self._prompt[node_id]["inputs"]
        wanted = recipes.read(self._prompt, node_id)
        temporary = class_type == "PreviewImage" or moods.get("temp_output")
        try:
            prefix = inputs.get("filename_prefix", "ComfyUI_temp")
            root = self._worker._output / ("temp" if temporary else "output")
            at = saving.next_name(root, prefix, wanted.width, wanted.height)
            images = [await self._save_one(node_id, wanted, number, at) for number in range(wanted.batch)]
        except (OSError, ValueError) as problem:
            kind = "OSError" if isinstance(problem, OSError) else "Exception"
            raise NodeFailure(kind, f"{problem}") from problem
        for image in images:
            image["type"] = "temp" if temporary else "output"
        self._worker._journal.rendered(self._id, wanted.signature(), [at[0] / image["filename"] for image in images])
        if moods.get("crash") == "saved" and moods.take("crash"):
            raise Crash
        return {"images": images}

    def _begin_painting(self, cached: set[str]) -> None:
        """What takes long is painted while the steps go by."""
        for node_id in self._targets:
            wanted = recipes.read(self._prompt, node_id)
            if node_id in cached or not self._worker.painter.takes_long(wanted):
                continue
            progress = progress_of(wanted, self._worker._catalogue)
            for number in range(wanted.batch):
                self._pictures[node_id, number] = asyncio.get_running_loop().run_in_executor(
                    self._worker.painting, self._worker.painter.paint, wanted, number, progress
                )

    async def _save_one(self, node_id: str, wanted: recipes.Recipe, number: int, at: tuple) -> dict[str, Any]:
        directory, base, counter, subfolder = at
        name = f"{base}_{counter + number:05}_.png"
        worker, text = self._worker, saving.text_of(self._strange(self._prompt), self._extra)
        if self._moods.get("black") and self._moods.take("black"):
            picture = Image.new("RGB", (wanted.width, wanted.height))
        elif (node_id, number) in self._pictures:
            picture = await self._pictures.pop((node_id, number))
        else:
            picture = worker.painter.paint(wanted, number, progress_of(wanted, worker._catalogue))
        if worker.painter.takes_long(wanted):
            await asyncio.get_running_loop().run_in_executor(worker.painting, saving.save, picture, directory / name, text)
        else:
            saving.save(picture, directory / name, text)
        if self._moods.get("windows"):
            subfolder = subfolder.replace("/", "\\")
        return {"filename": name, "subfolder": subfolder}

    def _strange(self, prompt: Any) -> Any:
        """ComfyUI writes what IS_CHANGED returned into the prompt, even if that is no number."""
        if not self._moods.get("nan"):
            return prompt
        return {node_id: {**node, "is_changed": float("nan")} for node_id, node in prompt.items()}

    # --- What else may come over the feed

    def _preview(self, node_id: str) -> None:
        image = BytesIO()
        Image.new("RGB", (64, 64), (90, 120, 150)).save(image, "JPEG")
        self._feed.send("preview", struct.pack(">II", 1, 1) + image.getvalue(), self._client)
        name = node_id.encode()
        self._feed.send("text", struct.pack(">II", 3, len(name)) + name + b"half-way", self._client)
        about = json.dumps({"node_id": node_id, "prompt_id": self._id, "image_type": "image/jpeg"}).encode()
        self._feed.send("preview", struct.pack(">II", 4, len(about)) + about + image.getvalue(), self._client)

    def _chatter(self) -> None:
        other = "ffffffff-0000-4000-8000-000000000000"
        self._feed.send("crystools.monitor", {"cpu_utilization": 12.5, "gpus": []}, None)
        self._feed.send("progress", {"value": 19, "max": 20, "prompt_id": other, "node": "3"}, None)
        interrupted = {"prompt_id": other, "node_id": "3", "node_type": "KSampler", "executed": [], "timestamp": 0}
        self._feed.send("execution_interrupted", interrupted, None)


class _Ended(Exception):
    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def _meta(node_id: str) -> dict[str, Any]:
    return {"node_id": node_id, "display_node": node_id, "parent_node": None, "real_node_id": node_id}
