"""What counts as a picture, and how it is laid out.

Note [Pictures]
    A picture is a tensor (..., C, H, W) or (H, W); or an array, laid out as ``ToTensor`` reads it,
    (..., H, W, C) or (H, W); or a Pillow image, which is recognised without importing Pillow. All
    computing is on arrays (..., C, H, W), views of the picture where that is possible, and what
    comes out is of the kind that went in. Dimensions before these are a batch, which is treated
    alike: one draw of random numbers for all of it.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.core.dtypes import is_float, is_integer
from minitorch.tensor import Tensor

Array = NDArray[Any]

_PIL_MODES = ("1", "L", "LA", "P", "I", "I;16", "F", "RGB", "RGBA")


def on_array(function: Callable[..., Array], img: Any, *args: Any) -> Any:
    """Call ``function`` with a picture as an array (..., C, H, W); Note [Pictures].

    Raises:
        TypeError: it is no picture.
        RuntimeError: gradients are wanted of it.
    """
    if isinstance(img, Tensor):
        array = array_of(img)
        result = function(array, *args)
        return img if result is array else Tensor._wrap(result)
    if isinstance(img, np.ndarray):
        array = array_of(img)
        result = function(array, *args)
        return img if result is array else _channels_last(result)
    array = array_of(img)
    return _as_pil(_channels_last(function(array, *args)), img)


def array_of(img: Any) -> Array:
    """Return the picture as an array (..., C, H, W) or (H, W), sharing its memory if it can.

    Raises:
        TypeError: it is no picture.
        RuntimeError: gradients are wanted of it.
    """
    if isinstance(img, Tensor):
        if img.ndim < 2:
            raise TypeError(f"Tensor is not a torch image: it has {img.ndim} dimensions.")
        if img.requires_grad and is_grad_enabled():
            raise RuntimeError(
                "transforms compute on arrays and record nothing, but this picture requires grad: "
                "transform img.detach(), or under torch.no_grad()"
            )
        return img._array
    if isinstance(img, np.ndarray):
        if img.ndim < 2:
            raise TypeError(f"img should have at least 2 dimensions, but has {img.ndim}.")
        return _channels_first(img)
    if is_pil(img):
        if img.mode not in _PIL_MODES:
            raise TypeError(f"cannot transform a picture of mode {img.mode}: img.convert('RGB')")
        return _channels_first(np.array(img))
    raise TypeError(f"img should be PIL Image, Tensor or ndarray. Got {type(img)}")


def is_pil(img: Any) -> bool:
    """Tell whether it is a Pillow image; only if Pillow is loaded can it be one."""
    pillow = sys.modules.get("PIL.Image")
    return pillow is not None and isinstance(img, pillow.Image)


def get_dimensions(img: Any) -> list[int]:
    """Return [channels, height, width] of a picture."""
    if is_pil(img):
        return [len(img.getbands()), img.height, img.width]
    shape = array_of(img).shape
    return [shape[-3] if len(shape) > 2 else 1, *shape[-2:]]


def get_image_size(img: Any) -> list[int]:
    """Return [width, height] of a picture."""
    return get_dimensions(img)[:0:-1]


def get_image_num_channels(img: Any) -> int:
    """Return the number of channels of a picture."""
    return get_dimensions(img)[0]


def _channels_first(array: Array) -> Array:
    n = array.ndim
    return array if n == 2 else array.transpose(*range(n - 3), n - 1, n - 3, n - 2)


def _channels_last(array: Array) -> Array:
    n = array.ndim
    return array if n == 2 else array.transpose(*range(n - 3), n - 2, n - 1, n - 3)


def _as_pil(array: Array, like: Any) -> Any:
    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[:, :, 0]
    image = sys.modules["PIL.Image"].fromarray(np.ascontiguousarray(array))
    if like.mode == "P":
        image.putpalette(like.getpalette())
    return image


def max_value(dtype: np.dtype[Any]) -> int:
    """Return the value of white: 1 in floating point, the largest integer else."""
    return int(np.iinfo(dtype).max) if is_integer(dtype) else 1


def computed_in(array: Array) -> np.dtype[Any]:
    """Return the dtype that a picture is computed in: its own if floating, else float32."""
    return array.dtype if is_float(array.dtype) else np.dtype(np.float32)


def cast_back(result: Array, dtype: np.dtype[Any]) -> Array:
    """Round to integers if the picture had them."""
    if is_integer(dtype):
        np.rint(result, out=result)
    return result.astype(dtype, copy=False)
