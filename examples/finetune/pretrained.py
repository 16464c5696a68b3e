"""The file that pretraining leaves and fine-tuning begins with."""

import dataclasses
from pathlib import Path
from typing import Any

import minitorch as torch
from examples.cifar10.errors import CheckpointError
from examples.finetune.config import PretrainConfig
from minitorch import nn

FILE = "resnet18.pth"
FORMAT = "finetune example, pretrained network 1"


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
