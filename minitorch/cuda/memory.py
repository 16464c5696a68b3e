"""The error that a program with a GPU waits for."""


class OutOfMemoryError(RuntimeError):
    """Raised where a GPU's memory is full: never here, a CPU's raises MemoryError."""
