"""How well a trained pair of networks does on the test images."""

from dataclasses import dataclass

import numpy as np

import minitorch as torch
import minitorch.nn.functional as F
from examples.cifar10.augment import scale_pixels
from examples.cifar10.files import Batch
from minitorch import nn

_BATCH = 125  # divides the 10,000 test images; activations stay small


@dataclass(frozen=True)
class Evaluation:
    loss: float
    labels: np.ndarray  # (N,) what the images show
    predictions: np.ndarray  # (N,) what the networks say

    @property
    def accuracy(self) -> float:
        return float(np.mean(self.labels == self.predictions))

    def confusion(self, classes: int) -> np.ndarray:
        """counts[true, predicted]"""
        pairs = np.bincount(self.labels * classes + self.predictions, minlength=classes**2)
        return pairs.reshape(classes, classes)


def evaluate(net1: nn.Module, net2: nn.Module, split: Batch, scaling: str) -> Evaluation:
    """Classifies every image of `split`, without dropout and without recording a graph."""
    net1.eval()
    net2.eval()
    loss, predictions = 0.0, []
    with torch.no_grad():
        for start in range(0, len(split.labels), _BATCH):
            images = scale_pixels(split.images[start : start + _BATCH], scaling)
            labels = torch.from_numpy(split.labels[start : start + _BATCH])
            scores = net2(net1(images))
            loss += F.cross_entropy(scores, labels, reduction="sum").item()
            predictions.append(scores.argmax(dim=1).numpy())
    net1.train()
    net2.train()
    return Evaluation(loss / len(split.labels), split.labels, np.concatenate(predictions))


def class_table(result: Evaluation, classes: tuple[str, ...]) -> str:
    """Accuracy overall and per class, one line each."""
    rows = [f"test accuracy {result.accuracy:.1%} of {len(result.labels):,} images"]
    for number, name in enumerate(classes):
        of_class = result.labels == number
        if of_class.any():
            accuracy = np.mean(result.predictions[of_class] == number)
            rows.append(f"  {name:<16} {accuracy:6.1%}  of {of_class.sum():,}")
    return "\n".join(rows)
