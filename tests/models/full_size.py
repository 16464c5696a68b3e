"""A model at its published size: outputs and gradients of either library, and how far apart."""

import argparse
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

import minitorch
from benchmarks.step_worker import peak_megabytes
from minitorch import models
from tests.support.oracles import import_torch, import_torchvision

NEARLY_NOTHING = 1e-6  # of the largest gradient of all: a parameter's own scale is not below that


def published_size(name: str) -> int | None:
    """Side of the pictures; None where nothing is published."""
    try:
        weights = models.get_model_weights(name)["DEFAULT"]
    except ValueError:
        return None
    return weights.transforms().crop_size[0]


def compute(side: str, name: str, options: argparse.Namespace, file: Path) -> tuple[float, ...]:
    """Write outputs and gradients of one side; return seconds forward, backward, and megabytes."""
    library: Any = minitorch if side == "minitorch" else import_torch()
    of_side: Any = models if side == "minitorch" else import_torchvision().models
    library.set_num_threads(options.threads)
    library.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchvision's of arguments that will change
        model = of_side.get_model(name)
    model.to(getattr(library, options.dtype)).train(options.train)
    random = np.random.default_rng(0)
    with library.no_grad():
        for parameter in model.parameters():
            if not parameter.any():  # a layer that begins as zero hides those before it
                parameter.copy_(library.from_numpy(0.02 * random.standard_normal(parameter.shape)))
    size = getattr(model, "image_size", published_size(name))
    images = random.standard_normal((options.batch, 3, size, size))
    images = images.astype(options.dtype)
    labels = library.arange(3 * options.batch)  # with those of auxiliary heads
    # Other programs do not make it longer; that of several threads would be added up.
    clock = time.process_time if options.threads == 1 else time.perf_counter
    times = []
    for _ in range(options.repeats):
        model.zero_grad()
        library.manual_seed(1)  # dropout
        start = clock()
        outputs = model(library.from_numpy(images))
        outputs = library.cat(outputs) if isinstance(outputs, tuple) else outputs
        middle = clock()
        library.nn.functional.cross_entropy(outputs, labels[: len(outputs)]).backward()
        times.append((middle - start, clock() - middle))
    forward, backward = map(min, zip(*times, strict=True))
    peak = peak_megabytes() or float("nan")
    gradients = {key: p.grad for key, p in model.named_parameters() if p.grad is not None}
    arrays = {key: tensor.detach().numpy() for key, tensor in {"": outputs, **gradients}.items()}
    np.savez(file, **arrays)
    return forward, backward, peak


def apart(*files: Path) -> tuple[float, float]:
    """How far outputs and gradients of two sides are apart, relative to what they are."""
    ours, theirs = map(np.load, files)
    assert list(ours) == list(theirs)
    largest = {key: float(np.abs(theirs[key]).max()) for key in theirs}
    floor = NEARLY_NOTHING * max(scale for key, scale in largest.items() if key)

    def of(key: str) -> float:
        return float(np.abs(ours[key] - theirs[key]).max()) / max(largest[key], floor)

    return of(""), max(of(key) for key in largest if key)
