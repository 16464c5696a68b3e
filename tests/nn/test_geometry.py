"""Windows of any geometry, also impossible ones: PyTorch's results and PyTorch's refusals."""

import numpy as np
from hypothesis import assume, given, strategies as st

import minitorch as mt
from tests.nn.both import assert_same_values, outcome


def compare(torch, function, shapes, options):
    """Run a function of ``nn.functional`` forward and backward on both."""
    random = np.random.default_rng(0)
    arrays = [random.standard_normal(shape) for shape in shapes]

    def script(torch):
        tensors = [torch.from_numpy(a).requires_grad_() for a in arrays]
        out = getattr(torch.nn.functional, function)(*tensors, **options)
        out, *rest = out if isinstance(out, tuple) else (out,)
        out.backward(torch.from_numpy(np.arange(1.0, 1.0 + out.numel()).reshape(out.shape)))
        return [out, *rest, *(t.grad for t in tensors)]

    ours, theirs = outcome(script, mt), outcome(script, torch)
    assert ours[0] == theirs[0], (ours, theirs)
    if ours[0] == "value":
        assert_same_values(ours[1][0], theirs[1][0], 1e-11)


@st.composite
def convolutions(draw, *, lowest, padding):
    """Shapes of operands, channels as a convolution has them, and its options; over 1 to 3 dims."""
    dims = draw(st.integers(1, 3))

    def sizes(low, high):
        return draw(st.integers(low, high) | st.tuples(*[st.integers(low, high)] * dims))

    batch, groups = draw(st.none() | st.integers(0, 2)), draw(st.integers(1, 2))
    channels, out_channels = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    lead = () if batch is None else (batch,)
    size, kernel = (draw(st.tuples(*[st.integers(1, n)] * dims)) for n in (6, 3))
    x_shape = (*lead, channels * groups, *size)
    options = {"stride": sizes(lowest, 3), "groups": groups, "dilation": sizes(lowest, 2)}
    options["padding"] = sizes(min(lowest, 1) - 1, 3) if draw(st.booleans()) else draw(padding)
    return dims, x_shape, (channels, out_channels, *kernel), options


@given(convolutions(lowest=0, padding=st.sampled_from(["same", "valid"])), st.booleans())
def test_conv(torch, case, bias):
    dims, x_shape, (channels, out_channels, *kernel), options = case
    assume(0 not in x_shape or np.min(options["dilation"]) > 0)  # PyTorch lets that pass
    shapes = [x_shape, (out_channels, channels, *kernel), (out_channels,)][: 2 + bias]
    compare(torch, f"conv{dims}d", shapes, options)


@given(convolutions(lowest=1, padding=st.just(0)), st.booleans(), st.data())
def test_conv_transpose(torch, case, bias, data):
    dims, x_shape, (_, out_channels, *kernel), options = case
    groups = options["groups"]
    extra = st.integers(0, 3)
    options["output_padding"] = data.draw(extra | st.tuples(*[extra] * dims))
    nothing = not (np.any(options["output_padding"]) or np.any(options["padding"]))
    assume(0 not in x_shape or nothing)  # of no images PyTorch lets any sizes pass
    weight_shape = (x_shape[-dims - 1], out_channels, *kernel)
    shapes = [x_shape, weight_shape, (out_channels * groups,)][: 2 + bias]
    compare(torch, f"conv_transpose{dims}d", shapes, options)


@st.composite
def pools(draw, *, padding):
    """Over 1 to 3 dimensions: their number, a shape and a window."""
    dims = draw(st.integers(1, 3))

    def sizes(low, high):
        return draw(st.integers(low, high) | st.tuples(*[st.integers(low, high)] * dims))

    lead = draw(st.sampled_from([(), (0,), (1,), (2,)]))
    size = draw(st.tuples(*[st.integers(1, 7 if dims < 3 else 4)] * dims))
    window = {"kernel_size": sizes(0, 4), "padding": sizes(padding, 2)}
    window |= {"stride": draw(st.none()) or sizes(0, 3), "ceil_mode": draw(st.booleans())}
    return dims, (*lead, draw(st.integers(0, 2)), *size), window, sizes(0, 2)


@given(pools(padding=-1), st.booleans())
def test_max_pool(torch, case, indices):
    dims, shape, window, dilation = case
    # A dilated window may see nothing but padding; PyTorch then sends the gradient astray.
    assume(np.max(dilation) < 2 or np.max(window["padding"]) <= 0)
    name = f"max_pool{dims}d_with_indices" if indices else f"max_pool{dims}d"
    compare(torch, name, [shape], {**window, "dilation": dilation})


@given(pools(padding=0), st.booleans(), st.none() | st.integers(0, 3))
def test_avg_pool(torch, case, count_include_pad, divisor_override):
    dims, shape, window, _ = case
    window["count_include_pad"] = count_include_pad
    if dims > 1:
        window["divisor_override"] = divisor_override
    compare(torch, f"avg_pool{dims}d", [shape], window)


@given(
    dims=st.integers(1, 3),
    shape=st.lists(st.integers(0, 4), min_size=1, max_size=5),
    size=st.integers(1, 5) | st.lists(st.none() | st.integers(1, 5), min_size=1, max_size=3),
)
def test_adaptive_pools(torch, dims, shape, size):
    compare(torch, f"adaptive_avg_pool{dims}d", [shape], {"output_size": size})
    compare(torch, f"adaptive_max_pool{dims}d_with_indices", [shape], {"output_size": size})


@given(
    dims=st.integers(2, 3),
    shape=st.lists(st.integers(0, 6), min_size=3, max_size=5),
    kernel_size=st.integers(1, 3) | st.lists(st.integers(1, 3), min_size=2, max_size=3),
    output_size=st.integers(1, 4) | st.lists(st.integers(1, 4), min_size=2, max_size=3),
)
def test_fractional_max_pool(torch, dims, shape, **options):
    for library in (mt, torch):
        library.manual_seed(0)
    compare(torch, f"fractional_max_pool{dims}d_with_indices", [shape], options)


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
