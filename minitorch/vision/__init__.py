"""Pictures on their way into a network: ``minitorch.vision.transforms``."""

from typing import Any as _Any

from minitorch.vision import transforms

__all__ = ["transforms"]


def __getattr__(name: str) -> _Any:
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
