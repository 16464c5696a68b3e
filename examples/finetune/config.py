"""The settings of the two programs; how they are read and checked is examples.cifar10.config."""

from dataclasses import dataclass
from typing import ClassVar

from examples.cifar10.config import Config, Limits
from examples.cifar10.files import CLASSES


def is_split(classes: tuple[int, ...]) -> bool:
    """Whether these are classes that leave others to fine-tune for."""
    is_known = all(0 <= number < CLASSES for number in classes)
    return is_known and len(set(classes)) == len(classes) and 2 <= len(classes) <= CLASSES - 2


@dataclass(frozen=True)
class PretrainConfig:
    classes: tuple[int, ...] = (0, 1, 2, 3, 4)  # numbers of the classes that are learnt here
    epochs: int = 8
    batch_size: int = 128
    learning_rate: float = 0.1  # the peak, where the schedule changes it
    schedule: str = "onecycle"  # or "constant"
    warmup: float = 0.25  # share of the steps in which "onecycle" climbs to its peak
    momentum: float = 0.9  # Nesterov's
    weight_decay: float = 5e-4
    augment: bool = True  # random crop and flip
    seed: int = 0
    train_images: int = 25_000  # the first so many of these classes
    test_images: int = 5_000
    report_every: int = 0  # log the mean loss of so many batches; 0: once an epoch

    CHOICES: ClassVar = {"schedule": Config.CHOICES["schedule"]}
    LIMITS: ClassVar[Limits] = Config.LIMITS | {
        "classes": (f"2 … {CLASSES - 2} different numbers from 0 to {CLASSES - 1}", is_split),
        "momentum": ("above 0 and below 1", lambda value: 0 < value < 1),
    }
