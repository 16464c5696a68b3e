"""Making tensors: from data, filled, in sequence, random."""

import re
from array import array as buffer

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import minitorch as mt
from tests.support.parity import DTYPES, FLOATS, assert_same, written

EXPRESSIONS = """
torch.zeros(2, 3) | torch.zeros((2, 3)) | torch.zeros([2, 3]) | torch.zeros(torch.Size([2]))
torch.zeros(size=(2, 3)) | torch.zeros(()) | torch.zeros(0) | torch.zeros(2, 0, 3)
torch.zeros(torch.tensor(2), 3) | torch.zeros((2, torch.tensor(3))) | torch.zeros(np.int64(2))
torch.zeros() | torch.zeros(2.0) | torch.zeros(True) | torch.zeros('a') | torch.zeros([2.5])
torch.zeros(2, size=(2,)) | torch.rand(2, size=(2,)) | torch.ones(2).new_zeros(2, size=(2,))
torch.ones(2).resize_(2, size=(2,)) | torch.arange() | torch.arange(None) | torch.tensor(['a'])
torch.zeros((2,), 3) | torch.zeros(None) | torch.empty(-1) | torch.rand(2, -1)
torch.zeros_like(3) | torch.ones(2, requires_grad=True) | torch.ones(2, dtype=torch.int8)
torch.ones(2, dtype=torch.int8, requires_grad=True) | torch.empty(2, 3).shape
torch.empty_like([1]) | torch.full((2,), 1) | torch.full((2,), True) | torch.full((2,), 2.5)
torch.full((2,), np.float64(2.5)) | torch.full((2,), np.int32(2)) | torch.full((), 2)
torch.full((2,), torch.tensor(2)) | torch.full((2,), torch.tensor(2.5, dtype=torch.float64))
torch.full(2, 3) | torch.full((2,), 'a') | torch.full((2,), None)
torch.full((2,), 300, dtype=torch.uint8) | torch.full((2,), -1, dtype=torch.uint8)
torch.full((2,), -256, dtype=torch.uint8) | torch.full((2,), 2.7, dtype=torch.int64)
torch.full((2,), 1e300) | torch.full((2,), float('nan'), dtype=torch.int32)
torch.full((2,), float('inf')) | torch.full((2,), 1e10, dtype=torch.float16)
torch.full((2,), 2, dtype=torch.bool) | torch.full((2,), 1, requires_grad=True)
torch.full_like(torch.ones(2), 5) | torch.full_like(torch.ones(2, dtype=torch.int8), 300)
torch.full_like(torch.ones(2, dtype=torch.int8), 2.5) | torch.eye(2) | torch.eye(2, 3)
torch.eye(0) | torch.eye(-1) | torch.eye(2, -1) | torch.eye(3, dtype=torch.bool)
torch.arange(5) | torch.arange(5.) | torch.arange(1, 2.5, 0.5)
torch.arange(5, dtype=torch.int8) | torch.arange(True) | torch.arange(0, 3, 0)
torch.arange(3, 0) | torch.arange(0, 3, -1) | torch.arange(0, -5, -1)
torch.arange(float('nan')) | torch.arange(float('inf')) | torch.arange(0, 1, 1e-30)
torch.arange(torch.tensor(3)) | torch.arange(np.float32(3)) | torch.arange(end=3)
torch.arange(start=1, end=3) | torch.arange(1, 3, step=2) | torch.arange(-5)
torch.arange(2, dtype=torch.bool) | torch.arange(300, dtype=torch.uint8)
torch.arange(2.7, dtype=torch.int64) | torch.arange(2.7, dtype=torch.int32)
torch.arange(0.5, 3.7, 1.3, dtype=torch.int64) | torch.arange(-2, 3, dtype=torch.float16)
torch.arange('a') | torch.arange(2**63) | torch.arange(3., requires_grad=True)
torch.arange(3, requires_grad=True) | torch.linspace(0, 1, 5) | torch.linspace(0, 1)
torch.linspace(0, 1, 2.0) | torch.linspace(0, 10, 5, dtype=torch.int64)
torch.linspace(-3, 4, 4, dtype=torch.int32) | torch.linspace(0, 1, -1) | torch.linspace(0, 1, 0)
torch.linspace(0, 1, 1) | torch.linspace(0, 1, steps=3)
torch.linspace(0, 1, 3, dtype=torch.bool) | torch.linspace(torch.tensor(0.), torch.tensor(1.), 3)
torch.linspace(0, 300, 4, dtype=torch.uint8) | torch.tensor(1) | torch.tensor(True)
torch.tensor(2.5) | torch.tensor([]) | torch.tensor([[], []]) | torch.tensor(((1, 2), [3, 4]))
torch.tensor([[1, 2], [3]]) | torch.tensor([1, [2]]) | torch.tensor([[1], 2]) | torch.tensor('a')
torch.tensor(['a', 'b']) | torch.tensor(b'ab') | torch.tensor(None) | torch.tensor([None])
torch.tensor({1, 2}) | torch.tensor({'a': 1}) | torch.tensor(object()) | torch.tensor(iter([1]))
torch.tensor([1, 2.5]) | torch.tensor([True, 2]) | torch.tensor([True, 2.5])
torch.tensor(range(3)) | torch.tensor(bytearray(b'ab')) | torch.tensor() | torch.tensor(2**63)
torch.tensor(-2**63) | torch.tensor([2**70]) | torch.tensor([2**70], dtype=torch.float64)
torch.tensor([2**31], dtype=torch.int32) | torch.tensor([300], dtype=torch.uint8)
torch.tensor([-1], dtype=torch.uint8) | torch.tensor([-2.7], dtype=torch.int8)
torch.tensor([300.], dtype=torch.uint8) | torch.tensor([float('nan')], dtype=torch.int64)
torch.tensor([float('nan')], dtype=torch.bool) | torch.tensor([2, 0], dtype=torch.bool)
torch.tensor([1e300]) | torch.tensor([16777217], dtype=torch.float32)
torch.tensor([2049.1], dtype=torch.float16) | torch.tensor([1], dtype=float)
torch.tensor([1], dtype='float') | torch.tensor([1], requires_grad=True)
torch.tensor([1.], requires_grad=True) | torch.tensor(np.array([1, 2]))
torch.tensor(np.float32(2.5)) | torch.tensor(np.float64(2.5)) | torch.tensor(np.float16(2.5))
torch.tensor(np.int32(3)) | torch.tensor(np.bool_(True)) | torch.tensor([np.float64(2.5)])
torch.tensor([np.float32(2.5), 1]) | torch.tensor([np.int32(2)]) | torch.tensor([np.bool_(True)])
torch.tensor([np.float32(1.), 2.5, np.int8(3)])
torch.tensor(np.array(['a']))
torch.tensor([torch.tensor(1), torch.tensor(2.5)])
torch.tensor([torch.tensor(1, dtype=torch.int32)])
torch.tensor([torch.tensor([1.]), torch.tensor([3.])])
torch.tensor([torch.tensor([1., 2.]), torch.tensor([3., 4.])])
torch.tensor([1, torch.tensor(2.5)]) | torch.tensor(np.ones((2, 3)).T)
torch.as_tensor([1, 2])
torch.as_tensor(3) | torch.as_tensor(np.ones(2)) | torch.as_tensor(np.ones((2, 3)).T)
torch.as_tensor(np.ones(2), dtype=torch.float32) | torch.asarray(3.)
torch.asarray(torch.ones(2), dtype=torch.int8)
torch.asarray(np.ones(2), copy=False, dtype=torch.int8) | torch.from_numpy(np.array(3))
torch.from_numpy(np.float32(1)) | torch.from_numpy([1]) | torch.from_numpy(np.array(['a']))
torch.from_numpy(np.array([None])) | torch.from_numpy(np.array([1, 2])[::-1])
torch.from_numpy(np.array([1, 2], '>i4')) | torch.from_dlpack(np.ones(2))
torch.from_dlpack(np.ones(2), copy=True) | torch.from_dlpack(np.ones(2), device='cpu')
torch.from_dlpack(torch.ones(2).__dlpack__()) | torch.ones(2).__dlpack__(stream=3)
torch.utils.dlpack.from_dlpack(torch.utils.dlpack.to_dlpack(torch.ones(2)))
torch.from_dlpack(3) | torch.from_dlpack(torch.ones(2, requires_grad=True))
torch.frombuffer(bytearray(8), dtype=torch.float32)
torch.frombuffer(bytearray(7), dtype=torch.int32) | torch.frombuffer(b'', dtype=torch.int32)
torch.frombuffer(bytearray(8), dtype=torch.int32, count=3) | torch.frombuffer(3, dtype=torch.int8)
torch.frombuffer(bytearray(8), dtype=torch.int32, count=0)
torch.frombuffer(bytearray(8), dtype=torch.int32, offset=9)
torch.asarray(bytearray(7)) | torch.asarray([1, 2], copy=False) | torch.asarray(3, copy=False)
torch.asarray(bytearray(8), copy=False, dtype=torch.int16)
torch.frombuffer(bytearray(b'abcdefgh'), dtype=torch.int16, offset=2, count=2)
torch.Tensor(2, 3).shape | torch.Tensor() | torch.Tensor([1, 2]) | torch.Tensor((2, 3))
torch.Tensor(torch.Size([2, 3])).shape | torch.Tensor(2.5) | torch.Tensor(True)
torch.Tensor(None) | torch.Tensor('a') | torch.Tensor(torch.ones(2, dtype=torch.int64))
torch.Tensor(np.array([1, 2])) | torch.Tensor([[1, 2], [3]]) | torch.Tensor(-1)
torch.Tensor(np.int64(3)).shape | torch.Tensor(2, 2.5) | torch.LongTensor([1.5, 2])
torch.LongTensor(2, 3).shape | torch.LongTensor(torch.ones(2)) | torch.FloatTensor([1, 2])
torch.FloatTensor | torch.ByteTensor([1, 300]) | isinstance(torch.ones(2), torch.FloatTensor)
isinstance(torch.ones(2), torch.LongTensor) | isinstance(2, torch.FloatTensor)
torch.BoolTensor([1, 0]) | torch.CharTensor([-1]) | torch.HalfTensor([1])
torch.DoubleTensor([1]) | torch.IntTensor([1]) | torch.ShortTensor([1]) | torch.FloatTensor.dtype
torch.ones(2, dtype=torch.int8).new_tensor([1.5])
torch.ones(2, dtype=torch.int8).new_zeros(2, 3)
torch.ones(2, dtype=torch.int8).new_full((2,), 2.5)
torch.ones(2).new_zeros((2,), dtype=torch.int8) | torch.ones(2).new_ones(2, requires_grad=True)
torch.ones(2).new_ones(size=(2,)) | torch.ones(2).new_empty(()).shape
torch.ones(2).new_tensor(3) | torch.ones(2).new([1, 2]) | torch.ones(2).new(2, 3).shape
torch.ones(2, dtype=torch.int8).new([1, 2]) | torch.normal(0., 1., 2) | torch.normal(0.)
torch.normal(torch.zeros(2), torch.ones(3)) | torch.normal(torch.zeros(2), -torch.ones(2))
torch.normal(torch.zeros(2, dtype=torch.int64), 1.) | torch.normal(0., 1., 2, dtype=torch.int8)
torch.normal(torch.zeros(2), 1., out=torch.zeros(2, dtype=torch.int8))
torch.normal(torch.zeros(2), 1., out=torch.zeros(2, dtype=torch.float64)).dtype
torch.randn(2, dtype=torch.int64)
torch.rand(2, dtype=torch.bool) | torch.randint(5, 2) | torch.randint(5, 5, (2,))
torch.randint(2.5, (2,)) | torch.randint(500, (2,), dtype=torch.uint8)
torch.randint(5, (2,), requires_grad=True) | torch.randperm(-1) | torch.randperm(2.)
torch.rand(2, generator=3) | torch.bernoulli(torch.ones(2, dtype=torch.int64))
torch.bernoulli(torch.tensor([2.])) | torch.multinomial(torch.ones(2), 3)
torch.multinomial(torch.ones(2, dtype=torch.int64), 1) | torch.manual_seed('a')
torch.set_rng_state(torch.zeros(3)) | torch.get_rng_state().shape
torch.manual_seed(7).initial_seed() | torch.zeros(2, layout=torch.strided, pin_memory=False)
torch.zeros(2, pin_memory=True) | torch.tensor([1], pin_memory=True) | torch.zeros(2, layout=3)
torch.ones(2).new_zeros(2, layout=torch.strided) | torch.rand_like(torch.ones(2), pin_memory=True)
torch.arange(3, layout=torch.strided, out=torch.empty(0)) | torch.zeros(2).layout
torch.Tensor(size=(2, 3)).shape | torch.Tensor(torch.arange(3.).untyped_storage())
torch.cuda.FloatTensor | torch.cuda.FloatTensor(2)
isinstance(torch.ones(2), torch.cuda.FloatTensor)
torch.FloatTensor.__name__ | torch.device(0) | torch.device('cpu:01') | torch.device('cpu:0')
setattr(torch.device('cpu'), 'type', 'cuda') | torch.zeros(2).to('xpu') | torch.zeros(2).xpu()
torch.zeros(2).cuda(0) | torch.zeros(2).cuda(non_blocking=True) | torch.zeros(2, device='cuda:1')
"""


@pytest.mark.parametrize("expression", re.split(r" \| |\n", EXPRESSIONS.strip()))
def test_expressions_agree_with_pytorch(torch, expression):
    assert_same(torch, written(expression))


def test_data_of_every_kind():
    data = np.arange(6).reshape(2, 3)
    assert mt.tensor([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]
    assert mt.tensor(2.5).dtype == mt.float32 and mt.tensor(2).dtype == mt.int64
    assert mt.tensor([np.float64(2.5)]).dtype == mt.float64
    assert mt.tensor([mt.tensor(1), 2.5]).tolist() == [1.0, 2.5]
    for array in (data.astype(">i4"), data.astype("<i8"), data[:, ::-1], data.T, data[::2]):
        tensor = mt.tensor(array)
        assert tensor.tolist() == array.tolist()
        assert tensor.dtype.numpy.isnative and min(tensor.stride()) > 0
        tensor += 1
        assert tensor.tolist() == (array + 1).tolist()


@pytest.mark.parametrize(
    ("data", "error", "match"),
    [
        ([[1, 2], [3]], ValueError, r"expected sequence of length 2 at dim 1 \(got 1\)"),
        (
            [[[1], [2]], [[3], [4, 5]]],
            ValueError,
            r"expected sequence of length 1 at dim 2 \(got 2",
        ),
        ("text", TypeError, "invalid data type 'str'"),
        ([None], RuntimeError, "Could not infer dtype of NoneType"),
        ([mt.ones(2), mt.ones(2)], ValueError, r"only one element tensors.*stack\(\)"),
        (np.array(["a"]), TypeError, r"can't convert np\.ndarray of type numpy\.<U1"),
    ],
)
def test_data_that_no_tensor_holds(data, error, match):
    with pytest.raises(error, match=match):
        mt.tensor(data)


def test_memory_is_shared_where_it_is_promised():
    array = np.zeros((2, 3), np.float32)
    for tensor in (mt.from_numpy(array), mt.as_tensor(array), mt.asarray(array)):
        assert tensor.data_ptr() == array.ctypes.data
        tensor += 1
    assert (array == 3).all()
    array[0, 0] = 7
    assert tensor[0, 0] == 7 and tensor.numpy() is not None
    assert np.shares_memory(mt.from_dlpack(array).numpy(), array)
    assert np.shares_memory(mt.Tensor(array).numpy(), array)
    assert np.shares_memory(mt.from_numpy(array.T).numpy(), array)
    copies = mt.tensor(array), mt.asarray(array, copy=True), mt.as_tensor(array, dtype=mt.float64)
    assert not any(np.shares_memory(copy.numpy(), array) for copy in copies)


def test_read_only_memory_is_read_and_not_written():
    array = np.ones(3, np.float32)
    array.flags.writeable = False
    for share in (mt.from_numpy, mt.as_tensor, mt.asarray):
        with pytest.warns(UserWarning, match="The given NumPy array is not writable") as caught:
            tensor = share(array)
        assert caught[0].filename == __file__
    assert (tensor + 1).tolist() == [2.0, 2.0, 2.0]
    with pytest.raises(RuntimeError, match=r"its memory is read-only.*clone"):
        tensor.add_(1)


def test_copies_of_what_is_a_tensor_already_warn():
    x = mt.ones(2, requires_grad=True)
    for copy in (mt.tensor, mt.ones(1).new_tensor):
        with pytest.warns(
            UserWarning, match="To copy construct from a tensor, it is recomm"
        ) as got:
            assert not copy(x).requires_grad
        assert got[0].filename == __file__


def test_lists_of_arrays_warn():
    for rows in ([np.ones(2, "f4"), np.zeros(2, "i4")], ([[0, 0], np.ones(2, "f4")],)):
        with pytest.warns(UserWarning, match="from a list of numpy.ndarrays is extremely slow"):
            assert mt.tensor(rows).dtype == mt.float32


class Offering:
    """Some object of another library."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


def test_asarray_shares_memory_with_what_offers_it():
    data = bytearray(8)
    x = mt.asarray(data, dtype=mt.uint8)
    x[0] = 5
    assert data[0] == 5
    assert mt.asarray(memoryview(data), dtype=mt.int32, copy=False).tolist() == [5, 0]
    assert mt.asarray(data).dtype == mt.float32  # the default dtype, whatever the buffer holds
    numbers = buffer("d", [1.0, 2.0])
    x = mt.asarray(numbers, dtype=mt.float64)
    x += 1
    assert numbers.tolist() == [2, 3]
    mt.asarray(numbers, dtype=mt.float64, copy=True).zero_()
    offering = Offering(np.zeros(3))
    for share in (mt.asarray, mt.as_tensor, mt.from_dlpack):
        x = share(offering)
        x += 1
    assert numbers.tolist() == [2, 3] and offering.array.tolist() == [3, 3, 3]
    with pytest.warns(UserWarning, match="The given buffer is not writable"):
        assert mt.asarray(b"abcd", dtype=mt.uint8).tolist() == [97, 98, 99, 100]


def test_asarray_has_history_where_it_is_wanted():
    x = mt.ones(2, requires_grad=True)
    with pytest.warns(UserWarning, match="unspecified requires_grad now defaults to"):
        assert mt.asarray(x) is x
    assert mt.asarray(x, requires_grad=True) is x
    assert not mt.asarray(x, requires_grad=False).requires_grad and x.requires_grad
    assert mt.asarray(np.ones(2), requires_grad=True).is_leaf


def test_as_tensor_returns_a_tensor_itself():
    x = mt.ones(2)
    assert mt.as_tensor(x) is mt.as_tensor(x, dtype=mt.float32) is x
    assert mt.as_tensor(x, dtype=mt.float64).dtype == mt.float64


NUMBERS = st.integers(-(2**40), 2**40) | st.floats(width=32) | st.booleans()


@st.composite
def nested(draw):
    """Nested lists and tuples with elements of one or of mixed kinds, and their shape."""
    shape = draw(st.lists(st.integers(0, 3), max_size=3))
    kind = draw(st.sampled_from([st.booleans(), st.integers(-9, 9), st.floats(width=32), NUMBERS]))

    def build(sizes):
        if not sizes:
            return draw(kind)
        rows = [build(sizes[1:]) for _ in range(sizes[0])]
        return tuple(rows) if draw(st.booleans()) else rows

    return build(shape)


@given(data=nested(), dtype=st.sampled_from([None, *DTYPES]))
def test_nested_data_agrees_with_pytorch(torch, data, dtype):
    assert_same(
        torch,
        lambda lib: lib.tensor(data, dtype=None if dtype is None else getattr(lib, dtype)),
        note=(data, dtype),
    )


# Of no more digits than Note [Fused multiply-add] needs to be exact.
REAL = st.floats(-1e3, 1e3).map(lambda x: round(x, 3))


@settings(max_examples=100)
@given(
    start=REAL | st.integers(-50, 50),
    count=st.integers(0, 100),
    step=st.floats(0.01, 3) | st.integers(1, 4),
    sign=st.sampled_from([1, -1]),
    rest=st.sampled_from([0, 0.5]),
    dtype=st.sampled_from([None, *DTYPES]),
)
def test_arange_agrees_with_pytorch_to_the_bit(torch, start, count, step, sign, rest, dtype):
    step *= sign
    end = start + step * count + (rest * step if rest else 0)

    def call(lib):
        return lib.arange(start, end, step, dtype=None if dtype is None else getattr(lib, dtype))

    assert_same(torch, call, note=(start, end, step, dtype))


@settings(max_examples=100)
@given(
    start=REAL | st.integers(-50, 50),
    end=REAL | st.integers(-50, 50),
    steps=st.integers(0, 100),
    dtype=st.sampled_from([None, *DTYPES]),
)
def test_linspace_agrees_with_pytorch_to_the_bit(torch, start, end, steps, dtype):
    def call(lib):
        return lib.linspace(start, end, steps, dtype=None if dtype is None else getattr(lib, dtype))

    assert_same(torch, call, note=(start, end, steps, dtype))


def test_arange_and_linspace_keep_known_values():
    assert mt.arange(5).tolist() == [0, 1, 2, 3, 4]
    assert mt.arange(1, 2.5, 0.5).tolist() == [1.0, 1.5, 2.0]
    assert mt.arange(0, 1, 0.1)[7].item() == np.float32(0.7)
    assert mt.linspace(0, 10, 5, dtype=mt.int64).tolist() == [0, 2, 5, 7, 10]
    assert mt.linspace(0, 1, 11)[[3, 7]].tolist() == [np.float32(0.3), np.float32(0.7)]


@given(
    value=st.integers(-300, 300) | st.floats(width=32) | st.booleans() | st.floats(1e37, 1e40),
    dtype=st.sampled_from([None, *DTYPES]),
)
def test_full_agrees_with_pytorch(torch, value, dtype):
    def call(lib):
        return lib.full((2,), value, dtype=None if dtype is None else getattr(lib, dtype))

    assert_same(torch, call, note=(value, dtype))


@st.composite
def arrangements(draw):
    """A function that gives a tensor an odd place in memory: order, gaps, sizes of 0 and 1."""
    shape = draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))
    axes = draw(st.permutations(range(len(shape))))
    gap = draw(st.sampled_from([1, 1, 2]))

    def arrange(tensor):
        return tensor.permute(axes)[..., ::gap]

    return tuple(shape), arrange


@settings(max_examples=100)
@given(arrangement=arrangements(), dtype=st.sampled_from(DTYPES))
def test_like_functions_keep_the_order_of_memory(torch, arrangement, dtype):
    shape, arrange = arrangement

    def call(lib):
        x = arrange(lib.zeros(shape, dtype=getattr(lib, dtype)))
        return [
            x,
            lib.zeros_like(x),
            lib.ones_like(x),
            lib.full_like(x, 1),
            lib.empty_like(x).shape,
        ]

    assert_same(torch, call, note=(shape, dtype))


SHAPES = st.sampled_from([(), (0,), (1,), (3,), (16,), (17,), (3, 5), (4, 4), (2, 0), (5, 7, 2)])


@st.composite
def random_calls(draw):
    """A call that draws from the default generator."""
    shape, real = draw(SHAPES), draw(st.sampled_from(FLOATS))
    low, high = draw(st.sampled_from([(0, 2), (-5, 9), (0, 2**40)]))
    at, arrange = draw(arrangements())
    calls = {
        "rand": lambda t: t.rand(*shape, dtype=getattr(t, real)) if shape else t.rand(()),
        "randn": lambda t: t.randn(shape, dtype=getattr(t, real)),
        "randint": lambda t: t.randint(low, high, shape),
        "randint of a dtype": lambda t: t.randint(100, shape, dtype=getattr(t, real)),
        "randperm": lambda t: t.randperm(len(shape) * 7),
        "normal": lambda t: t.normal(0.5, 2.0, shape),
        "normal of means": lambda t: t.normal(t.arange(5.0), 2.0),
        "normal of both": lambda t: t.normal(t.arange(5.0), t.arange(15.0).reshape(3, 5)),
        "bernoulli": lambda t: t.bernoulli(t.linspace(0, 1, 20, dtype=getattr(t, real))),
        "bernoulli p": lambda t: t.bernoulli(t.zeros(shape), 0.3),
        "multinomial": lambda t: t.multinomial(t.arange(1.0, 9.0), 5, replacement=True),
        "rand_like": lambda t: t.rand_like(arrange(t.zeros(at))),
        "randn_like": lambda t: t.randn_like(arrange(t.zeros(at, dtype=getattr(t, real)))),
        "randint_like": lambda t: t.randint_like(arrange(t.zeros(at)), 3, 50),
        "uniform_": lambda t: arrange(t.zeros(at, dtype=getattr(t, real))).uniform_(-1, 2),
        "normal_": lambda t: arrange(t.zeros(at, dtype=getattr(t, real))).normal_(1, 3),
        "bernoulli_": lambda t: arrange(t.zeros(at)).bernoulli_(0.7),
        "bernoulli_ of chances": lambda t: arrange(t.zeros(at)).bernoulli_(t.tensor(0.4)),
        "random_": lambda t: arrange(t.zeros(at, dtype=t.int64)).random_(),
        "random_ to": lambda t: arrange(t.zeros(at)).random_(7),
        "random_ between": lambda t: arrange(t.zeros(at)).random_(-3, 7),
        "exponential_": lambda t: arrange(t.zeros(at)).exponential_(2.0),
        "cauchy_": lambda t: arrange(t.zeros(at)).cauchy_(1, 2),
        "geometric_": lambda t: arrange(t.zeros(at)).geometric_(0.3),
        "log_normal_": lambda t: arrange(t.zeros(at)).log_normal_(0, 0.5),
        "poisson": lambda t: t.poisson(arrange(t.full(at, 3.5))),
        "binomial": lambda t: t.binomial(arrange(t.full(at, 9.0)), arrange(t.full(at, 0.3))),
    }
    name = draw(st.sampled_from(list(calls)))
    return name, calls[name]


@settings(max_examples=100)
@given(seed=st.integers(0, 2**40), calls=st.lists(random_calls(), min_size=1, max_size=6))
def test_random_numbers_are_pytorchs_in_any_mix(torch, seed, calls):
    for lib in (mt, torch):
        lib.manual_seed(seed)
    for name, call in calls:
        assert_same(torch, call, note=name)
        np.testing.assert_array_equal(
            mt.get_rng_state().numpy(), torch.get_rng_state().numpy(), err_msg=name
        )


def test_random_numbers_of_seed_0():
    mt.manual_seed(0)
    assert mt.rand(3).tolist() == pytest.approx([0.49625658, 0.76822180, 0.08847743], abs=1e-7)
    assert mt.randn(2).tolist() == pytest.approx([0.36433819, 0.13439633], abs=1e-6)
    assert mt.randperm(5).tolist() == [3, 2, 1, 4, 0]
    assert mt.randint(10, (4,)).tolist() == [6, 6, 9, 8]


def test_the_state_of_random_numbers_is_kept_and_restored():
    mt.manual_seed(5)
    state = mt.get_rng_state()
    first = mt.rand(3)
    mt.set_rng_state(state)
    with mt.random.fork_rng():
        assert mt.equal(mt.rand(3), first)
        mt.manual_seed(6)
    assert mt.equal(mt.rand(3), first)
    assert mt.initial_seed() == 5
    own = mt.Generator().manual_seed(5)
    assert mt.equal(mt.rand(3, generator=own), first)


def test_random_writes_count_and_have_a_gradient_of_zero(torch):
    def call(lib, name):
        lib.manual_seed(1)
        leaf = lib.ones(2, 3, requires_grad=True)
        x = leaf * 2
        y = getattr(x, name)()
        assert y is x
        (x * x).sum().backward()
        return x.grad_fn is not None, x._version, leaf.grad

    for name in ("uniform_", "normal_", "exponential_", "cauchy_", "log_normal_", "random_"):
        assert_same(torch, lambda lib, name=name: call(lib, name), note=name)


@pytest.mark.parametrize(
    "name",
    ["uniform_", "normal_", "exponential_", "cauchy_", "log_normal_", "bernoulli_", "random_"],
)
def test_random_writes_refuse_leaves_and_shared_elements(name):
    leaf = mt.ones(2, requires_grad=True)
    state = mt.get_rng_state()
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        getattr(leaf, name)()
    assert mt.equal(mt.get_rng_state(), state)
    with mt.no_grad():
        getattr(leaf, name)()
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
        getattr(mt.ones(1).expand(3), name)()
