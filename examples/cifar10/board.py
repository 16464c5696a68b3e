"""What the tables hold, for TensorBoard (tensorboard --logdir runs), where it is installed."""

import importlib.util
from pathlib import Path

from examples.cifar10.progress import Progress

_POINTS = 200  # of each curve, in an epoch


def log_epoch(run: Path, progress: Progress) -> None:
    """Adds the last epoch: some of its steps, and its test.

    Each epoch is a file of its own, so that a run that is stopped and goes on shows no step twice.
    """
    if importlib.util.find_spec("tensorboard") is None:
        return
    from minitorch.utils.tensorboard import SummaryWriter

    row, steps = progress.history[-1], len(progress.losses)
    first = progress.history[-2]["steps"] if len(progress.history) > 1 else 0
    curves = {"loss": progress.losses, "learning rate": progress.rates}
    curves |= {f"gradient norm/{name}": norms for name, norms in progress.norms.items()}
    with SummaryWriter(run / "tensorboard", purge_step=first + 1) as writer:
        for step in range(steps, first, -max(1, (steps - first) // _POINTS))[::-1]:
            for name, values in curves.items():
                writer.add_scalar(f"step/{name}", values[step - 1], step)
        for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy"):
            writer.add_scalar(f"epoch/{name.replace('_', ' ')}", row[name], steps)
