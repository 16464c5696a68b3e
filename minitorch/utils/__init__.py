"""Helpers around training: ``minitorch.utils.data``."""

from minitorch.utils import data

__all__ = ["data"]
