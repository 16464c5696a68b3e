"""The file that pretraining leaves, what fine-tuning begins with, and published weights for it."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import minitorch as torch
from examples.cifar10.augment import scale_pixels
from examples.cifar10.checkpoint import check_images, load_part
from examples.cifar10.config import restore_config
from examples.cifar10.errors import CheckpointError, ConfigError
from examples.finetune.config import PretrainConfig
from examples.finetune.network import small_resnet18
from examples.finetune.pictures import Prepare
from minitorch import nn
from minitorch.models import ResNet, ResNet18_Weights, resnet18

FILE = "resnet18.pth"
FORMAT = "finetune example, pretrained network 1"


@dataclasses.dataclass(frozen=True)
class Pretrained:
    network: ResNet
    build: Callable[[int], ResNet]  # the same for so many classes, not trained
    prepare: Prepare  # what pictures become for it
    origin: str


def save_pretrained(
    folder: Path, network: nn.Module, config: PretrainConfig, is_synthetic: bool
) -> Path:
    """Writes the network, and what it has learnt from which images."""
    path = folder / FILE
    content: dict[str, Any] = {
        "format": FORMAT,
        "config": dataclasses.asdict(config),
        "is_synthetic": is_synthetic,
        "network": network.state_dict(),
    }
    try:
        torch.save(content, path)
    except OSError as error:
        raise CheckpointError(
            f"could not write {path}: {error.strerror or error}. Make room, then: --resume {folder}"
        ) from error
    return path


def load_pretrained(path: Path, classes: tuple[int, ...], is_synthetic: bool) -> Pretrained:
    """Loads what `pretrain` left, for classes that it has not seen, of the images it has seen."""
    path = path / FILE if path.is_dir() else path
    content = read(path)
    if content.get("format") != FORMAT:
        raise CheckpointError(
            f"{path} is not of examples.finetune.pretrain: expected the format {FORMAT!r}, got "
            f"{content.get('format')!r:.80}. Published weights are given with --weights."
        )
    if missing := [key for key in ("config", "is_synthetic", "network") if key not in content]:
        raise CheckpointError(f"{path} lacks {', '.join(missing)}. Give that of another run.")
    check_images(path, content, is_synthetic)
    config = restore_config(content["config"], str(path), PretrainConfig)
    if known := sorted(set(classes) & set(config.classes)):
        raise ConfigError(
            f"classes = {list(classes)}, but the network in {path} was trained on {known} already: "
            "set classes to others."
        )
    network = small_resnet18(len(config.classes))
    load_part(path, content, "network", network)
    return Pretrained(network, small_resnet18, scale, f"pretrained on classes {config.classes}")


def load_weights(path: Path, size: int) -> Pretrained:
    """Loads published weights of ResNet-18; pictures are enlarged to `size` for it."""
    content = read(path)
    if "fc.weight" not in content:
        raise CheckpointError(
            f"{path} holds no ResNet-18 by torchvision's names: it lacks fc.weight. What "
            "examples.finetune.pretrain wrote is given with --pretrained."
        )
    network = resnet18(num_classes=len(content["fc.weight"]))
    load_part(path, {"network": content}, "network", network)
    enlarge = ResNet18_Weights.IMAGENET1K_V1.transforms(crop_size=size, resize_size=size)

    def prepare(images: np.ndarray) -> torch.Tensor:
        return enlarge(torch.from_numpy(images))

    return Pretrained(
        network, lambda classes: resnet18(num_classes=classes), prepare, f"weights of {path.name}"
    )


def scale(images: np.ndarray) -> torch.Tensor:
    return scale_pixels(images, "channels")


def read(path: Path) -> dict[str, Any]:
    try:
        content = torch.load(path)
    except OSError as error:
        raise CheckpointError(f"cannot read the network {path}: {error.strerror}.") from error
    except (RuntimeError, ValueError, EOFError, KeyError) as error:
        raise CheckpointError(f"{path} is no file of weights, or a damaged one: {error}") from error
    if not isinstance(content, dict):
        raise CheckpointError(f"{path} holds a {type(content).__name__}, expected a state_dict.")
    return content
