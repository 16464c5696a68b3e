"""Checkpoints: run a part of the forward again in backward, instead of keeping what it saved.

Two kinds. Without re-entering, nodes are recorded as always, but what they save is dropped, and a
hook on saved tensors runs the part again when the first of it is needed: everything works, ``grad``
and higher orders too. The re-entrant kind, PyTorch's older one, records one node whose rule runs
the part again and calls backward inside of backward.

Source: https://docs.pytorch.org/docs/stable/checkpoint.html. Selective checkpoints and devices'
random states are not here. Unlike there, a saved value may be unpacked twice in one backward (that
runs the part once more), and ``except Exception`` in the part does not catch the early stop.
"""

from __future__ import annotations

import contextlib
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any

from minitorch.autograd.engine import current_walk
from minitorch.autograd.grad_mode import enable_grad, is_grad_enabled, no_grad
from minitorch.autograd.graph import saved_tensors_hooks
from minitorch.autograd.leaf import edge_to
from minitorch.autograd.node import alias, attach
from minitorch.autograd.saved import Packed, hooks_in_use
from minitorch.autograd.sites import Site, describe, here
from minitorch.autograd.versions import cell_of
from minitorch.random import fork_rng, get_rng_state, set_rng_state
from minitorch.tensor import Tensor

__all__ = [
    "CheckpointError",
    "checkpoint",
    "checkpoint_sequential",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
]

Contexts = tuple[AbstractContextManager[Any], AbstractContextManager[Any]]

_early_stop: ContextVar[bool | None] = ContextVar("checkpoint_early_stop", default=None)
_debug: ContextVar[bool | None] = ContextVar("checkpoint_debug", default=None)


class CheckpointError(RuntimeError):
    """Running a checkpointed part again gave something else than its first run."""


def noop_context_fn() -> Contexts:
    """Return the contexts of both runs where none are asked for."""
    return contextlib.nullcontext(), contextlib.nullcontext()


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """For checkpoints made in a block, set whether running again stops when all is there."""
    token = _early_stop.set(enable)
    try:
        yield
    finally:
        _early_stop.reset(token)


@contextlib.contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """For checkpoints made in a block, set ``debug``; None leaves it to each call."""
    token = _debug.set(enabled)
    try:
        yield
    finally:
        _debug.reset(token)


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], Contexts] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """Call a function; run it again in backward instead of keeping what it saved.

    Args:
        function: the part of the forward; it must do the same when called again.
        args: its arguments.
        use_reentrant: which kind; False is better, and PyTorch asks you to say.
        context_fn: gives a context for the first run and one for the others.
        determinism_check: "default" compares shapes and dtypes of both runs, "none" does not.
        debug: list in errors, for both runs, where each saved tensor came from.
        early_stop: end the second run as soon as all that is needed is there.
        preserve_rng_state: start other runs from the random state of the first.
        kwargs: keyword arguments of the function (not if re-entrant).

    Returns:
        What the function returns.

    Raises:
        ValueError: for options that do not go together.
        CheckpointError: in backward, if the second run was another one.

    Example:
        >>> y = checkpoint(block, x, use_reentrant=False)
    """
    if use_reentrant is None:
        _warn_of_kind("torch.utils.checkpoint:", "calling checkpoint", "Starting in PyTorch 2.9, ")
        use_reentrant = True
    if use_reentrant:
        if kwargs:
            raise ValueError(
                f"Unexpected keyword arguments: {','.join(kwargs)}: with use_reentrant=True the "
                "function gets positional arguments alone."
            )
        if context_fn is not noop_context_fn or debug is not False:
            raise ValueError(
                "Passing `context_fn` or `debug` is only supported when use_reentrant=False."
            )
        from minitorch.utils.reentrant import CheckpointFunction

        return CheckpointFunction.apply(function, preserve_rng_state, *args)
    part = _Part(function)
    part.metadata_of = _read_check(determinism_check)
    part.debug = _either(_debug, debug)
    part.early_stop = _either(_early_stop, early_stop)
    if part.debug and context_fn is not noop_context_fn:
        raise ValueError("debug=True is incompatible with non-default context_fn")
    return part.run(args, kwargs, context_fn, preserve_rng_state)


def _either(setting: ContextVar[bool | None], argument: bool) -> bool:
    chosen = setting.get()
    return argument if chosen is None else chosen


def _warn_of_kind(who: str, what: str, when: str) -> None:
    warnings.warn(
        f"{who} the use_reentrant parameter should be passed explicitly. {when}{what} without "
        "use_reentrant will raise an exception. use_reentrant=False is recommended, but if you "
        "need to preserve the current default behavior, you can pass use_reentrant=True.",
        UserWarning,
        stacklevel=3,
    )


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """Call functions one after the other, checkpointed in segments but for the last one.

    Args:
        functions: a ``Sequential`` or a list of functions.
        segments: into how many parts to cut it.
        input: what the first function gets.
        use_reentrant: see :func:`checkpoint`.
        kwargs: ``preserve_rng_state``.

    Returns:
        What the last function returns.
    """
    if use_reentrant is None:
        _warn_of_kind("torch.utils.checkpoint.checkpoint_sequential:", "calling it", "")
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError(f"Unexpected keyword arguments: {','.join(kwargs)}")
    steps = list(functions)  # also of a Sequential
    size = len(steps) // segments
    for start in range(0, size * (segments - 1), size):
        input = checkpoint(
            _chain(steps[start : start + size]),
            input,
            use_reentrant=use_reentrant,
            preserve_rng_state=preserve,
        )
    return _chain(steps[size * (segments - 1) :])(input)


def _chain(steps: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def run(x: Any) -> Any:
        for step in steps:
            x = step(x)
        return x

    return run


def _metadata(x: Tensor) -> dict[str, Any]:
    return {"shape": x.shape, "dtype": x.dtype, "device": x.device}


_CHECKS: dict[str, Callable[[Tensor], Any] | None] = {"default": _metadata, "none": None}


def _read_check(name: str) -> Callable[[Tensor], Any] | None:
    if name not in _CHECKS:
        raise ValueError(f"determinism_check should be one of {list(_CHECKS)}, but got {name}")
    return _CHECKS[name]


class _Place:
    """What a node keeps instead of the ``i``-th tensor that the part saves."""

    __slots__ = ("__weakref__", "i")

    def __init__(self, i: int) -> None:
        self.i = i


class _Enough(BaseException):
    """All that is needed has been computed again."""


class _Key:
    """Stands for a walk where a saved value is read outside of one."""


class _Part:
    """A checkpointed call: what is needed to run it again, and who waits for what it saves."""

    early_stop: bool
    debug: bool
    metadata_of: Callable[[Tensor], Any] | None
    args: list[Any]
    kwargs: dict[str, Any]
    context: AbstractContextManager[Any]
    random_state: Tensor | None
    completed = False

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.places: list[weakref.ref[_Place]] = []
        self.metadata: list[Any] = []
        self.sites: list[Site] = []
        # For each walk, what running again gave and nobody has fetched yet.
        self.values: weakref.WeakKeyDictionary[Any, dict[int, Tensor]] = weakref.WeakKeyDictionary()

    def run(
        self,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        context_fn: Callable[[], Contexts],
        preserve_rng_state: bool,
    ) -> Any:
        """Call the function for the first time."""
        first, self.context = context_fn()
        if not is_grad_enabled():
            return self.function(*args, **kwargs)
        self.args = [_keep(x) for x in args]
        self.kwargs = {name: _keep(x) for name, x in kwargs.items()}
        self.random_state = get_rng_state() if preserve_rng_state else None
        with saved_tensors_hooks(self.pack, self.unpack), first:
            result = self.function(*args, **kwargs)
        self.completed = True
        return result

    def pack(self, tensor: Tensor) -> _Place:
        place = _Place(len(self.places))
        self.places.append(weakref.ref(place))
        self.metadata.append(self.metadata_of and self.metadata_of(tensor))
        self.sites.append(here())
        return place

    def unpack(self, place: _Place) -> Tensor:
        walk = current_walk() or _Key()
        values = self.values.get(walk)
        if values is None or place.i not in values:
            values = self.values[walk] = self.run_again()
        return values.pop(place.i)

    def run_again(self) -> dict[int, Tensor]:
        """Call the function again; return what it saved, as far as somebody waits for it."""
        args = [x.get() if isinstance(x, _Argument) else x for x in self.args]
        kwargs = {n: x.get() if isinstance(x, _Argument) else x for n, x in self.kwargs.items()}
        run = _Run(self)
        with (
            fork_rng(enabled=self.random_state is not None),
            saved_tensors_hooks(run.pack, lambda tensor: tensor),
            enable_grad(),
        ):
            if self.random_state is not None:
                set_rng_state(self.random_state)
            with contextlib.suppress(_Enough), self.context:
                self.function(*args, **kwargs)
        run.check()
        return run.values


def _keep(x: Any) -> Any:
    return _Argument(x) if isinstance(x, Tensor) else x


class _Argument:
    """A tensor that the function was given: saved as a node would save it.

    So hooks on saved tensors that were on outside of the checkpoint, for example those of another
    checkpoint around it, decide how it is kept.
    """

    def __init__(self, tensor: Tensor) -> None:
        requires_grad = tensor.requires_grad  # brings a view's history up to date
        self.edge = edge_to(tensor) if requires_grad else None
        hooks = hooks_in_use()
        self.packed: Packed | None = None
        if hooks is not None:
            pack_hook, unpack_hook = hooks
            with no_grad():
                self.packed = Packed(pack_hook(tensor), unpack_hook)
        else:
            self.tensor: Tensor = alias(tensor, None, 0)
            self.cell = self.tensor._version_cell = cell_of(tensor)
            self.version = self.cell.version

    def get(self) -> Tensor:
        """Return the tensor as it was.

        Raises:
            RuntimeError: if it was written to since.
        """
        if self.packed is not None:
            kept = self.packed.unpack_hook(self.packed.value)
        elif self.cell.version != self.version:
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an "
                f"inplace operation: [{self.tensor.type()} {list(self.tensor.shape)}], an "
                f"argument of a checkpointed function, is at version {self.cell.version}; expected "
                f"version {self.version} instead. Give the function a clone()."
            )
        else:
            kept = self.tensor
        tensor: Tensor = alias(kept, None, 0)
        if self.edge is not None:
            attach(tensor, *self.edge)
        return tensor


class _Run:
    """One time of running again."""

    def __init__(self, part: _Part) -> None:
        self.part = part
        self.values: dict[int, Tensor] = {}
        self.sites: list[Site] = []

    def pack(self, tensor: Tensor) -> Tensor:
        kept: Tensor = alias(tensor, None, 0)
        part, i = self.part, len(self.sites)
        self.sites.append(here())
        if i < len(part.places):
            if part.places[i]() is not None:
                self.values[i] = kept
            if part.early_stop and i + 1 == len(part.places):
                raise _Enough
        elif part.completed:
            raise CheckpointError(
                "torch.utils.checkpoint: trying to save more tensors during recomputation than "
                f"during the original forward pass: {len(part.places)} then, now one more, saved "
                f"at {describe(self.sites[i])}.{self._list()}"
            )
        return kept

    def check(self) -> None:
        """Compare with the first run.

        Raises:
            CheckpointError: if other tensors were saved.
        """
        part = self.part
        if len(self.sites) < len(part.places):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the "
                "original forward and recomputation.\n"
                f"Number of tensors saved during forward: {len(part.places)}\n"
                f"Number of tensors saved during recomputation: {len(self.sites)}.{self._list()}"
            )
        if part.metadata_of is None:
            return
        different = [
            f"tensor at position {i}:\n"
            f"saved metadata: {part.metadata[i]}, saved at {describe(part.sites[i])}\n"
            f"recomputed metadata: {part.metadata_of(x)}, saved at {describe(self.sites[i])}\n"
            for i, x in self.values.items()
            if part.metadata_of(x) != part.metadata[i]
        ]
        if different:
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have "
                "different metadata than during the forward pass.\n"
                f"{''.join(different)}{self._list()}"
            )

    def _list(self) -> str:
        if not self.part.debug:
            return (
                " The function must do the same each time; debug=True lists where each run saved "
                "its tensors."
            )
        lines = ["\nSaved by the original forward:"]
        lines += [f"  {i}: {describe(site)}" for i, site in enumerate(self.part.sites)]
        lines.append("Saved by the recomputation:")
        lines += [f"  {i}: {describe(site)}" for i, site in enumerate(self.sites)]
        return "\n".join(lines)
