"""The folder of one run: its settings, its log, its tables; no file is ever half written."""

import argparse
import contextlib
import csv
import dataclasses
import datetime
import io
import os
import platform
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

import minitorch as torch
from examples.cifar10.checkpoint import read_checkpoint, read_progress
from examples.cifar10.config import Config, Settings, load_config, to_toml
from examples.cifar10.errors import CheckpointError, ConfigError, ExampleError


class RunFolder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.config_path = path / "config.toml"
        self.checkpoint_path = path / "checkpoint.pt"
        self.log_path = path / "log.txt"
        self.name = path.resolve().name  # of "." too

    @classmethod
    def create(cls, path: Path, config: Settings) -> "RunFolder":
        """Makes the folder of a new run and writes down its settings."""
        run = cls(path)
        if run.checkpoint_path.exists():
            raise CheckpointError(
                f"{path} already holds a run. Give another --out, or go on with that run, if it "
                f"is one of examples.cifar10.train: --resume {path}"
            )
        if run.config_path.exists() and not run.log_path.exists():
            raise CheckpointError(
                f"{run.config_path} is there, and not from a run: it would have a "
                f"{run.log_path.name} beside it. Give another --out."
            )
        try:
            path.mkdir(parents=True, exist_ok=True)
            write_atomically(run.config_path, to_toml(config).encode())
        except OSError as error:
            raise CheckpointError(
                f"cannot make the run folder {path}: {error.strerror}. Give another --out."
            ) from error
        return run

    @classmethod
    def reopen(
        cls, path: Path, kind: type[Settings] = Config, changes: Sequence[str] = ()
    ) -> tuple["RunFolder", Settings]:
        """Finds the run to go on with; `epochs=...` goes on with one beyond its end."""
        run = cls(path)
        if not run.checkpoint_path.is_file() or not run.config_path.is_file():
            raise CheckpointError(
                f"there is no run to resume in {path}: expected {run.config_path.name} and "
                f"{run.checkpoint_path.name} there."
            )
        config = load_config(run.config_path, kind=kind)
        wanted = load_config(run.config_path, changes, kind=kind)
        return run, config if wanted == config else run.lengthen(config, wanted)

    def lengthen(self, config: Settings, wanted: Settings) -> Settings:
        """Writes down that epochs are added to a finished run; returns its settings."""
        if dataclasses.replace(wanted, epochs=config.epochs) != config:
            raise ConfigError(
                f"a run goes on with its own settings, only epochs can be added: --resume "
                f"{self.path} --set epochs={config.epochs + 2}. A new run with others: --config "
                f"{self.config_path} --set ..."
            )
        done = read_progress(self.checkpoint_path, read_checkpoint(self.checkpoint_path, ())).epoch
        if done < config.epochs:
            raise ConfigError(
                f"{self.path} has done {done} of its {config.epochs} epochs, for which its "
                f"learning rates are laid out. Finish it, then add others: --resume {self.path}"
            )
        if wanted.epochs < done:
            raise ConfigError(f"epochs = {wanted.epochs}, and {self.path} has done {done}.")
        wanted = dataclasses.replace(wanted, epochs_before=config.epochs)
        write_atomically(self.config_path, to_toml(wanted).encode())
        return wanted

    def say(self, text: str) -> None:
        """Prints above the progress bar, and keeps it in the log."""
        tqdm.write(wrapped(text) if sys.stdout.isatty() else text)
        with self.log_path.open("a", encoding="utf-8") as log:
            log.write(text + "\n")

    @contextlib.contextmanager
    def logging_errors(self) -> Iterator[None]:
        """Keeps what ends the run in its log too, and says whether something is saved."""
        try:
            yield
        except (OSError, MemoryError, KeyboardInterrupt) as error:
            if self.checkpoint_path.exists():
                error.add_note(f"What was saved before is still there, in {self.path}.")
            raise
        except ExampleError as error:
            # A full disk may be what ended it: then the log cannot have it.
            with (
                contextlib.suppress(OSError),
                self.log_path.open("a", encoding="utf-8") as log,
            ):
                log.write(f"error: {error}\n")
            raise

    def write_table(
        self, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
        write_atomically(self.path / name, table.getvalue().encode())


def write_atomically(path: Path, content: bytes) -> None:
    """A crash leaves the old file or the new one, never a part."""
    scratch = path.with_name(path.name + ".part")
    try:
        with scratch.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def wrapped(text: str) -> str:
    """Prose broken between words; two spaces are in tables and before commands, which stay."""
    columns = shutil.get_terminal_size().columns - 1
    # A path that is longer than a line stays in one piece, too: broken it could not be copied.
    prose = textwrap.TextWrapper(columns, break_on_hyphens=False, break_long_words=False)
    return "\n".join(line if "  " in line else prose.fill(line) for line in text.splitlines())


def describe(command: str, config: Settings) -> str:
    """What someone needs who wants the same numbers again."""
    settings = to_toml(config).strip().replace("\n", "\n          ")
    return "\n".join(
        (
            f"command   {command}",
            f"config    {settings}",
            f"seed      {config.seed}",
            f"versions  minitorch {torch.__version__}{_commit()}, NumPy {np.__version__}, "
            f"Python {platform.python_version()}",
            f"machine   {platform.system()} {platform.machine()}, {cores()} cores",
            f"started   {datetime.datetime.now().astimezone():%Y-%m-%d %H:%M:%S %Z}",
        )
    )


def run_path(out: Path | None, name: str) -> Path:
    """The folder that was asked for, or a new one in runs/."""
    return out or Path("runs", f"{name}-{datetime.datetime.now():%Y%m%d-%H%M%S}")


def newest_run(option: str = "--checkpoint") -> Path:
    """The folder in runs/ in which examples.cifar10.train has saved last.

    `option` is what may name another.
    """
    saved = Path("runs").glob("*/checkpoint.pt")
    for path in sorted(saved, key=lambda path: path.stat().st_mtime, reverse=True):
        with contextlib.suppress(ConfigError):  # of another program
            load_config(path.with_name("config.toml"))
            return path.parent
    train = command("cifar10.train", "--config", "configs/cifar10_quick.toml")
    raise CheckpointError(f"no network in runs/. Give {option}, or train one:\n  {train}")


def open_run(
    options: argparse.Namespace, kind: type[Settings] = Config
) -> tuple[RunFolder, Settings]:
    """A new run with its settings, or the one to go on with."""
    if options.resume is not None:
        return RunFolder.reopen(options.resume, kind, options.set)
    config = dataclasses.replace(load_config(options.config, options.set, kind), epochs_before=0)
    return RunFolder.create(run_path(options.out, options.config.stem), config), config


def command(program: str, *arguments: str) -> str:
    """What to type to run `examples.<program>`."""
    return " ".join((python_command(), "-m", f"examples.{program}", *map(shlex.quote, arguments)))


def python_command() -> str:
    """What to type for the Python that runs this, which need not be the one called `python`."""
    if sys.executable in ("", shutil.which("python")):
        return "python"
    here = os.path.relpath(sys.executable)
    return shlex.quote(sys.executable if here.startswith(os.pardir) else here)


def cores() -> int:
    """The cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _commit() -> str:
    """The checkout's commit, where this is one and git is there to ask."""
    here = Path(__file__).parent
    try:
        asked = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=here, capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return f" (commit {asked.stdout.strip()})"


def parse_run(
    arguments: Sequence[str], program: str, description: str | None
) -> argparse.Namespace:
    """What a program that trains is told: settings and a new run, or a run to go on with."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {program}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--config", type=Path, help="the settings, a TOML file in configs/")
    source.add_argument("--resume", type=Path, metavar="RUN", help="go on with a stopped run, "
                        "or for more epochs with a finished one: add --set epochs=N")  # fmt: skip
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change one setting"
    )
    parser.add_argument("--data-root", type=Path, help="the folder with cifar-10-batches-py")
    parser.add_argument("--synthetic", action="store_true", help="use drawn images")
    parser.add_argument("--out", type=Path, help="the run's folder (default: a new one in runs/)")
    options = parser.parse_args(arguments)
    if options.resume is not None and options.out:
        parser.error("--resume goes on in the run's own folder: leave out --out")
    return options
