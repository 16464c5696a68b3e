"""The SGD update over several steps; all of them through strides and in slices."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minitorch.kernels.lists import LISTS
from minitorch.kernels.numpy import NUMPY, in_slices
from tests.kernels.back_ends import BACK_ENDS
from tests.kernels.cases import ROWS
from tests.kernels.cases.update import SGD as SGD_OPTIONS
from tests.kernels.check import DTYPES, check, normal

SGD = ROWS["update.sgd_"]
NAMES = ("lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize")
OPTIONS = st.fixed_dictionaries(
    {
        "lr": st.sampled_from([0.1, 0.5]),
        "momentum": st.sampled_from([0.0, 0.9]),
        "dampening": st.sampled_from([0.0, 0.25]),
        "weight_decay": st.sampled_from([0.0, 0.01]),
        "nesterov": st.booleans(),
        "maximize": st.booleans(),
    }
)


@pytest.mark.parametrize("record", BACK_ENDS, ids=lambda record: record.name)
@given(OPTIONS, st.sampled_from([(), (0,), (3, 2)]), st.sampled_from(DTYPES))
def test_sgd_step_after_step(record, options, shape, dtype):
    """Each step from the state of the one before: what cancels is as large as what came in."""
    param, buffer = normal(shape, dtype), None
    for step in range(3):
        grad, chosen = normal(shape, dtype, step + 1), tuple(options[name] for name in NAMES)
        new, param, _ = check(record, "update.sgd_", SGD, (param, grad, buffer, *chosen))
        assert (new is None) == (not options["momentum"])
        buffer = new


@pytest.mark.parametrize("dtype", DTYPES)
def test_sgd_writes_the_buffer_it_is_given(back_end, dtype):
    buffer = normal((3, 2), dtype, 1)
    options = (0.1, 0.9, 0.0, 0.0, False, False)
    (kept,) = back_end.update.sgd_([normal((3, 2), dtype)], [buffer * 2], [buffer], *options)
    assert kept is buffer


def lists_for(name, dtypes):
    """Lists for a kernel: of parameters of several shapes, of which the last two overlap."""
    each = []
    for i, shape in enumerate([(), (0,), (3, 2), (2, 3, 2), (5, 11), (7,), (4,)]):
        count = LISTS[name] - (name == "adam_")
        draw = (normal(shape, dtypes[i % len(dtypes)], 5 * i + k) for k in range(count))
        each.append([np.abs(a, out=np.empty_like(a)) for a in draw])
    memory = normal((9,), np.float32)
    each[5][0], each[6][0] = memory[:7], memory[5:]
    each[2][-1] = None
    steps = [[2.0, 3.0, 2.0, 2.0, 7.0, 2.0, 3.0]] if name == "adam_" else []
    return [*map(list, zip(*each, strict=True)), *steps]


def bits_of(value):
    return value.tobytes() if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("chunk", [5, 1 << 16])
@pytest.mark.parametrize("other", DTYPES)
@pytest.mark.parametrize(
    ("name", "options"),
    [("sgd_", SGD_OPTIONS["nesterov, dampened"]), ("adam_", (0.1, 0.8, 0.99, 0.1, 1e-3, False))],
)
@pytest.mark.parametrize("count", [5, 7])  # the first lie apart
def test_a_list_is_what_each_is_alone(name, options, other, count, chunk, back_end, monkeypatch):
    """Bit for bit: where tiles go across parameters, dtypes differ, memory is shared."""
    if back_end.name == "native":
        monkeypatch.setattr("minitorch.kernels.native.update.CHUNK", chunk)
    step = getattr(back_end.update, name)
    together, alone = ([a[:count] for a in lists_for(name, (np.float32, other))] for _ in range(2))
    kept = step(*together, *options)
    for i, each in enumerate(zip(*alone, strict=True)):
        (own,) = step(*([a] for a in each), *options) or (None,)
        assert own is None or np.array_equal(kept[i], own)
    for got, expected in zip(together, alone, strict=True):
        assert [*map(bits_of, got)] == [*map(bits_of, expected)]


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_step_in_float16_is_rounded_once(back_end, momentum):
    """Even where nearly all of it cancels: 1 - 0.1 * 10 * (1 + a little)."""
    dtype = np.float16
    param, grad = dtype([1.0, 0.1259, -3.0]), dtype([10.02, 1.2569, -29.97])
    wide, wide_grad = param.astype(np.float64), grad.astype(np.float64)
    back_end.update.sgd_([param], [grad], [None], 0.1, momentum, 0.0, 0.01, False, False)
    expected = wide - 0.1 * (wide_grad + 0.01 * wide)
    np.testing.assert_allclose(param, expected, rtol=2**-11, atol=1e-6)


EACH = pytest.mark.parametrize(
    ("field", "row"), [(f, row) for f, row in ROWS.items() if f.startswith("update.")]
)


@EACH
@pytest.mark.parametrize("layout", ["contiguous", "transposed", "strided", "reversed"])
@pytest.mark.parametrize("chunk", [2, 5, 6])
def test_slices_and_strides_change_nothing(field, row, layout, chunk, monkeypatch):
    """Where the parameter or its state is a view, the memory behind it changes."""
    monkeypatch.setattr(in_slices, "CHUNK", chunk)
    for name, build in row.cases.items():
        if "(3, 2)" in name or "(2, 3, 2)" in name or "(4,)" in name:
            check(NUMPY, field, row, build(np.float64), layout)


@pytest.mark.parametrize("record", BACK_ENDS, ids=lambda record: record.name)
@given(OPTIONS)
def test_sgd_agrees_with_pytorch(torch, record, options):
    if options["nesterov"] and (not options["momentum"] or options["dampening"]):
        options["nesterov"] = False  # PyTorch refuses it
    parameter = torch.nn.Parameter(torch.tensor(normal((4, 3))))
    optimizer = torch.optim.SGD([parameter], **options)
    param, buffer = normal((4, 3)), None
    for step in range(3):
        grad = normal((4, 3), seed=step + 1)
        parameter.grad = torch.tensor(grad)
        optimizer.step()
        chosen = [options[name] for name in NAMES]
        (buffer,) = record.update.sgd_([param], [grad], [buffer], *chosen)
        np.testing.assert_allclose(param, parameter.detach(), rtol=1e-12, atol=1e-14)
