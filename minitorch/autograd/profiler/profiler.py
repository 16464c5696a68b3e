"""The profiler: how often each op and each node's rule is called, and how long that takes.

Ops are named as PyTorch names them, ``aten::mul``, rules as nodes are, ``MulBackward0``; the ops
that a rule is made of stand below it. What is called inside of something counts to its total time
and not to its own. Only the thread that started it is looked at.

Source: https://docs.pytorch.org/docs/stable/autograd.html#profiler
"""

from __future__ import annotations

import functools
import os
import re
import threading
import time
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from minitorch.autograd import layers
from minitorch.autograd.layers import Layer
from minitorch.autograd.profiler.events import EventList, FunctionEvent, FunctionEventAvg
from minitorch.autograd.sites import describe, here
from minitorch.autograd.variable import TensorBase

if TYPE_CHECKING:
    from minitorch.autograd.node import Node
    from minitorch.autograd.op import Op

__all__ = ["EventList", "FunctionEvent", "FunctionEventAvg", "profile", "record_function"]


class Profiler(Layer):
    """Takes the time of whatever runs while it is on."""

    order = 10

    def __init__(self, record_shapes: bool, with_stack: bool) -> None:
        self.record_shapes = record_shapes
        self.with_stack = with_stack
        self.events = EventList()
        self.running: list[FunctionEvent] = []
        self.thread = threading.get_native_id()
        self.passing: type[Op] | None = None  # its clock runs: let it through

    def apply(self, op: type[Op], inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Compute an op, and take its time; inside of it only custom functions show more."""
        if self.passing is op:
            self.passing = None
            return NotImplemented
        event = self.begin(op.made_of_ops or aten_name(op.name), "cpu_op", inputs)
        try:
            if op.made_of_ops is None:
                return self.inner(op, inputs, params)
            self.passing = op
            return op.apply(*inputs, **params)
        finally:
            self.end(event)

    def run_rule(self, node: Node, rule: Callable[[], Any], grads: list[Any]) -> Any:
        """Run a node's rule, and take its time."""
        event = self.begin(node.name(), "backward", tuple(grads))
        try:
            return rule()
        finally:
            self.end(event)

    def begin(self, name: str, kind: str, inputs: tuple[Any, ...] = ()) -> FunctionEvent:
        """Start the clock for something that is called now."""
        running = self.running
        event = FunctionEvent(name, kind, running[-1] if running else None, self.thread)
        if self.record_shapes:
            event.input_shapes = [
                list(x._array.shape) if isinstance(x, TensorBase) else [] for x in inputs
            ]
        if self.with_stack:
            event.stack = [describe(here(2))]
        self.events.append(event)
        running.append(event)
        event.start_us = time.perf_counter_ns() / 1e3
        return event

    def end(self, event: FunctionEvent) -> None:
        """Stop the clock; also of what was begun inside, and never ended."""
        event.end_us = time.perf_counter_ns() / 1e3
        while self.running and (inner := self.running.pop()) is not event:
            inner.end_us = event.end_us
        if event.cpu_parent is not None:
            event.cpu_parent.children_us += event.end_us - event.start_us


@functools.cache
def aten_name(name: str) -> str:
    """Return an op's name by that of its node: ``MaxPool2DBackward0`` is ``aten::max_pool2d``."""
    name = re.sub(r"Backward\d*$", "", name)
    name = re.sub(r"(\d)D", r"\1d", name)
    return "aten::" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class record_function:
    """Give a block, or a function's calls, a name in the profile.

    Example:
        >>> with record_function("embedding"):
        ...     x = embed(words)
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name
        self._entered: list[tuple[Profiler, FunctionEvent] | None] = []

    def __enter__(self) -> Self:
        profiler = layers.find(Profiler)
        entered = None
        if profiler is not None:
            entered = profiler, profiler.begin(self.name, "user_annotation")
        self._entered.append(entered)
        return self

    def __exit__(self, *exc_info: object) -> None:
        entered = self._entered.pop()
        if entered is not None:
            entered[0].end(entered[1])

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with record_function(self.name):
                return function(*args, **kwargs)

        return wrapper


class profile:
    """Take the time of all ops and rules in a block.

    Args:
        enabled: False makes this do nothing.
        record_shapes: note the shapes of inputs.
        with_stack: note where in the user's program each call was.
        use_device: accepted where it is "cpu"; for others there is a warning.
        use_cuda: likewise.
        profile_memory: not there, with a warning; so is ``with_flops``.
        with_flops: see there.
        with_modules: accepted and without effect, as is ``use_kineto``.
        use_kineto: see there.
        use_cpu: False takes no times.

    Example:
        >>> with autograd.profiler.profile() as prof:
        ...     model(x).sum().backward()
        >>> print(prof.key_averages().table(sort_by="self_cpu_time_total"))
    """

    def __init__(
        self,
        enabled: bool = True,
        *,
        use_cuda: bool = False,
        use_device: str | None = None,
        record_shapes: bool = False,
        with_flops: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_modules: bool = False,
        use_kineto: bool = False,
        use_cpu: bool = True,
    ) -> None:
        self.enabled = enabled and use_cpu
        self._profiler = Profiler(record_shapes, with_stack)
        self._outer: Profiler | None = None
        self._state = "new"
        for name, asked in (("profile_memory", profile_memory), ("with_flops", with_flops)):
            if asked:
                warnings.warn(f"{name} is not there: times are taken alone.", stacklevel=2)
        if use_cuda or use_device not in (None, "cpu"):
            warnings.warn("CUDA is not available, disabling CUDA profiling", stacklevel=2)

    def __enter__(self) -> Self:
        if self.enabled:
            if self._state != "new":
                raise RuntimeError("Profiler context manager is not reentrant: make another one.")
            self._outer = layers.find(Profiler)
            layers.put(self._profiler)
            self._state = "running"
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self.enabled:
            layers.exchange(Profiler, self._outer)
            self._state = "over"

    @property
    def function_events(self) -> EventList:
        """All events in the order in which they began.

        Raises:
            RuntimeError: before the block has ended.
        """
        if self._state != "over":
            raise RuntimeError("Profiler didn't finish running: look at it after the block.")
        return self._profiler.events

    def key_averages(
        self, group_by_input_shape: bool = False, group_by_stack_n: int = 0
    ) -> EventList:
        """Return the events averaged by name; see :meth:`EventList.key_averages`."""
        return self.function_events.key_averages(group_by_input_shape, group_by_stack_n)

    def total_average(self) -> FunctionEventAvg:
        """Return all events as one."""
        return self.function_events.total_average()

    @property
    def self_cpu_time_total(self) -> float:
        """The time of everything, in microseconds."""
        return self.function_events.self_cpu_time_total

    def table(self, *args: Any, **kwargs: Any) -> str:
        """Return all events in a table; see :meth:`EventList.table`."""
        return self.function_events.table(*args, **kwargs)

    def export_chrome_trace(self, path: str | os.PathLike[str]) -> None:
        """Write a file for chrome://tracing; see :meth:`EventList.export_chrome_trace`."""
        self.function_events.export_chrome_trace(path)

    def __repr__(self) -> str:
        return self.table() if self._state == "over" else f"<profile, {self._state}>"

    __str__ = __repr__
