"""Ops on complex numbers: those that take them do what PyTorch does, all others refuse them."""

from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd.conjugates import HOLOMORPHIC, LINEAR
from minitorch.autograd.op import Op
from minitorch.ops.samples import Sample
from tests.support.op_calls import all_ops, cases, is_float_array

CASES = [c for c in cases(all_ops()) if any(map(is_float_array, c[2].inputs))]
REFUSED = [c for c in CASES if not c[1].complex]

# Whose `parity` is a call that PyTorch refuses, or has no complex numbers in.
OTHERWISE = {
    "Embedding": "looks up in tables of floats there",
    "PowBase-6": "of the base 0 NaN there",
    "SigmoidGrad": "between conjugations there, as the rule that it is",
    "Silu": "its rule has no complex numbers there",
    "TanhGrad": "between conjugations there, as the rule that it is",
}


TAKEN = [
    c
    for c in CASES
    if c[1].complex in (LINEAR, HOLOMORPHIC) and c[1].parity is not None
    if c[0] not in OTHERWISE and c[1].__name__ not in OTHERWISE
]


def turned(inputs: Any) -> list[Any]:
    """The inputs, floats with imaginary parts of their own."""
    random = np.random.default_rng(2)
    return [
        np.asarray(x + 1j * random.uniform(0.2, 0.8, x.shape)) if is_float_array(x) else x
        for x in inputs
    ]


def results(library: Any, op: type[Op], sample: Sample) -> tuple[list[Any], list[Any]]:
    """Outputs and gradients in a library, of a sum of real and imaginary parts with weights."""
    assert op.parity is not None
    given = [
        library.from_numpy(np.array(x)) if isinstance(x, np.ndarray) else x
        for x in turned(sample.inputs)
    ]
    leaves = [x for x in given if isinstance(x, library.Tensor) and x.is_complex()]
    for x in leaves:
        x.requires_grad_(op.differentiable)
    out = op.parity(library, *given, **sample.params)
    outputs = list(out) if isinstance(out, tuple | list) else [out]
    total = 0
    for x in outputs:
        if x.requires_grad:
            pairs = library.view_as_real(x) if x.is_complex() else x
            weights = np.cos(np.arange(pairs.numel())).reshape(tuple(pairs.shape))
            total = total + (pairs * library.from_numpy(weights)).sum()
    grads = []
    if isinstance(total, library.Tensor):
        grads = list(library.autograd.grad(total, leaves, allow_unused=True))
    return outputs, grads


@pytest.mark.parametrize(("op", "sample"), [c[1:] for c in TAKEN], ids=[c[0] for c in TAKEN])
def test_values_and_gradients_are_those_of_pytorch(
    torch: Any, op: type[Op], sample: Sample
) -> None:
    expected, actual = results(torch, op, sample), results(mt, op, sample)
    for theirs, ours in zip(expected, actual, strict=True):
        assert len(theirs) == len(ours)
        for want, got in zip(theirs, ours, strict=True):
            want = np.zeros(()) if want is None else want.detach().resolve_conj().numpy()
            got = np.zeros(()) if got is None else got.detach().numpy()
            np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("op", "sample"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_other_ops_refuse_them(op: type[Op], sample: Sample) -> None:
    given = [
        mt.from_numpy(np.array(x)) if isinstance(x, np.ndarray) else x
        for x in turned(sample.inputs)
    ]
    with pytest.raises(NotImplementedError, match="not implemented for 'ComplexDouble'"):
        op.apply(*given, **sample.params)
