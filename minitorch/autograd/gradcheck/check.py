"""``gradcheck`` and ``gradgradcheck``: gradients against difference quotients.

Jacobians here have a row per element of the input and a column per element of the output, as in
PyTorch. Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.autograd.differentiate import grad
from minitorch.autograd.gradcheck.slopes import (
    Check,
    Function,
    GradcheckError,
    Options,
    as_tuple,
    differentiable,
    needs_grad,
    tensor_of,
)
from minitorch.core.dtypes import is_complex


def gradcheck(
    func: Function,
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Compare the gradients of a function with difference quotients.

    Args:
        func: takes the inputs and returns a tensor, or a tuple of them.
        inputs: a tensor or a tuple; those that require grad are checked, in float64 or complex128.
        eps: half the step of the difference quotients.
        atol: how far off an element may be, absolutely.
        rtol: the same, relative to the difference quotient.
        raise_exception: raise, instead of returning False.
        nondet_tol: how far two runs of backward may differ.
        check_undefined_grad: also call the rules without any gradient.
        check_grad_dtypes: also compare dtypes of inputs and gradients.
        check_batched_grad: also compare many gradients at once with one after the other.
        check_batched_forward_grad: the same for forward mode.
        check_forward_ad: check forward mode.
        check_backward_ad: check backward mode.
        fast_mode: compare along one random direction per pair of input and output.
        masked: accepted; there are no sparse tensors.

    Raises:
        GradcheckError: says which input, which output, which elements, and how far off.
        ValueError: if no input requires grad.
        AssertionError: if nothing is to be checked.
    """
    tolerances = (eps, atol, rtol, nondet_tol)
    more = (check_undefined_grad, check_grad_dtypes, check_batched_grad, check_batched_forward_grad)
    options = Options(*tolerances, fast_mode, *more, check_forward_ad, check_backward_ad)
    return _passes(func, as_tuple(inputs), options, raise_exception)


def _passes(func: Function, inputs: Any, options: Options, raise_exception: bool) -> bool:
    try:
        Check(func, inputs, options).run()
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Function,
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Compare second derivatives of a function with difference quotients of its first.

    Args:
        func: as for :func:`gradcheck`.
        inputs: as for :func:`gradcheck`.
        grad_outputs: the gradients to start with, one per differentiable output; random if left
            out. They are differentiated by, too.
        gen_non_contig_grad_outputs: make the random ones with gaps in memory.
        check_fwd_over_rev: also check forward mode over backward mode.
        check_rev_over_rev: check backward mode over backward mode.

    All others are those of :func:`gradcheck`.

    Raises:
        GradcheckError: as :func:`gradcheck`.
        ValueError: as :func:`gradcheck`.
    """
    arguments = as_tuple(inputs)
    if grad_outputs is None:
        outputs = differentiable(as_tuple(func(*arguments)))
        starts = tuple([_random_start(o, gen_non_contig_grad_outputs) for o in outputs])
    else:
        starts = as_tuple(grad_outputs)

    def first_derivatives(*args: Any) -> Any:
        given, given_starts = args[: len(arguments)], args[len(arguments) :]
        outputs = differentiable(as_tuple(func(*given)))
        wanted = [x for x in given if needs_grad(x)]
        grads = grad(outputs, wanted, given_starts, create_graph=True, allow_unused=True)
        return tuple([g for g in grads if g is not None])

    tolerances = (eps, atol, rtol, nondet_tol)
    more = (check_undefined_grad, check_grad_dtypes, check_batched_grad, False)
    options = Options(*tolerances, fast_mode, *more, check_fwd_over_rev, check_rev_over_rev)
    return _passes(first_derivatives, arguments + starts, options, raise_exception)


def _random_start(output: Any, gaps: bool) -> Any:
    shape = output._array.shape
    draw = np.random.default_rng(17).uniform(-1, 1, (*shape, 2)).astype(output._array.dtype)
    if is_complex(draw.dtype):
        draw = draw * (1 + 0.5j)
    start = tensor_of(draw[..., 0] if gaps else draw[..., 0].copy())
    start.requires_grad = True
    return start
