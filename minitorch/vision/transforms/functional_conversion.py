"""Pictures of one kind made from those of another."""

from importlib import import_module
from typing import Any

import numpy as np

from minitorch.core.dtypes import dtype as DType, float32, get_default_dtype, is_float
from minitorch.tensor import Tensor
from minitorch.vision.transforms import color
from minitorch.vision.transforms.images import is_pil, on_array

_PIL_DTYPES = {"I": np.int32, "I;16": np.int16, "F": np.float32}


def to_tensor(pic: Any) -> Tensor:
    """Make a tensor (C, H, W) of a Pillow image or an array (H, W, C) or (H, W).

    What is uint8 becomes floating point between 0 and 1, other numbers stay as they are.

    Raises:
        TypeError: it is neither.
        ValueError: an array of another number of dimensions.
    """
    if is_pil(pic):
        array = np.array(pic, _PIL_DTYPES.get(pic.mode, np.uint8))
        if pic.mode == "1":
            array *= 255
    elif isinstance(pic, np.ndarray):
        array = pic
    else:
        raise TypeError(f"pic should be PIL Image or ndarray. Got {type(pic)}")
    if array.ndim not in (2, 3):
        raise ValueError(f"pic should be 2/3 dimensional. Got {array.ndim} dimensions.")
    array = (array if array.ndim == 3 else array[:, :, None]).transpose(2, 0, 1)
    if array.dtype == np.uint8:
        array = color.convert(np.ascontiguousarray(array), get_default_dtype().numpy)
    return Tensor._wrap(np.ascontiguousarray(array))


def pil_to_tensor(pic: Any) -> Tensor:
    """Make a tensor (C, H, W) of the same numbers as a Pillow image has.

    Raises:
        TypeError: it is none.
    """
    if not is_pil(pic):
        raise TypeError(f"pic should be PIL Image. Got {type(pic)}")
    array = np.array(pic)
    return Tensor._wrap(array.transpose(2, 0, 1) if array.ndim == 3 else array[None])


def to_pil_image(pic: Any, mode: str | None = None) -> Any:
    """Make a Pillow image of a tensor (C, H, W), or an array (H, W, C), or of (H, W).

    Floating-point numbers are taken to be between 0 and 1, but for mode "F".

    Raises:
        TypeError: it is neither, or of a dtype that no mode has.
        ValueError: another number of dimensions or channels.
    """
    if not isinstance(pic, Tensor | np.ndarray):
        raise TypeError(f"pic should be Tensor or ndarray. Got {type(pic)}.")
    array = pic.detach()._array if isinstance(pic, Tensor) else pic
    if array.ndim not in (2, 3):
        raise ValueError(f"pic should be 2/3 dimensional. Got {array.ndim} dimensions.")
    if array.ndim == 3 and isinstance(pic, Tensor):
        array = array.transpose(1, 2, 0)
    if array.ndim == 3 and array.shape[-1] > 4:
        raise ValueError(f"pic should not have > 4 channels. Got {array.shape[-1]} channels.")
    if is_float(array.dtype) and mode != "F":
        array = (array * 255).astype(np.uint8)
    channels = array.shape[-1] if array.ndim == 3 else 1
    mode = _pil_mode(channels, array.dtype, mode)
    data = np.ascontiguousarray(array).tobytes()
    return import_module("PIL.Image").frombytes(mode, array.shape[1::-1], data)


def _pil_mode(channels: int, dtype: np.dtype[Any], mode: str | None) -> str:
    """Check the mode that is wanted, or find the usual one."""
    if channels == 1:
        modes = {"uint8": ["L"], "int16": ["I;16"], "int32": ["I"], "float32": ["F"]}
        known = modes.get(str(dtype), [])
    else:
        known = {2: ["LA"], 3: ["RGB", "YCbCr", "HSV"], 4: ["RGBA", "CMYK", "RGBX"]}[channels]
    if mode is not None and mode not in known:
        raise ValueError(
            f"Incorrect mode ({mode}) supplied for {channels} channels of {dtype}: only modes "
            f"{known} are supported"
        )
    if not known or (channels > 1 and dtype != np.uint8):
        raise TypeError(f"Input type {dtype} is not supported")
    return mode or known[0]


def convert_image_dtype(image: Any, dtype: DType = float32) -> Any:
    """Cast, and scale from the range of the old dtype to that of the new one.

    Raises:
        TypeError: the picture is no tensor or array.
        RuntimeError: from floating point to integers that have more digits.
    """
    if not isinstance(image, Tensor | np.ndarray):
        raise TypeError("Input img should be Tensor Image")
    to = dtype.numpy if isinstance(dtype, DType) else np.dtype(dtype)
    return on_array(lambda array: color.convert(array, to), image)
