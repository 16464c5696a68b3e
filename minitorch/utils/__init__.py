"""Helpers around training: ``minitorch.utils.data``."""

from typing import Any as _Any

from minitorch.utils import data

__all__ = ["data"]


def __getattr__(name: str) -> _Any:
    from minitorch.errors import missing_attribute

    raise missing_attribute(__name__, name)
