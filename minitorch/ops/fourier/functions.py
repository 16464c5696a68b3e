"""Fourier transforms along one dimension, two or many: what ``torch.fft`` has.

Shapes: all take (*) and, but for those of real numbers, return the sizes that ``n`` or ``s`` ask
for: a dimension is cut, or filled up with zeros, before it is transformed. Of N real numbers a
transform has N // 2 + 1, for the others are their conjugates; N is ``n``, or the even one of the
two it may be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.core import dtypes
from minitorch.core.dtypes import is_complex, is_float, scalar_name
from minitorch.ops.arguments import need_tensors
from minitorch.ops.dims import Shape, read_int, wrap_dim
from minitorch.ops.elementwise.cast import cast
from minitorch.ops.fourier.transforms import FftC2c, FftC2r, FftR2c
from minitorch.ops.layers.padding import pad
from minitorch.ops.out import out_rules, takes_out
from minitorch.ops.shape.flip import roll
from minitorch.ops.shape.narrow import narrow

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_to_real_alone = out_rules(dtypes=("Float", "Double"))


@takes_out
def fft(input: TensorBase, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """Return the transform along one dimension: (*, N, *) -> (*, n, *).

    Args:
        input: complex or real numbers.
        n: the size to cut it to, or to fill it up to with zeros.
        dim: the dimension.
        norm: "backward" (the default) divides inverse transforms by the size, "forward" those
            forwards, "ortho" both by its root.

    Raises:
        RuntimeError: for a size below 1, another norm, or float16.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.fft.fft.html
    """
    return _one(_complex, "fft", input, n, dim, norm, False)


@takes_out
def ifft(input: TensorBase, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """Return the inverse of :func:`fft`: (*, N, *) -> (*, n, *)."""
    return _one(_complex, "ifft", input, n, dim, norm, True)


@takes_out
def rfft(input: TensorBase, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """Return the first half of the transform of real numbers: (*, N, *) -> (*, n // 2 + 1, *).

    Raises:
        RuntimeError: for complex numbers, and as :func:`fft`.
    """
    return _one(_of_real, "rfft", input, n, dim, norm, False)


@takes_out
@_to_real_alone
def irfft(
    input: TensorBase, n: int | None = None, dim: int = -1, norm: str | None = None
) -> Tensor:
    """Return the real numbers whose transform begins so: (*, M, *) -> (*, n, *), 2 (M - 1)."""
    return _one(_to_real, "irfft", input, n, dim, norm, True)


@takes_out
@_to_real_alone
def hfft(input: TensorBase, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """Return the transform, which is real, of what begins so and is its own conjugate mirrored."""
    return _one(_to_real, "hfft", input, n, dim, norm, False)


@takes_out
def ihfft(
    input: TensorBase, n: int | None = None, dim: int = -1, norm: str | None = None
) -> Tensor:
    """Return the inverse of :func:`hfft`: (*, N, *) -> (*, n // 2 + 1, *)."""
    return _one(_of_real, "ihfft", input, n, dim, norm, True)


@takes_out
def fftn(input: TensorBase, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """Return the transform along several dimensions, all if none are named: (*) -> (*).

    Args:
        input: complex or real numbers.
        s: for each dimension the size that ``n`` is in :func:`fft`; -1 leaves it.
        dim: the dimensions; without them the last ones, as many as ``s`` has sizes, or all.
        norm: as in :func:`fft`.

    Raises:
        RuntimeError: for not as many sizes as dimensions, one named twice, and as :func:`fft`.
    """
    return _many(_complex, "fftn", input, s, dim, norm, False)


@takes_out
def ifftn(input: TensorBase, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """Return the inverse of :func:`fftn`: (*) -> (*)."""
    return _many(_complex, "ifftn", input, s, dim, norm, True)


@takes_out
def rfftn(input: TensorBase, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """Return :func:`fftn` of real numbers, the last dimension halved as in :func:`rfft`."""
    return _many(_of_real, "rfftn", input, s, dim, norm, False)


@takes_out
@_to_real_alone
def irfftn(input: TensorBase, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """Return the inverse of :func:`rfftn`: (*) -> (*)."""
    return _many(_to_real, "irfftn", input, s, dim, norm, True)


@takes_out
@_to_real_alone
def hfftn(input: TensorBase, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """Return :func:`fftn` of what is its own conjugate mirrored, as :func:`hfft`: (*) -> (*)."""
    return _many(_to_real, "hfftn", input, s, dim, norm, False)


@takes_out
def ihfftn(input: TensorBase, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """Return the inverse of :func:`hfftn`: (*) -> (*)."""
    return _many(_of_real, "ihfftn", input, s, dim, norm, True)


@takes_out
def fft2(input: TensorBase, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """Return :func:`fftn` along the last two dimensions: (*, H, W) -> (*, H, W)."""
    return _many(_complex, "fft2", input, s, dim, norm, False)


@takes_out
def ifft2(input: TensorBase, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """Return :func:`ifftn` along the last two dimensions: (*, H, W) -> (*, H, W)."""
    return _many(_complex, "ifft2", input, s, dim, norm, True)


@takes_out
def rfft2(input: TensorBase, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """Return :func:`rfftn` along the last two dimensions: (*, H, W) -> (*, H, W // 2 + 1)."""
    return _many(_of_real, "rfft2", input, s, dim, norm, False)


@takes_out
@_to_real_alone
def irfft2(
    input: TensorBase, s: Any = None, dim: Any = (-2, -1), norm: str | None = None
) -> Tensor:
    """Return :func:`irfftn` along the last two dimensions: (*, H, M) -> (*, H, 2 (M - 1))."""
    return _many(_to_real, "irfft2", input, s, dim, norm, True)


@takes_out
@_to_real_alone
def hfft2(input: TensorBase, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """Return :func:`hfftn` along the last two dimensions: (*, H, M) -> (*, H, 2 (M - 1))."""
    return _many(_to_real, "hfft2", input, s, dim, norm, False)


@takes_out
def ihfft2(
    input: TensorBase, s: Any = None, dim: Any = (-2, -1), norm: str | None = None
) -> Tensor:
    """Return :func:`ihfftn` along the last two dimensions: (*, H, W) -> (*, H, W // 2 + 1)."""
    return _many(_of_real, "ihfft2", input, s, dim, norm, True)


def fftshift(input: TensorBase, dim: Any = None) -> Tensor:
    """Return the transform with the frequency 0 in the middle of ``dim``, one or several."""
    return _shifted(input, dim, lambda n: n // 2)


def ifftshift(input: TensorBase, dim: Any = None) -> Tensor:
    """Undo :func:`fftshift`: (*) -> (*)."""
    return _shifted(input, dim, lambda n: (n + 1) // 2)


def _shifted(x: Any, dim: Any, by: Callable[[int], int]) -> Tensor:
    need_tensors(x)
    shape = x._array.shape
    if dim is None:
        dim = tuple(range(len(shape)))
    dims = [wrap_dim(d, len(shape)) for d in (dim if isinstance(dim, tuple | list) else [dim])]
    return roll(x, [by(shape[d]) for d in dims], dims)


# What the functions have in common: they cut and fill up, and say how they transform.

Transform = Callable[[str, Any, Shape, "list[int] | None", str, bool], Any]


def _one(
    transform: Transform, name: str, x: Any, n: Any, dim: Any, norm: Any, inverse: bool
) -> Tensor:
    need_tensors(x)
    dims = (wrap_dim(dim, x._array.ndim, of_scalars=False),)
    sizes = None if n is None else [_size(read_int(n, "n"), name)]
    return transform(name, x, dims, sizes, _norm(norm), inverse)


def _many(
    transform: Transform, name: str, x: Any, s: Any, dim: Any, norm: Any, inverse: bool
) -> Tensor:
    need_tensors(x)
    ndim = x._array.ndim
    if s is not None:
        s = list(s) if isinstance(s, tuple | list) else [s]
    if dim is None:
        count = ndim if s is None else len(s)
        if count > ndim:
            raise RuntimeError(
                f"Got shape with {count} values but input tensor only has {ndim} dimensions."
            )
        dims = tuple(range(ndim - count, ndim))
    else:
        given = dim if isinstance(dim, tuple | list) else (dim,)
        dims = tuple([wrap_dim(d, ndim, of_scalars=False) for d in given])
        if len({*dims}) < len(dims):
            raise RuntimeError(f"FFT dims must be unique: got {list(given)}")
        if s is not None and len(s) != len(dims):
            raise RuntimeError(
                "When given, dim and shape arguments must have the same length: got "
                f"{len(dims)} and {len(s)}"
            )
    if s is not None:
        s = [x._array.shape[d] if n == -1 else n for n, d in zip(s[:-1], dims, strict=False)] + s[
            -1:
        ]
        s = [
            -1 if i == len(s) - 1 and n == -1 else _size(read_int(n, "s"), name)
            for i, n in enumerate(s)
        ]
    return transform(name, x, dims, s, _norm(norm), inverse)


def _size(n: int, name: str) -> int:
    if n < 1:
        raise RuntimeError(f"Invalid number of data points ({n}) specified: {name} needs one")
    return n


def _norm(norm: Any) -> str:
    if norm is None:
        return "backward"
    if norm not in ("backward", "forward", "ortho"):
        raise RuntimeError(
            f'Invalid normalization mode: "{norm}"; there are "forward", "backward" and "ortho".'
        )
    return str(norm)


def _complex(
    name: str, x: Any, dims: Shape, sizes: list[int] | None, norm: str, inverse: bool
) -> Tensor:
    x = _resized(_as_complex(x), dims, sizes, name)
    return FftC2c.apply(x, dims=dims, norm=norm, inverse=inverse) if dims else x.clone()


def _of_real(
    name: str, x: Any, dims: Shape, sizes: list[int] | None, norm: str, inverse: bool
) -> Tensor:
    if is_complex(x._array.dtype):
        raise RuntimeError(f"{name} expects a real input tensor, but got {scalar_name(x._array)}")
    _check_axes(name, dims)
    x = _resized(_as_float(x), dims, sizes, name)
    return FftR2c.apply(x, dims=dims, norm=norm, inverse=inverse)


def _to_real(
    name: str, x: Any, dims: Shape, sizes: list[int] | None, norm: str, inverse: bool
) -> Tensor:
    _check_axes(name, dims)
    x = _as_complex(x)
    half = x._array.shape[dims[-1]]
    size = _size(2 * (half - 1), name) if sizes is None or sizes[-1] == -1 else sizes[-1]
    x = _resized(
        x, dims, [*([-1] * (len(dims) - 1) if sizes is None else sizes[:-1]), size // 2 + 1], name
    )
    return FftC2r.apply(x, dims=dims, size=size, norm=norm, inverse=inverse)


def _check_axes(name: str, dims: Shape) -> None:
    if not dims:
        raise RuntimeError(f"{name} must transform at least one axis")


def _as_float(x: Any) -> Any:
    """Return floating-point or complex numbers; of integers the default dtype."""
    kind = x._array.dtype
    if (is_float(kind) or is_complex(kind)) and kind.itemsize < 4:
        raise RuntimeError(f"Unsupported dtype {scalar_name(x._array)}: convert with .float()")
    return x if is_float(kind) or is_complex(kind) else cast(x, dtypes.get_default_dtype())


def _as_complex(x: Any) -> Any:
    x = _as_float(x)
    return cast(x, x.dtype.to_complex())


def _resized(x: Any, dims: Shape, sizes: list[int] | None, name: str) -> Any:
    """Cut dimensions, or fill them up with zeros; -1 leaves one as it is."""
    shape = x._array.shape
    missing = [0, 0] * len(shape)
    for d, n in zip(dims, sizes or [-1] * len(dims), strict=True):
        if n == -1:
            _size(shape[d], name)
        elif n < shape[d]:
            x = narrow(x, d, 0, n)
        else:
            missing[2 * (len(shape) - d) - 1] = n - shape[d]
    return pad(x, tuple(missing)) if any(missing) else x
