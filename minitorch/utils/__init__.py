"""Helpers around training: ``minitorch.utils.data``, ``minitorch.utils.checkpoint``."""

from typing import Any as _Any

from minitorch.utils import checkpoint, data, hooks

__all__ = ["checkpoint", "data", "hooks"]


def __getattr__(name: str) -> _Any:
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
