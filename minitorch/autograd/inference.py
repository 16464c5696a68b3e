"""Inference tensors: what ``inference_mode`` makes of results and of new tensors.

They count no versions: all have the one cell ``INFERENCE``, which refuses to give a number. So
whatever saves a tensor for backward, or looks whether it was written to, stumbles over it. Views of
normal tensors share their base's cell as always, and are normal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from minitorch.autograd import layers as watching
from minitorch.autograd.grad_mode import is_grad_enabled, is_inference_mode_enabled, no_grad
from minitorch.autograd.variable import MADE_IN_INFERENCE, TensorBase
from minitorch.autograd.versions import INFERENCE

if TYPE_CHECKING:
    from minitorch.autograd.layers import Watch
    from minitorch.autograd.op import Op

_T = TypeVar("_T", bound=TensorBase)

# The watch last seen and what is left of it without inference: nearly always the same one.
_last: tuple[Watch | None, Watch | None] = (None, None)


def _without_inference(watch: Watch) -> Watch | None:
    global _last
    seen, rest = _last
    if seen is not watch:
        watching.change(inference=False)
        rest = watching.current()
        _last = (watch, rest)
    return rest


def compute(op: type[Op], inputs: tuple[Any, ...], params: dict[str, Any], watch: Watch) -> Any:
    """Compute the op without recording, whatever the grad mode; results are inference tensors."""
    watching.restore(_without_inference(watch))
    try:
        if is_grad_enabled():  # ``enable_grad`` inside of inference mode changes nothing
            with no_grad():
                results = op.apply(*inputs, **params)
        else:
            results = op.apply(*inputs, **params)
    finally:
        watching.restore(watch)
    for result in results if type(results) is tuple else (results,):
        if result._version_cell is None:
            result._version_cell = INFERENCE
        elif result._base is not None:
            result._made |= MADE_IN_INFERENCE
    return results


def adopt(tensor: _T) -> _T:
    """Make a tensor that was just created an inference tensor, if the mode is on; return it."""
    watch = watching.current()
    if watch is not None and watch.inference and tensor._version_cell is None:
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
        )
