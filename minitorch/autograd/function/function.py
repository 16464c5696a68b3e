"""``autograd.Function``: a user's own function with a gradient of his own."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, ClassVar, Never

from minitorch.autograd.function.call import bound, call
from minitorch.autograd.function.node import FunctionCtx, FunctionNode
from minitorch.autograd.function.rule import CustomOp
from minitorch.autograd.grad_mode import is_grad_enabled, no_grad
from minitorch.autograd.layers import active
from minitorch.autograd.node import Node, alias, attach
from minitorch.autograd.op import Op
from minitorch.autograd.origin import Cut
from minitorch.autograd.variable import TensorBase

BackwardCFunction = FunctionNode  # PyTorch's name of the class of such nodes


class Function(FunctionCtx):
    """Base of functions whose gradient is not that of the operations they are made of.

    ``forward`` runs without recording; the whole call is one node, and ``backward`` its rule. What
    it keeps goes through ``ctx``, which is the node: tensors by ``ctx.save_for_backward``, all else
    as attributes. With ``setup_context(ctx, inputs, output)``, ``forward`` gets no ctx.

    Source: https://docs.pytorch.org/docs/stable/notes/extending.html. Here ``func.grad``
    and the like take functions without ``setup_context``, too.

    Example:
        >>> class Exp(Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         result = x.exp()
        ...         ctx.save_for_backward(result)
        ...         return result
        ...     @staticmethod
        ...     def backward(ctx, grad):
        ...         (result,) = ctx.saved_tensors
        ...         return grad * result
        >>> Exp.apply(x)
    """

    generate_vmap_rule: ClassVar[bool] = False

    _op: ClassVar[type[CustomOp]]
    _backward_cls: ClassVar[type[FunctionNode]]
    _cut: ClassVar[Cut]  # what to say of results in forward that got no history
    _has_setup: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        name = f"{cls.__name__}Backward"
        cls._has_setup = cls.setup_context is not Function.setup_context
        cls._cut = Cut("function", None, cls.__name__)
        about = {"_forward_cls": cls, "__module__": "torch.autograd.function"}
        node = cls._backward_cls = type(name, (FunctionNode,), about)
        op = {"name": name, "node_class": node, "function": cls, "made_of_ops": cls.__name__}
        cls._op = cls._backward_cls._op = type(name, (CustomOp,), op)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{self.__class__} should not be instantiated. Methods on autograd functions are all "
            "static, so you should invoke them on the class itself. Instantiating an autograd "
            f"function will raise an error in a future version of PyTorch: call "
            f"{type(self).__name__}.apply(...).",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Never:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use "
            "new-style autograd function with static forward method: declare forward(ctx, ...) and "
            f"backward(ctx, ...) as staticmethods, and call {type(self).__name__}.apply(...). "
            "(Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
            " [explain: legacy-function]"
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        if kwargs or (cls._has_setup and _lacks_arguments(cls.forward, args)):
            args = bound(cls, args, kwargs)
        stack = active()
        if stack is not None:
            for layer_apply in stack.apply:
                result = layer_apply(cls._op, args, {})
                if result is not NotImplemented:
                    return result
        return call(cls, args)[0]

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the result: ``forward(ctx, *args)``, or without ctx if there is a setup_context.

        Args:
            args: what ``apply`` was given.

        Returns:
            A tensor, or a tuple of tensors and other values.
        """
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Keep what backward needs, after ``forward(*inputs)`` has returned ``output``."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Return a gradient for each argument of forward, None for those without.

        Args:
            ctx: the call: ``saved_tensors``, ``needs_input_grad`` and the user's own attributes.
            grad_outputs: the gradient of each output.
        """
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom "
            "autograd.Function to use it with backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Return the tangent of each output, given those of the arguments (forward mode)."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with "
            "forward mode AD."
        )

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *args: Any) -> Any:
        """Compute a batch: return the output, and the dimension of examples in each part of it.

        Args:
            info: has ``batch_size`` and ``randomness``.
            in_dims: for each argument the dimension of its examples, or None.
            args: the arguments, with that dimension.
        """
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or "
            "set generate_vmap_rule=True."
        )


def _lacks_arguments(forward: Any, args: tuple[Any, ...]) -> bool:
    """Whether defaults may have to be filled in."""
    code = getattr(forward, "__code__", None)
    return code is None or len(args) < code.co_argcount


class _Once(Op):
    """The end of what may be differentiated."""

    name = "Error"

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable: "
            f"the gradient that {ctx.of} computes has none itself. Write its backward in "
            "differentiable operations, and take the decorator away, for higher derivatives."
        )


def once_differentiable(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Run a backward unrecorded, and refuse to differentiate what it returns.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.function.once_differentiable.html.
    Here ``autograd.grad`` gives that error, too, where PyTorch says that the input was not used.
    """

    @functools.wraps(fn)
    def wrapper(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        with no_grad():
            outputs = fn(ctx, *args, **kwargs)
        if not is_grad_enabled():
            return outputs
        if not any([isinstance(x, TensorBase) and x._requires_grad for x in args]):
            return outputs
        several = outputs if isinstance(outputs, tuple) else (outputs,)
        node = _end(ctx, several)
        aliases = tuple(
            [_ended(node, x, i) if isinstance(x, TensorBase) else x for i, x in enumerate(several)]
        )
        return aliases if isinstance(outputs, tuple) else aliases[0]

    return wrapper


def _end(ctx: Any, tensors: tuple[Any, ...]) -> Node:
    """Return a node whose rule raises; it leads where the function led, so walks will meet it."""
    outputs = [(x._array.shape, x._array.dtype) if x is not None else ((), None) for x in tensors]
    node = _Once.node_class(_Once, ctx._edges, tuple(outputs))  # type: ignore[arg-type]
    node.__dict__["of"] = ctx.name()
    return node


def _ended(node: Node, x: TensorBase, i: int) -> Any:
    other = alias(x, None, 0)
    attach(other, node, i)
    return other


class InplaceFunction(Function):
    """Kept for old code: use :class:`Function`."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


class NestedIOFunction(Function):
    """Kept for old code, which could only be called as PyTorch no longer allows.

    Use :class:`Function`, and give ``apply`` each tensor as an argument of its own.
    """

    def forward_extended(self, *input: Any) -> None:
        """Compute nested outputs of nested inputs; to be overridden."""
        raise NotImplementedError

    def backward_extended(self, *grad_output: Any) -> None:
        """Compute the gradients; to be overridden."""
        raise NotImplementedError
