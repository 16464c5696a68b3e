"""How well a trained pair of networks does on the test images."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import minitorch as torch
import minitorch.nn.functional as F
from examples.cifar10.augment import scale_pixels
from minitorch import Tensor, nn

if TYPE_CHECKING:
    from examples.cifar10.files import Batch

_BATCH = 125  # divides the 10,000 test images; activations stay small


@dataclass(frozen=True)
class Evaluation:
    loss: float
    labels: np.ndarray  # (N,) what the images show
    predictions: np.ndarray  # (N,) what the networks say
    confidences: np.ndarray  # (N,) the probability that they give to it

    @property
    def accuracy(self) -> float:
        return float(np.mean(self.labels == self.predictions))

    def confusion(self, classes: int) -> np.ndarray:
        """counts[true, predicted]"""
        pairs = np.bincount(self.labels * classes + self.predictions, minlength=classes**2)
        return pairs.reshape(classes, classes)


def evaluate(
    net1: nn.Module, net2: nn.Module, split: "Batch", scaling: str, *, augment: bool = False
) -> Evaluation:
    """Classifies every image of `split`, without dropout and without recording a graph.

    With `augment` by the mean score of the six `views`.
    """
    net1.eval()
    net2.eval()
    loss, predictions, confidences = 0.0, [], []
    with torch.no_grad():
        for start in range(0, len(split.labels), _BATCH):
            images = scale_pixels(split.images[start : start + _BATCH], scaling)
            labels = torch.from_numpy(split.labels[start : start + _BATCH])
            seen = views(images) if augment else [(1.0, images)]
            scores = torch.stack([weight * net2(net1(view)) for weight, view in seen]).sum(0)
            loss += F.cross_entropy(scores, labels, reduction="sum").item()
            best = F.softmax(scores, dim=1).max(dim=1)
            predictions.append(best.indices.numpy())
            confidences.append(best.values.numpy())
    net1.train()
    net2.train()
    loss /= len(split.labels)
    return Evaluation(loss, split.labels, np.concatenate(predictions), np.concatenate(confidences))


def views(images: Tensor) -> Iterator[tuple[float, Tensor]]:
    """Six ways to see images, and their weights: where they are and a pixel off, all mirrored too.

    Source: airbench94 (see record.py).
    """
    size = images.shape[-1]
    around = F.pad(images, (1, 1, 1, 1), mode="reflect")
    for weight, shift in ((0.25, 1), (0.125, 0), (0.125, 2)):  # a shift of 1 is where they are
        view = around[..., shift : shift + size, shift : shift + size]
        yield weight, view
        yield weight, view.flip(-1)


def class_table(result: Evaluation, classes: tuple[str, ...]) -> str:
    """Accuracy overall and per class, one line each."""
    rows = [f"test accuracy {result.accuracy:.1%} of {len(result.labels):,} images"]
    for number, name in enumerate(classes):
        of_class = result.labels == number
        if of_class.any():
            accuracy = np.mean(result.predictions[of_class] == number)
            rows.append(f"  {name:<16} {accuracy:6.1%}  of {of_class.sum():,}")
    return "\n".join(rows)
