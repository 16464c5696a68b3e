"""One call of a custom function: its forward runs unrecorded, and is one node in the graph."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

from minitorch.autograd.function.node import NO_TENSOR, FunctionNode
from minitorch.autograd.grad_mode import Mode, current_mode, reset_mode, set_mode
from minitorch.autograd.layers import active
from minitorch.autograd.leaf import accumulator_of
from minitorch.autograd.node import Edge, Node, alias, attach
from minitorch.autograd.origin import Cut, first_cut
from minitorch.autograd.sites import here
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import bump, cell_of
from minitorch.autograd.writes.bar import Bar
from minitorch.autograd.writes.inplace import check_recordable, rebase_
from minitorch.autograd.writes.views import ViewOp
from minitorch.core.dtypes import is_differentiable

_new = object.__new__


def call(function: Any, args: tuple[Any, ...]) -> tuple[Any, FunctionNode]:
    """Call forward, and record the call where gradients may be asked.

    Args:
        function: a subclass of ``Function``.
        args: tensors and other values.

    Returns:
        What forward returned, its tensors with their history; and the call's ``ctx``.
    """
    ctx = _new(function._backward_cls)
    requires_grad, cut = _read(ctx, args)
    mode = current_mode()
    recording = requires_grad and mode.enabled
    if cut is not None:
        ctx._cut = cut
    edges = tuple([_edge_to(args[i]) for i in ctx._arguments]) if recording else ()
    before = set_mode(Mode(False, mode.inference, mode, function._cut))
    try:
        if function._has_setup:
            out = function.forward(*args)
            function.setup_context(ctx, args, out)
        else:
            out = function.forward(ctx, *args)
    finally:
        reset_mode(before)
    own = ctx.__dict__
    if recording and _is_plain(out, own, args):
        _start_node(ctx, edges, (out,))
        _attach(ctx, out, 0)
        if active() is not None or "to_save" in own:
            _complete(ctx, args, (out,), _NOTHING_WRITTEN)
        return out, ctx
    outputs = _Outputs(ctx, args, out if isinstance(out, tuple) else (out,))
    if recording:
        _start_node(ctx, edges, outputs.raw)
        outputs.give_history()
        outputs.check_saved()
        _complete(ctx, args, tuple(outputs.results), outputs.written)
    else:
        outputs.leave_unrecorded(requires_grad, cut)
        own.pop("to_save", None)
    own.pop("dirty_tensors", None)  # these may hold outputs
    own.pop("non_differentiable", None)
    results = outputs.results
    return (tuple(results) if isinstance(out, tuple) else results[0]), ctx


_NOTHING_WRITTEN: dict[int, int] = {}


def _is_plain(out: Any, own: dict[str, Any], args: tuple[Any, ...]) -> bool:
    """Whether forward returned one new tensor and said nothing of it: the usual case."""
    if (
        not isinstance(out, TensorBase)
        or out._view is not None
        or not is_differentiable(out._array.dtype)
        or "non_differentiable" in own
        or "dirty_tensors" in own
    ):
        return False
    for x in args:  # noqa: SIM110 - a call less
        if x is out:
            return False
    return True


def _start_node(
    ctx: FunctionNode, edges: tuple[Edge | None, ...], outputs: tuple[Any, ...]
) -> None:
    """Make the call a node of the graph."""
    about = [
        (t._array.shape, t._array.dtype) if isinstance(t, TensorBase) else NO_TENSOR
        for t in outputs
    ]
    Node.__init__(ctx, ctx._op, edges, tuple(about))
    ctx._site = here(4)


def _complete(
    ctx: FunctionNode,
    args: tuple[Any, ...],
    results: tuple[Any, ...],
    written: dict[int, int],
) -> None:
    """Save what was asked for, when outputs have their history."""
    stack = active()
    if stack is not None:
        for layer_recorded in stack.recorded:
            layer_recorded(ctx, args, results)
    to_save = ctx.__dict__.pop("to_save", ())
    if to_save:
        ctx._save(to_save, written)


def _attach(ctx: FunctionNode, t: Any, i: int) -> Any:
    """Make a tensor an output of the node."""
    t._grad_fn = ctx
    t._requires_grad = True
    t._output_index = i
    t._origin = None
    if t._view is not None:
        t._view.bar, t._view.lost = Bar.CUSTOM, False
        t._view.seen = cell_of(t).version
    return t


def _read(ctx: FunctionNode, args: tuple[Any, ...]) -> tuple[bool, Cut | None]:
    """Note which arguments are tensors; return whether one requires grad, and why one does not."""
    requires_grad, cut = False, None
    needs: list[bool] = []
    arguments: list[int] = []
    for i, x in enumerate(args):
        if isinstance(x, TensorBase):
            if x._view is not None:
                x._view.refresh(x)
            arguments.append(i)
            needs.append(x._requires_grad)
            if x._requires_grad:
                requires_grad = True
            else:
                cut = first_cut(cut, x._origin)
        else:
            needs.append(False)
    ctx.needs_input_grad = tuple(needs)
    ctx._arguments = tuple(arguments)
    ctx._count = len(args)
    return requires_grad and not (cut is not None and cut.kind == "volatile"), cut


def _edge_to(x: TensorBase) -> Edge | None:
    if not x._requires_grad:
        return None
    node = x._grad_fn
    if node is not None:
        return (node, x._output_index)
    return (accumulator_of(x) if x._view is None else x._view.end(x), 0)


def marked(ctx: FunctionNode, outputs: tuple[Any, ...]) -> tuple[int, ...]:
    """Return which outputs were marked as not differentiable."""
    apart = [id(t) for t in ctx.non_differentiable]
    return tuple([i for i, t in enumerate(outputs) if id(t) in apart])


class _Outputs:
    """What forward returned, on its way to what the caller gets."""

    __slots__ = ("args", "ctx", "raw", "results", "written")

    def __init__(self, ctx: FunctionNode, args: tuple[Any, ...], raw: tuple[Any, ...]) -> None:
        self.ctx = ctx
        self.args = args
        self.raw = raw
        self.results = list(raw)
        self.written: dict[int, int] = {}  # of dirty inputs, by id, which outputs they are
        if ctx.dirty_tensors:
            self._find_written()
        if ctx.non_differentiable:
            ctx._apart = marked(ctx, raw)

    def _find_written(self) -> None:
        """Count the writes that were marked.

        Raises:
            RuntimeError: if an input was written to and not returned.
        """
        inputs = [id(x) for x in self.args]
        places = {id(t): i for i, t in enumerate(self.raw)}
        for t in self.ctx.dirty_tensors:
            if id(t) not in inputs:
                warnings.warn(
                    "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors "
                    "that have been mutated should be passed to ctx.mark_dirty().",
                    UserWarning,
                    stacklevel=5,
                )
            if id(t) not in places:
                raise RuntimeError(
                    "Some elements marked as dirty during the forward method were not returned as "
                    "output. The inputs that are modified inplace must all be outputs of the "
                    f"Function: return them from {self.ctx._forward_cls.__name__}.forward."
                )
            bump(t, self.ctx.name(), 5)
            if id(t) in inputs:
                self.written[id(t)] = places[id(t)]

    def is_input(self, t: Any) -> bool:
        return any([x is t for x in self.args])

    def give_history(self) -> None:
        """Make the tensors outputs of the node."""
        for i, t in enumerate(self.raw):
            if not isinstance(t, TensorBase):
                continue
            if not is_differentiable(t._array.dtype) or i in self.ctx._apart:
                self.results[i] = self._without_history(t)
                self.results[i]._origin = self._reason(i)
            elif id(t) in self.written:
                self._rebase(t, i)
            elif self.is_input(t):
                self.results[i] = _attach(self.ctx, _view_of(t), i)
            else:
                _attach(self.ctx, t, i)

    def _reason(self, i: int) -> Cut:
        kind = "marked" if i in self.ctx._apart else "integer"
        return Cut(kind, self.ctx._site, self.ctx.name().removesuffix("Backward"))

    def _rebase(self, t: Any, i: int) -> None:
        """Give an input that was written to its new history.

        Raises:
            RuntimeError: if it is a leaf, or a view for whose base that is no history.
        """
        if t._requires_grad and t._grad_fn is None and t._view is None:
            raise RuntimeError(
                "a leaf Variable that requires grad has been used in an in-place operation. "
                f"{self.ctx._forward_cls.__name__} marks it as dirty: give it a clone()."
                " [explain: leaf-in-place]"
            )
        check_recordable(t)
        if t._view is not None and len(self.raw) > 1:
            raise RuntimeError(
                "If your Function modifies inplace an input that is a view of another Tensor, your "
                "Function cannot return more than one Tensor. This is not supported by the current "
                "autograd engine. You should either make sure the input is not a view (using "
                ".clone() for example) or make your Function only return one Tensor (potentially "
                "splitting it into two Functions: one doing the inplace that returns a single "
                "Tensor and a second one that does the other operations)."
            )
        result = t._plain(t._array)
        attach(result, self.ctx, i)
        rebase_(t, result)

    def _without_history(self, t: Any) -> Any:
        """Return an output that has no gradient."""
        if not t._requires_grad:
            return _view_of(t) if self.is_input(t) and id(t) not in self.written else t
        if self.is_input(t):
            return _detached(t)
        t._grad_fn, t._requires_grad, t._output_index = None, False, 0
        return t

    def leave_unrecorded(self, requires_grad: bool, cut: Cut | None) -> None:
        """Return what was computed as it is; inputs as other tensors."""
        if requires_grad:
            cut = current_mode().cut or Cut("no gradient", op=self.ctx._op.name)
        for i, t in enumerate(self.raw):
            if not isinstance(t, TensorBase):
                continue
            if t._requires_grad or self.is_input(t):
                self.results[i] = self._without_history(t)
            if cut is not None:
                self.results[i]._origin = cut

    def check_saved(self) -> None:
        """Refuse to save, apart from forward, an input that is an output: which one was meant?

        Raises:
            RuntimeError: if there is one.
        """
        if not self.ctx._forward_cls._has_setup:
            return
        for t in self.ctx.to_save:
            if any([t is x for x in self.raw]) and self.is_input(t) and id(t) not in self.written:
                raise RuntimeError(
                    "An input that has been returned as-is as output is being saved for backward. "
                    "This is not supported if you override setup_context. You should return and "
                    "save a view of the input instead, e.g. with x.view_as(x) or setup ctx inside "
                    "the forward function itself."
                )


def _view_of(x: TensorBase) -> Any:
    """Return a view of the whole tensor, which only a custom function makes."""
    view = ViewOp.wrap((x,), x._array)
    if view._view is not None:
        view._view.bar = Bar.CUSTOM
    return view


def _detached(x: TensorBase) -> Any:
    other = alias(x, None, 0)
    other._version_cell = cell_of(x)
    other._origin = Cut("detach", here(6))
    return other


def bound(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """Return all arguments by position: keywords in their places, defaults after them.

    Without a setup_context, which reads them, defaults are left to forward, as in PyTorch.

    Raises:
        TypeError: if they do not fit the signature of forward, or are for keywords alone.
    """
    leading = () if function._has_setup else (None,)
    arguments = inspect.signature(function.forward).bind(*leading, *args, **kwargs)
    if function._has_setup:
        arguments.apply_defaults()
    if arguments.kwargs:
        name = next(iter(arguments.kwargs))
        parameter = arguments.signature.parameters.get(name)
        if parameter is not None and parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            raise TypeError(f"forward() missing a required argument before '{name}': give it, too")
        raise TypeError(
            f"forward() got an unexpected keyword argument '{name}': a custom function takes "
            "arguments by position, and keywords for those alone."
        )
    return arguments.args[len(leading) :]
