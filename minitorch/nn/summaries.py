"""``summary``: what the layers of a model give, hold and cost, as a table."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from minitorch.autograd.grad_mode import no_grad
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import is_lazy
from minitorch.nn.unchanged import unchanged
from minitorch.tensor import Tensor


@dataclass
class LayerSummary:
    """One module of a model.

    Attributes:
        name: dotted; "" is the model.
        kind: its class.
        depth: of how many modules it is part.
        output_shape: of its first result in the last call, or a list of shapes; None: not called.
        parameters: how many numbers it holds itself, not in modules below.
        trainable: how many of them require grad.
        multiply_adds: in its own calls, not in modules below.
        output_bytes: of all results of its calls.
        calls: how often it was called.
    """

    name: str
    kind: str
    depth: int
    output_shape: Any = None
    parameters: int = 0
    trainable: int = 0
    multiply_adds: int = 0
    output_bytes: int = 0
    calls: int = 0

    @property
    def state(self) -> str:
        """One of "trainable", "frozen", "partly"; "" where there are no parameters."""
        if not self.parameters:
            return ""
        if not self.trainable:
            return "frozen"
        return "trainable" if self.trainable == self.parameters else "partly"


@dataclass
class Summary:
    """What :func:`summary` found; printed, it is a table.

    Attributes:
        layers: of all modules, parents first.
        parameters: numbers in the model; those that several modules share are counted once.
        trainable: how many of them require grad.
        multiply_adds: in one forward pass.
        parameter_bytes: of parameters and buffers.
        output_bytes: of what modules without modules below gave: about what training remembers.
    """

    layers: list[LayerSummary] = field(default_factory=list)
    parameters: int = 0
    trainable: int = 0
    multiply_adds: int = 0
    parameter_bytes: int = 0
    output_bytes: int = 0

    @property
    def frozen(self) -> int:
        """How many parameters do not require grad."""
        return self.parameters - self.trainable

    def __getitem__(self, name: str) -> LayerSummary:
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(f"{name!r} is no module of the model: {[x.name for x in self.layers]}")

    def __str__(self) -> str:
        rows = [("layer", "output", "parameters", "", "multiply-adds")]
        for layer in self.layers:
            short = layer.name.rpartition(".")[2]
            name = f"{'  ' * layer.depth}{short + ': ' if short else ''}{layer.kind}"
            shape = "" if layer.output_shape is None else str(layer.output_shape)
            numbers = [f"{n:,}" if n else "" for n in (layer.parameters, layer.multiply_adds)]
            rows.append((name, shape, numbers[0], layer.state, numbers[1]))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [_line(row, widths) for row in rows]
        rule = "-" * max(map(len, lines))
        return "\n".join(
            [
                lines[0],
                rule,
                *lines[1:],
                rule,
                f"parameters: {self.parameters:,} ({self.trainable:,} trainable, "
                f"{self.frozen:,} frozen), {size_text(self.parameter_bytes)} with buffers",
                f"forward: {self.multiply_adds:,} multiply-adds, {size_text(self.output_bytes)} of "
                "results",
            ]
        )

    __repr__ = __str__


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, shape, count, state, adds = (
        text.rjust(width) if right else text.ljust(width)
        for text, width, right in zip(row, widths, (0, 0, 1, 0, 1), strict=True)
    )
    return f"{name}  {shape}  {count}  {state}  {adds}".rstrip()


def size_text(count: float) -> str:
    """Bytes as people write them."""
    for unit in ("B", "KB", "MB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GB"


def summary(model: Module, input: Any, **kwargs: Any) -> Summary:
    """Call a model once and tell of each of its modules what it gives, holds and costs.

    The call is made in evaluation mode and without gradients. Afterwards the model has the mode,
    the buffers and the hooks that it had, and no random number was drawn. Shapes: any.

    Args:
        model: any module; a lazy one must have seen an input.
        input: a tensor, or a tuple of arguments.
        kwargs: further arguments of the model, by name.

    Returns:
        A :class:`Summary`, which prints as a table, and whose ``layers`` may be read: (model,
        input) -> Summary.

    Raises:
        TypeError: if it is no module.
        ValueError: if the model has uninitialised parameters.

    Source: the multiply-adds are those of matrix products and convolutions; elementwise
        operations, and modules of one's own that compute without layers, count none.

    Example:
        >>> print(nn.summary(nn.Linear(4, 2), torch.ones(3, 4)))
        layer   output  parameters             multiply-adds
        ----------------------------------------------------
        Linear  [3, 2]          10  trainable             24
        ----------------------------------------------------
        parameters: 10 (10 trainable, 0 frozen), 40 B with buffers
        forward: 24 multiply-adds, 24 B of results
    """
    if not isinstance(model, Module):
        raise TypeError(f"summary() calls a Module, but got {type(model).__name__}")
    tensors = {id(t): t for t in (*model.parameters(), *model.buffers())}
    if any(is_lazy(t) for t in tensors.values()):
        raise ValueError(
            "the model has uninitialized parameters: call it once before, so that they get shapes"
        )
    found = {module: _describe(name, module) for name, module in model.named_modules()}
    args = input if isinstance(input, tuple) else (input,)
    _call(model, args, kwargs, found)
    layers = list(found.values())
    parameters = list(model.parameters())
    return Summary(
        layers,
        sum(p.numel() for p in parameters),
        sum(p.numel() for p in parameters if p.requires_grad),
        sum(layer.multiply_adds for layer in layers),
        sum(t.nbytes for t in tensors.values()),
        sum(x.output_bytes for m, x in found.items() if not any(True for _ in m.children())),
    )


def _describe(name: str, module: Module) -> LayerSummary:
    own = [p for p in module._parameters.values() if p is not None]
    return LayerSummary(
        name,
        module._get_name(),
        name.count(".") + 1 if name else 0,
        parameters=sum(p.numel() for p in own),
        trainable=sum(p.numel() for p in own if p.requires_grad),
    )


def _call(
    model: Module,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    found: dict[Module, LayerSummary],
) -> None:
    """Call the model with a hook on each module, and leave no trace."""

    def note(module: Module, args: Any, kwargs: Any, output: Any) -> None:
        layer = found[module]
        shapes = [list(t.shape) for t in _tensors(output)]
        layer.output_shape = shapes[0] if len(shapes) == 1 else shapes
        layer.output_bytes += sum(t.nbytes for t in _tensors(output))
        layer.multiply_adds += _multiply_adds(module, args, kwargs, output)
        layer.calls += 1

    modes = {module: module.training for module in found}
    handles = [module.register_forward_hook(note, with_kwargs=True) for module in found]
    try:
        model.eval()
        with unchanged(model), no_grad():
            model(*args, **kwargs)
    finally:
        for handle in handles:
            handle.remove()
        for module, mode in modes.items():
            module.training = mode


def _tensors(output: Any) -> list[Tensor]:
    if isinstance(output, Tensor):
        return [output]
    if isinstance(output, dict):
        output = list(output.values())
    if isinstance(output, list | tuple):
        return [t for x in output for t in _tensors(x)]
    return []


# Multiply-adds


def _multiply_adds(module: Module, args: Any, kwargs: Any, output: Any) -> int:
    given = _tensors([list(args), kwargs])
    for kind in type(module).__mro__:
        if kind.__module__.startswith("minitorch.nn") and kind.__name__ in _COUNTS:
            return _COUNTS[kind.__name__](module, given, _tensors(output))
    return 0


def _of_linear(module: Any, given: list[Tensor], out: list[Tensor]) -> int:
    return out[0].numel() * int(module.in_features)


def _of_bilinear(module: Any, given: list[Tensor], out: list[Tensor]) -> int:
    per_output = module.in1_features * module.in2_features + module.in2_features
    return out[0].numel() * int(per_output)


def _of_convolution(module: Any, given: list[Tensor], out: list[Tensor]) -> int:
    """Each element of the input of a transposed one meets a kernel; else of the output."""
    met = given[0] if module.transposed else out[0]
    return met.numel() * math.prod(module.weight.shape[1:])


def _of_recurrence(module: Any, given: list[Tensor], out: list[Tensor]) -> int:
    """Each step of each sequence meets all matrices."""
    matrices = [p for p in module.parameters(recurse=False) if p.ndim > 1]
    return math.prod(given[0].shape[:-1]) * sum(p.numel() for p in matrices)


def _of_attention(module: Any, given: list[Tensor], out: list[Tensor]) -> int:
    """Three projections, the scores, their sums of values, and the last projection."""
    query, key, value = given[:3] if len(given) >= 3 else given[:1] * 3
    rows = [math.prod(x.shape[:-1]) for x in (query, key, value)]
    sizes = [x.shape[-1] for x in (query, key, value)]
    embed = int(module.embed_dim)
    projections = sum(r * s * embed for r, s in zip(rows, sizes, strict=True))
    is_batch_first = bool(module.batch_first) and query.ndim == 3
    batch = 1 if query.ndim == 2 else query.shape[0 if is_batch_first else 1]
    scores = rows[0] * (rows[1] // max(batch, 1)) * embed
    return projections + 2 * scores + rows[0] * embed * embed


_COUNTS: dict[str, Callable[[Any, list[Tensor], list[Tensor]], int]] = {
    "Linear": _of_linear,
    "Bilinear": _of_bilinear,
    "_ConvNd": _of_convolution,
    "RNNBase": _of_recurrence,
    "RNNCellBase": _of_recurrence,
    "MultiheadAttention": _of_attention,
}
