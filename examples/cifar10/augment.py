"""Whole batches of images on their way into the network: crop, flip, scale."""

from typing import TYPE_CHECKING

import numpy as np

import minitorch as torch
from examples.cifar10.config import Config
from minitorch import Tensor

if TYPE_CHECKING:
    from examples.cifar10.files import Batch

# Of the training images' red, green and blue, in units of the full range.
CHANNEL_MEANS = (0.4914, 0.4822, 0.4465)
CHANNEL_DEVIATIONS = (0.2470, 0.2435, 0.2616)
PAD = 4  # pixels that a crop may be off centre


def training_batch(
    split: "Batch", indices: np.ndarray, config: Config, epoch: int
) -> tuple[Tensor, Tensor]:
    """The images and labels at `indices`, augmented with numbers from the default generator."""
    images = split.images[indices]
    if config.augment:
        alternating = config.flip == "alternating"
        flips = alternating_flips(len(split.labels), config.seed, epoch) if alternating else None
        images = crop_and_flip(images, config.shift, flips[indices] if alternating else None)
    return scale_pixels(images, config.scaling), torch.from_numpy(split.labels[indices])


def alternating_flips(count: int, seed: int, epoch: int) -> np.ndarray:
    """Which of so many images are mirrored: half of them, and in the next epoch the other half.

    In two epochs each is seen both ways, which flips at random would do for half of them. The
    numbers are the seed's own: a run that goes on in the middle finds them again.
    """
    first = torch.randint(0, 2, (count,), generator=torch.Generator().manual_seed(seed))
    return (first.numpy() + epoch) % 2 == 1


def crop_and_flip(
    images: np.ndarray, shift: int = PAD, is_flipped: np.ndarray | None = None
) -> np.ndarray:
    """Moves each image by up to `shift` pixels each way and mirrors some, every second at random.

    The border that a move leaves open is filled with the image's own reflection. The numbers come
    from minitorch's default generator, so that one seed, and one saved state, cover them too.
    """
    count, _, height, width = images.shape
    y = torch.randint(0, 2 * shift + 1, (count,)).numpy()
    x = torch.randint(0, 2 * shift + 1, (count,)).numpy()
    if is_flipped is None:
        is_flipped = torch.randint(0, 2, (count,)).numpy() == 1
    padded = np.pad(images, ((0, 0), (0, 0), (shift, shift), (shift, shift)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(2, 3))
    crops = windows[np.arange(count), :, y, x]  # (N, 3, H, W), copied out of (N, 3, 9, 9, H, W)
    crops[is_flipped] = crops[is_flipped, :, :, ::-1]
    return crops


def scale_pixels(images: np.ndarray, scaling: str) -> Tensor:
    """uint8 (N, 3, H, W) to float32: each channel to mean 0 and deviation 1, or all to [-1, 1]."""
    if scaling == "symmetric":
        return torch.from_numpy((images.astype(np.float32) / 255 - 0.5) / 0.5)
    means = np.array(CHANNEL_MEANS, np.float32).reshape(3, 1, 1) * 255
    deviations = np.array(CHANNEL_DEVIATIONS, np.float32).reshape(3, 1, 1) * 255
    return torch.from_numpy((images - means) / deviations)
