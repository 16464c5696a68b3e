"""Errors that a person can act on: the programs print them without a traceback."""

import sys
from collections.abc import Callable

from examples.output import allow_for_any_terminal


class ExampleError(Exception):
    """Says what came, what was expected and what to do."""


class ConfigError(ExampleError, ValueError):
    """A setting that does not exist or does not fit."""


class DataError(ExampleError, RuntimeError):
    """Data files that are missing, damaged or something else."""


class CheckpointError(ExampleError, RuntimeError):
    """A checkpoint that cannot be read, written or used."""


class DivergedError(ExampleError, ArithmeticError):
    """A loss that is no longer a finite number."""


def exit_code(program: Callable[[], int]) -> int:
    """Runs a program; where it ends early, says why and returns the code for that.

    What is left to go on with stands in the notes of the error (`RunFolder.logging_errors`).
    """
    allow_for_any_terminal()
    try:
        return program()
    except ExampleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: {error}.{_notes(error)}", file=sys.stderr)
        return 1
    except MemoryError as error:
        print(f"error: too little memory: {error}. A lower batch size or width takes less."
              f"{_notes(error)}", file=sys.stderr)  # fmt: skip
        return 1
    except KeyboardInterrupt as error:
        print(f"Stopped at once.{_notes(error)}", file=sys.stderr)
        return 130


def _notes(error: BaseException) -> str:
    return "".join(f" {note}" for note in getattr(error, "__notes__", ()))
