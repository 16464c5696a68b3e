"""The settings of a run: TOML in, a frozen dataclass out; a setting nobody knows is an error.

`Config` holds those of `train.py`. Another program declares a frozen dataclass of its own, with
`CHOICES` and `LIMITS` where values are not free, and names it as `kind`.
"""

import contextlib
import dataclasses
import difflib
import json
import os
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from examples.cifar10.errors import ConfigError

# A setting's name to what it may be, in words, and the test, written so that NaN fails it.
Limits = dict[str, tuple[str, Callable[[float], bool]]]


@dataclass(frozen=True)
class Config:
    """What decides the outcome of a run, together with the data and the machine."""

    network: str = "alexnet"  # models.py: "alexnet" or "tutorial"; record.py: "record"
    width: float = 1.0  # scales every hidden layer, but the tutorial's
    dropout: float = 0.5  # share of the activations dropped before fc1 and fc2 of the AlexNet
    epochs: int = 7
    batch_size: int = 128
    learning_rate: float = 0.04  # the peak, where the schedule changes it
    momentum: float = 0.9
    nesterov: bool = True
    weight_decay: float = 5e-4
    norm_bias_rate: float = 1.0  # the learning rate of batch norm's biases is so many times larger
    label_smoothing: float = 0.0  # share of the target that all classes have alike
    schedule: str = "onecycle"  # or "constant", or "triangle": straight from 0.2 up, down to 0.07
    warmup: float = 0.25  # share of the steps in which the rate climbs to its peak
    whitening_epochs: int = 3  # in which the bias of the "record" network's first layer learns
    lookahead: float = 0.0  # averaging.py: what the average keeps per step at the end; 0: none
    lookahead_after: int = 3  # epochs without an average
    augment: bool = True  # random crop and flip of the training images
    shift: int = 4  # pixels that a crop may be off centre
    flip: str = "random"  # or "alternating": at random in the first epoch, then every other time
    augment_test: bool = False  # at the end each test image is seen six ways
    scaling: str = "channels"  # per channel to mean 0, deviation 1; "symmetric": to [-1, 1]
    seed: int = 0
    train_images: int = 50_000  # the first so many
    test_images: int = 10_000
    report_every: int = 0  # log the mean loss of so many batches; 0: once an epoch
    full_run: str = ""  # the config to recommend once this one is done
    epochs_before: int = 0  # --resume RUN --set epochs=... begins a new cycle of rates after these

    CHOICES: ClassVar = {
        "network": ("alexnet", "tutorial", "record"),
        "schedule": ("onecycle", "triangle", "constant"),
        "flip": ("random", "alternating"),
        "scaling": ("channels", "symmetric"),
    }
    LIMITS: ClassVar[Limits] = {
        # 64, the narrowest layer, keeps a unit; at 4 weights, gradients and momenta take 1.5 GB.
        "width": ("0.01 … 4", lambda value: 0.01 <= value <= 4),
        "dropout": ("at least 0 and below 1", lambda value: 0 <= value < 1),
        "epochs": ("1 … 100,000", lambda value: 1 <= value <= 100_000),
        "batch_size": ("1 … 1,000,000", lambda value: 1 <= value <= 1_000_000),
        "learning_rate": ("above 0 and at most 1e38", lambda value: 0 < value <= 1e38),
        "momentum": ("at least 0 and below 1", lambda value: 0 <= value < 1),
        "weight_decay": ("0 … 1e38", lambda value: 0 <= value <= 1e38),
        "norm_bias_rate": ("above 0 and at most 1e6", lambda value: 0 < value <= 1e6),
        "label_smoothing": ("at least 0 and below 1", lambda value: 0 <= value < 1),
        "whitening_epochs": ("0 … 100,000", lambda value: 0 <= value <= 100_000),
        "lookahead": ("at least 0 and below 1", lambda value: 0 <= value < 1),
        "lookahead_after": ("0 … 100,000", lambda value: 0 <= value <= 100_000),
        "shift": ("0 … 31", lambda value: 0 <= value <= 31),
        "warmup": ("above 0 and below 1", lambda value: 0 < value < 1),
        "seed": ("0 … 2**63 - 1", lambda value: 0 <= value < 2**63),
        "epochs_before": ("0 … 100,000", lambda value: 0 <= value <= 100_000),
        "train_images": ("1 … 1,000,000", lambda value: 1 <= value <= 1_000_000),
        "test_images": ("1 … 1,000,000", lambda value: 1 <= value <= 1_000_000),
        "report_every": ("0 … 1,000,000", lambda value: 0 <= value <= 1_000_000),
    }

    def __post_init__(self) -> None:
        if self.nesterov and self.momentum == 0:
            raise ConfigError(
                "nesterov = true looks ahead along the momentum, and momentum is 0: "
                "set a momentum above 0 or nesterov = false."
            )


@dataclass(frozen=True)
class Tuning:
    """What decides the outcome of a fine-tuning, together with the data and the machine."""

    checkpoint: str  # of the training it goes on from; the network and the scaling are its own
    steps: int = 150
    test_every: int = 30  # steps
    batch_size: int = 128
    learning_rate: float = 0.01
    momentum: float = 0.9
    seed: int = 0

    LIMITS: ClassVar[Limits] = Config.LIMITS | {
        "steps": ("1 … 1,000,000", lambda value: 1 <= value <= 1_000_000),
        "test_every": ("1 … 1,000,000", lambda value: 1 <= value <= 1_000_000),
    }

    def __post_init__(self) -> None:
        for name, value in dataclasses.asdict(self).items():
            _check_limits(name, value, f"--{name.replace('_', '-')}", Tuning)


_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "a string",
    "tuple": "a list of whole numbers",
}
CONFIGS = Path(__file__).parents[2] / "configs"
Settings = TypeVar("Settings")  # Config, or the dataclass of another program


def load_config(path: Path, changes: Iterable[str] = (), kind: type[Settings] = Config) -> Settings:
    """Reads a TOML file, then applies each `key=value` of `changes`."""
    try:
        settings = _parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"cannot read the config {path}: {error.strerror}. "
            f"There are {_configs_near(path, kind)}."
        ) from error
    except ValueError as error:
        raise ConfigError(f"{path} is not TOML: {error}.") from error
    checked = _check_all(settings, str(path), kind)
    for change in changes:
        name, value = _parse_change(change)
        checked[name] = _checked(name, value, f"--set {change}", kind)
    return kind(**checked)


def restore_config(settings: object, source: str, kind: type[Settings] = Config) -> Settings:
    """Makes the config that a checkpoint holds."""
    if not isinstance(settings, dict):
        raise ConfigError(f"{source}: expected the settings of a run, got {settings!r:.80}.")
    return kind(**_check_all(settings, source, kind))


def _check_all(settings: dict[str, object], source: str, kind: type) -> dict[str, Any]:
    return {name: _checked(name, value, source, kind) for name, value in settings.items()}


def to_toml(config: Settings) -> str:
    """Writes what `load_config` reads, of a fine-tuning the like."""
    # JSON's strings, numbers, lists and booleans are TOML's, but that TOML knows no pairs of
    # surrogates and wants its DEL escaped.
    settings = dataclasses.asdict(config)
    lines = (
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.items()
    )
    return "".join(lines).replace("\x7f", "\\u007f")


def _parse(text: str) -> dict[str, object]:
    """Parses TOML.

    Raises:
        ValueError: it is none.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _configs_near(path: Path, kind: type) -> str:
    """Names the configs of this kind beside `path`, then those of the repository."""
    names = []
    for other in (*sorted(path.parent.glob("*.toml")), *sorted(CONFIGS.glob("*.toml"))):
        with contextlib.suppress(ConfigError, FileNotFoundError):  # others have TOML files, too
            load_config(other, kind=kind)
            names.append(os.path.relpath(other) if CONFIGS in other.parents else str(other))
    return ", ".join(dict.fromkeys(names)) or "none"


def _parse_change(change: str) -> tuple[str, object]:
    name, equals, text = change.partition("=")
    if not equals:
        raise ConfigError(f"--set {change}: expected key=value, such as --set epochs=3.")
    try:
        return name.strip(), _parse(f"value = {text}")["value"]
    except ValueError:
        return name.strip(), text.strip()  # a string without its quotes


def _checked(name: str, value: object, source: str, kind: type) -> object:
    fields = {field.name: field.type for field in dataclasses.fields(kind)}
    if name not in fields:
        near = difflib.get_close_matches(str(name), fields, n=1, cutoff=0.76)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise ConfigError(
            f"{source}: unknown key {name!r}. {hint}The known keys are {', '.join(fields)}."
        )
    wanted = fields[name]
    if wanted is float and type(value) is int:
        value = float(str(value))  # inf, where the number is too large
    if wanted == tuple[int, ...] and type(value) is list:
        value = tuple(value)
    if not _is_of(value, wanted):
        raise ConfigError(
            f"{source}: {name} must be {_KINDS[wanted.__name__]}, "
            f"got {value!r:.80} ({type(value).__name__})."
        )
    if name in kind.CHOICES and value not in kind.CHOICES[name]:
        raise ConfigError(
            f"{source}: {name} must be one of {', '.join(kind.CHOICES[name])}, got {value!r:.80}."
        )
    _check_limits(name, value, source, kind)
    return value


def _check_limits(name: str, value: Any, source: str, kind: Any) -> None:
    if name in kind.LIMITS and not kind.LIMITS[name][1](value):
        raise ConfigError(f"{source}: {name} must be {kind.LIMITS[name][0]}, got {value!r}.")


def _is_of(value: object, wanted: type) -> bool:
    if wanted == tuple[int, ...]:
        return type(value) is tuple and all(_is_of(item, int) for item in value)
    return type(value) is wanted  # not isinstance: true is an int, and not meant as one
