"""The embedded default: ten classes of drawn images, for machines without CIFAR-10 and network.

Six shapes and four textures, in random colours, sizes, places and tilts, under gradients, clutter
and noise. They stand in CIFAR-10's own file format, so that everything behind them runs unchanged;
`batches.meta` marks them, so that nobody takes them for the real images. Classes 0, 1, 8 and 9 (in
CIFAR-10: the vehicles) are the textures.
"""

import hashlib
import os
import pickle
import tempfile
from pathlib import Path

import numpy as np

from examples.cifar10.files import BATCH_FILES, FOLDER, META_FILE

CLASSES = (
    "stripes lying", "stripes upright", "disc", "square", "triangle",
    "cross", "ring", "star", "checkerboard", "dots",
)  # fmt: skip
VERSION = "minitorch synthetic images, version 1"
IMAGES_PER_FILE = 10_000
_CHUNK = 1_000  # images drawn at once: their planes stay near the cache
_NOISE = 0.08


def write_synthetic(root: Path, images_per_file: int = IMAGES_PER_FILE, seed: int = 0) -> Path:
    """Writes the whole set into `root / FOLDER`: complete, or not at all."""
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".synthetic-", dir=root) as scratch:
        folder = Path(scratch, FOLDER)
        folder.mkdir()
        _write_files(folder, images_per_file, np.random.RandomState(seed))
        os.replace(folder, root / FOLDER)
    return root / FOLDER


def _write_files(folder: Path, images_per_file: int, random: np.random.RandomState) -> None:
    # RandomState's streams are frozen: every NumPy draws the same images.
    md5 = {}
    for number, name in enumerate(BATCH_FILES, start=1):
        labels = random.permutation(np.arange(images_per_file) % len(CLASSES))
        entries = {
            "batch_label": f"synthetic batch {number} of {len(BATCH_FILES)}",
            "labels": labels.tolist(),
            "data": draw_images(labels, random).reshape(images_per_file, -1),
            "filenames": [f"synthetic_{number}_{i:05d}" for i in range(images_per_file)],
        }
        md5[name] = _write_pickle(folder / name, entries)
    meta = {
        "num_cases_per_batch": images_per_file,
        "label_names": list(CLASSES),
        "num_vis": 3072,
        "synthetic": VERSION,
        "md5": md5,
    }
    _write_pickle(folder / META_FILE, meta)


def draw_images(labels: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    """One image per label: uint8 (N, 3, 32, 32)."""
    chunks = [labels[i : i + _CHUNK] for i in range(0, len(labels), _CHUNK)]
    return np.concatenate([_draw_chunk(chunk, random) for chunk in chunks])


def _draw_chunk(labels: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    count = len(labels)
    axis = (np.arange(32, dtype=np.float32) - 15.5) / 16
    y, x = axis[None, :, None], axis[None, None, :]  # (1, 32, 1), (1, 1, 32)
    background, foreground = _draw_colours(count, random)  # (N, 3, 1, 1) each
    light = _column(random, count, -0.3, 0.3) * x + _column(random, count, -0.3, 0.3) * y

    cover = np.empty((count, 32, 32), np.float32)  # how much of each pixel is foreground
    for label in range(len(CLASSES)):
        chosen = labels == label
        cover[chosen] = _draw_pattern(label, int(chosen.sum()), x, y, random)
    cover *= 1 - _draw_clutter(count, x, y, random)

    images = background + cover[:, None] * (foreground - background) + light[:, None]
    images += random.standard_normal(images.shape).astype(np.float32) * _NOISE
    return (np.clip(images, 0, 1) * 255 + 0.5).astype(np.uint8)


def _draw_colours(count: int, random: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """Two colours per image; only their distance is sure, so that no colour gives a class away."""
    background = random.uniform(0.2, 0.8, (count, 3)).astype(np.float32)
    direction = random.standard_normal((count, 3)).astype(np.float32)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    contrast = random.uniform(0.35, 0.9, (count, 1)).astype(np.float32)
    foreground = background + contrast * direction
    return background[..., None, None], foreground[..., None, None]


def _draw_pattern(
    label: int, count: int, x: np.ndarray, y: np.ndarray, random: np.random.RandomState
) -> np.ndarray:
    is_texture = label in (0, 1, 8, 9)
    tilt = _column(random, count, -0.35, 0.35) if is_texture else _column(random, count, -0.6, 0.6)
    x, y = x - _column(random, count, -0.3, 0.3), y - _column(random, count, -0.3, 0.3)
    x, y = np.cos(tilt) * x + np.sin(tilt) * y, np.cos(tilt) * y - np.sin(tilt) * x
    if is_texture:
        frequency = _column(random, count, 5, 12)
        waves = _texture(label, frequency * x, frequency * y)
        return np.clip(0.5 + 2 * waves, 0, 1)
    size = _column(random, count, 0.45, 0.8)
    inside = -_outline(label, x / size, y / size)
    return np.clip(0.5 + 16 * size * inside, 0, 1)  # a soft edge, one pixel wide


def _texture(label: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Positive on the foreground."""
    match CLASSES[label]:
        case "stripes lying":
            return np.sin(y)
        case "stripes upright":
            return np.sin(x)
        case "checkerboard":
            return np.sin(x) * np.sin(y)
        case "dots":
            return np.sin(x) + np.sin(y) - 0.9
    raise AssertionError(label)


def _outline(label: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The signed distance from a shape of radius 1, or close to it: negative inside."""
    radius = np.sqrt(x * x + y * y)
    match CLASSES[label]:
        case "disc":
            return radius - 0.9
        case "ring":
            return np.abs(radius - 0.72) - 0.22
        case "square":
            return np.maximum(np.abs(x), np.abs(y)) - 0.8
        case "triangle":
            return np.maximum(np.abs(x) * 0.866 + y * 0.5, -y) - 0.5
        case "cross":
            bar = np.maximum(np.abs(x) - 0.28, np.abs(y) - 1)
            return np.minimum(bar, np.maximum(np.abs(y) - 0.28, np.abs(x) - 1))
        case "star":
            return radius - (0.66 + 0.34 * np.cos(5 * np.arctan2(y, x)))
    raise AssertionError(label)


def _draw_clutter(
    count: int, x: np.ndarray, y: np.ndarray, random: np.random.RandomState
) -> np.ndarray:
    """A bar through every image, at any angle, that hides part of what is there."""
    angle = _column(random, count, 0, 3.14)
    distance = np.cos(angle) * x + np.sin(angle) * y - _column(random, count, -0.8, 0.8)
    width = _column(random, count, 0.03, 0.12)
    return np.clip(0.5 + 16 * (width - np.abs(distance)), 0, 1)


def _column(random: np.random.RandomState, count: int, low: float, high: float) -> np.ndarray:
    """One number per image, (N, 1, 1)."""
    return random.uniform(low, high, (count, 1, 1)).astype(np.float32)


def _write_pickle(path: Path, entries: dict[str, object]) -> str:
    """Writes `entries` to the disk itself and returns the file's MD5."""
    content = pickle.dumps(entries, protocol=4)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
