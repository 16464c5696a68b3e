"""Whole batches of images on their way into the network: crop, flip, scale."""

import numpy as np

import minitorch as torch
from examples.cifar10.config import Config
from examples.cifar10.files import Batch
from minitorch import Tensor

# Of the training images' red, green and blue, in units of the full range.
CHANNEL_MEANS = (0.4914, 0.4822, 0.4465)
CHANNEL_DEVIATIONS = (0.2470, 0.2435, 0.2616)
PAD = 4  # pixels that a crop may be off centre


def training_batch(split: Batch, indices: np.ndarray, config: Config) -> tuple[Tensor, Tensor]:
    """The images and labels at `indices`, augmented with numbers from the default generator."""
    images = split.images[indices]
    if config.augment:
        images = crop_and_flip(images)
    return scale_pixels(images, config.scaling), torch.from_numpy(split.labels[indices])


def crop_and_flip(images: np.ndarray) -> np.ndarray:
    """Moves each image by up to four pixels each way and mirrors every second one, at random.

    The border that a move leaves open is filled with the image's own reflection. The numbers come
    from minitorch's default generator, so that one seed, and one saved state, cover them too.
    """
    count, _, height, width = images.shape
    y = torch.randint(0, 2 * PAD + 1, (count,)).numpy()
    x = torch.randint(0, 2 * PAD + 1, (count,)).numpy()
    is_flipped = torch.randint(0, 2, (count,)).numpy() == 1
    padded = np.pad(images, ((0, 0), (0, 0), (PAD, PAD), (PAD, PAD)), mode="reflect")
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
