"""Windows of any geometry, also impossible ones: PyTorch's results and PyTorch's refusals."""

import numpy as np
from hypothesis import assume, given, strategies as st

import minitorch as mt
from tests.nn.both import assert_same_values, outcome


def pairs(low, high):
    return st.integers(low, high) | st.tuples(st.integers(low, high), st.integers(low, high))


def compare(torch, function, shapes, options):
    """Run a function of ``nn.functional`` forward and backward on both."""
    random = np.random.default_rng(0)
    arrays = [random.standard_normal(shape) for shape in shapes]

    def script(torch):
        tensors = [torch.from_numpy(a).requires_grad_() for a in arrays]
        out = getattr(torch.nn.functional, function)(*tensors, **options)
        out.backward(torch.from_numpy(np.arange(1.0, 1.0 + out.numel()).reshape(out.shape)))
        return [out, *(t.grad for t in tensors)]

    ours, theirs = outcome(script, mt), outcome(script, torch)
    assert ours[0] == theirs[0], (ours, theirs)
    if ours[0] == "value":
        assert_same_values(ours[1][0], theirs[1][0], 1e-11)


@given(
    batch=st.none() | st.integers(0, 2),
    channels=st.integers(1, 2),
    out_channels=st.integers(1, 3),
    groups=st.integers(1, 2),
    size=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=pairs(0, 3),
    padding=pairs(-1, 3) | st.sampled_from(["same", "valid"]),
    dilation=pairs(0, 2),
    bias=st.booleans(),
)
def test_conv2d(
    torch, batch, channels, out_channels, groups, size, kernel, stride, padding, dilation, bias
):
    assume(batch != 0 or np.min(dilation) > 0)  # PyTorch lets that pass
    lead = () if batch is None else (batch,)
    shapes = [(*lead, channels * groups, *size), (out_channels, channels, *kernel)]
    if bias:
        shapes.append((out_channels,))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    compare(torch, "conv2d", shapes, options)


@given(
    batch=st.none() | st.integers(0, 2),
    channels=st.integers(0, 2),
    size=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    kernel_size=pairs(0, 4),
    stride=st.none() | pairs(0, 3),
    padding=pairs(-1, 2),
    dilation=pairs(0, 2),
    ceil_mode=st.booleans(),
)
def test_max_pool2d(torch, batch, channels, size, **options):
    # A dilated window may see nothing but padding; PyTorch then sends the gradient astray.
    assume(np.max(options["dilation"]) < 2 or np.max(options["padding"]) <= 0)
    lead = () if batch is None else (batch,)
    compare(torch, "max_pool2d", [(*lead, channels, *size)], options)


@given(
    batch=st.none() | st.integers(0, 2),
    channels=st.integers(1, 2),
    size=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    kernel_size=pairs(1, 4),
    stride=st.none() | pairs(0, 3),
    padding=pairs(0, 2),
    ceil_mode=st.booleans(),
    count_include_pad=st.booleans(),
    divisor_override=st.none() | st.integers(0, 3),
)
def test_avg_pool2d(torch, batch, channels, size, **options):
    lead = () if batch is None else (batch,)
    compare(torch, "avg_pool2d", [(*lead, channels, *size)], options)


@given(
    shape=st.lists(st.integers(0, 4), min_size=2, max_size=4),
    output_size=st.integers(1, 5) | st.tuples(*[st.none() | st.integers(1, 5)] * 2),
)
def test_adaptive_avg_pool2d(torch, shape, output_size):
    compare(torch, "adaptive_avg_pool2d", [shape], {"output_size": output_size})


@given(
    shape=st.lists(st.integers(0, 4), min_size=1, max_size=4),
    pad=st.lists(st.integers(-2, 4), min_size=1, max_size=6),
    mode=st.sampled_from(["constant", "reflect", "replicate", "circular"]),
)
def test_pad(torch, shape, pad, mode):
    # In PyTorch one side of a reflection may end up empty, and a crop may wrap around what is gone.
    assume(mode != "circular" or min(pad) >= 0)
    left = [shape[-1 - i // 2] + sum(pad[i : i + 2]) for i in range(0, len(pad), 2)[: len(shape)]]
    assume(mode == "constant" or min(left) > 0 or max(left) <= 0)
    compare(torch, "pad", [shape], {"pad": pad, "mode": mode})
