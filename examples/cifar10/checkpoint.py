"""Saves and restores everything a run needs to go on as if it had never stopped."""

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import minitorch as torch
from examples.cifar10.config import Settings, restore_config
from examples.cifar10.errors import CheckpointError
from examples.cifar10.progress import Progress

FORMAT = "cifar10 example, checkpoint 1"
TUNED_FORMAT = "cifar10 example, fine-tuned network 1"  # what examples.cifar10.finetune writes
KEYS = {
    FORMAT: ("config", "is_synthetic", "progress", "random"),
    TUNED_FORMAT: ("config", "is_synthetic", "classes"),
}
BEST = "best.pt"  # beside the last one
PARTS = ("net1", "net2", "optimizer", "schedule")


class Stateful(Protocol):
    """A network, an optimizer or a schedule."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any]) -> object: ...


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """The file of one run, and what goes into it."""

    path: Path
    config: Settings
    is_synthetic: bool
    parts: dict[str, Stateful]

    def save(self, progress: Progress) -> None:
        """Replaces the file in one move; whatever goes wrong, the one saved before stays."""
        write_checkpoint(self.path, self._content(progress))

    def save_epoch(self, progress: Progress) -> None:
        """The same; an epoch as good as any before is kept in best.pt, too.

        That one is written first: a run that ends in between does the epoch again.
        """
        content = self._content(progress)
        if progress.is_best:
            write_checkpoint(self.path.with_name(BEST), content)
        write_checkpoint(self.path, content)

    def _content(self, progress: Progress) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "config": dataclasses.asdict(self.config),
            "is_synthetic": self.is_synthetic,
            "progress": progress.state_dict(),
            "random": torch.get_rng_state(),
            **{name: part.state_dict() for name, part in self.parts.items()},
        }

    def restore(self) -> Progress:
        """Puts the saved values into the parts and the random generator."""
        content = read_checkpoint(self.path, self.parts)
        if check_config(self.path, content, self.config):
            with _fitting(self.path, "optimizer", "this program"):
                self._begin_cycle(content)
        check_images(self.path, content, self.is_synthetic)
        for name, part in self.parts.items():
            load_part(self.path, content, name, part)
        with _fitting(self.path, "random", "the random generator"):
            torch.set_rng_state(content["random"])
        return read_progress(self.path, content)

    def _begin_cycle(self, content: dict[str, Any]) -> None:
        """Leaves momentum as it was saved, and the learning rates as they are now: at a start."""
        groups = self.parts["optimizer"].state_dict()["param_groups"]
        content["optimizer"] = {**content["optimizer"], "param_groups": groups}
        content["schedule"] = self.parts["schedule"].state_dict()


def write_checkpoint(path: Path, content: dict[str, Any]) -> None:
    try:
        torch.save(content, path)
    except OSError as error:
        if path.exists():
            advice = (
                f"The one saved before is untouched. Make room, then go on with "
                f"--resume {path.parent}"
            )
        else:
            advice = "None was saved before. Make room and begin again."
        raise CheckpointError(
            f"could not write the checkpoint {path}: {error.strerror or error}. {advice}"
        ) from error


def read_checkpoint(
    path: Path, parts: Iterable[str] = PARTS, formats: Sequence[str] = (FORMAT,)
) -> dict[str, Any]:
    """Reads a file that `Checkpoint.save` wrote, or another format; it has to hold these parts."""
    try:
        content = torch.load(path)
    except OSError as error:
        raise CheckpointError(
            f"cannot read the checkpoint {path}: {error.strerror}. Give the folder of a run that "
            f"examples.cifar10.train made, or its file."
        ) from error
    except MemoryError as error:
        raise CheckpointError(f"cannot read the checkpoint {error}") from error
    except (RuntimeError, ValueError, EOFError, KeyError) as error:
        raise CheckpointError(
            f"{path} is no checkpoint, or a damaged one: {error}\n"
            f"Give the checkpoint of another run, or train again."
        ) from error
    if not isinstance(content, dict) or content.get("format") not in formats:
        found = content.get("format") if isinstance(content, dict) else type(content).__name__
        raise CheckpointError(
            f"{path} is not a checkpoint of this example: expected the format {FORMAT!r}, "
            f"got {found!r:.80}. Give one that examples.cifar10.train wrote."
        )
    if missing := [key for key in (*KEYS[content["format"]], *parts) if key not in content]:
        raise CheckpointError(f"{path} lacks {', '.join(missing)}. Give the one of another run.")
    return content


def read_progress(path: Path, content: dict[str, Any]) -> Progress:
    with _fitting(path, "progress", "this program"):
        return Progress.from_state_dict(content["progress"])


def check_config(path: Path, content: dict[str, Any], config: Settings) -> bool:
    """Whether this is the end of a run to which epochs are added.

    A checkpoint of another run has other settings; the network's are named first.
    """
    saved = dataclasses.asdict(restore_config(content["config"], str(path), type(config)))
    wanted = dataclasses.asdict(config)
    is_longer = saved["epochs"] == config.epochs_before
    if is_longer:
        wanted |= {name: saved[name] for name in ("epochs", "epochs_before")}
    differing = [key for key in wanted if saved[key] != wanted[key]]
    if differing:
        keys = "; ".join(f"{key} is {saved[key]!r} there and {wanted[key]!r} here"
                         for key in differing)  # fmt: skip
        raise CheckpointError(
            f"{path} is the checkpoint of another run: {keys}. Resume that run in its own folder, "
            f"or begin a new one with --config."
        )
    return is_longer


def check_images(path: Path, content: dict[str, Any], is_synthetic: bool) -> None:
    """A network that learned one kind of images is of no use on the other."""
    if content["is_synthetic"] != is_synthetic:
        was, now = ("synthetic images", "CIFAR-10")[:: 1 if content["is_synthetic"] else -1]
        raise CheckpointError(
            f"{path} belongs to a run on {was}, and these are {now}: "
            f"give {'--synthetic, or ' * (not is_synthetic)}--data-root the images it began with."
        )


def load_part(path: Path, content: dict[str, Any], name: str, part: Stateful) -> None:
    """Loads `name` out of a checkpoint into `part`, which it has to fit."""
    with _fitting(path, name, type(part).__name__):
        part.load_state_dict(content[name])


@contextlib.contextmanager
def _fitting(path: Path, name: str, wanted: str) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"the {name} in {path} does not fit {wanted}: it is of another model.\n{error}"
        ) from error
