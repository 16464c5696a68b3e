"""Inference tensors: what ``inference_mode`` makes of results and of new tensors.

They count no versions: all have the one cell ``INFERENCE``, which refuses to give a number. So
whatever saves a tensor for backward, or looks whether it was written to, stumbles over it. Views of
normal tensors share their base's cell as always, and are normal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from minitorch.autograd import layers
from minitorch.autograd.grad_mode import (
    GradMode,
    current_mode,
    is_inference_mode_enabled,
    no_grad,
    pop,
    push,
)
from minitorch.autograd.layers import Layer
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import VersionCell
from minitorch.autograd.writes.bar import Bar

if TYPE_CHECKING:
    from minitorch.autograd.op import Op

_T = TypeVar("_T", bound=TensorBase)
F = TypeVar("F", bound=Callable[..., Any])


class _InferenceCell(VersionCell):
    """The cell of all inference tensors."""

    counts = False

    @property
    def version(self) -> int:  # type: ignore[override]
        raise RuntimeError("Inference tensors do not track version counter.")

    def check_writable(self) -> None:
        """Refuse to write to an inference tensor outside of the mode.

        Raises:
            RuntimeError: saying what to do.
        """
        if not is_inference_mode_enabled():
            raise RuntimeError(
                "Inplace update to inference tensor outside InferenceMode is not allowed.You can "
                "make a clone to get a normal tensor before doing inplace update."
                " [explain: inference-tensor]"
            )

    def check_savable(self) -> None:
        """Refuse to save an inference tensor.

        Raises:
            RuntimeError: saying what to do.
        """
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. Please do not use Tensors created in "
            "inference mode in computation tracked by autograd. To work around this, you can make "
            "a clone to get a normal tensor and use it in autograd, or use `no_grad()` instead of "
            "`inference_mode()`."
            " [explain: inference-tensor]"
        )


INFERENCE = _InferenceCell()


class Inference(Layer):
    """While this is on, results are inference tensors, and nothing is recorded."""

    order = 40

    def apply(self, op: type[Op], inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        if op.made_of_ops is not None:
            return NotImplemented
        if current_mode().enabled:  # ``enable_grad`` inside of inference mode changes nothing
            with no_grad():
                results = self.inner(op, inputs, params)
        else:
            results = self.inner(op, inputs, params)
        for result in results if type(results) is tuple else (results,):
            if result._version_cell is None:
                result._version_cell = INFERENCE
            elif result._view is not None:
                result._view.bar = Bar.INFERENCE
        return results


class inference_mode(GradMode):
    """Do not record, and make tensors that never can be: they count no versions.

    Inference tensors may be used anywhere, but outside the mode they can be neither saved for
    backward nor written to; ``clone()`` makes normal tensors of them. ``inference_mode(False)``
    leaves the mode for a block, also inside ``no_grad``, which it ends.
    """

    mode: bool

    @overload
    def __new__(cls, mode: bool = True) -> Self: ...
    @overload
    def __new__(cls, mode: F) -> F: ...  # type: ignore[misc]
    def __new__(cls, mode: Any = True) -> Any:
        self = super().__new__(cls)
        self.mode = mode is not False
        return self(mode) if callable(mode) else self

    def __enter__(self) -> None:
        push(not self.mode, self.mode, current_mode())
        _follow(self.mode)

    def __exit__(self, *exc_info: object) -> None:
        _follow(pop().inference)


def _follow(inference: bool) -> None:
    """Have the layer on or off, as the mode is."""
    layers.exchange(Inference, Inference() if inference else None)


def adopt(tensor: _T) -> _T:
    """Make a tensor that was just created an inference tensor, if the mode is on; return it."""
    if layers.active() is not None and tensor._version_cell is None and layers.find(Inference):
        tensor._version_cell = INFERENCE
    return tensor


def check_may_require_grad(tensor: TensorBase) -> None:
    """Refuse ``requires_grad=True`` on an inference tensor outside of the mode.

    Raises:
        RuntimeError: saying what to do.
    """
    if tensor._version_cell is INFERENCE and not is_inference_mode_enabled():
        raise RuntimeError(
            "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed. "
            "Make a clone() outside of the mode, and set it there."
            " [explain: inference-tensor]"
        )
