"""The tensor: its facts, operators, methods, conversions and printed forms."""

import copy
import pickle
import re

import numpy as np
import pytest

import minitorch as mt
from tests.support.parity import DTYPES, assert_same, tensor_of, written

# x and s are floats, i and b integers and truth values; s has no dimensions, g requires grad.
EXPRESSIONS = """
x.dtype ;; x.device ;; x.shape ;; x.ndim ;; x.dim() ;; x.ndimension() ;; x.numel()
x.nelement() ;; x.element_size() ;; x.itemsize ;; x.nbytes ;; x.size() ;; x.size(0) ;; x.size(-1)
x.size(5) ;; x.stride() ;; x.stride(0) ;; x.stride(-1) ;; x.stride(2) ;; x.storage_offset()
x[1].storage_offset() ;; x.is_contiguous() ;; x.t().is_contiguous() ;; x.is_floating_point()
x.is_complex() ;; x.is_signed() ;; x.is_cuda ;; x.is_cpu ;; x.get_device() ;; x.is_leaf
x.requires_grad ;; x.grad ;; x.grad_fn ;; x.type() ;; i.type() ;; b.type() ;; len(x) ;; len(s)
x.tolist() ;; s.tolist() ;; i.tolist() ;; s.item() ;; x.item() ;; torch.ones(1, 1).item()
float(s) ;; int(s) ;; int(torch.tensor(float('nan'))) ;; complex(s) ;; bool(s) ;; bool(x)
bool(x[:0]) ;; range(5)[i[1]] ;; range(5)[s] ;; range(5)[torch.tensor(True)] ;; x.is_nonzero()
s.is_nonzero() ;; x.is_same_size(x)
x.untyped_storage().nbytes()
torch.zeros(2, 0, 3).stride() ;; torch.zeros(0).stride() ;; torch.zeros(2, 1, 3).stride()
torch.zeros(()).stride() ;; torch.ones(3, 1).stride() ;; x.unsqueeze(0).stride()
x.unsqueeze(2).stride() ;; x[None].stride() ;; x.t().stride() ;; x[:, :1].stride()
x[:1].stride() ;; x[:, 1].stride() ;; x.view(3, 2).stride() ;; x.view(2, 1, 3).stride()
x[:1].t().stride() ;; x[1:].expand(4, 3).stride() ;; x.permute(1, 0).contiguous().stride()
x.t().clone().stride() ;; (x.t() + 1).stride() ;; x.t().exp().stride()
torch.ones_like(x.t()).stride()
x.to(float) ;; x.to(torch.float64) ;; x.to('cpu', torch.float64) ;; x.to(i) ;; x.to()
x.to(None) ;; x.to(dtype=None) ;; x.to('foo') ;; x.to(3) ;; x.to(np.float32)
x.to(device='cpu', dtype=torch.int8, copy=True) ;; x.to(x.dtype) is x
x.to(x.dtype, copy=True) is x ;; x.float() is x ;; x.half() ;; x.double() ;; x.long() ;; x.int()
x.short() ;; x.byte() ;; x.char() ;; x.bool() ;; x.cpu() is x ;; x.type(torch.float64)
x.type(torch.LongTensor) ;; x.type('torch.LongTensor') ;; x.type('foo') ;; x.type(float)
x.type_as(i)
x + np.float64(2) ;; np.float64(2) * x ;; np.float32(2) - x ;; i * np.float64(2)
np.int64(300) * torch.ones(2, dtype=torch.int8) ;; x == None ;; x == 'a' ;; x != 'a' ;; x == [1]
x < 'a' ;; x + None ;; x + 'a' ;; x + [1] ;; 'a' in [x] ;; -x ;; +x ;; +b ;; abs(x) ;; ~b ;; ~i
~x ;; x // 0 ;; i // 0 ;; x % 0 ;; i.float() / 0 ;; x ** 0 ;; 0 ** x ;; x ** -1 ;; 2 ** i
i ** 2 ;; 2 ** -i ;; i ** i ;; b ** 2 ;; b ** 0 ;; b ** True ;; x << 1 ;; i << 1 ;; 1 << i
i >> 1 ;; i & 3 ;; 5 | i ;; i ^ 1 ;; b & b ;; b | True ;; b ^ b ;; b & 1 ;; i & 1.5 ;; x and 1
s and 1 ;; not b[0]
x.add(1, alpha=2) ;; x.add(i, alpha=0.5) ;; i.add(i, alpha=0.5) ;; i.add(b, alpha=2)
b.add(b, alpha=2) ;; x.sub(1, alpha=2) ;; x.subtract(i) ;; x.multiply(2) ;; x.divide(2)
x.true_divide(i) ;; x.div(2, rounding_mode='floor') ;; x.div(2, rounding_mode='trunc')
x.div(2, rounding_mode='up') ;; x.neg() ;; x.negative() ;; x.positive() ;; b.positive()
x.absolute() ;; x.square() ;; i.square() ;; b.square() ;; x.reciprocal() ;; i.reciprocal()
x.sign() ;; b.sign() ;; x.pow(2) ;; x.pow(i) ;; torch.pow(2, i) ;; torch.rsub(x, 1)
torch.rsub(x, i) ;; torch.lerp(x, x + 1, 0.25) ;; torch.addcmul(x, x, x, value=2)
torch.addcmul(x, i.char() * 99, i.char() * 99) ;; torch.addcmul(x, x.half() * 99, x.half() * 99)
torch.addcmul(b, b, b) ;; b.clone().addcmul_(b, b) ;; i.clone().addcmul_(x[0].half(), i)
torch.addcmul(x.double(), x / 3, x / 3) ;; x.clone().addcmul_(i.char() * 99, i.char() * 99)
torch.addcdiv(x, i, i.half() * 7) ;; torch.addcdiv(x, i, i) ;; x.clone().addcdiv_(i, i)
torch.addcdiv(x.half(), s.double(), i) ;; x.half().addcdiv_(x, x + 3)
torch.addcdiv(x, x, x + 1, value=2) ;; x.clamp(1) ;; x.clamp(max=2) ;; x.clamp(1, 2) ;; x.clamp()
x.clamp(2, 1) ;; i.clamp(0.5) ;; i.clamp(1, 2.5) ;; b.clamp(0, 1) ;; b.clamp(True) ;; i.clamp(i)
x.clamp(i) ;; x.clip(1, 2) ;; x.clamp_min(1) ;; x.clamp_max(i) ;; x.maximum(i)
torch.maximum(x, torch.tensor(float('nan'))) ;; torch.minimum(i, x) ;; torch.where(x > 1, x, 0)
torch.where(x > 1, 1, 0) ;; torch.where(x > 1, 1, 0.5) ;; torch.where(b, i[0], 2.5)
torch.where(x, 1, 0) ;; torch.where(x > 1) ;; torch.where(x > 1, x)
x.where(x > 1, i)
torch.isclose(x, x + 1e-9) ;; torch.isclose(x, i) ;; torch.isclose(x, x, rtol=-1)
torch.allclose(x, x) ;; torch.allclose(x, x + 1) ;; torch.equal(x, x.double())
torch.equal(x, x[0]) ;; torch.is_tensor(x) ;; torch.is_tensor(3) ;; torch.is_floating_point(i)
torch.is_nonzero(x) ;; torch.numel(x) ;; torch.is_complex(x)
x.clone().add_(1) ;; x.clone().add_(i) ;; i.clone().add_(x) ;; i.clone().mul_(2)
i.clone().div_(2) ;; i.clone().floor_divide_(2) ;; i.clone().remainder_(2) ;; i.clone().pow_(2)
i.clone().pow_(0.5) ;; x.clone().div_(2, rounding_mode='floor') ;; x.clone().square_()
x.clone().reciprocal_() ;; x.clone().clamp_(1, 2) ;; x.clone().clamp_(i) ;; x.clone().clamp_()
x.clone().clamp_min_(1) ;; x.clone().neg_() ;; x.clone().abs_() ;; x.clone().sqrt_()
x.clone().exp_() ;; x.clone().log_() ;; x.clone().sign_() ;; x.clone().lerp_(x + 1, 0.5)
x.clone().addcmul_(x, x) ;; x.clone().addcdiv_(x, x + 1) ;; x.clone().copy_(i[0])
x.clone().copy_(torch.ones(2)) ;; s.clone().copy_(x) ;; x.clone().copy_(3) ;; x.clone().fill_(3)
x.clone().fill_(s) ;; x.clone().fill_(x) ;; i.clone().fill_(2.7) ;; i.clone().fill_(float('nan'))
x.clone().fill_('a') ;; i.clone().zero_() ;; x.half().add_(x.double()) ;; x.half().mul_(1e30)
x[:1].clone().add_(x)
x.numpy() ;; x.detach().numpy() ;; (x * 1).numpy() ;; g.numpy() ;; g.numpy(force=True)
g.detach().numpy() ;; x.__array__(np.float64) ;; np.asarray(x) ;; np.asarray(g)
np.asarray(s)
np.unwrap(x) ;; np.from_dlpack(x) ;; g.__dlpack__()
f'{s}' ;; f'{s:.3f}' ;; f'{i[1]:>4d}' ;; f'{x}' ;; f'{x:.2f}' ;; f'{g.sum():.1f}' ;; format(b[0])
str(x) ;; repr(g) ;; repr(g * 1) ;; repr(g[0]) ;; repr(x[:0]) ;; repr(x.double())
repr(i.int()) ;; repr(x.half()) ;; repr(b) ;; repr(s) ;; repr(torch.nn.Parameter(x))
f'{torch.nn.Parameter(s)}'
"""
ROUNDING = 2e-6  # of functions for which the two have different vector code


def things(lib):
    return {
        "x": lib.arange(6.0).reshape(2, 3),
        "i": lib.tensor([1, 2, 3]),
        "b": lib.tensor([True, False, True]),
        "s": lib.tensor(2.5),
        "g": lib.ones(2, requires_grad=True),
    }


def expressions(text):
    return re.split(r" ;; |\n", text.strip())


@pytest.mark.parametrize("expression", expressions(EXPRESSIONS))
def test_expressions_agree_with_pytorch(torch, expression):
    assert_same(torch, written(expression, things), ROUNDING)


NAMES = """
1 - g ;; 1 / g ;; 2 ** g ;; g ** 2 ;; g ** g ;; g ** 0.5 ;; g * 2 ;; g / 2 ;; g % 2 ;; -g ;; abs(g)
g.square() ;; g.reciprocal() ;; g.sign() ;; g.clamp(0) ;; g.clamp(g) ;; g.maximum(g) ;; g.double()
g.where(g > 0, 0 * g) ;; g.exp() ;; g.log() ;; g.sqrt() ;; g.clone() ;; g.lerp(g, 0.5) ;; g - g
torch.rsub(g, 2) ;; g + 1 ;; g.tanh() ;; g.relu() ;; (g * 1).copy_(g) ;; (g * 1).fill_(g.sum())
(g * 1).uniform_() ;; (g * 1).normal_() ;; (g * 1).exponential_() ;; g.masked_fill(g > 0, 1)
"""


@pytest.mark.parametrize("expression", expressions(NAMES))
def test_nodes_have_pytorchs_names(torch, expression):
    call = written(expression, things)
    assert_same(torch, lambda lib: repr(call(lib).grad_fn).split()[0])


UNARY = "neg abs sign exp log sqrt square reciprocal isnan isinf isfinite logical_not bitwise_not"
SPECIAL = [0.0, -0.0, -2.25, 0.5, 3.0, np.inf, -np.inf, np.nan]


@pytest.mark.parametrize("name", UNARY.split())
def test_functions_of_one_tensor_agree_for_all_dtypes(torch, name):
    for dtype in DTYPES:
        values = SPECIAL if "float" in dtype else [0, 1, 2, 3, 100]
        array = np.array(values, dtype)
        assert_same(torch, lambda lib, a=array: getattr(lib, name)(tensor_of(lib, a)), ROUNDING)


LIMITS = (None, True, 1, -1, 0.5, 300, 2.5)


@pytest.mark.parametrize("dtype", DTYPES)
def test_clamp_agrees_for_all_limits(torch, dtype):
    array = np.array([0, 1, 2, 3, 100], dtype)
    for low in LIMITS:
        for high in LIMITS:
            assert_same(
                torch,
                lambda lib, a=low, b=high: tensor_of(lib, array).clamp(a, b),
                note=(low, high),
            )


@pytest.mark.parametrize("name", ["maximum", "minimum", "clamp", "where", "fill_", "copy_"])
def test_functions_of_two_tensors_agree_for_all_dtypes(torch, name):
    for a in DTYPES:
        for b in DTYPES:
            for shape in ((3,), ()):
                left, right = np.array([0, 1, 2], a), np.array([1, 1, 0], b)[:: 1 if shape else 3]
                right = right.reshape(shape)

                def call(lib, left=left, right=right):
                    x, y = tensor_of(lib, left.copy()), tensor_of(lib, right.copy())
                    return x.where(x > 0, y) if name == "where" else getattr(x, name)(y)

                assert_same(torch, call, note=(a, b, shape))


@pytest.mark.parametrize("dtype", DTYPES)
def test_conversions_agree_for_all_dtypes(torch, dtype):
    for source in DTYPES:
        array = np.array([0, 1, 2, 3, 100], source)
        assert_same(torch, lambda lib, a=array: tensor_of(lib, a).to(getattr(lib, dtype)))


@pytest.mark.parametrize("script", [
    "x.clamp(l, h)", "x.clamp(min=l)", "x.clamp(max=h)", "x.clamp(0.3, 0.8)", "x ** l", "2 ** x",
    "x ** 3", "x ** -2", "x ** -0.5", "1 / x", "3 - x", "x % l", "x.lerp(h, l)", "x.lerp(h, 0.7)",
    "x.maximum(l)", "x.minimum(l)", "x.where(x > l, h)", "x.addcmul(l, h, value=3)",
    "x.addcdiv(l, h, value=3)", "x.add(l, alpha=2)", "x.sub(l, alpha=0.5)", "x.reciprocal() * l",
])  # fmt: skip
def test_gradients_agree_also_at_ties(torch, script):
    def call(lib):
        x = lib.tensor([0.5, 0.3, 0.8, 1.0, 0.1], dtype=lib.float64, requires_grad=True)
        low = lib.tensor([0.5, 0.4, 0.9, 0.2, 0.3], dtype=lib.float64, requires_grad=True)
        high = lib.tensor([0.5, 0.6, 0.8, 0.1, 0.9], dtype=lib.float64, requires_grad=True)
        y = eval(script, {"x": x, "l": low, "h": high})
        (y * y).sum().backward()
        return y, x.grad, low.grad, high.grad

    assert_same(torch, call, 1e-12)


def test_arrays_and_tensors_meet_as_tensors():
    array, x = np.array([1.0, 2.0]), mt.tensor([3.0, 4.0], requires_grad=True)
    for result in (array * x, x * array):
        assert isinstance(result, mt.Tensor)
        assert result.tolist() == [3.0, 8.0] and result.dtype == mt.float64
    assert (array - x).tolist() == [-2.0, -2.0] and (array / x).dtype == mt.float64
    assert (array > x).tolist() == (x < array).tolist() == [False, False]
    assert (np.float32(2) * x).dtype == mt.float32
    (array * x).sum().backward()
    assert x.grad.tolist() == [1.0, 2.0]
    y = mt.ones(2)
    y += array
    assert y.tolist() == [2.0, 3.0] and y.dtype == mt.float32


def test_arrays_of_objects_are_refused_beside_tensors():
    with pytest.raises(TypeError, match=r"can't convert np\.ndarray of type numpy\.object"):
        mt.ones(2) + np.ones(2, object)


def test_what_becomes_of_an_array_object_is_no_matter_of_the_tensor():
    given = np.zeros((2, 3), np.float32)
    for x in (mt.from_numpy(given), mt.as_tensor(given), mt.Tensor(given), mt.zeros(2, 3)):
        for array in (x.numpy(), np.asarray(x), given):
            array.flags.writeable = False
        x.add_(1)
        assert x.numpy().flags.writeable
        given.flags.writeable = True


def test_numpy_sees_the_memory_of_a_tensor():
    x = mt.zeros(2, 3)
    for array in (x.numpy(), np.asarray(x), np.from_dlpack(x), x.detach().numpy()):
        assert np.shares_memory(array, x.numpy())
    x.numpy()[0, 0] = 5
    assert x[0, 0] == 5
    copied = np.array(x)
    assert not np.shares_memory(copied, x.numpy())
    assert np.asarray(x, np.int8).dtype == np.int8
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        np.asarray(x, np.int8, copy=False)
    with pytest.raises(RuntimeError, match=r"Use tensor\.detach\(\)\.numpy\(\) instead"):
        np.asarray(mt.ones(2, requires_grad=True))


def test_storage_is_what_views_share():
    x = mt.arange(6.0).reshape(2, 3)
    assert x.t().storage().tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert len(x[1].storage()) == 6 and x.storage()[4] == 4.0
    assert x.storage().data_ptr() == x[1].storage().data_ptr() == x.data_ptr()
    assert x[1].storage_offset() == 3 and x[1].data_ptr() == x.data_ptr() + 12
    assert x.untyped_storage().nbytes() == len(x[1].untyped_storage()) == 24
    x[1].storage()[3] = 7
    assert x[1, 0] == 7 and copy.deepcopy([x, x.storage()])[1].tolist() == x.storage().tolist()
    copied, storage = copy.deepcopy([x, x.storage()])
    storage.fill_(2)
    assert copied.sum() == 12 and x[1, 0] == 7
    turned = mt.empty_like(mt.ones(2, 3, 4).permute(2, 0, 1))  # owns memory in another order
    turned.storage().copy_(mt.arange(24.0).storage())
    assert turned[0].flatten().tolist() == [0.0, 4.0, 8.0, 12.0, 16.0, 20.0]


STORAGES = """
s.storage() ;; x.storage() ;; b.storage() ;; i.storage() ;; x[:0].storage() ;; i.untyped_storage()
x[1].storage().size() ;; x.t().storage().tolist() ;; list(i.storage()) ;; len(i.untyped_storage())
i.storage().dtype ;; i.storage().type() ;; x.storage().device ;; x.storage().element_size()
x.storage()[6] ;; x.storage()[-1] ;; x.storage()[0:2] ;; x.untyped_storage()[4:8].tolist()
x.storage().double() ;; x.storage().clone() ;; x.storage().fill_(3)
x.storage().is_shared() ;; type(x.storage()).__name__ ;; type(x.untyped_storage()).__name__
torch.is_storage(x.storage()) ;; torch.is_storage(x.untyped_storage()) ;; torch.is_storage(x)
torch.UntypedStorage([1, 2]) ;; torch.TypedStorage(3, dtype=torch.int8).size()
pickle.loads(pickle.dumps(i.storage())) ;; x[:0].data_ptr() ;; torch.zeros(0).data_ptr()
"""


@pytest.mark.parametrize("expression", expressions(STORAGES))
@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated")
def test_storages_print_as_pytorchs(torch, expression):
    call = written(expression, lambda lib: things(lib) | {"pickle": pickle})
    assert_same(torch, lambda lib: repr(call(lib)))


class Celsius(mt.Tensor):
    """A subclass of a user's."""


def test_subclasses_show_their_name():
    assert repr(Celsius([1.0, 2.0])) == "Celsius([1., 2.])"
    assert repr(Celsius([[1.0], [2.0]])) == "Celsius([[1.],\n         [2.]])"
    assert isinstance(Celsius(2, 3), Celsius) and Celsius(2, 3).shape == (2, 3)


def test_the_oldest_constructor_shares_memory_with_a_tensor():
    x = mt.ones(2)
    y = mt.Tensor(x)
    y.add_(1)
    assert x.tolist() == [2.0, 2.0] and x._version == 1 and y is not x


def test_data_swaps_memory_and_keeps_history():
    x = mt.ones(2, requires_grad=True)
    x.data = mt.zeros(3)
    assert x.tolist() == [0.0] * 3 and x.requires_grad and x.is_leaf
    x.data.add_(1)
    assert x.tolist() == [1.0] * 3 and x._version == 0
    with pytest.raises(TypeError, match="Variable data has to be a tensor, but got int"):
        x.data = 3
    with pytest.raises(RuntimeError, match="requires gradients must be floating point"):
        x.data = mt.ones(2, dtype=mt.int64)


def test_copies_and_pickles(torch):
    def leaf(lib):
        x = lib.arange(6.0).reshape(2, 3).t().clone().requires_grad_()
        (x * x).sum().backward()
        return x

    for make in (copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))):
        assert_same(torch, lambda lib, make=make: (make(leaf(lib)), make(leaf(lib)).grad))
        assert_same(torch, lambda lib, make=make: make(lib.ones(2, dtype=lib.int8)))

    def last(lib):
        return lib.arange(120.0).reshape(2, 3, 4, 5).to(memory_format=lib.channels_last)

    for kind in (
        lambda lib: last(lib),
        lambda lib: lib.nn.Parameter(last(lib)),
        lambda lib: lib.nn.Buffer(last(lib)),
    ):
        assert_same(torch, lambda lib, kind=kind: pickle.loads(pickle.dumps(kind(lib))).detach())
    x = mt.ones(2)
    assert copy.copy(x).data_ptr() == x.data_ptr() != copy.deepcopy(x).data_ptr()
    first, second = copy.deepcopy([x, x])
    assert first is second is not x


def test_a_number_formats_as_a_number():
    loss = mt.tensor(2.5, requires_grad=True)
    assert f"{loss:.3f}" == "2.500" and f"{loss}" == "2.5" and f"{mt.tensor(7):>3d}" == "  7"
    assert f"{mt.ones(2)}" == "tensor([1., 1.])"
    with pytest.raises(TypeError, match=r"unsupported format string passed to Tensor.__format__"):
        f"{mt.ones(2):.2f}"


def test_unknown_names_say_what_is_near():
    for wrong, near in (("sofmax", "softmax"), ("Tenser", "Tensor"), ("float23", "float32")):
        with pytest.raises(AttributeError, match=f"no attribute '{wrong}'.*'{near}'"):
            getattr(mt, wrong)
    with pytest.raises(AttributeError, match=r"module 'minitorch\.cuda' has no attribute 'strem'"):
        getattr(mt.cuda, "strem")  # noqa: B009 - an expression alone is no test


def test_the_namespace_has_what_programs_reach_for():
    for name in ("nn.functional", "nn.init", "optim.lr_scheduler", "utils.data", "autograd"):
        module = mt
        for part in name.split("."):
            module = getattr(module, part)
        assert module.__name__ == f"minitorch.{name}"
    assert callable(mt.save) and callable(mt.load) and mt.__version__
    assert mt.get_printoptions()["precision"] == 4
    assert mt.default_generator.manual_seed(0) is mt.manual_seed(0)
    assert (mt.pi, mt.inf, mt.float) == (np.pi, np.inf, mt.float32)
