"""The Python array API on tensors, beside NumPy, which follows the same standard."""

import inspect
import subprocess
import sys

import numpy as np
import pytest

import minitorch as mt
from minitorch import array_api
from tests.support.numpy_calls import assert_alike, each

# x is a matrix of floats, y of another dtype; i are integers, b truth values, s has no dimensions.
CALLS = """
xp.add(x, y) ;; xp.add(x, 1) ;; xp.subtract(1, x) ;; xp.multiply(x, s) ;; xp.divide(x, y)
xp.pow(x, 2) ;; xp.pow(2, x) ;; xp.maximum(x, 2) ;; xp.minimum(1.5, x) ;; xp.remainder(i, 2)
xp.floor_divide(i, 2) ;; xp.equal(x, 2) ;; xp.less(1, x) ;; xp.greater_equal(x, y) ;; xp.sign(x - 2)
xp.logical_and(b, True) ;; xp.logical_not(b) ;; xp.bitwise_xor(i, 1) ;; xp.bitwise_invert(i)
xp.bitwise_left_shift(i, i) ;; xp.exp(x) ;; xp.log1p(x) ;; xp.sqrt(x) ;; xp.tanh(x) ;; xp.abs(-x)
xp.round(x) ;; xp.floor(i) ;; xp.trunc(x) ;; xp.isnan(x) ;; xp.positive(x) ;; xp.reciprocal(x)
xp.square(i) ;; xp.clip(x, 1, 2) ;; xp.clip(x, None, y) ;; xp.clip(x) ;; xp.clip(i, 1, i)
xp.sum(x) ;; xp.sum(x, axis=(0, 1), keepdims=True) ;; xp.sum(i) ;; xp.sum(x, axis=()) ;; xp.sum(b)
xp.sum(x, axis=0, dtype=xp.float32) ;; xp.prod(x, axis=(0, -1)) ;; xp.prod(i, keepdims=True)
xp.mean(x, axis=1) ;; xp.mean(x, keepdims=True) ;; xp.std(x) ;; xp.std(x, axis=0, correction=1)
xp.var(x, axis=(0, 1)) ;; xp.var(x, axis=1, keepdims=True) ;; xp.max(x) ;; xp.max(x, axis=(0, 1))
xp.min(x, axis=1, keepdims=True) ;; xp.max(i, axis=()) ;; xp.all(b) ;; xp.any(x, axis=(0, 1))
xp.all(b, axis=()) ;; xp.any(b, keepdims=True) ;; xp.sum(s, keepdims=True) ;; xp.all(s)
xp.argmax(x) ;; xp.argmin(x, axis=1, keepdims=True) ;; xp.argmax(x, keepdims=True)
xp.count_nonzero(i) ;; xp.count_nonzero(x, axis=1, keepdims=True) ;; xp.count_nonzero(b, axis=(0,))
xp.cumulative_sum(i) ;; xp.cumulative_sum(x, axis=1, include_initial=True)
xp.cumulative_prod(x, axis=0, include_initial=True) ;; xp.cumulative_sum(x) ;; xp.concat([x, y])
xp.concat([x, y], axis=None) ;; xp.stack([x, y], axis=-1) ;; xp.unstack(x) ;; xp.unstack(x, axis=1)
xp.expand_dims(x, axis=-1) ;; xp.expand_dims(x, axis=(0, 2)) ;; xp.squeeze(x[:1, :], axis=0)
xp.squeeze(x, axis=0) ;; xp.flip(x) ;; xp.flip(x, axis=1) ;; xp.roll(x, 1)
xp.roll(x, (1, 2), axis=(0, 1)) ;; xp.moveaxis(x, 0, 1) ;; xp.permute_dims(x, (1, 0))
xp.repeat(x, 2) ;; xp.repeat(x, i[:2] + 1, axis=0) ;; xp.tile(x, (2, 1)) ;; xp.reshape(x, (3, 2))
xp.reshape(x, (-1,), copy=True) ;; xp.reshape(x, (6,), copy=False) ;; xp.broadcast_to(x, (2, 2, 3))
xp.reshape(xp.matrix_transpose(x), (6,), copy=False) ;; xp.broadcast_arrays(x, s) ;; xp.diff(x)
xp.diff(x, axis=0, n=2) ;; xp.meshgrid(i, i) ;; xp.meshgrid(i, i[:2], indexing='ij')
xp.tril(x, k=1) ;; xp.triu(x, k=-1) ;; xp.arange(5) ;; xp.arange(5, 2) ;; xp.arange(1, 2, 0.25)
xp.linspace(0, 1, 5) ;; xp.linspace(0.0, 1.0, 4, endpoint=False) ;; xp.eye(3) ;; xp.eye(2, 3, k=1)
xp.eye(2, k=5) ;; xp.zeros(3) ;; xp.ones((2, 3), dtype=xp.int64) ;; xp.full(2, 3)
xp.full((), 2.5) ;; xp.zeros_like(i) ;; xp.ones_like(x) ;; xp.full_like(x, 2) ;; xp.asarray([1, 2])
xp.asarray(2.5) ;; xp.asarray(x, dtype=xp.float32) ;; xp.astype(x, xp.int32) ;; xp.from_dlpack(x)
xp.sort(x, axis=0) ;; xp.argsort(i) ;; xp.argsort(x, axis=0) ;; xp.searchsorted(i, i)
xp.searchsorted(xp.sort(i), s, side='right') ;; xp.nonzero(i) ;; xp.nonzero(s) ;; xp.where(b, i, 1)
xp.where(x > 1, x, y) ;; xp.take(x, i[:2], axis=1) ;; xp.take(i, -i[:1])
xp.take_along_axis(x, i[None, :2], axis=1) ;; xp.take_along_axis(x, -i[None, 1:2])
xp.unique_values(y) ;; xp.unique_counts(y) ;; xp.unique_inverse(y) ;; xp.unique_all(y)
xp.matmul(x, xp.matrix_transpose(y)) ;; xp.tensordot(x, y) ;; xp.tensordot(x, y, axes=([0], [0]))
xp.vecdot(x, y) ;; xp.vecdot(i, i) ;; xp.vecdot(x, y, axis=-2) ;; xp.linalg.outer(i, x[0, :])
xp.linalg.trace(xp.astype(x, xp.uint8)) ;; xp.sum(xp.astype(x, xp.uint8), axis=0)
xp.prod(xp.astype(x, xp.uint16)) ;; xp.cumulative_sum(xp.astype(i, xp.uint32))
xp.sum(xp.astype(x, xp.uint8), axis=()) ;; xp.prod(xp.astype(x, xp.uint8), axis=(0, 1))
xp.cumulative_prod(xp.astype(i, xp.uint8), include_initial=True)
xp.linalg.trace(x) ;; xp.linalg.diagonal(x, offset=1) ;; xp.linalg.vector_norm(x)
xp.linalg.vector_norm(x, axis=1, keepdims=True, ord=1) ;; xp.linalg.cross(x, y)
xp.linalg.solve(x[:, :2], i[:2]) ;; xp.linalg.solve(x[:, :2], x) ;; xp.linalg.inv(x[:, :2])
xp.linalg.det(x[:, :2]) ;; xp.linalg.svdvals(x) ;; xp.linalg.qr(x) ;; xp.linalg.matrix_rank(x)
xp.linalg.cholesky(x @ x.mT) ;; xp.linalg.pinv(x) ;; xp.linalg.matrix_norm(x)
xp.linalg.matrix_power(x[:, :2], 2) ;; xp.linalg.slogdet(x[:, :2]) ;; xp.linalg.eigvalsh(x @ x.mT)
xp.atan2(x, y) ;; xp.hypot(x, 1) ;; xp.copysign(x, -1) ;; xp.logaddexp(x, y) ;; xp.nextafter(x, 9)
xp.signbit(x) ;; xp.acosh(x + 1) ;; xp.asinh(x) ;; xp.atanh(x / 9)
"""

COMPLEX = """
z * z + 1 ;; xp.real(z) ;; xp.imag(z) ;; xp.conj(z) ;; xp.abs(z) ;; xp.exp(z) ;; xp.sqrt(z)
xp.sign(z) ;; xp.sum(z) ;; xp.mean(z) ;; xp.isfinite(z) ;; z == z
xp.astype(x, xp.complex64) ;; xp.multiply(x, z)
xp.isdtype(xp.complex64, 'complex floating') ;; xp.isdtype(xp.complex128, 'real floating')
xp.result_type(x, z) == xp.complex128 ;; xp.result_type(y, z) == xp.complex128
xp.finfo(xp.complex64).bits ;; xp.fft.fft(z) ;; xp.fft.rfft(x) ;; xp.fft.irfft(z) ;; xp.fft.fftn(x)
xp.fft.fftfreq(5) ;; xp.fft.fftshift(x) ;; xp.linalg.vecdot(z, z)
"""

DTYPES = """
xp.isdtype(xp.float32, 'real floating') ;; xp.isdtype(xp.int8, ('bool', 'signed integer'))
xp.isdtype(xp.bool, 'numeric') ;; xp.isdtype(xp.uint8, xp.uint8) ;; xp.isdtype(xp.int64, 'integral')
xp.isdtype('uint8', 'integral')
xp.isdtype(xp.uint8, 'signed integer') ;; xp.isdtype(xp.uint8, 'number')
xp.can_cast(x, xp.float32) ;; xp.can_cast(xp.int8, xp.int16) ;; xp.can_cast(xp.int64, xp.int32)
xp.iinfo(xp.int16).max ;; xp.finfo(xp.float32).eps ;; xp.result_type(x, y) == xp.float64
xp.result_type(y, 1.0) == xp.float32 ;; xp.result_type(xp.int8, 3) == xp.int8
xp.result_type(xp.int8, xp.uint8) == xp.int16 ;; xp.result_type(y, s) == xp.float64
xp.finfo(xp.float64).bits ;; xp.iinfo(xp.int8).min
"""

# With the extension; the names of later standards are not in it.
NAMES = """
abs acos acosh add all any arange argmax argmin argsort asarray asin asinh astype atan atan2 atanh
bitwise_and bitwise_invert bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor bool
broadcast_arrays broadcast_to can_cast ceil clip concat conj copysign cos cosh count_nonzero
cumulative_prod cumulative_sum diff divide e empty empty_like equal exp expand_dims expm1 eye finfo
flip float32 float64 floor floor_divide from_dlpack full full_like greater greater_equal hypot iinfo
imag inf int16 int32 int64 int8 isdtype isfinite isinf isnan less less_equal linspace log log10
log1p log2 logaddexp logical_and logical_not logical_or logical_xor matmul matrix_transpose max
maximum mean meshgrid min minimum moveaxis multiply nan negative newaxis nextafter nonzero not_equal
ones ones_like permute_dims pi positive pow prod real reciprocal remainder repeat reshape
result_type roll round searchsorted sign signbit sin sinh sort sqrt square squeeze stack std
subtract sum take take_along_axis tan tanh tensordot tile tril triu trunc uint16 uint32 uint64 uint8
unique_all unique_counts unique_inverse unique_values unstack var vecdot where zeros zeros_like
complex64 complex128 __array_namespace_info__ linalg.cholesky linalg.cross linalg.det
linalg.diagonal linalg.eigh linalg.eigvalsh linalg.inv linalg.matmul linalg.matrix_norm
linalg.matrix_power linalg.matrix_rank linalg.matrix_transpose linalg.outer linalg.pinv linalg.qr
linalg.slogdet linalg.solve linalg.svd linalg.svdvals linalg.tensordot linalg.trace linalg.vecdot
linalg.vector_norm fft.fft fft.ifft fft.fftn fft.ifftn fft.rfft fft.irfft fft.rfftn fft.irfftn
fft.hfft fft.ihfft fft.fftfreq fft.rfftfreq fft.fftshift fft.ifftshift
"""


def things(xp):
    arrays = {
        "x": np.array([[0.5, 1.75, 2.25], [3.0, 1.25, 0.125]]),
        "y": np.array([[2.0, 0.5, 2.0], [1.0, 0.5, 4.0]], np.float32),
        "i": np.array([1, 0, 2]),
        "b": np.array([True, False, True]),
        "s": np.array(1.5),
        "z": np.array([[1 + 2j, 0.5j, 3.0], [-1j, 2.0, 1.5 - 1j]]),
    }
    return {"xp": xp, **{name: xp.asarray(array) for name, array in arrays.items()}}


@pytest.mark.parametrize("call", [*each(CALLS), *each(COMPLEX)])
def test_functions_agree_with_numpy(call):
    assert_alike(call, things(array_api), things(np))


@pytest.mark.parametrize("call", each(DTYPES))
def test_dtypes_agree_with_numpy(call):
    assert_alike(call, things(array_api), things(np))


@pytest.mark.parametrize("name", NAMES.split())
def test_all_names_of_the_standard_are_there(name):
    found = array_api
    for part in name.split("."):
        found = getattr(found, part)
    if inspect.isfunction(found) and found.__module__.startswith("minitorch.array_api"):
        assert found.__doc__
    assert part in dir(array_api) or "." in name


def test_a_tensor_names_its_namespace():
    x = mt.ones(2, requires_grad=True)
    xp = x.__array_namespace__(api_version="2024.12")
    assert xp is array_api is mt.array_api and xp.__array_api_version__ == "2024.12"
    with pytest.raises(ValueError, match="2030"):
        x.__array_namespace__(api_version="2030.12")
    assert x.to_device(x.device) is x
    xp.sum(xp.multiply(x, x)).backward()
    assert x.grad.tolist() == [2.0, 2.0]
    with pytest.raises(AttributeError, match="no attribute 'spam'"):
        _ = xp.spam


def test_the_namespace_tells_what_it_offers():
    info = array_api.__array_namespace_info__()
    assert info.default_device() in info.devices() and info.capabilities()["boolean indexing"]
    assert info.default_dtypes()["real floating"] is mt.float32
    assert info.dtypes(kind="real floating") == {"float32": mt.float32, "float64": mt.float64}
    assert info.dtypes(kind="bool") == {"bool": mt.bool} and "float16" not in info.dtypes()


def test_where_the_standard_says_more_than_numpy():
    x, i = mt.tensor([[1.0, 3.0], [2.0, 2.0]]), mt.tensor([1, 0])
    assert array_api.sort(x, descending=True).tolist() == [[3.0, 1.0], [2.0, 2.0]]
    assert array_api.argsort(x, descending=True).tolist() == [[1, 0], [0, 1]]
    assert array_api.finfo(x).dtype is mt.float32 and array_api.iinfo(i).bits == 64
    assert array_api.sign(mt.tensor([mt.nan, -2.0]))[0].isnan()
    for wrong in (
        lambda: array_api.result_type(1, 2),
        lambda: array_api.take(x, i),
        lambda: array_api.cumulative_sum(x),
        lambda: array_api.sum(x, axis=(0, 0)),
    ):
        with pytest.raises(ValueError):
            wrong()
    with pytest.raises(IndexError):
        array_api.sum(x, axis=2)


def test_importing_the_package_imports_no_namespace():
    late = "[m for m in sys.modules if m.startswith(('minitorch.array_api', 'minitorch.utils.dl'))]"
    code = f"import sys, minitorch; assert not {late}, {late}"
    subprocess.run([sys.executable, "-c", code], check=True)
