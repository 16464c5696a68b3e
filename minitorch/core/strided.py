"""``layout``: how the elements of a tensor lie in memory. There is one way, with strides."""

from __future__ import annotations


class layout:
    """Name of a layout; :data:`strided` is the only one of which tensors are."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name  # copies and pickles are the one object of this name


strided = layout("strided")
