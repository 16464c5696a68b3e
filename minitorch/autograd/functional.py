"""``autograd.functional``: Jacobians, Hessians and products with them, of functions of tensors.

Source: https://docs.pytorch.org/docs/stable/autograd.html#functional-higher-level-api. ``func`` has
the same in composable form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch.autograd import forward_ad
from minitorch.autograd.differentiate import grad
from minitorch.autograd.grad_mode import enable_grad
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.levels import FromBatched, ToBatched, inside
from minitorch.core.dtypes import is_complex
from minitorch.ops.shape.joining import stack

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Function = Callable[..., Any]
Tensors = tuple[Any, ...]


def vjp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Return the outputs, and the product of ``v`` with the Jacobian.

    Args:
        func: takes the inputs, returns a tensor or a tuple of them.
        inputs: a tensor or a tuple of them.
        v: as the outputs; may be left out for one output of one element.
        create_graph: make the results differentiable.
        strict: refuse outputs that do not depend on an input, instead of giving zeros.

    Raises:
        RuntimeError: if ``v`` does not fit the outputs; with ``strict`` for independence.
        TypeError: if inputs or outputs are no tensors.
    """
    with enable_grad():
        given, one = _read(inputs, "inputs", "vjp")
        given = _fresh(given, create_graph)
        outputs, one_output = _read(func(*given), "outputs of the user-provided function", "vjp")
        _require(outputs, "outputs", strict)
        start = _direction(v, outputs, one_output, "the user-provided function returns")
    with enable_grad():
        grads = _grads(outputs, given, start, create_graph)
        results = _filled(grads, given, strict, create_graph, "back")
    return _give(outputs, one_output, create_graph), _give(results, one, create_graph)


def jvp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Return the outputs, and the product of the Jacobian with ``v``.

    The product with the Jacobian's transpose is linear in the vector; its gradient by that vector
    is the product wanted. ``func.jvp`` needs one pass only.

    Args:
        func: as for :func:`vjp`.
        inputs: as for :func:`vjp`.
        v: as the inputs; may be left out for one input of one element.
        create_graph: make the results differentiable.
        strict: as for :func:`vjp`.

    Raises:
        RuntimeError: as :func:`vjp`.
        TypeError: as :func:`vjp`.
    """
    with enable_grad():
        given, one = _read(inputs, "inputs", "jvp")
        given = _fresh(given, create_graph)
        direction = _direction(v, given, one, "the input to the user-provided function is")
        outputs, one_output = _read(func(*given), "outputs of the user-provided function", "jvp")
        _require(outputs, "outputs", strict)
        dummies = tuple([_leaf(np.zeros_like(o._array)) for o in outputs])
        transposed = _grads(outputs, given, dummies, True)
        _require(transposed, "grad_inputs", strict)
        products = _grads(transposed, dummies, direction, create_graph)
        results = _filled(products, outputs, strict, create_graph, "back_trick")
    return _give(outputs, one_output, create_graph), _give(results, one_output, create_graph)


def jacobian(
    func: Function,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """Return the derivatives of all outputs by all inputs.

    Args:
        func: as for :func:`vjp`.
        inputs: as for :func:`vjp`.
        create_graph: make the result differentiable.
        strict: as for :func:`vjp`; not with ``vectorize``.
        vectorize: compute all rows at once.
        strategy: "reverse-mode", or "forward-mode" (with ``vectorize``): all columns at once.

    Returns:
        For one output and one input a tensor of shape (*output, *input); a tuple per output of
        such, a tuple per input of such, or tuples of tuples where there are several.

    Raises:
        RuntimeError: as :func:`vjp`.
        TypeError: as :func:`vjp`.
        AssertionError: for another strategy.
        NotImplementedError: for "forward-mode" without ``vectorize``, or with ``strict``.
    """
    assert strategy in ("forward-mode", "reverse-mode"), (
        'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function '
        'has more outputs than inputs, "forward-mode" tends to be more performant. Otherwise, '
        'prefer to use "reverse-mode".'
    )
    if strategy == "forward-mode":
        return _forward_jacobian(func, inputs, create_graph, strict, vectorize)
    with enable_grad():
        given, one = _read(inputs, "inputs", "jacobian")
        given = _fresh(given, create_graph)
        what = "outputs of the user-provided function"
        outputs, one_output = _read(func(*given), what, "jacobian")
        for out in outputs:
            if is_complex(out._array.dtype):
                raise RuntimeError(
                    "grad can be implicitly created only for real scalar outputs but got "
                    f"{out.dtype} [explain: scalar-outputs]"
                )
        _require(outputs, "outputs", strict)
        if vectorize and strict:
            raise RuntimeError(
                "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not "
                "supported together. Please either set `strict=False` or `vectorize=False`."
            )
        if vectorize:
            blocks = [_rows_at_once(o, given, create_graph) for o in outputs]
        else:
            blocks = [
                _rows_in_turn(o, given, create_graph, strict, i) for i, o in enumerate(outputs)
            ]
    results = tuple([_give(block, one, create_graph) for block in blocks])
    return results[0] if one_output else results


def _rows_in_turn(
    output: Any, inputs: Tensors, create_graph: bool, strict: bool, number: int
) -> Tensors:
    """For each input the derivatives of one output, a walk for each of its elements."""
    rows: list[list[Any]] = [[] for _ in inputs]
    for k in range(output._array.size):
        start = np.zeros_like(output._array, order="C")
        start.reshape(-1)[k] = 1
        grads = _grads((output,), inputs, (_plain(start),), create_graph)
        if strict and None in grads:
            raise RuntimeError(
                f"Output {number} of the user-provided function is independent of input "
                f"{grads.index(None)}. This is not allowed in strict mode."
            )
        for row, g in zip(rows, _filled(grads, inputs, strict, create_graph, "back"), strict=True):
            row.append(g)
    return tuple([_stacked(row, output, x) for row, x in zip(rows, inputs, strict=True)])


def _stacked(row: list[Any], output: Any, x: Any) -> Any:
    shape = (*output._array.shape, *x._array.shape)
    if not row:
        return _plain(np.zeros(shape, x._array.dtype))
    return stack(row, 0).reshape(shape)


def _rows_at_once(output: Any, inputs: Tensors, create_graph: bool) -> Tensors:
    """The same with one walk over all elements."""
    size = output._array.size
    shapes = [(*output._array.shape, *x._array.shape) for x in inputs]
    if not size:
        return tuple(
            [_plain(np.zeros(s, x._array.dtype)) for s, x in zip(shapes, inputs, strict=True)]
        )
    starts = np.eye(size, dtype=output._array.dtype).reshape(size, *output._array.shape)
    if output._requires_grad:
        grads = grad(
            [output],
            inputs,
            [_plain(starts)],
            retain_graph=True,
            create_graph=create_graph,
            allow_unused=True,
            is_grads_batched=True,
        )
    else:
        grads = (None,) * len(inputs)
    return tuple(
        [
            _plain(np.zeros(s, x._array.dtype)) if g is None else g.reshape(s)
            for g, s, x in zip(grads, shapes, inputs, strict=True)
        ]
    )


def _forward_jacobian(
    func: Function, inputs: Any, create_graph: bool, strict: bool, vectorize: bool
) -> Any:
    if strict:
        raise NotImplementedError(
            'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are '
            "not supported together (yet). Please either set `strict=False` or "
            '`strategy="reverse-mode"`.'
        )
    if not vectorize:
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian is only "
            "implemented for `vectorize=True`."
        )
    given, one = _read(inputs, "inputs", "jacobian")
    with enable_grad():
        given = _fresh(given, create_graph)
        columns = [_columns_at_once(func, given, i) for i in range(len(given))]
    outputs, one_output = columns[0][1], columns[0][2]
    blocks = [tuple([c[0][o] for c in columns]) for o in range(len(outputs))]
    results = tuple([_give(block, one, create_graph) for block in blocks])
    return results[0] if one_output else results


def _columns_at_once(func: Function, inputs: Tensors, i: int) -> tuple[list[Any], Tensors, bool]:
    """The derivatives of all outputs by input ``i``: one batched tangent."""
    x = inputs[i]
    size = x._array.size
    basis = np.eye(size, dtype=x._array.dtype).reshape(size, *x._array.shape)
    with inside(size) as level, forward_ad.dual_level():
        tangent = ToBatched.apply(_plain(basis), dim=0, level=level)
        args = [forward_ad.make_dual(x, tangent) if k == i else y for k, y in enumerate(inputs)]
        what = "outputs of the user-provided function"
        outputs, one_output = _read(func(*args), what, "jacobian")
        tangents = [forward_ad.unpack_dual(o).tangent for o in outputs]
        columns = [
            None if t is None else FromBatched.apply(t, dim=o._array.ndim, level=level)
            for o, t in zip(outputs, tangents, strict=True)
        ]
    shapes = [(*o._array.shape, *x._array.shape) for o in outputs]
    found = [
        _plain(np.zeros(s, o._array.dtype)) if c is None else c.reshape(s)
        for c, s, o in zip(columns, shapes, outputs, strict=True)
    ]
    return found, outputs, one_output


def hessian(
    func: Function,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """Return the second derivatives of a function with one output of one element.

    Args:
        func: takes the inputs, returns a tensor of one element.
        inputs: as for :func:`vjp`.
        create_graph: make the result differentiable.
        strict: as for :func:`vjp`.
        vectorize: compute all rows at once.
        outer_jacobian_strategy: for the derivatives of the gradient, as ``strategy`` of
            :func:`jacobian`.

    Returns:
        For one input a tensor of shape (*input, *input), else tuples of tuples of such.

    Raises:
        RuntimeError: if the output has several elements; else as :func:`vjp`.
    """
    given, one = _read(inputs, "inputs", "hessian")
    assert outer_jacobian_strategy in ("forward-mode", "reverse-mode"), (
        'Expected strategy to be either "forward-mode" or "reverse-mode".'
    )

    def scalar(*args: Any) -> Any:
        out = func(*args)
        values, is_one = _read(out, "outputs of the user-provided function", "hessian")
        _require(values, "outputs", strict)
        if not is_one:
            raise RuntimeError("The function given to hessian should return a single Tensor")
        if values[0]._array.size != 1:
            raise RuntimeError(
                "The Tensor returned by the function given to hessian should contain a single "
                f"element, but its shape is {list(values[0]._array.shape)}"
            )
        return values[0].reshape(())

    def gradient(*args: Any) -> Any:
        if outer_jacobian_strategy == "forward-mode":
            args = tuple([x.view_as(x) if x._requires_grad else _requiring(x) for x in args])
        found = jacobian(scalar, args, create_graph=True)
        _require(found, "jacobian", strict)
        return found

    result = jacobian(
        gradient,
        given,
        create_graph=create_graph,
        strict=strict,
        vectorize=vectorize,
        strategy=outer_jacobian_strategy,
    )
    return result[0][0] if one else result


def vhp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Return the output, and the product of ``v`` with the Hessian.

    Args:
        func: takes the inputs, returns a tensor of one element.
        inputs: as for :func:`vjp`.
        v: as the inputs; may be left out for one input of one element.
        create_graph: make the results differentiable.
        strict: as for :func:`vjp`.

    Raises:
        RuntimeError: if the output has several elements; else as :func:`vjp`.
    """
    with enable_grad():
        given, one = _read(inputs, "inputs", "vhp")
        given = _fresh(given, create_graph)
        direction = _direction(v, given, one, "the input to the user-provided function is")
        output = _scalar(func(*given), "vhp", strict)
        first = _grads((output,), given, None, True)
        _require(first, "jacobian", strict)
        second = _grads(first, given, direction, create_graph)
        results = _filled(second, given, strict, create_graph, "double_back")
    return _give((output,), True, create_graph), _give(results, one, create_graph)


def hvp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Return the output, and the product of the Hessian with ``v``.

    The Hessian is symmetric, so :func:`vhp` gives the same with one walk less.

    Args:
        func: as for :func:`vhp`.
        inputs: as for :func:`vjp`.
        v: as the inputs; may be left out for one input of one element.
        create_graph: make the results differentiable.
        strict: as for :func:`vjp`.

    Raises:
        RuntimeError: as :func:`vhp`.
    """
    with enable_grad():
        given, one = _read(inputs, "inputs", "hvp")
        given = _fresh(given, create_graph)
        direction = _direction(v, given, one, "the input to the user-provided function is")
        output = _scalar(func(*given), "hvp", strict)
        first = _grads((output,), given, None, True)
        _require(first, "jacobian", strict)
        dummies = tuple([_leaf(np.zeros_like(x._array)) for x in given])
        second = _grads(first, given, dummies, True)
        _require(second, "hessian", strict)
        products = _grads(second, dummies, direction, create_graph)
        results = _filled(products, given, strict, create_graph, "double_back_trick")
    return _give((output,), True, create_graph), _give(results, one, create_graph)


def _scalar(out: Any, name: str, strict: bool) -> Any:
    outputs, one = _read(out, "outputs of the user-provided function", name)
    _require(outputs, "outputs", strict)
    if not one:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if outputs[0]._array.size != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {name} should contain a single element, "
            f"but its shape is {list(outputs[0]._array.shape)}"
        )
    return outputs[0]


def _read(x: Any, what: str, name: str) -> tuple[Tensors, bool]:
    """Return tensors as a tuple, and whether there was one without a tuple."""
    if isinstance(x, TensorBase):
        return (x,), True
    if not isinstance(x, tuple):
        raise TypeError(
            f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the "
            f"given {what} has type {type(x)}."
        )
    for i, element in enumerate(x):
        if not isinstance(element, TensorBase):
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the "
                f"value at index {i} has type {type(element)}."
            )
    return x, False


def _plain(array: Any) -> Any:
    return TensorBase._result_class._wrap(array)


def _leaf(array: Any) -> Any:
    return _requiring(_plain(array))


def _requiring(x: Any) -> Any:
    return x.detach().requires_grad_()


def _fresh(inputs: Tensors, create_graph: bool) -> Tensors:
    """Return handles to differentiate by: inside the given graph if it is to go on."""
    return tuple(
        [x.view_as(x) if create_graph and x.requires_grad else _requiring(x) for x in inputs]
    )


def _direction(v: Any, like: Tensors, one: bool, whose: str) -> Tensors:
    """Read ``v``, which has the shapes of ``like``."""
    if v is None:
        if len(like) != 1 or like[0]._array.size != 1:
            raise RuntimeError(
                f"The vector v can only be None if {whose} a single Tensor with a single element."
            )
        return (_plain(np.ones_like(like[0]._array)),)
    given = (v,) if isinstance(v, TensorBase) else tuple(v)
    if len(given) != len(like):
        if one:
            raise RuntimeError("The given v should contain a single Tensor.")
        raise RuntimeError(
            f"v is a tuple of invalid length: should be {len(like)} but got {len(given)}."
        )
    for i, (a, b) in enumerate(zip(given, like, strict=True)):
        if a._array.shape != b._array.shape:
            entry = "" if one else f"Entry {i} in "
            raise RuntimeError(
                f"{entry}v has invalid size: should be torch.Size({list(b._array.shape)}) but got "
                f"torch.Size({list(a._array.shape)})."
            )
    return given


def _grads(
    outputs: Sequence[Any], inputs: Tensors, starts: Tensors | None, create_graph: bool
) -> Tensors:
    """Gradients of those outputs that have a graph; None where none arrives."""
    pairs = [
        (o, s)
        for o, s in zip(outputs, starts or (None,) * len(outputs), strict=True)
        if o is not None and o._requires_grad
    ]
    if not pairs:
        return (None,) * len(inputs)
    return grad(
        [o for o, _ in pairs],
        inputs,
        [s for _, s in pairs],
        retain_graph=True,
        create_graph=create_graph,
        allow_unused=True,
    )


_INDEPENDENT = {
    "back": "The output of the user-provided function is independent of input {}. This is not "
    "allowed in strict mode.",
    "back_trick": "The gradient with respect to the input is independent of entry {} in the "
    "grad_outputs when using the double backward trick to compute forward mode gradients. This is "
    "not allowed in strict mode.",
    "double_back": "The jacobian of the user-provided function is independent of input {}. This is "
    "not allowed in strict mode.",
    "double_back_trick": "The hessian of the user-provided function is independent of entry {} in "
    "the grad_jacobian. This is not allowed in strict mode as it prevents from using the double "
    "backward trick to replace forward mode AD.",
}


def _filled(
    grads: Tensors, like: Sequence[Any], strict: bool, create_graph: bool, stage: str
) -> Tensors:
    """Put zeros where no gradient came, or in strict mode refuse that."""
    results = []
    for i, (g, x) in enumerate(zip(grads, like, strict=True)):
        if g is None and strict:
            raise RuntimeError(_INDEPENDENT[stage].format(i))
        if strict and create_graph and not g._requires_grad:
            what = "hessian" if stage.startswith("double") else "jacobian"
            raise RuntimeError(
                f"The {what} of the user-provided function is independent of input {i}. This is "
                "not allowed in strict mode when create_graph=True."
            )
        results.append(_plain(np.zeros_like(x._array)) if g is None else g)
    return tuple(results)


_NOT_REQUIRED = {
    "hessian": "The hessian of the user-provided function with respect to input {} is independent "
    "of the input. This is not allowed in strict mode. You should ensure that your function is "
    "thrice differentiable and that the hessian depends on the inputs.",
    "jacobian": "While computing the hessian, found that the jacobian of the user-provided "
    "function with respect to input {} is independent of the input. This is not allowed in strict "
    "mode. You "
    "should ensure that your function is twice differentiable and that the jacobian depends on the "
    "inputs (this would be violated by a linear function for example).",
    "grad_inputs": "The gradient with respect to input {} is independent of the inputs of the "
    "user-provided function. This is not allowed in strict mode.",
    "outputs": "Output {} of the user-provided function does not require gradients. The outputs "
    "must be computed in a differentiable manner from the input when running in strict mode.",
}


def _require(tensors: Any, what: str, strict: bool) -> None:
    """In strict mode refuse tensors without a graph."""
    if not strict:
        return
    for i, x in enumerate((tensors,) if isinstance(tensors, TensorBase) else tensors):
        if x is None:
            raise RuntimeError(_INDEPENDENT["back"].format(i))
        if not x._requires_grad:
            raise RuntimeError(_NOT_REQUIRED[what].format(i))


def _give(tensors: Sequence[Any], one: bool, create_graph: bool) -> Any:
    """Return results as the user's arguments were: one tensor or a tuple, with a graph or not."""
    given = tuple([x if create_graph else x.detach() for x in tensors])
    return given[0] if one else given
