"""``minitorch.profiler``: PyTorch's newer front of ``minitorch.autograd.profiler``.

Source: https://docs.pytorch.org/docs/stable/profiler.html
"""

from __future__ import annotations

import enum
import os
import warnings
from collections.abc import Callable, Iterable
from typing import Any, Self

from minitorch.autograd.profiler import profiler as _profiler
from minitorch.autograd.profiler.profiler import EventList, record_function

__all__ = [
    "ProfilerAction",
    "ProfilerActivity",
    "profile",
    "record_function",
    "schedule",
    "supported_activities",
]


class ProfilerActivity(enum.Enum):
    """What to look at; here there is the processor alone."""

    CPU = 0
    XPU = 1
    CUDA = 2


class ProfilerAction(enum.Enum):
    """What to do in a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


_RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


def supported_activities() -> set[ProfilerActivity]:
    """Return what can be looked at."""
    return {ProfilerActivity.CPU}


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0
) -> Callable[[int], ProfilerAction]:
    """Return a schedule for :class:`profile`: rounds of waiting, warming up and recording.

    Args:
        wait: steps of each round in which nothing is recorded.
        warmup: likewise; there is nothing to warm up.
        active: steps that are recorded; the last one ends the round.
        repeat: how many rounds; 0 is no end.
        skip_first: steps before the first round.
    """

    def action(step: int) -> ProfilerAction:
        step -= skip_first
        rounds, place = divmod(step, wait + warmup + active)
        if step < 0 or (repeat and rounds >= repeat) or place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        last = place == wait + warmup + active - 1
        return ProfilerAction.RECORD_AND_SAVE if last else ProfilerAction.RECORD

    return action


class profile:
    """Take the time of all ops and rules in a block, or in some of its steps.

    Args:
        activities: what to look at; for others than the CPU there is a warning.
        schedule: what to do in which step; by default everything is recorded.
        on_trace_ready: called with this object whenever a recording is complete.
        record_shapes: note the shapes of inputs.
        profile_memory: not there, with a warning; so is ``with_flops``.
        with_stack: note where in the user's program each call was.
        with_flops: see ``profile_memory``.
        with_modules: accepted and without effect.

    Example:
        >>> with profile(activities=[ProfilerActivity.CPU]) as prof:
        ...     model(x).sum().backward()
        >>> print(prof.key_averages().table(sort_by="cpu_time_total", row_limit=10))
    """

    def __init__(
        self,
        *,
        activities: Iterable[ProfilerActivity] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[[Any], Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
    ) -> None:
        if activities is not None and set(activities) - supported_activities():
            warnings.warn("CUDA is not available, disabling CUDA profiling", stacklevel=2)
        for name, asked in (("profile_memory", profile_memory), ("with_flops", with_flops)):
            if asked:
                warnings.warn(f"{name} is not there: times are taken alone.", stacklevel=2)
        self._names_steps = schedule is not None
        self._schedule = schedule or (lambda step: ProfilerAction.RECORD)
        self._on_trace_ready = on_trace_ready
        self._record_shapes, self._with_stack = record_shapes, with_stack
        self.profiler: _profiler.profile | None = None
        self.step_num = 0
        self.current_action = ProfilerAction.NONE
        self._step: record_function | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin with step 0."""
        self._begin(self._schedule(self.step_num))

    def stop(self) -> None:
        """End; what was being recorded is complete."""
        self._end(complete=self.current_action in _RECORDING)
        self.current_action = ProfilerAction.NONE

    def step(self) -> None:
        """Say that the next step begins."""
        before, after = self.current_action, self._schedule(self.step_num + 1)
        saves = before is ProfilerAction.RECORD_AND_SAVE
        self._end(complete=saves or (before in _RECORDING and after not in _RECORDING))
        self.step_num += 1
        self._begin(after, anew=saves)

    def _begin(self, action: ProfilerAction, anew: bool = False) -> None:
        goes_on = self.current_action in _RECORDING and not anew
        self.current_action = action
        if action not in _RECORDING:
            return
        if not goes_on:
            self.profiler = _profiler.profile(
                record_shapes=self._record_shapes, with_stack=self._with_stack
            )
            self.profiler.__enter__()
        if self._names_steps:
            self._step = record_function(f"ProfilerStep#{self.step_num}")
            self._step.__enter__()

    def _end(self, complete: bool) -> None:
        if self._step is not None:
            self._step.__exit__()
            self._step = None
        if complete:
            assert self.profiler is not None
            self.profiler.__exit__()
            if self._on_trace_ready is not None:
                self._on_trace_ready(self)

    def _recorded(self) -> _profiler.profile:
        if self.profiler is None:
            raise RuntimeError("Profiler has recorded nothing: no step that it should has run.")
        return self.profiler

    def events(self) -> EventList:
        """Return all events of the last recording."""
        return self._recorded().function_events

    def key_averages(
        self, group_by_input_shape: bool = False, group_by_stack_n: int = 0
    ) -> EventList:
        """Return the events averaged by name; see :meth:`EventList.key_averages`."""
        return self._recorded().key_averages(group_by_input_shape, group_by_stack_n)

    def export_chrome_trace(self, path: str | os.PathLike[str]) -> None:
        """Write a file for chrome://tracing or https://ui.perfetto.dev."""
        self._recorded().export_chrome_trace(path)
