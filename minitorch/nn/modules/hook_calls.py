"""Calls of modules that have hooks."""

from __future__ import annotations

import functools
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from minitorch.autograd.function.function import Function
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.hooks import Hook
from minitorch.nn.modules import hooks as registry
from minitorch.nn.modules.hooks import hooks_of
from minitorch.tensor import Tensor


def call_hooked(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a module's ``forward``, and its hooks and those of all modules around it."""
    has = module.__dict__.get
    in_backward = has("_backward_hooks") or has("_backward_pre_hooks")
    if not (
        in_backward or has("_forward_hooks") or has("_forward_pre_hooks") or registry.everywhere
    ):
        return module.forward(*args, **kwargs)  # there were hooks
    call = _Call(module, args, kwargs)
    try:
        if in_backward or registry.everywhere:
            return call.run_between_nodes()
        return call.run()
    except Exception:
        call.run_always_called()
        raise


class _Call:
    """One call; hooks may change the arguments and the result on the way."""

    def __init__(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.module = module
        self.args, self.kwargs = args, kwargs
        self.result: Any = None
        self.called: set[int] = set()

    def run(self) -> Any:
        """Make the call, without regard to backward."""
        self._run_pre_hooks()
        self.result = self.module.forward(*self.args, **self.kwargs)
        self._run_hooks()
        return self.result

    def run_between_nodes(self) -> Any:
        """Make the call, with what is needed for hooks in backward around it."""
        module = self.module
        pre_hooks = _both(registry._global_backward_pre_hooks, module, "_backward_pre_hooks")
        full, old = _backward_hooks(module)
        self._run_pre_hooks()
        around = None
        if full or pre_hooks:
            around = _Gradients(module, full, pre_hooks)
            self.args = around.watch_inputs(self.args)
        self.result = module.forward(*self.args, **self.kwargs)
        self._run_hooks()
        if around is not None:
            self.result = around.watch_result(self.result)
        if old:
            _hook_last_node(module, old, self.args, self.result)
        return self.result

    def _run_pre_hooks(self) -> None:
        with_kwargs = hooks_of(self.module, "_forward_pre_hooks_with_kwargs")
        for key, hook in _items(
            registry._global_forward_pre_hooks, self.module, "_forward_pre_hooks"
        ):
            if key in with_kwargs:
                both = hook(self.module, self.args, self.kwargs)
                if both is None:
                    continue
                if not (isinstance(both, tuple) and len(both) == 2):
                    raise RuntimeError(
                        "forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
                        f"but got {both}."
                    )
                self.args, self.kwargs = both
            else:
                args = hook(self.module, self.args)
                if args is not None:
                    self.args = args if isinstance(args, tuple) else (args,)

    def _run_hooks(self) -> None:
        for key, hook in _items(registry._global_forward_hooks, self.module, "_forward_hooks"):
            self.called.add(key)
            self._run_hook(key, hook)

    def _run_hook(self, key: int, hook: Hook) -> None:
        if (
            key in hooks_of(self.module, "_forward_hooks_with_kwargs")
            or key in registry._global_forward_hooks_with_kwargs
        ):
            result = hook(self.module, self.args, self.kwargs, self.result)
        else:
            result = hook(self.module, self.args, self.result)
        if result is not None:
            self.result = result

    def run_always_called(self) -> None:
        """After an error, run the hooks that are to be called all the same."""
        always = {
            **registry._global_forward_hooks_always_called,
            **hooks_of(self.module, "_forward_hooks_always_called"),
        }
        for key, hook in _items(registry._global_forward_hooks, self.module, "_forward_hooks"):
            if key not in always or key in self.called:
                continue
            try:
                self._run_hook(key, hook)
            except Exception as error:
                whose = "global " if key in registry._global_forward_hooks else ""
                warnings.warn(
                    f"{whose}module forward hook with ``always_call=True`` raised an exception "
                    f"that was silenced as another error was raised in forward: {error}",
                    stacklevel=4,
                )


def _items(shared: registry.Table, module: Any, name: str) -> tuple[tuple[int, Hook], ...]:
    """Return hooks with their keys, those of all modules first; hooks may remove hooks."""
    return (*shared.items(), *hooks_of(module, name).items())


def _both(shared: registry.Table, module: Any, name: str) -> list[Hook]:
    return [hook for _, hook in _items(shared, module, name)]


def _backward_hooks(module: Any) -> tuple[list[Hook], list[Hook]]:
    """Return full backward hooks, and those of the old kind."""
    kinds: dict[bool | None, list[Hook]] = {True: [], False: [], None: []}
    kinds[registry.are_full()] += registry._global_backward_hooks.values()
    kinds[module._is_full_backward_hook] += hooks_of(module, "_backward_hooks").values()
    return kinds[True], kinds[False]


# Full backward hooks


class BackwardHookFunction(Function):
    """Tensors as they are, with one node that meets all their gradients."""

    generate_vmap_rule = True

    @staticmethod
    def forward(*args: Any) -> Any:
        return args

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        ctx.mark_non_differentiable(*[x for x in inputs if not x.requires_grad])

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return grads

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        return tangents


class _Gradients:
    """The gradients of one call, on their way from its outputs to its inputs.

    The node behind the outputs notes their gradients; the one before the inputs calls the hooks,
    with both. Nothing in between is known of here.
    """

    def __init__(self, module: Any, hooks: list[Hook], pre_hooks: list[Hook]) -> None:
        self.module = module
        self.hooks, self.pre_hooks = hooks, pre_hooks
        # Between the two nodes, by thread: several may walk over one graph.
        self.of_outputs: dict[int, tuple[Any, ...]] = {}
        self.inputs: list[int] | None = None  # which arguments are tensors; None: no grads there
        self.outputs: list[int] | None = None
        self.input_count = self.output_count = 0

    def watch_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        args, self.inputs, node = _through_node(args)
        self.input_count = len(args)
        if node is not None:
            node.register_hook(self._at_inputs)
        return args

    def watch_result(self, result: Any) -> Any:
        if not isinstance(result, Tensor | tuple):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of "
                f"Tensors but received {type(result)}",
                stacklevel=5,
            )
        results = result if isinstance(result, tuple) else (result,)
        results, self.outputs, node = _through_node(results)
        self.output_count = len(results)
        if node is not None:
            node.register_hook(self._at_outputs)
        return results if isinstance(result, tuple) else results[0]

    def _at_outputs(self, _: Any, grads: tuple[Any, ...]) -> tuple[Any, ...]:
        assert self.outputs is not None, "only a node of outputs has this hook"
        of_outputs = _placed(grads, self.outputs, self.output_count)
        for hook in self.pre_hooks:
            result = hook(self.module, of_outputs)
            if result is not None:
                of_outputs = _as_many(result, of_outputs, "Backward pre hook", "grad_output")
        if self.inputs is None:
            self._finish_without_inputs(of_outputs)
        else:
            self.of_outputs[threading.get_ident()] = of_outputs
        return tuple([of_outputs[i] for i in self.outputs])

    def _finish_without_inputs(self, of_outputs: tuple[Any, ...]) -> None:
        """Call the hooks at the outputs, where no gradient will arrive at the inputs."""
        warnings.warn(
            "Full backward hook is firing when gradients are computed with respect to module "
            "outputs since no inputs require gradients. See "
            "https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html"
            "#torch.nn.Module.register_full_backward_hook for more details.",
            stacklevel=2,
        )
        nothing = (None,) * self.input_count
        for hook in self.hooks:
            result = hook(self.module, nothing, of_outputs)
            if result is not None and not (
                isinstance(result, tuple) and all([grad is None for grad in result])
            ):
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always "
                    "return None or None for all gradients."
                )

    def _at_inputs(self, grads: tuple[Any, ...], _: Any) -> tuple[Any, ...] | None:
        # None where the gradient came past the outputs, as in the second of two backwards.
        of_outputs = self.of_outputs.pop(threading.get_ident(), None)
        if of_outputs is None:
            return None
        assert self.inputs is not None, "only a node of inputs has this hook"
        of_inputs = _placed(grads, self.inputs, self.input_count)
        for hook in self.hooks:
            result = hook(self.module, of_inputs, of_outputs)
            if result is not None:
                of_inputs = _as_many(result, of_inputs, "Backward hook", "grad_input")
        return tuple([of_inputs[i] for i in self.inputs])


def _through_node(values: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[int] | None, Any]:
    """Lead the tensors among values through one node.

    Returns:
        The values, with those tensors in their places; the places; and the node. None for both if
        no tensor requires grad.
    """
    places = [i for i, x in enumerate(values) if isinstance(x, Tensor)]
    if not (is_grad_enabled() and any([values[i].requires_grad for i in places])):
        return values, None, None
    tensors = BackwardHookFunction.apply(*[values[i] for i in places])
    node = next(t.grad_fn for t in tensors if t.grad_fn is not None)
    items = list(values)
    for i, tensor in zip(places, tensors, strict=True):
        items[i] = tensor
    return _like(values, items), places, node


def _like(values: tuple[Any, ...], items: list[Any]) -> tuple[Any, ...]:
    """Return items as the tuple, or named tuple, that the values came in."""
    return tuple(items) if type(values) is tuple else type(values)(*items)


def _placed(grads: tuple[Any, ...], places: list[int], count: int) -> tuple[Any, ...]:
    found: list[Any] = [None] * count
    for i, grad in zip(places, grads, strict=True):
        found[i] = grad
    return tuple(found)


def _as_many(result: Any, grads: tuple[Any, ...], whose: str, what: str) -> Any:
    if len(result) != len(grads):
        raise RuntimeError(
            f"{whose} returned an invalid number of {what}, got {len(result)}, but expected "
            f"{len(grads)}"
        )
    return result


# Backward hooks of the old kind


def _hook_last_node(module: Any, hooks: list[Hook], args: Any, result: Any) -> None:
    """Put the hooks on the node that made the result, or the first tensor in it."""
    tensor = result
    while not isinstance(tensor, Tensor):
        if isinstance(tensor, dict):
            tensor = next(x for x in tensor.values() if isinstance(x, Tensor))
        else:
            tensor = tensor[0]
    node = tensor.grad_fn
    if node is not None:
        for hook in hooks:
            node.register_hook(_for_module(hook, module))
        problem = "".join(_missing(args, result, node))
        if problem:
            warnings.warn(problem, FutureWarning, stacklevel=5)


def _for_module(hook: Hook, module: Any) -> Callable[..., Any]:
    # Weakly: a module may keep its output, which would make a cycle.
    ref = weakref.ref(module)

    @functools.wraps(hook)  # whose name errors say
    def with_module(*args: Any) -> Any:
        alive = ref()
        if alive is None:
            raise RuntimeError("You are trying to call the hook of a dead Module!")
        return hook(alive, *args)

    return with_module


_USE_FULL = "Please use register_full_backward_hook to get the documented behavior."


def _missing(args: Any, result: Any, node: Any) -> Iterator[str]:
    """Yield, in parts, the warning of what hooks at this node will miss; or nothing."""
    results = (result,) if isinstance(result, Tensor) else result
    deprecated = "is deprecated and will be removed in future versions. This hook will be missing "
    if not _are_tensors(results):
        yield "Using non-full backward hooks on a Module that does not return a single Tensor or a "
        yield f"tuple of Tensors {deprecated}some of the grad_output. {_USE_FULL}"
        return
    if not _are_tensors(args):
        yield "Using non-full backward hooks on a Module that does not take as input a single "
        yield f"Tensor or a tuple of Tensors {deprecated}some of the grad_input. {_USE_FULL}"
        return
    makers = {x.grad_fn for x in results if x.grad_fn is not None}
    if len(makers) > 1:
        yield "Using a non-full backward hook when outputs are generated by different autograd "
        yield f"Nodes {deprecated}some grad_output. {_USE_FULL}"
    elif node not in makers:
        yield "Using a non-full backward hook when outputs are nested in python data structure "
        yield f"{deprecated}some grad_output."
    elif {x.grad_fn for x in args if x.grad_fn is not None} != {n for n, _ in node.next_functions}:
        yield "Using a non-full backward hook when the forward contains multiple autograd Nodes "
        yield f"{deprecated}some grad_input. {_USE_FULL}"


def _are_tensors(values: Any) -> bool:
    return isinstance(values, tuple) and all([isinstance(x, Tensor) for x in values])
