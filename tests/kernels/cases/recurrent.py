"""Cases of recurrent layers and their gradients."""

from functools import partial
from typing import Any, NamedTuple

from minitorch.kernels.reference import REFERENCE
from tests.kernels.check import Row, normal

P = 2  # numbers of a projected state


class Sequences(NamedTuple):
    """Sequences, and numbers of an input and a state."""

    batch_sizes: tuple[int, ...]
    reverse: bool = False
    has_bias: bool = True
    inputs: int = 3
    units: int = 4


SEQUENCES = {
    "3 of length 4": Sequences((3, 3, 3, 3)),
    "3 of length 4, reversed, no bias": Sequences((3, 3, 3, 3), True, False),
    "of lengths 4, 2, 2, 1": Sequences((4, 3, 1, 1)),
    "of lengths 4, 2, 2, 1, reversed": Sequences((4, 3, 1, 1), True),
    "one of one step": Sequences((1,)),
    "an empty batch": Sequences((0, 0)),
    "7 with one unit": Sequences((7, 7), inputs=1, units=1),
    "33 of one step, 20 units": Sequences((33,), inputs=33, units=20),
    "one with 128 units": Sequences((1, 1, 1), inputs=20, units=128),
    "33 and fewer, 37 units, reversed": Sequences((33, 20, 7), True, inputs=5, units=37),
    "33 and fewer, 128 units": Sequences((33, 33, 17), inputs=160, units=128),
}


def inputs(kind: str, sequences: Any, dtype: Any) -> tuple[Any, ...]:
    """x, h (and c), weights and biases (and projection), batch sizes, direction (and relu)."""
    batch_sizes, reverse, has_bias, width, units = sequences
    rows = {"lstm": 4, "gru": 3}.get(kind[:4], 1) * units
    size = P if kind == "lstm, projected" else units
    n = batch_sizes[0]
    shapes = [(sum(batch_sizes), width), (n, size), (rows, width), (rows, size)]
    x, h, w_ih, w_hh = (normal(shape, dtype, seed) for seed, shape in enumerate(shapes))
    if units > 4:  # as layers start: of large sums the gates would be 0 or 1
        w_ih, w_hh = (w / dtype(2 * w.shape[1] ** 0.5) for w in (w_ih, w_hh))
    biases = [normal((rows,), dtype, seed) if has_bias else None for seed in (4, 5)]
    rest = (batch_sizes, reverse)
    if kind.startswith("lstm"):
        w_hr = normal((P, units), dtype, 6) if size == P else None
        return x, h, normal((n, units), dtype, 7), w_ih, w_hh, *biases, w_hr, *rest
    if kind.startswith("rnn"):
        rest = (*rest, kind == "rnn, relu")
    return x, h, w_ih, w_hh, *biases, *rest


def grad_inputs(kind: str, sequences: Any, given: str, dtype: Any) -> tuple[Any, ...]:
    """Gradients of outputs, or of some; then what the kernel wants of the forward."""
    family = kind[:4].rstrip(",")
    arguments = inputs(kind, sequences, dtype)
    hidden, *kept = getattr(REFERENCE.recurrent, family)(*arguments)
    lasts = kept[:2] if family == "lstm" else kept[:1]
    kept = kept[len(lasts) :]
    grads = [normal(a.shape, dtype, 8 + i) for i, a in enumerate((hidden, *lasts))]
    if given == "out":
        grads[1:] = [None] * len(lasts)
    elif given == "last":
        grads[0] = None
    n = len(lasts) + 1  # x and states
    tensors, numbers = arguments[: n + 2], arguments[-2 - (family == "rnn") :]
    projection = (arguments[7],) if family == "lstm" else ()
    needs = (given != "last", given != "out")
    return *grads, *tensors, *projection, hidden, *kept, *numbers, *needs


def _cell_of(torch: Any, kind: str, arguments: Any) -> Any:
    """The layer in PyTorch's own composition, which takes packed sequences forwards only."""
    family = kind[:4].rstrip(",")
    states = 2 if family == "lstm" else 1
    x, *rest = (None if a is None else torch.as_tensor(a) for a in arguments[: 1 + states + 4])
    batch_sizes, reverse = arguments[-2 - (family == "rnn")], arguments[-1 - (family == "rnn")]
    h, weights = rest[:states], [w for w in rest[states:] if w is not None]
    if family == "lstm" and arguments[7] is not None:
        weights.append(torch.as_tensor(arguments[7]))
    function = {"rnn": "rnn_tanh", "rnn, relu": "rnn_relu"}.get(kind, family)
    hx = tuple(s[None] for s in h) if states == 2 else h[0][None]
    biased = arguments[1 + states + 2] is not None
    assert not reverse
    sizes = torch.tensor(batch_sizes)
    out = getattr(torch, function)(x, sizes, hx, weights, biased, 1, 0.0, False, False)
    return out[0], *(s[0] for s in out[1:])


def _forward_of(kind: str, kept: int, torch: Any, *arguments: Any) -> Any:
    return *_cell_of(torch, kind, arguments), *[None] * kept


KINDS = ("rnn", "rnn, relu", "lstm", "lstm, projected", "gru")


def _rows(family: str, kept: int) -> dict[str, Row]:
    kinds = [kind for kind in KINDS if kind.split(",")[0] == family]
    forward = {
        f"{kind}, {name}": partial(inputs, kind, sequences)
        for kind in kinds
        for name, sequences in SEQUENCES.items()
    }
    refused = tuple(name for name in forward if "reversed" in name or "empty" in name)

    def parity(torch: Any, *arguments: Any) -> Any:
        kind = family
        if family == "rnn" and arguments[-1]:
            kind = "rnn, relu"
        return _forward_of(kind, kept, torch, *arguments)

    grads = {
        f"{kind}, {name}, grad of {given}": partial(grad_inputs, kind, sequences, given)
        for kind in kinds
        for name, sequences in SEQUENCES.items()
        for given in ("all", "out", "last")
    }
    return {
        f"recurrent.{family}": Row(forward, parity, refused=refused),
        f"recurrent.{family}_grad": Row(grads),
    }


ROWS = {**_rows("rnn", 0), **_rows("lstm", 2), **_rows("gru", 1)}
