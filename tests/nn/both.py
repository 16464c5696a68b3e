"""Running one script on minitorch and on PyTorch, and comparing what came out."""

import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

Script = Callable[[ModuleType], Any]


def outcome(script: Script, library: ModuleType) -> tuple[str, Any]:
    """("value" or the exception's class, (what the script returned or the message, warnings))."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            kind, result = "value", script(library)
        except Exception as error:
            kind, result = type(error).__name__, str(error)
    return kind, (result, [str(w.message) for w in caught])


def array(tensor: Any) -> np.ndarray:
    """The numbers of either library's tensor."""
    return tensor.detach().numpy()


def assert_same_values(ours: Any, theirs: Any, tolerance: float) -> None:
    """Compare tensors, or structures of them, number by number; shapes and dtypes too."""
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs)
        ours, theirs = list(ours.values()), list(theirs.values())
    if isinstance(theirs, list | tuple) and type(theirs).__name__ != "Size":
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            assert_same_values(a, b, tolerance)
    elif hasattr(theirs, "detach"):
        assert str(ours.dtype) == str(theirs.dtype)
        assert tuple(ours.shape) == tuple(theirs.shape)
        np.testing.assert_allclose(array(ours), array(theirs), rtol=tolerance, atol=tolerance)
    else:
        assert ours == theirs


class Steps:
    """Small modules of either library, for their hooks."""

    def __init__(self, torch: Any) -> None:
        class Times(torch.nn.Module):
            def __init__(self, factor: float = 2.0) -> None:
                super().__init__()
                self.factor = factor

            def forward(self, x: Any, plus: Any = 0.0) -> Any:
                return x * self.factor + plus

        class Product(torch.nn.Module):
            def forward(self, x: Any, y: Any) -> Any:
                return x * y

        class Two(torch.nn.Module):
            def forward(self, x: Any) -> Any:
                return x * 2, x * 3

        class Wrapped(torch.nn.Module):
            def __init__(self, wrap: Any) -> None:
                super().__init__()
                self.wrap = wrap

            def forward(self, *args: Any) -> Any:
                return self.wrap(*args)

        class Fails(torch.nn.Module):
            def forward(self, x: Any) -> Any:
                raise ValueError("forward failed")

        self.Times, self.Product, self.Two = Times, Product, Two
        self.Wrapped, self.Fails = Wrapped, Fails
