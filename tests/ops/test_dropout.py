"""Dropout: the masks are PyTorch's, bit for bit."""

import numpy as np
import pytest

import minitorch as mt
from minitorch.ops.layers import dropout


def rows(order):
    """The numbers 1 to 60 in several layouts."""
    x = np.arange(1, 61, dtype=np.float32)
    return {
        "contiguous": x.reshape(4, 15),
        "transposed": x.reshape(15, 4).T,
        "permuted": x.reshape(3, 4, 5).transpose(2, 0, 1),
        "gaps": x.reshape(6, 10)[:, ::2],
        "number": x[:1].reshape(()),
    }[order]


@pytest.mark.parametrize("layout", ["contiguous", "transposed", "permuted", "gaps", "number"])
@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_masks_are_those_of_pytorch(torch, layout, p, dtype):
    def run(torch):
        torch.manual_seed(3)
        x = torch.from_numpy(np.asarray(rows(layout).astype(dtype))).requires_grad_()
        out = torch.nn.functional.dropout(x, p)
        out.backward(torch.full(x.shape, 3, dtype=x.dtype))
        return out.detach(), x.grad, torch.rand(3)  # and as much is drawn

    for ours, theirs in zip(run(mt), run(torch), strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_golden_values():
    mt.manual_seed(0)
    out = dropout.dropout(mt.ones(8, requires_grad=True), 0.5)
    assert out.tolist() == [0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
    assert out.grad_fn.name() == "MulBackward0"


def test_nothing_to_drop():
    x = mt.ones(3)
    state = mt.get_rng_state().tolist()
    assert dropout.dropout(x, 0.0) is x
    empty = mt.ones(0, 3)
    assert dropout.dropout(empty, 0.5) is empty
    assert dropout.dropout(x, 1.0).tolist() == [0.0, 0.0, 0.0]
    assert mt.get_rng_state().tolist() == state


def test_share_and_scale():
    mt.manual_seed(1)
    out = dropout.dropout(mt.ones(100_000), 0.2).numpy()
    assert set(np.unique(out)) == {np.float32(0), np.float32(1.25)}
    assert np.mean(out == 0) == pytest.approx(0.2, abs=0.005)
