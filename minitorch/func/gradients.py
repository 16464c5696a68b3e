"""``grad``, ``vjp`` and ``jvp``: functions that give derivatives of functions.

Each call differentiates by handles of its own arguments, made for that call. Where an argument
requires grad, its handle is joined to its graph, and so outer calls see through; else the handle
is a leaf that nobody else knows, and results that lead to no other leaf are cut off from it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np

from minitorch import autograd
from minitorch.autograd.forward_ad.dual import inner_level, with_tangent, without_tangent
from minitorch.autograd.function.rule import CustomOp
from minitorch.autograd.grad_mode import enable_grad, is_grad_enabled, is_inference_mode_enabled
from minitorch.autograd.inference import inference_mode
from minitorch.autograd.leaf import AccumulateGrad, edge_to
from minitorch.autograd.node import Node, alias
from minitorch.autograd.transforming import transforming
from minitorch.autograd.vmap.levels import for_each_example
from minitorch.autograd.writes.tangents import tangent_of
from minitorch.core.dtypes import is_differentiable
from minitorch.func.tree import flatten, unflatten
from minitorch.tensor import Tensor

Function = Callable[..., Any]
Argnums = int | tuple[int, ...]


def grad(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """Return a function that gives the gradient of ``func``, which returns one number.

    Args:
        func: returns a tensor of one element; with ``has_aux`` a tuple of it and anything else.
        argnums: which positional arguments to differentiate by; tensors, or nested containers.
        has_aux: whether the result has a second part, handed through.

    Raises:
        RuntimeError: when it is called, if the result is no number, or ``argnums`` are out of
            range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.grad.html

    Example:
        >>> grad(lambda x: x ** 2)(torch.tensor(3.0))
        tensor(6.)
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        grads, value = both(*args, **kwargs)
        return (grads, value[1]) if has_aux else grads

    return gradient


def grad_and_value(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """Return a function that gives the gradient and the value; see :func:`grad`.

    The value is what ``func`` returned, with its second part where it has one.
    """

    @functools.wraps(func)
    def both(*args: Any, **kwargs: Any) -> Any:
        with Handles(args, argnums) as handles:
            result = func(*handles.args, **kwargs)
            output, aux = split_aux(result, has_aux, "grad_and_value(f)(*args)")
            _check_number(output)
            grads = gradients([output], handles.leaves, None, handles)
        given = handles.settled(handles.nested(grads))
        value = handles.settled(output)
        return given, (value, handles.settled(aux)) if has_aux else value

    return both


def vjp(func: Function, *primals: Any, has_aux: bool = False) -> Any:
    """Return the value of ``func``, and a function from its cotangents to those of ``primals``.

    Args:
        func: takes the primals, returns tensors, also nested.
        primals: tensors, also nested.
        has_aux: whether the result has a second part, handed through as a third result.

    Raises:
        RuntimeError: if results are no floating-point tensors; later if cotangents are nested
            otherwise than results.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.vjp.html
    """
    with Handles(primals, tuple(range(len(primals)))) as handles:
        output, aux = split_aux(func(*handles.args), has_aux, "vjp(f, *primals)")
        outputs, structure = flatten(output)
        check_tensors(outputs, "vjp(f, *primals)")
        for out in outputs:
            if not is_differentiable(out._array.dtype):
                raise RuntimeError(
                    "vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got "
                    f"Tensor with dtype {out.dtype}"
                )

    def pull_back(cotangents: Any, retain_graph: bool = True, create_graph: Any = None) -> Any:
        starts, found = flatten(cotangents)
        if found != structure:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of "
                f"outputs to the function. cotangents: {found}, primal output: {structure}"
            )
        recording = is_grad_enabled() if create_graph is None else create_graph
        with recorded():
            grads = gradients(outputs, handles.leaves, starts, handles, recording, retain_graph)
        return settle(handles.nested(grads), keep=recording)

    value = handles.settled(output)
    return (value, pull_back, handles.settled(aux)) if has_aux else (value, pull_back)


def jvp(
    func: Function, primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False
) -> Any:
    """Return the value of ``func``, and the tangent of the value for tangents of the arguments.

    Args:
        func: takes the primals, returns tensors, also nested.
        primals: a tuple of arguments.
        tangents: nested as the primals.
        strict: refuse results that do not depend on the primals, instead of giving zeros.
        has_aux: whether the result has a second part, handed through as a third result.

    Raises:
        RuntimeError: if primals and tangents do not fit each other, or results are no tensors.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.jvp.html
    """
    name = "jvp(f, primals, tangents)"
    if not isinstance(primals, tuple):
        raise RuntimeError(
            f"{name}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals)."
        )
    leaves, structure = flatten(primals)
    directions, found = flatten(tangents)
    if structure != found:
        raise RuntimeError(
            f"{name}: Expected primals and tangents to have the same python structure. For "
            "example, if primals is a tuple of 3 tensors, tangents also must be. Got primals with "
            f"structure {structure} and tangents with structure {found}"
        )
    for what, given in (("primals", leaves), ("tangents", directions)):
        check_some_tensors(given, name, what)
    with inner_level() as level, transforming():
        duals = [with_tangent(p, t, level) for p, t in zip(leaves, directions, strict=True)]
        output, aux = split_aux(func(*unflatten(duals, structure)), has_aux, name)
        outputs, nesting = flatten(output)
        check_tensors(outputs, name)
        pairs = [unpacked(out, level, strict) for out in outputs]
        rest = _without_tangents(aux, level)
    value = unflatten([p for p, _ in pairs], nesting)
    tangent = unflatten([t for _, t in pairs], nesting)
    return (value, tangent, rest) if has_aux else (value, tangent)


def linearize(func: Function, *primals: Any) -> tuple[Any, Function]:
    """Return the value of ``func``, and a function from tangents of the primals to its tangent.

    Cheaper than :func:`jvp` for several tangents at one place: ``func`` runs once.

    Args:
        func: takes the primals, returns tensors, also nested.
        primals: tensors, also nested.

    Raises:
        RuntimeError: later, if tangents are nested otherwise than the primals, or of other shapes.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.linearize.html
    """
    with Handles(primals, tuple(range(len(primals)))) as handles:
        output = func(*handles.args)
        outputs, structure = flatten(output)
        check_tensors(outputs, "linearize(f, *primals)")
        dummies = [handles.leaf(for_each_example(_zeros(out))) for out in outputs]
        transposed = gradients(outputs, handles.leaves, dummies)  # recorded, for the dummies

    def push_forward(*tangents: Any) -> Any:
        directions, found = flatten(tangents)
        if found != handles.structure:
            raise RuntimeError(
                "Expected the tangents to have the same python structure as the primals: got "
                f"{found} and {handles.structure}"
            )
        for i, (t, x) in enumerate(zip(directions, handles.leaves, strict=True)):
            if t.shape != x.shape or t.dtype != x.dtype:
                what = "dtype" if t.shape == x.shape else "shape"
                raise RuntimeError(
                    f"tangent:{i} with {what} {getattr(t, what)} in flattened pytree doesn't match "
                    f"the {what} {getattr(x, what)} of its primal"
                )
        recording = is_grad_enabled()
        with recorded():
            moved = gradients(transposed, dummies, directions, handles, recording, True)
        return settle(unflatten(moved, structure), keep=recording)

    return handles.settled(output), push_forward


# Parts of these, and of Jacobians


class Handles:
    """The arguments of one call, and what it differentiates by."""

    leaves: list[Any]  # handles of the tensors that ``argnums`` name, from left to right

    def __init__(self, args: tuple[Any, ...], argnums: Argnums) -> None:
        self.argnums = checked_argnums(argnums, len(args))
        self.recording = is_grad_enabled()
        given, self.structure = flatten(chosen_by(self.argnums, args))
        for x in given:
            if not isinstance(x, Tensor):
                raise ValueError(f"Thing passed to transform API must be Tensor, got {type(x)}")
        self.passing = Passing()
        with recorded():
            self.leaves = [self._handle(x) for x in given]
        self.args = replaced_by(self.argnums, args, unflatten(self.leaves, self.structure))

    def _handle(self, x: Any) -> Any:
        if x.is_inference():
            x = x.clone()
        if x.requires_grad and self.recording:
            return for_each_example(x.view_as(x))
        if not is_differentiable(x._array.dtype):
            raise RuntimeError(
                "only Tensors of floating point dtype can require gradients, got "
                f"{x.dtype}: convert it with .float()."
                " [explain: integer-grad]"
            )
        return self.leaf(for_each_example(alias(x, None, 0)))

    def leaf(self, x: Any) -> Any:
        """Make a new tensor a leaf of this call."""
        if is_differentiable(x._array.dtype):
            x._requires_grad = True
            x._passing = self.passing
        return x

    def __enter__(self) -> Handles:
        self._within = ExitStack()
        self._within.enter_context(recorded())
        self._within.enter_context(transforming())
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._within.close()
        self.passing.is_over = True

    def nested(self, grads: Sequence[Any]) -> Any:
        """Nest one result per handle as the arguments are."""
        return unflatten(grads, self.structure)

    def settled(self, results: Any) -> Any:
        """Cut results off from this call's own leaves."""
        return settle(results, keep=self.recording)


class Passing:
    """Marks the leaves of one call: when it has returned, they are constants to all others."""

    is_over = False


def recorded() -> Any:
    """Record, whatever mode is on outside."""
    return inference_mode(False) if is_inference_mode_enabled() else enable_grad()


def checked_argnums(argnums: Any, count: int) -> Argnums:
    """Return argument numbers counted from the front."""
    if isinstance(argnums, tuple):
        if not argnums:
            raise RuntimeError("argnums must be non-empty")
        checked = tuple([_checked_argnum(k, count) for k in argnums])
        if len(set(checked)) != len(checked):
            raise RuntimeError(f"argnums elements must be unique, got {argnums}")
        return checked
    if not isinstance(argnums, int):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    return _checked_argnum(argnums, count)


def _checked_argnum(k: Any, count: int) -> int:
    if not isinstance(k, int):
        raise RuntimeError(f"argnum must be int, got: {type(k)}")
    if not -count <= k < count:
        raise RuntimeError(f"Got argnum={k}, but only {count} positional inputs")
    return k % count


def chosen_by(argnums: Argnums, args: tuple[Any, ...]) -> Any:
    """Return the argument of a number, or a tuple of those of several; checked."""
    return tuple([args[k] for k in argnums]) if isinstance(argnums, tuple) else args[argnums]


def replaced_by(argnums: Argnums, args: tuple[Any, ...], new: Any) -> tuple[Any, ...]:
    """Return the arguments with new ones in place of what :func:`chosen_by` returns."""
    pairs = zip(argnums, new, strict=True) if isinstance(argnums, tuple) else [(argnums, new)]
    replaced = dict(pairs)
    return tuple([replaced.get(k, x) for k, x in enumerate(args)])


def _zeros(like: Any) -> Any:
    return Tensor._wrap(np.zeros(like._array.shape, like._array.dtype))


def gradients(
    outputs: Sequence[Any],
    inputs: Sequence[Any],
    starts: Sequence[Any] | None,
    handles: Handles | None = None,
    recording: bool | None = None,
    retain_graph: bool = False,
) -> list[Any]:
    """Return gradients, zeros where nothing leads to an input.

    Args:
        outputs: what is differentiated.
        inputs: by these.
        starts: the gradients of the outputs, if they are not of one element.
        handles: the call's; its own leaves are no reason to record the gradients' graph. None
            records it in any case.
        recording: whether to record it where there is a reason; default: as the call.
        retain_graph: keep the graph in any case.
    """
    pairs = [
        (out, start)
        for out, start in zip(outputs, starts or (None,) * len(outputs), strict=True)
        if out.requires_grad
    ]
    wanted = [x for x in inputs if x.requires_grad]
    if not pairs or not wanted:
        return [_zeros(x) for x in inputs]
    higher = handles is None or (
        (handles.recording if recording is None else recording)
        and any([leads_out(x, handles.passing) for pair in pairs for x in pair])
    )
    found = iter(
        autograd.grad(
            [out for out, _ in pairs],
            wanted,
            [start for _, start in pairs],
            retain_graph=retain_graph or higher,
            create_graph=higher,
            allow_unused=True,
        )
    )
    grads = [next(found) if x.requires_grad else None for x in inputs]
    return [_zeros(x) if g is None else g for g, x in zip(grads, inputs, strict=True)]


def settle(results: Any, keep: bool = True) -> Any:
    """Return nested results without a graph that leads to leaves of calls that are over alone.

    Args:
        results: tensors, also nested; other things stay as they are.
        keep: whether graphs that lead elsewhere, too, are kept.
    """
    leaves, structure = flatten(results)
    return unflatten([_settled(x, keep) if isinstance(x, Tensor) else x for x in leaves], structure)


def _settled(x: Any, keep: bool) -> Any:
    if x.requires_grad and not (keep and leads_out(x)) and not _is_of_user(x):
        x = alias(x, None, 0)
    if x._tangents is not None:
        x._tangents = {level: _settled(t, keep) for level, t in x._tangents.items()}
    return x


def _is_of_user(x: Tensor) -> bool:
    return x._grad_fn is None and "_passing" not in x.__dict__


def leads_out(x: Any, own: Passing | None = None) -> bool:
    """Whether a tensor's graph reaches a leaf that others may differentiate by.

    Args:
        x: a tensor, or None.
        own: of the call that asks while it runs: its leaves do not count, but custom functions do,
            because their rules may use anything.
    """
    if x is None or not x.requires_grad:
        return False
    start: Node = edge_to(x)[0]
    seen = {start}
    stack = [start]
    while stack:
        node = stack.pop()
        if isinstance(node, AccumulateGrad):
            passing = node.variable.__dict__.get("_passing")
            if passing is None or (passing is not own and not passing.is_over):
                return True
        elif own is not None and issubclass(node._op, CustomOp):
            return True
        for edge in node._edges:
            if edge is not None and edge[0] not in seen:
                seen.add(edge[0])
                stack.append(edge[0])
    return False


def split_aux(result: Any, has_aux: bool, name: str) -> tuple[Any, Any]:
    """Return the output and the second part of a result."""
    if not has_aux:
        return result, None
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError(
            f"{name}: output of function f should be a tuple: (output, aux) if has_aux is True"
        )
    return result


def _check_number(output: Any) -> None:
    name = "grad_and_value(f)(*args)"
    if not isinstance(output, Tensor):
        raise RuntimeError(f"{name}: Expected f(*args) to return a Tensor, got {type(output)}")
    if output.dim() != 0:
        raise RuntimeError(
            f"{name}: Expected f(*args) to return a scalar Tensor, got tensor with {output.dim()} "
            "dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
        )


def check_tensors(outputs: Sequence[Any], name: str) -> None:
    """Refuse results that are not tensors, or none at all."""
    if not outputs or (len(outputs) == 1 and outputs[0] is None):
        raise RuntimeError(
            f"{name}: Expected f to be a function that has non-empty output (got output = "
            f"{list(outputs)})"
        )
    for out in outputs:
        if not isinstance(out, Tensor):
            raise RuntimeError(
                f"{name}: expected f(*primals) to return only tensors, got unsupported type "
                f"{type(out)}"
            )


def check_some_tensors(given: Sequence[Any], name: str, what: str) -> None:
    """Refuse arguments that are not tensors, or none at all."""
    if not given:
        raise RuntimeError(f"{name}: Expected {what} to contain at least one Tensor.")
    for x in given:
        if not isinstance(x, Tensor):
            raise RuntimeError(f"{name}: Expected {what} to only contain Tensors, got {type(x)}")


def unpacked(out: Any, level: Any, strict: bool = False) -> tuple[Any, Any]:
    """Return a result without its tangent of a level, and the tangent; zeros where it has none."""
    tangent = tangent_of(out, level)
    if tangent is None:
        if strict:
            raise RuntimeError(
                "jvp(f, primals, tangents, strict=True): The output of f is independent of the "
                "inputs. This is not allowed with strict=True."
            )
        return out, _zeros(out)
    return without_tangent(out, level), tangent


def _without_tangents(aux: Any, level: Any) -> Any:
    leaves, structure = flatten(aux)
    return unflatten(
        [unpacked(x, level)[0] if isinstance(x, Tensor) else x for x in leaves], structure
    )
