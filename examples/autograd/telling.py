"""How an experiment is told: what it prints, and where its pictures go.

Whoever pastes the body of an experiment elsewhere needs none of this: `tell = tell_error = print`,
`tell_warnings = contextlib.nullcontext`, and no `save`.
"""

import argparse
import contextlib
import os
import textwrap
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from examples.output import allow_for_a_closed_pipe, allow_for_any_terminal
from minitorch.drawing import watch

WIDTH = 78


class Drawn(Protocol):
    """What `draw` returns, or another picture that can write itself."""

    def save(self, path: Path) -> None: ...


Save = Callable[[Drawn, str], None]
Experiment = Callable[..., None]


def tell(fact: str, why: str = "") -> None:
    """Print what can be seen and, indented below it, why it is so."""
    if fact:
        print(fact)
    if why:
        print(_indented(why))


def tell_error(error: Exception) -> None:
    """Print what was raised."""
    print(_indented(f"{type(error).__name__}: {message(error)}"))


@contextlib.contextmanager
def tell_warnings() -> Iterator[None]:
    """Print what is warned of within the block, instead of warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        print(_indented(f"{warning.category.__name__}: {message(warning.message)}"))


def message(error: Exception | Warning) -> str:
    """What an error says; of paths that stand in it, the last part."""
    folder = Path(__file__).parent
    return str(error).replace(f"{folder}{folder.root}", "")


def _indented(text: str) -> str:
    return "\n".join(
        textwrap.wrap(
            text, WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
        )
    )


def run(experiment: Experiment, folder: Path | None = None, **options: str) -> list[Path]:
    """Run an experiment; write its pictures, if there is a folder for them, and return their paths.

    It is watched, so that its pictures also show what no graph keeps: lines, `detach()`, `no_grad`.
    """
    written = []

    def save(picture: Drawn, name: str) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            picture.save(folder / f"{name}.svg")
            written.append(folder / f"{name}.svg")

    with watch():
        experiment(save, **options)
    return [path for path in written if path.exists()]


def start(experiment: Experiment, **options: str) -> None:
    """Run an experiment as a program; `options`: what it takes beside `--draw`, with its help."""
    allow_for_any_terminal()
    allow_for_a_closed_pipe()
    parser = argparse.ArgumentParser()
    add_draw(parser)
    for name, meaning in options.items():
        parser.add_argument(f"--{name}", help=meaning)
    given = vars(parser.parse_args())
    for path in run(experiment, given.pop("draw"), **given):
        print(f"Drawn: {path}")


def add_draw(parser: argparse.ArgumentParser) -> None:
    """Let a program be told where pictures go."""
    parser.add_argument("--draw", type=_folder, metavar="FOLDER", help="write the graphs as SVG")


def _folder(name: str) -> Path:
    """A folder that can be written into, made if there is none, before anything runs."""
    path = Path(name)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{name}: {error.strerror}") from error
    if not os.access(path, os.W_OK):
        raise argparse.ArgumentTypeError(f"{name}: Permission denied")
    return path
