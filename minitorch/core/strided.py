"""``layout`` and ``memory_format``: how a tensor's elements lie in memory, always with strides."""

from __future__ import annotations


class _Named:
    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name  # copies and pickles are the one object of this name


class layout(_Named):
    """Name of a layout; :data:`strided` is the only one of which tensors are."""

    __slots__ = ()


class memory_format(_Named):
    """Name of an order of the elements in memory, in which copies and new tensors may be asked for.

    Args:
        name: as PyTorch's.
        order: the dimensions it arranges, counted from the last, the widest step first; empty for
            any number of dimensions as they stand.

    Source: https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.memory_format
    """

    __slots__ = ("order",)

    def __init__(self, name: str, order: tuple[int, ...] = ()) -> None:
        super().__init__(name)
        self.order = order

    def axes(self, ndim: int) -> list[int]:
        """Return all dimensions, the widest step first; those of a batch stand in front."""
        return [*range(ndim - len(self.order)), *(ndim + axis for axis in self.order)]


strided = layout("strided")
sparse_coo, sparse_csr = layout("sparse_coo"), layout("sparse_csr")  # of no tensor here
preserve_format = memory_format("preserve_format")
contiguous_format = memory_format("contiguous_format")
channels_last = memory_format("channels_last", (-4, -2, -1, -3))
channels_last_3d = memory_format("channels_last_3d", (-5, -3, -2, -1, -4))


def check_format(given: object, function: str) -> None:
    """Require a memory format.

    Raises:
        TypeError: for what is none.
    """
    if not isinstance(given, memory_format):
        raise TypeError(
            f"{function}(): argument 'memory_format' must be torch.memory_format, not "
            f"{type(given).__name__}"
        )


def read_format(given: memory_format | None, ndim: int, function: str) -> memory_format:
    """Require a memory format that a tensor of so many dimensions can be in; None keeps the order.

    Raises:
        TypeError: for what is no memory format.
        RuntimeError: for another number of dimensions.
    """
    if given is None:
        return preserve_format
    check_format(given, function)
    rank = len(given.order)
    if rank not in (0, ndim):
        raise RuntimeError(
            f"required rank {rank} tensor to use {given.name} format, but got {ndim} dimensions"
        )
    return given


def check_memory(layout_: layout | None, pin_memory: bool | None, function: str) -> None:
    """Require what memory of new tensors may be asked for: strided, and not pinned for a GPU.

    Raises:
        TypeError: for what is no layout.
        RuntimeError: for another layout, or pinned memory.
    """
    if layout_ is not None and not isinstance(layout_, layout):
        raise TypeError(
            f"{function}(): argument 'layout' must be torch.layout, not {type(layout_).__name__}"
        )
    if layout_ not in (None, strided):
        raise RuntimeError(
            f"{function}(): tensors of layout {layout_} are not supported: all are torch.strided."
        )
    if pin_memory:
        raise RuntimeError(
            "pin_memory=True requires a CUDA or other accelerator backend; no pinned memory "
            "allocator is available on this system."
        )
