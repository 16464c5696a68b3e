"""An exception on its way from a worker to the main process."""

import traceback
from typing import Any


class _Verbatim(str):
    """Text whose repr is itself: a KeyError shows the repr of its argument."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Failure:
    """The class and the traceback of an exception, to be raised elsewhere.

    Args:
        error: What was raised.
        where: Such as "in DataLoader worker process 0".
    """

    def __init__(self, error: BaseException, where: str) -> None:
        self.kind: Any = type(error)
        self.text = (
            f"Caught {self.kind.__name__} {where}.\n"
            f"Original {''.join(traceback.format_exception(error))}"
        )

    def without_class(self) -> "Failure":
        """Keep the text alone: the class is one that cannot be sent."""
        self.kind = RuntimeError
        return self

    def reraise(self) -> None:
        """Raise an exception of that class with the traceback as its text, as PyTorch does."""
        if getattr(self.kind, "message", None):
            raise self.kind(message=self.text)
        try:
            error = self.kind(_Verbatim(self.text) if self.kind is KeyError else self.text)
        except Exception:  # a class that wants other arguments
            raise RuntimeError(self.text) from None
        try:
            raise error
        finally:
            del error  # this frame is in its traceback: a cycle that would keep the loader alive
