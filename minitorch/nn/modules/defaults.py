"""What PyTorch's modules can be asked beyond what a CPU has, with the answers of a CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn, Self, TypeVar

from minitorch.core.devices import check_device
from minitorch.nn.parameter import is_lazy
from minitorch.tensor import Tensor


class Defaults:
    """Methods of modules that a subclass replaces, or that have nothing to do here."""

    T_destination = TypeVar("T_destination", bound=dict[str, Any])
    dump_patches: bool = False
    # Whether __init__ calls that of the next base with its arguments; else it takes none.
    call_super_init: bool = False

    modules: Callable[[], Iterable[Any]]
    _apply: Callable[[Callable[[Tensor], Tensor]], Self]

    def get_extra_state(self) -> Any:
        """Return what ``state_dict`` is to hold beside the tensors; for subclasses to define."""
        raise RuntimeError(_NOT_DEFINED.format("get_extra_state"))

    def set_extra_state(self, state: Any) -> None:
        """Take what ``get_extra_state`` returned; for subclasses to define."""
        raise RuntimeError(_NOT_DEFINED.format("set_extra_state"))

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: there is no compiler, and calls compute the same without."""

    def cuda(self, device: Any = None) -> Self:
        """Refuse, as a PyTorch without CUDA does."""
        check_device("cuda")
        return self

    def xpu(self, device: Any = None) -> NoReturn:
        """Refuse, as a PyTorch without XPU does."""
        raise AssertionError("Torch not compiled with XPU enabled: all computing is on the CPU.")

    def mtia(self, device: Any = None) -> NoReturn:
        """Refuse, as a PyTorch without MTIA does."""
        raise AssertionError("Torch not compiled with MTIA enabled: all computing is on the CPU.")

    def ipu(self, device: Any = None) -> NoReturn:
        """Refuse, as a PyTorch without IPU does."""
        raise RuntimeError("PyTorch is not linked with support for ipu devices")

    def share_memory(self) -> Self:
        """Move parameters and buffers to memory that processes share which are forked later.

        Raises:
            RuntimeError: for uninitialised parameters.
        """
        from minitorch.core.shared import in_shared_memory

        memo: dict[int, Any] = {}  # what lies in one memory stays so
        for module in self.modules():
            for parameter in module._parameters.values():
                if is_lazy(parameter):
                    parameter.share_memory_()
        return self._apply(lambda t: Tensor._wrap(in_shared_memory(t._array, memo)))

    def _replicate_for_data_parallel(self) -> Any:
        """Return the module: there is one device."""
        return self


_NOT_DEFINED = (
    "Reached a code path in Module.{}() that should never be called: define it in the subclass."
)
