"""Anomaly detection: the first node that makes a NaN, and the line of the forward call behind it.

Source: https://docs.pytorch.org/docs/stable/autograd.html#anomaly-detection. The error names that
line itself, too, so it is found also where nobody sees the warning.
"""

from __future__ import annotations

import linecache
import sys
import traceback
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd import layers
from minitorch.autograd.layers import Layer
from minitorch.autograd.sites import Site, describe, here, is_inside, line_of
from minitorch.autograd.vmap.example import values_of
from minitorch.core.dtypes import is_differentiable

if TYPE_CHECKING:
    from minitorch.autograd.node import Node

# The node whose rule is running: what the rule records was induced by it.
_running: ContextVar[Node | None] = ContextVar("running_node", default=None)


class Anomaly(Layer):
    """While this is on, nodes remember where they were recorded, and rules are looked after."""

    order = 0

    def __init__(self, check_nan: bool) -> None:
        self.check_nan = check_nan

    def recorded(self, node: Node, inputs: tuple[Any, ...], results: Any) -> None:
        remember(node)

    def run_rule(self, node: Node, rule: Callable[[], Any], grads: list[Any]) -> Any:
        return run(node, rule, self.check_nan)


def is_anomaly_enabled() -> bool:
    """Return whether anomalies are being looked for in this thread."""
    return layers.find(Anomaly) is not None


def is_anomaly_check_nan_enabled() -> bool:
    """Return whether NaN among gradients is an anomaly."""
    layer = layers.find(Anomaly)
    return layer is None or layer.check_nan


def _set(mode: bool, check_nan: bool) -> None:
    layers.exchange(Anomaly, Anomaly(check_nan) if mode else None)


class set_detect_anomaly:
    """Look for anomalies or not: from now on as a function, for a block as a context manager.

    Args:
        mode: whether to look for them.
        check_nan: whether NaN among gradients is an error; errors in rules always name the forward
            call.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = is_anomaly_enabled(), is_anomaly_check_nan_enabled()
        _set(bool(mode), check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc_info: object) -> None:
        _set(*self._before)


class detect_anomaly:
    """Find the forward call behind an error in backward, and the first NaN among gradients.

    While this is active, nodes remember where they were recorded; that costs time. If a rule fails
    in a block where this is active, a warning shows that place; if one gives NaN, that is an error.

    Args:
        check_nan: whether NaN is an error.

    Example:
        >>> with autograd.detect_anomaly():
        ...     loss = model(x).sqrt().sum()
        ...     loss.backward()
    """

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan
        self._before = is_anomaly_enabled(), is_anomaly_check_nan_enabled()
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should "
            "only be enabled for debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        _set(True, self._check_nan)

    def __exit__(self, *exc_info: object) -> None:
        _set(*self._before)


def remember(node: Node) -> None:
    """Note where a node is being recorded, and in whose rule."""
    node._site = here(3)
    node.metadata["traceback_"] = [_stack()]
    parent = _running.get()
    if parent is not None:
        node.metadata["parent_"] = parent


def _stack() -> str:
    """Return the lines of the stack that are the user's."""
    frames = [
        (frame, line)
        for frame, line in traceback.walk_stack(sys._getframe(3))
        if not is_inside(frame.f_code.co_filename)
    ]
    return "".join(traceback.StackSummary.extract(iter(frames[::-1])).format())


def run(node: Node, rule: Callable[[], Any], check_nan: bool) -> Any:
    """Run a node's rule, and warn where its forward call was if something is wrong.

    Raises:
        RuntimeError: if a gradient is NaN.
    """
    token = _running.set(node)
    try:
        results = rule()
        if check_nan:
            _check(node, results if type(results) is tuple else (results,))
    except Exception:
        _warn(node)
        raise
    finally:
        _running.reset(token)
    return results


def _check(node: Node, results: tuple[Any, ...]) -> None:
    for i, grad in enumerate(results):
        if grad is None:
            continue
        values = values_of(grad._array)
        if is_differentiable(values.dtype) and np.isnan(values).any():
            raise RuntimeError(
                f"Function '{node.name()}' returned nan values in its {i}th output."
                f"{'' if node._site is None else _forward_call(node._site)} [explain: anomaly-nan]"
            )


def _forward_call(site: Site) -> str:
    line = linecache.getline(site[0].co_filename, line_of(site)).strip()
    return f" Its forward call: {describe(site)}{line and f': {line}'}"


def _warn(node: Node) -> None:
    _say(
        f"Error detected in {node.name()}.",
        "Traceback of forward call that caused the error:",
        node,
    )
    parent = node.metadata.get("parent_")
    while parent is not None:
        _say(
            f"Previous calculation was induced by {parent.name()}.",
            "Traceback of forward call that induced the previous calculation:",
            parent,
        )
        parent = parent.metadata.get("parent_")


def _say(what: str, introduction: str, node: Node) -> None:
    trace = node.metadata.get("traceback_")
    if trace is None:
        text = (
            f"{what} No forward pass information available. Enable detect anomaly during forward "
            "pass for more information."
        )
    else:
        text = f"{what} {introduction}\n{trace[0]}"
    place = here(3)
    warnings.warn_explicit(text, UserWarning, place[0].co_filename, line_of(place))
