"""``autograd.graph``: looking at the recorded graph, and deciding how it keeps what it saves.

Source: https://docs.pytorch.org/docs/stable/autograd.html#torch.autograd.graph.saved_tensors_hooks
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from minitorch.autograd import layers
from minitorch.autograd.differentiate import GradientEdge
from minitorch.autograd.engine import Walk, current_walk
from minitorch.autograd.hooks import RemovableHandle, register_tensor_hook
from minitorch.autograd.leaf import edge_to
from minitorch.autograd.node import Node
from minitorch.autograd.saved import PackHooks, SavedTensorsHooks
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import bump

__all__ = [
    "GradientEdge",
    "Node",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


def get_gradient_edge(tensor: Any) -> GradientEdge:
    """Return where the tensor's gradient arrives, for ``grad(outputs, inputs=edge)``.

    Raises:
        RuntimeError: if the tensor requires no grad.
    """
    if tensor._view is not None:
        tensor._view.refresh(tensor)
    if not tensor._requires_grad:
        raise RuntimeError(
            "It is not possible to get the gradient edge for a Tensor that does not require "
            "gradients: set requires_grad_() on what it is computed from."
        )
    return GradientEdge(*edge_to(tensor))


def increment_version(tensor: Any) -> None:
    """Count a write to the tensors' memory that was made past PyTorch's own operations."""
    for t in (tensor,) if isinstance(tensor, TensorBase) else tensor:
        bump(t)


class saved_tensors_hooks:
    """Change how graphs keep tensors while this is active: packed when saved, unpacked when used.

    Args:
        pack_hook: called with each tensor that an op saves; what it returns is kept instead.
        unpack_hook: called with that in backward; returns the tensor.

    Raises:
        RuntimeError: where :class:`disable_saved_tensors_hooks` is active.
    """

    def __init__(self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> Self:
        pairs, disabled = _hooks()
        if disabled is not None:
            raise RuntimeError(disabled)
        _set_hooks((*pairs, (self.pack_hook, self.unpack_hook)), None)
        return self

    def __exit__(self, *exc_info: object) -> None:
        pairs, disabled = _hooks()
        assert pairs, "hooks were left that had not been entered"
        _set_hooks(pairs[:-1], disabled)


def _hooks() -> tuple[tuple[PackHooks, ...], str | None]:
    """Return the pairs of hooks that are on, and why no other may be added."""
    layer = layers.find(SavedTensorsHooks)
    return ((), None) if layer is None else (layer.pairs, layer.disabled)


def _set_hooks(pairs: tuple[PackHooks, ...], disabled: str | None) -> None:
    is_on = pairs or disabled is not None
    layers.exchange(SavedTensorsHooks, SavedTensorsHooks(pairs, disabled) if is_on else None)


class save_on_cpu(saved_tensors_hooks):
    """Keep saved tensors in main memory: there is no other here, so each is kept as a copy.

    Args:
        pin_memory: accepted for code that has a GPU elsewhere.
        device_type: accepted likewise.
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda tensor: tensor.clone(), lambda kept: kept)


@contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Refuse :class:`saved_tensors_hooks` with this message, for code that cannot bear them.

    Raises:
        RuntimeError: if such hooks are active already.
    """
    pairs, before = _hooks()
    if pairs:
        raise RuntimeError(error_message)
    _set_hooks(pairs, error_message)
    try:
        yield
    finally:
        _set_hooks(_hooks()[0], before)


class _MultiGradHook(RemovableHandle):
    """The handles of one hook on several tensors."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        self.handles = tuple(handles)

    def remove(self) -> None:
        for handle in self.handles:
            handle.remove()

    def __getstate__(self) -> Any:
        return self.handles

    def __setstate__(self, state: Any) -> None:
        self.handles = state


def register_multi_grad_hook(
    tensors: Sequence[Any], fn: Callable[..., Any], *, mode: str = "all"
) -> RemovableHandle:
    """Call a function once the gradients of several tensors are there.

    Args:
        tensors: those to wait for; all must require grad.
        fn: called with a list of gradients, None for tensors that this backward does not reach; in
            mode "any" with the first gradient alone.
        mode: "all" waits for every tensor that the backward reaches, "any" for the first.

    Raises:
        ValueError: for another mode.
        AssertionError: if a tensor requires no grad.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    if not all([t.requires_grad for t in tensors]):
        raise AssertionError(
            "Expected gradient function to be set: every tensor of a multi-grad hook must require "
            "grad."
        )
    collector = _Collector([get_gradient_edge(t).node for t in tensors], fn, mode == "any")
    return _MultiGradHook(
        [register_tensor_hook(t, collector.hook(i)) for i, t in enumerate(tensors)]
    )


class _Collector:
    """Gathers, for each walk, the gradients that have arrived."""

    def __init__(self, nodes: list[Node], fn: Callable[..., Any], first_only: bool) -> None:
        self.nodes = nodes
        self.fn = fn
        self.first_only = first_only
        self.lock = threading.Lock()
        self.arrived: weakref.WeakKeyDictionary[Walk, dict[int, Any]] = weakref.WeakKeyDictionary()

    def hook(self, i: int) -> Callable[[Any], None]:
        """Return the hook of the ``i``-th tensor."""

        def collect(grad: Any) -> None:
            walk = current_walk()
            assert walk is not None, "gradients arrive in a walk"
            with self.lock:
                grads = self.arrived.setdefault(walk, {})
                grads[i] = grad
                count = len(grads)
            if self.first_only:
                if count == 1:
                    self.fn(grad)
            elif count == sum([walk.reaches(node) for node in self.nodes]):
                self.fn([grads.get(k) for k in range(len(self.nodes))])

        return collect
