"""``torch.masked``: what a mask leaves out does not count."""

from typing import Any

import numpy as np
import pytest

import minitorch as mt
from tests.support.both import Refusal, compare, refused

X = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32)
MASK = np.array([[1, 1, 0, 1], [1, 0, 0, 1], [0, 0, 1, 0]], bool)

REDUCTIONS = "sum prod amax amin argmax argmin mean logsumexp norm var std"
LINES = "cumsum cumprod softmax log_softmax softmin median"

CALLS = {
    **{
        f"{n}_of_all": (lambda m, x, mask, n=n: getattr(m, n)(x, mask=mask))
        for n in REDUCTIONS.split()
    },
    **{
        f"{n}_of_rows": (lambda m, x, mask, n=n: getattr(m, n)(x, dim=1, keepdim=True, mask=mask))
        for n in REDUCTIONS.split()
    },
    **{f"{n}": (lambda m, x, mask, n=n: getattr(m, n)(x, -1, mask=mask)) for n in LINES.split()},
    **{f"{n}_of_everything": (lambda m, x, mask, n=n: getattr(m, n)(x, 0)) for n in LINES.split()},
    "a_row_of_the_mask": lambda m, x, mask: m.mean(x, 0, mask=mask[0]),
    "another_dtype": lambda m, x, mask: m.sum(x.long(), 1, mask=mask),
    "smallest_norm": lambda m, x, mask: m.norm(x, float("-inf"), 1, mask=mask),
    "normalize": lambda m, x, mask: m.normalize(x, 2.0, 1, mask=mask),
    "logaddexp": lambda m, x, mask: m.logaddexp(x, x[0], input_mask=mask),
    "logaddexp_of_bytes": lambda m, x, mask: m.logaddexp(x, mask.byte() + 2, other_mask=mask),
    "softmin_of_bytes": lambda m, x, mask: m.softmin(mask.byte() + 2, 1, mask=mask, dtype=x.dtype),
    "corrected": lambda m, x, mask: m.var(x, 1, correction=0, mask=mask),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_as_in_pytorch(torch: Any, call: Any) -> None:
    def masked(t: Any, x: Any, mask: Any) -> Any:
        return call(t.masked, x, mask)

    compare(torch, masked, X, MASK, rtol=1e-5, atol=1e-6)


def test_the_names_are_pytorchs(torch: Any) -> None:
    rest = {"MaskedTensor", "as_masked_tensor", "is_masked_tensor", "masked_tensor"}
    assert {*mt.masked.__all__} == {*torch.masked.__all__} - rest


REFUSED = [
    Refusal(lambda t, x: t.masked.mean(x.long()), ValueError, "Could not infer output dtype"),
    Refusal(lambda t, x: t.masked.sum(x[0], mask=x > 0), IndexError, "expected broadcastable mask"),
    Refusal(lambda t, x: t.masked.var(x, 0, True, correction=1), AssertionError, "Only one of"),
    Refusal(
        lambda t, x: t.masked.logaddexp(x.long(), x.int()), NotImplementedError, '"logaddexp_cpu"'
    ),
    Refusal(
        lambda t, x: t.masked.median(x.long(), mask=x[:, :1] > 9), ValueError, "no fully masked out"
    ),
]


@pytest.mark.parametrize("refusal", REFUSED)
def test_refusals(torch: Any, refusal: Refusal) -> None:
    refused(mt, refusal, X)
    refused(torch, refusal, X)
