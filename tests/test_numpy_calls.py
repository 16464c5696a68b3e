"""NumPy's functions called on tensors: what NumPy finds on arrays, with gradients."""

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd import gradcheck
from tests.support.numpy_calls import each, parts

# t is a matrix and v a vector of floats, i are indices; `a` and `b` are arrays.
CALLS = """
np.exp(t) ;; np.add(t, 1) ;; np.add(1, t) ;; np.subtract(a, t) ;; np.multiply(t, a)
np.power(2, t) ;; np.power(t, 2)
np.fabs(t) ;; np.true_divide(1, t) ;; np.maximum(t, 1) ;; np.minimum(1.5, t) ;; np.absolute(t)
np.matmul(t, a.T) ;; a * t ;; a - t ;; a / t ;; a @ t.T ;; a ** t
np.float64(2) * t ;; np.sqrt(t)
np.concatenate([t, t]) ;; np.concatenate([t, a], axis=1) ;; np.concatenate((t, t), axis=None)
np.stack([t, t], axis=1) ;; np.vstack([t, v]) ;; np.hstack([t, a]) ;; np.append(t, [1.0, 2.0])
np.sum(t) ;; np.sum(t, axis=0) ;; np.sum(t, 1, keepdims=True) ;; np.mean(t) ;; np.mean(t, axis=-1)
np.std(t) ;; np.std(t, axis=1, ddof=1) ;; np.var(t, 0) ;; np.prod(t, axis=0) ;; np.max(t, axis=1)
np.amin(t) ;; np.ptp(t, axis=0) ;; np.average(t, axis=1, weights=b) ;; np.cumsum(t)
np.cumsum(t, axis=1) ;; np.add.reduce(t) ;; np.add.reduce(t, axis=None) ;; np.maximum.reduce(t, 1)
np.add.accumulate(t) ;; np.subtract.outer(v, t) ;; np.clip(t, 1, 2) ;; np.clip(t, None, 1.5)
np.where(t > 1, t, 0) ;; np.where(a > 1, t, a) ;; np.transpose(t) ;; np.transpose(t, (1, 0))
np.reshape(t, (3, 2)) ;; np.reshape(t, -1) ;; np.ravel(t)
np.expand_dims(t, (0, -1)) ;; np.flip(t)
np.flip(t, axis=1) ;; np.repeat(t, 2) ;; np.repeat(t, [1, 2], axis=0) ;; np.tile(t, (2, 1))
np.roll(t, 1, axis=1) ;; np.swapaxes(t, 0, 1) ;; np.moveaxis(t, 0, 1)
np.squeeze(t[:, :1], axis=1)
np.broadcast_to(t, (2, 2, 3)) ;; np.pad(t, 1) ;; np.pad(t, ((1, 0), (0, 2)), constant_values=2.0)
np.trace(t) ;; np.diagonal(t, 1) ;; np.diag(t) ;; np.triu(t, k=1) ;; np.tril(t)
np.sort(t, axis=0)
np.take_along_axis(t, i[::-1].T, -1)
np.take(t, [1, 0]) ;; np.take(t, [0, -1], axis=1) ;; np.pad(t, 1, mode='edge')
np.average(t, axis=0, weights=[1, 3]) ;; np.percentile(t, [30, 50], axis=1)
 np.take(t, i, axis=1) ;; np.take(t, 0, axis=1) ;; np.take_along_axis(t, i, 1)
np.extract(t > 1, t) ;; np.dot(t, a.T) ;; np.dot(t, v) ;; np.dot(2, t) ;; np.inner(t, t)
np.outer(t, v) ;; np.tensordot(t, t, axes=([0, 1], [0, 1])) ;; np.einsum('ij,kj->ik', t, t)
np.meshgrid(v, t[0]) ;; np.astype(t, np.float64) ;; np.copy(t) ;; np.round(t) ;; np.rint(t)
np.cumprod(t, axis=0) ;; np.arctan2(t, a) ;; np.hypot(t, 1) ;; np.linalg.inv(t @ t.T)
np.linalg.norm(t) ;; np.linalg.norm(t, axis=1) ;; np.linalg.det(t @ t.T) ;; np.linalg.svdvals(t)
np.linalg.solve(t @ t.T, t) ;; np.linalg.slogdet(t @ t.T) ;; np.linalg.eigvalsh(t @ t.T)
np.linalg.cholesky(t @ t.T) ;; np.linalg.pinv(t) ;; np.linalg.matrix_power(t @ t.T, 3)
np.linalg.cross(v, t) ;; np.kron(t, v) ;; np.diff(t) ;; np.median(t) ;; np.percentile(t, 30, axis=1)
np.quantile(t, 0.3) ;; np.split(t, 3, axis=1) ;; np.array_split(t, 2, axis=1) ;; np.trapezoid(t)
np.rot90(t) ;; np.fliplr(t) ;; np.nan_to_num(t) ;; np.dstack([t, t]) ;; np.atleast_2d(v)
np.logaddexp(t, 1) ;; np.sinc(t) ;; np.broadcast_arrays(t, v) ;; np.deg2rad(t) ;; np.vecdot(t, t)
np.prod(t, keepdims=True)
"""
# Results without gradients: indices, truths, numbers.
FACTS = """
np.shape(t) ;; np.size(t) ;; np.ndim(t) ;; np.argmax(t, axis=1) ;; np.argsort(t)
np.nonzero(t > 1)
np.where(t > 1) ;; np.any(t > 1) ;; np.all(t > 0, axis=0) ;; np.array_equal(t, t) ;; np.isnan(t)
np.allclose(t, a) ;; np.isclose(t, 3) ;; np.array_equal(t, v)
np.count_nonzero(t) ;; np.ones_like(t) ;; np.full_like(t, 3.0) ;; a > t
a == t ;; np.less(t, 1) ;; np.logical_and(t, a) ;; np.shares_memory(t, a) ;; np.result_type(t, a)
np.iscomplexobj(t) ;; np.array_str(t) ;; np.argwhere(t > 1) ;; np.isin(t, v)
np.searchsorted(v, t) ;; np.searchsorted([0.5, 1.5], t) ;; np.isnan(np.sign(t - np.nan))
~np.any(np.astype(t, np.uint8)) ;; ~np.all(np.astype(t, np.uint8))
np.count_nonzero(t, axis=1, keepdims=True)
"""


def things(requires_grad=True):
    a = np.array([[0.625, 1.75, 2.25], [3.0, 1.25, 0.125]])
    b, i = np.array([1.0, 2.0, 4.0]), np.array([[0], [1]])
    arrays = {"np": np, "a": a, "b": b, "i": i, "t": a.copy(), "v": b.copy()}
    tensors = {name: mt.tensor(arrays[name], requires_grad=requires_grad) for name in "tv"}
    return arrays, {**arrays, **tensors}


@pytest.mark.parametrize("call", each(CALLS))
def test_functions_of_numpy_give_tensors_with_gradients(call):
    arrays, tensors = things()
    expected = parts(eval(call, arrays))

    def of_tensors(t, v):
        return [x for x in parts(eval(call, {**tensors, "t": t, "v": v})) if x.requires_grad]

    found = parts(eval(call, tensors))
    assert len(found) == len(expected)
    for x, y in zip(found, expected, strict=True):
        assert isinstance(x, mt.Tensor) and x.shape == np.shape(y)
        np.testing.assert_allclose(x.detach(), y, rtol=1e-12, atol=1e-12)
    assert gradcheck(of_tensors, (tensors["t"], tensors["v"]))


@pytest.mark.parametrize("call", each(FACTS))
def test_functions_of_numpy_tell_of_tensors(call):
    arrays, tensors = things()
    for x, y in zip(parts(eval(call, tensors)), parts(eval(call, arrays)), strict=True):
        assert np.array_equal(x, y)


def test_what_has_no_counterpart_computes_on_arrays_unless_a_gradient_were_lost():
    _, tensors = things()
    t = tensors["t"]
    for call in (
        "np.unwrap(t)",
        "np.cbrt(t)",
        "np.add(t, 1, where=a > 1, out=a)",
        "np.sum(t, axis=())",
        "np.stack([t, t], dtype=np.float32)",
        "np.pad(t, 1, constant_values=(1, 2))",
        "np.block([t, t])",
    ):
        with pytest.raises(RuntimeError, match=r"Use tensor\.detach\(\)\.numpy\(\) instead"):
            eval(call, tensors)
        assert eval(call, {**tensors, "t": t.detach()}) is not None
    with mt.no_grad():
        assert isinstance(np.unwrap(t), np.ndarray) and isinstance(np.cbrt(t), mt.Tensor)
    x = mt.zeros(3)
    for write in (np.copyto, np.put, np.place):  # no version would count it
        with pytest.raises((TypeError, ValueError)):
            write(x, [0], 5.0)
    with pytest.raises(TypeError, match="index_put_"):
        np.add.at(x, [0], 5.0)
    assert x.tolist() == [0.0, 0.0, 0.0] and x._version == 0


def test_numpy_writes_results_into_arrays_and_tensors():
    x, array = mt.tensor([1.0, 2.0]), np.zeros(2)
    assert np.exp(x, out=array) is array and np.allclose(array, np.exp([1.0, 2.0]))
    assert np.sum(x, out=array[:1].reshape(())) == 3.0 and array[0] == 3.0
    array += x
    assert array.tolist() == [4.0, array[1]] and isinstance(array, np.ndarray)
    y = mt.zeros(2)
    assert np.add(x, 1, out=y) is y and y.tolist() == [2.0, 3.0] and y._version == 1
    assert np.cbrt(x, out=y) is y and y._version == 2
    assert np.cumsum(array, out=y) is y
    with pytest.raises(TypeError, match="same_kind"):
        np.add(x, 1, out=np.zeros(2, np.int64))
    grad = mt.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
        np.exp(grad, out=y)
    with pytest.raises(RuntimeError, match=r"Can't call numpy\(\) on Tensor that requires grad"):
        array += grad


def test_numbers_of_numpy_do_not_promote_and_arrays_do():
    x = mt.ones(2)
    for dtype, result in (
        (mt.float32, np.add(x, np.float64(1))), (mt.float64, np.add(x, np.ones(2))),
        (mt.float32, np.maximum(x, 2.5)), (mt.float32, np.maximum(1, x)),
        (mt.int32, np.maximum(x.int(), 2)), (mt.float32, np.exp(x.int())),
        (mt.float64, np.sum(x, dtype=np.float64)),
    ):  # fmt: skip
        assert isinstance(result, mt.Tensor) and result.dtype is dtype
    assert np.arctan2(x.byte(), -1).gt(2).all()  # no 255


def test_functions_of_numpy_see_through_transforms():
    x = mt.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert mt.func.grad(lambda x: np.sum(np.multiply(x, x)))(x).equal(2 * x)
    assert mt.func.vmap(lambda x: np.cumsum(np.add(x, 1)))(x).equal((x + 1).cumsum(1))
    _, tangent = mt.func.jvp(np.exp, (x,), (x,))
    assert mt.allclose(tangent, x * x.exp())


class _Foreign:
    __array_ufunc__ = __array_function__ = lambda *args, **kwargs: "theirs"


def test_other_types_have_their_own_say():
    assert np.add(mt.ones(2), _Foreign()) == "theirs" == np.stack([mt.ones(2), _Foreign()])
