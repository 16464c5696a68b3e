"""Changing colours: what checks its arguments and calls `color`."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.core.dtypes import is_float
from minitorch.creation import as_tensor
from minitorch.tensor import Tensor
from minitorch.vision.transforms import color
from minitorch.vision.transforms.images import (
    Array,
    array_of,
    get_dimensions,
    max_value,
    on_array,
)


def rgb_to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """Return the brightness, in one channel or three times.

    Raises:
        TypeError: the picture has neither 1 nor 3 channels.
        ValueError: ``num_output_channels`` is neither 1 nor 3.
    """
    if num_output_channels not in (1, 3):
        raise ValueError("num_output_channels should be either 1 or 3")

    def grayscale(array: Array) -> Array:
        _check_channels(array, least=3)
        gray = color.grayscale(array) if array.shape[-3] == 3 else array.copy("K")
        # A picture that is grey stays one channel, as in torchvision.
        return gray.repeat(array.shape[-3], axis=-3) if num_output_channels == 3 else gray

    return on_array(grayscale, img)


to_grayscale = rgb_to_grayscale


def adjust_brightness(img: Any, brightness_factor: float) -> Any:
    """Make it darker (0 is black) or brighter (1 changes nothing).

    Raises:
        ValueError: a negative factor.
    """
    return _adjust(color.brightness, img, brightness_factor, "brightness_factor")


def adjust_contrast(img: Any, contrast_factor: float) -> Any:
    """Move away from the mean brightness: 0 is grey, 1 changes nothing.

    Raises:
        ValueError: a negative factor.
    """
    return _adjust(color.contrast, img, contrast_factor, "contrast_factor")


def adjust_saturation(img: Any, saturation_factor: float) -> Any:
    """Move away from grey: 0 is black and white, 1 changes nothing.

    Raises:
        ValueError: a negative factor.
    """
    return _adjust(color.saturation, img, saturation_factor, "saturation_factor", is_of_colour=True)


def adjust_sharpness(img: Any, sharpness_factor: float) -> Any:
    """Move away from a blurred picture: 0 is blurred, 1 changes nothing, 2 is sharper.

    Raises:
        ValueError: a negative factor.
    """
    return _adjust(color.sharpness, img, sharpness_factor, "sharpness_factor")


def _adjust(
    change: Callable[[Array, float], Array],
    img: Any,
    factor: float,
    name: str,
    is_of_colour: bool = False,
) -> Any:
    if factor < 0:
        raise ValueError(f"{name} ({factor}) is not non-negative.")

    def adjust(array: Array) -> Array:
        _check_channels(array)
        is_gray = array.ndim < 3 or array.shape[-3] == 1
        return array if is_of_colour and is_gray else change(array, float(factor))

    return on_array(adjust, img)


def adjust_hue(img: Any, hue_factor: float) -> Any:
    """Turn the colour wheel by a part of a turn; a grey picture stays.

    Raises:
        ValueError: a factor that is not in [-0.5, 0.5].
    """
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")

    def adjust(array: Array) -> Array:
        _check_channels(array)
        is_gray = array.ndim < 3 or array.shape[-3] == 1
        return array if is_gray else color.hue(array, hue_factor)

    return on_array(adjust, img)


def adjust_gamma(img: Any, gamma: float, gain: float = 1) -> Any:
    """Return gain · img ** gamma, white being 1.

    Raises:
        ValueError: a negative gamma.
    """
    if gamma < 0:
        raise ValueError("Gamma should be a non-negative real number")
    return _on_checked(lambda array: color.gamma(array, gamma, gain), img, 2)


def invert(img: Any) -> Any:
    """Exchange light and dark."""
    return _on_checked(color.invert, img)


def posterize(img: Any, bits: int) -> Any:
    """Keep the upper bits of a uint8 picture.

    Raises:
        ValueError: ``bits`` is not in [0, 8].
        TypeError: another dtype.
    """
    if not 0 <= bits <= 8:
        raise ValueError(f"The number if bits should be between 0 and 8. Got {bits}")
    return _on_checked(lambda array: color.posterize(_only_uint8(array), bits), img)


def solarize(img: Any, threshold: float) -> Any:
    """Invert what is as bright as ``threshold``, or brighter.

    Raises:
        TypeError: a threshold above the largest value of the dtype.
    """

    def solarized(array: Array) -> Array:
        if threshold > max_value(array.dtype):
            raise TypeError("Threshold should be less than bound of img.")
        return color.solarize(array, threshold)

    return _on_checked(solarized, img)


def autocontrast(img: Any) -> Any:
    """Stretch each channel, so that its darkest pixel is black and its lightest white."""
    return _on_checked(color.autocontrast, img)


def equalize(img: Any) -> Any:
    """Make all values of a uint8 picture about as frequent.

    Raises:
        TypeError: another dtype.
    """
    return _on_checked(lambda array: color.equalize(_only_uint8(array)), img)


def gaussian_blur(img: Any, kernel_size: int | Sequence[int], sigma: Any = None) -> Any:
    """Blur by a bell curve.

    Args:
        kernel_size: How many pixels it reaches over, odd: (along W, along H), or one number.
        sigma: Its width in pixels, alike; 0.15 · kernel_size + 0.35 if None.

    Raises:
        TypeError, ValueError: arguments of another kind.
        RuntimeError: the picture is smaller than half of the kernel.
    """
    if not isinstance(kernel_size, int | list | tuple):
        raise TypeError(f"kernel_size should be int or a sequence of integers. Got {kernel_size!r}")
    sizes = (kernel_size,) * 2 if isinstance(kernel_size, int) else tuple(kernel_size)
    if len(sizes) != 2:
        raise ValueError(f"If kernel_size is a sequence its length should be 2. Got {len(sizes)}")
    if any(size % 2 == 0 or size < 0 for size in sizes):
        raise ValueError(f"kernel_size should have odd and positive integers. Got {kernel_size}")
    if not isinstance(sigma, int | float | list | tuple | None):
        raise TypeError(f"sigma should be either float or sequence of floats. Got {type(sigma)}")
    if sigma is None:
        sigma = tuple(size * 0.15 + 0.35 for size in sizes)
    widths = (sigma,) * 2 if isinstance(sigma, int | float) else tuple(sigma) * (3 - len(sigma))
    if len(widths) != 2:
        raise ValueError(f"If sigma is a sequence, its length should be 2. Got {len(sigma)}")
    if any(width <= 0.0 for width in widths):
        raise ValueError(f"sigma should have positive values. Got {sigma}")

    def blur(array: Array) -> Array:
        h, w = array.shape[-2:]
        if sizes[0] // 2 >= w or sizes[1] // 2 >= h:
            raise RuntimeError(
                "Padding size should be less than the corresponding input dimension: a kernel of "
                f"{sizes} is too large for a picture of {h} x {w}"
            )
        return color.blur(array, sizes, widths)

    return on_array(blur, img)


def _on_checked(function: Callable[[Array], Array], img: Any, least: int = 3) -> Any:
    def checked(array: Array) -> Array:
        _check_channels(array, least)
        return function(array)

    return on_array(checked, img)


def _check_channels(array: Array, least: int = 2) -> None:
    if array.ndim < least and array.ndim < 3:
        # A black and white picture that has no dimension of channels.
        raise TypeError(
            f"Input image tensor should have at least {least} dimensions, but found {array.ndim}"
        )
    channels = array.shape[-3] if array.ndim > 2 else 1
    if channels not in (1, 3):
        raise TypeError(
            f"Input image tensor permitted channel values are [1, 3], but found {channels}"
        )


def _only_uint8(array: Array) -> Array:
    if array.dtype != np.uint8:
        raise TypeError(f"Only torch.uint8 image tensors are supported, but found {array.dtype}")
    return array


def normalize(
    tensor: Any, mean: Sequence[float], std: Sequence[float], inplace: bool = False
) -> Any:
    """Return (tensor − mean) / std, per channel: (..., C, H, W); gradients flow.

    Raises:
        TypeError: the picture is no tensor or array of floating-point numbers.
        ValueError: it has too few dimensions, or ``std`` has a 0.
        RuntimeError: it has another number of channels.
    """
    if not isinstance(tensor, Tensor | np.ndarray):
        raise TypeError(f"img should be Tensor Image. Got {type(tensor)}")
    dtype = tensor._array.dtype if isinstance(tensor, Tensor) else tensor.dtype
    if not is_float(dtype):
        raise TypeError(f"Input tensor should be a float tensor. Got {tensor.dtype}.")
    if tensor.ndim < 3:
        raise ValueError(
            "Expected tensor to be a tensor image of size (..., C, H, W). Got tensor.size() = "
            f"{tuple(tensor.shape)}"
        )
    columns = _columns(_hashable(mean), _hashable(std), dtype)
    channels = tensor.shape[-3] if isinstance(tensor, Tensor) else get_dimensions(tensor)[0]
    for column in columns:
        if column.size not in (1, channels):
            raise RuntimeError(
                f"The size of tensor a ({channels}) must match the size of tensor b "
                f"({column.size}) at non-singleton dimension {tensor.ndim - 3}: mean and std need "
                "a number for each channel"
            )
    if isinstance(tensor, Tensor) and (inplace or (tensor.requires_grad and is_grad_enabled())):
        shift, scale = map(as_tensor, columns)
        return tensor.sub_(shift).div_(scale) if inplace else (tensor - shift) / scale
    if not inplace:
        return on_array(color.normalize, tensor, *columns)
    array = array_of(tensor)
    array -= columns[0]
    array /= columns[1]
    return tensor


def _hashable(numbers: Any) -> Any:
    if isinstance(numbers, Tensor | np.ndarray):
        numbers = numbers.tolist()
    return tuple(numbers) if isinstance(numbers, list | tuple) else numbers


@lru_cache(maxsize=32)
def _columns(mean: Any, std: Any, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    shift, scale = np.array(mean, dtype), np.array(std, dtype)
    if (scale == 0).any():
        raise ValueError(
            f"std evaluated to zero after conversion to {dtype}, leading to division by zero."
        )
    return tuple(x.reshape(-1, 1, 1) if x.ndim == 1 else x for x in (shift, scale))  # type: ignore[return-value]
