"""Errors that a person can act on: the programs print them without a traceback."""


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
