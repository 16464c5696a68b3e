"""MNIST's format of files: two zeros, the code of a dtype, the number of sizes; sizes; elements.

All numbers have their highest byte first.
"""

import gzip
import math
import os
import sys
import zlib
from typing import IO, Any

import numpy as np

from minitorch.core.dtypes import Array, int64, uint8
from minitorch.interchange import from_numpy
from minitorch.tensor import Tensor
from minitorch.vision.datasets.utils import MAX_BYTES

_DTYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_CHUNK = 1 << 20


def read_image_file(path: str) -> Tensor:
    """Return the pictures of a file, uint8 (N, H, W).

    Raises:
        TypeError, ValueError: they are not of uint8, or have not three dimensions.
        RuntimeError, OSError: as ``read_sn3_pascalvincent_tensor``.
    """
    return _checked(read_sn3_pascalvincent_tensor(path), 3)


def read_label_file(path: str) -> Tensor:
    """Return the labels of a file, int64 (N,).

    Raises:
        TypeError, ValueError: they are not of uint8, or have not one dimension.
        RuntimeError, OSError: as ``read_sn3_pascalvincent_tensor``.
    """
    return _checked(read_sn3_pascalvincent_tensor(path), 1).to(int64)


def _checked(x: Tensor, ndim: int) -> Tensor:
    if x.dtype is not uint8:
        raise TypeError(f"x should be of dtype torch.uint8 instead of {x.dtype}")
    if x.ndim != ndim:
        raise ValueError(f"x should have {ndim} dimension instead of {x.ndim}")
    return x


def read_sn3_pascalvincent_tensor(path: str) -> Tensor:
    """Return the tensor in a file of the format of MNIST (idx), or in ``path + ".gz"``.

    Raises:
        RuntimeError: it is truncated, or no such file.
        OSError: it cannot be read.
    """
    if not os.path.isfile(path) and os.path.isfile(f"{path}.gz"):
        path = f"{path}.gz"
    opener: Any = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as file:
        try:
            return from_numpy(_read_idx(file, MAX_BYTES if path.endswith(".gz") else sys.maxsize))
        except (ValueError, EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise RuntimeError(
                f"{path} is truncated, or not in MNIST's format: {error}. Delete it, and use "
                "download=True."
            ) from None


def _read_idx(file: IO[bytes], most: int) -> Array:
    """Return the array in a file, of which no more than ``most`` bytes are kept in memory."""
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _DTYPES or not 1 <= magic[3] <= 3:
        raise ValueError(f"it begins with {magic!r}")
    header = file.read(4 * magic[3])
    if len(header) < 4 * magic[3]:
        raise ValueError(f"it ends after {4 + len(header)} bytes")
    sizes = [int.from_bytes(header[i : i + 4], "big") for i in range(0, len(header), 4)]
    dtype = np.dtype(_DTYPES[magic[2]])
    expected = math.prod(sizes) * dtype.itemsize
    if expected > most:
        raise ValueError(f"{expected:,} bytes for the sizes {sizes}; at most {most:,} are unpacked")
    content = bytearray()
    while len(content) <= expected and (piece := file.read(_CHUNK)):
        content += piece  # what is there, whatever the sizes say
    if len(content) != expected:
        raise ValueError(
            f"{expected:,} bytes should follow for the sizes {sizes}, and do not, or more do"
        )
    array = np.frombuffer(content, dtype).reshape(sizes)
    return array.astype(dtype.newbyteorder("="), copy=False)
