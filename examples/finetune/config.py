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
    epochs_before: int = 0  # --resume RUN --set epochs=... begins a new cycle of rates after these

    CHOICES: ClassVar = {"schedule": Config.CHOICES["schedule"]}
    LIMITS: ClassVar[Limits] = Config.LIMITS | {
        "classes": (f"2 … {CLASSES - 2} different numbers from 0 to {CLASSES - 1}", is_split),
        "momentum": ("above 0 and below 1", lambda value: 0 < value < 1),
    }


@dataclass(frozen=True)
class CompareConfig:
    classes: tuple[int, ...] = (5, 6, 7, 8, 9)  # numbers of the classes that are learnt here
    images_per_class: int = 100  # the first so many of each
    test_images: int = 5_000  # the first so many of these classes
    epochs: int = 20  # of every way that begins with the pretrained network
    scratch_epochs: int = 60  # of the one that does not
    thaw_every: int = 4  # epochs between two thaws of gradual unfreezing
    batch_size: int = 32
    scratch_rate: float = 0.05  # the peak of the cycle, from scratch
    full_rate: float = 0.02  # where weights move that were pretrained
    head_rate: float = 0.03  # where the head alone does
    stages_rate: float = 0.01  # where the head sees all stages
    copies: int = 8  # cropped and flipped ones of each image, for the head that sees all stages
    schedule: str = "onecycle"  # or "constant"
    warmup: float = 0.25  # share of the steps in which "onecycle" climbs to its peak
    momentum: float = 0.9  # Nesterov's
    weight_decay: float = 5e-4
    augment: bool = True  # random crop and flip, where pictures are trained on
    weights_size: int = 64  # height and width to which pictures are enlarged for --weights
    evaluate_every: int = 5  # epochs
    seed: int = 0

    CHOICES: ClassVar = {"schedule": Config.CHOICES["schedule"]}
    LIMITS: ClassVar[Limits] = PretrainConfig.LIMITS | {
        "copies": ("0 … 1,000", lambda value: 0 <= value <= 1_000),
        "images_per_class": ("1 … 5,000", lambda value: 1 <= value <= 5_000),
        **dict.fromkeys(
            ("scratch_rate", "full_rate", "head_rate", "stages_rate"),
            Config.LIMITS["learning_rate"],
        ),
        **dict.fromkeys(
            ("scratch_epochs", "thaw_every", "evaluate_every"), Config.LIMITS["epochs"]
        ),
        "weights_size": ("32 … 512", lambda value: 32 <= value <= 512),
    }
