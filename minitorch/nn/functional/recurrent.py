"""Recurrent layers and cells: those that PyTorch has at its root, ``torch.lstm`` and its like.

Layers are stacked here; each direction of each is one op over whole sequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from minitorch.core.dtypes import Array, is_bool, is_float, is_integer, scalar_name
from minitorch.nn.functional.checks import require_float, require_tensors
from minitorch.ops.layers import dropout as noise
from minitorch.ops.layers.recurrent import Gru, Lstm, Rnn
from minitorch.ops.shape.joining import cat, stack
from minitorch.tensor import Tensor

Params = Sequence[Tensor]


class Kind(NamedTuple):
    """What tells the recurrent layers apart."""

    name: str  # of the function
    apply: Any  # of the op
    gates: int  # rows of the weights for each hidden unit
    states: int = 1


RNN_TANH = Kind("rnn_tanh", partial(Rnn.apply, relu=False), 1)
RNN_RELU = Kind("rnn_relu", partial(Rnn.apply, relu=True), 1)
LSTM = Kind("lstm", Lstm.apply, 4, 2)
GRU = Kind("gru", Gru.apply, 3)


def rnn_tanh(
    input: Any = None,
    hx: Any = None,
    params: Any = None,
    has_biases: Any = None,
    num_layers: Any = None,
    dropout: Any = None,
    train: Any = None,
    bidirectional: Any = None,
    batch_first: Any = None,
    *,
    data: Any = None,
    batch_sizes: Any = None,
) -> tuple[Tensor, Tensor]:
    """Run Elman's layers with tanh over sequences: as :func:`lstm`, with one state.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
    """
    given = (input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)
    return _call(RNN_TANH, given, data, batch_sizes)


def rnn_relu(
    input: Any = None,
    hx: Any = None,
    params: Any = None,
    has_biases: Any = None,
    num_layers: Any = None,
    dropout: Any = None,
    train: Any = None,
    bidirectional: Any = None,
    batch_first: Any = None,
    *,
    data: Any = None,
    batch_sizes: Any = None,
) -> tuple[Tensor, Tensor]:
    """Run Elman's layers with ReLU over sequences: as :func:`lstm`, with one state.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
    """
    given = (input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)
    return _call(RNN_RELU, given, data, batch_sizes)


def gru(
    input: Any = None,
    hx: Any = None,
    params: Any = None,
    has_biases: Any = None,
    num_layers: Any = None,
    dropout: Any = None,
    train: Any = None,
    bidirectional: Any = None,
    batch_first: Any = None,
    *,
    data: Any = None,
    batch_sizes: Any = None,
) -> tuple[Tensor, Tensor]:
    """Run gated recurrent units over sequences: as :func:`lstm`, with one state.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
    """
    given = (input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)
    return _call(GRU, given, data, batch_sizes)


def lstm(
    input: Any = None,
    hx: Any = None,
    params: Any = None,
    has_biases: Any = None,
    num_layers: Any = None,
    dropout: Any = None,
    train: Any = None,
    bidirectional: Any = None,
    batch_first: Any = None,
    *,
    data: Any = None,
    batch_sizes: Any = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Run long short-term memory over sequences, padded or packed, in layers above each other.

    Shapes: (T, N, I) or (N, T, I), (D, N, P), (D, N, H) -> (T, N, P) or (N, T, P) and the states;
    both directions side by side, (D) one for each layer and direction.

    Packed: ``lstm(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train,
    bidirectional)``, with (S, I) -> (S, P).

    Args:
        input: padded sequences.
        hx: the states h and c that the sequences begin with.
        params: for each layer and direction w_ih, w_hh, biases if any, and w_hr of a projection.
        has_biases: whether there are.
        num_layers: how many layers.
        dropout: probability of a zero between layers, if ``train``.
        train: whether there is dropout.
        bidirectional: a second direction, from the end of the sequences.
        batch_first: (N, T, I) instead of (T, N, I).
        data: packed sequences.
        batch_sizes: how many sequences have each step.

    Raises:
        TypeError: if arguments are missing or no tensors.
        RuntimeError: for numbers of parameters or states, sizes or dtypes that do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    """
    given = (input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)
    return _call(LSTM, given, data, batch_sizes)


def _call(kind: Kind, given: tuple[Any, ...], data: Any, batch_sizes: Any) -> Any:
    """Tell the two forms of a call apart: padded and packed."""
    is_packed = True
    if isinstance(given[3], list | tuple):  # in the place of has_biases
        data, batch_sizes, hx, params, *options = given
    elif batch_sizes is not None:
        _, hx, params, *options = given[:-1]
    else:
        data, hx, params, *options, batch_first = given
        is_packed = False
    tensors = [hx] if kind.states == 1 else list(hx) if isinstance(hx, list | tuple) else [None]
    if isinstance(params, list | tuple):
        tensors += params
    tensors += [data, batch_sizes] if is_packed else [data]
    if any([not isinstance(x, Tensor) for x in tensors]) or None in options:
        raise TypeError(
            f"{kind.name}() received an invalid combination of arguments: expected (Tensor input, "
            f"{'Tensor' if kind.states == 1 else 'tuple of Tensors'} hx, tuple of Tensors params, "
            "bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool "
            "batch_first), or (Tensor data, Tensor batch_sizes, hx, params, ...) without "
            "batch_first"
        )
    if is_packed and not is_integer(batch_sizes._array.dtype):
        raise RuntimeError(
            f"expected scalar type Long but found {scalar_name(batch_sizes._array)}: batch_sizes "
            "are numbers of sequences"
        )
    states = [hx] if kind.states == 1 else list(hx)
    options = [*options, False if is_packed else batch_first]
    out, last = run_layers(kind, data, batch_sizes, states, params, *options)
    return out, *last


def run_layers(
    kind: Kind,
    input: Tensor,
    batch_sizes: Tensor | None,
    states: Sequence[Tensor],
    params: Params,
    *options: Any,
) -> tuple[Tensor, list[Tensor]]:
    """Run layers over padded sequences, or over packed ones if there are batch sizes.

    Args:
        kind: of the layers.
        input: (T, N, I) or (N, T, I), or (S, I).
        batch_sizes: of packed sequences.
        states: h, or h and c.
        params: for each layer and direction.
        options: the others of :func:`lstm`, in their order.

    Returns:
        The last layer's states, and the last states of all.
    """
    if batch_sizes is None:
        return _padded(kind, input, states, params, *options)
    sizes = tuple(batch_sizes.tolist())
    return _packed(kind, input, sizes, states, params, *options[:-1])


def _padded(
    kind: Kind, x: Tensor, states: Sequence[Tensor], params: Params, *options: Any
) -> tuple[Tensor, list[Tensor]]:
    """Run layers over padded sequences."""
    *options, batch_first = options  # type: ignore[assignment]
    x.size(2)  # an IndexError for a matrix, as there
    x = x.transpose(0, 1) if batch_first else x
    steps, n = x.shape[:2]
    if steps == 0:
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
    rows = x.reshape(steps * n, *x.shape[2:])
    out, last = _packed(kind, rows, (n,) * steps, states, params, *options)
    out = out.reshape(steps, n, out.shape[1])
    return out.transpose(0, 1) if batch_first else out, last


def _packed(
    kind: Kind,
    x: Tensor,
    batch_sizes: tuple[int, ...],
    states: Sequence[Tensor],
    params: Params,
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
) -> tuple[Tensor, list[Tensor]]:
    """Run layers over packed sequences; return the last one's states, and all last states."""
    cells = _cells(kind, states, params, has_biases, num_layers * (2 if bidirectional else 1))
    directions = (False, True) if bidirectional else (False,)
    if sum(batch_sizes) < len(x):
        x = x[: sum(batch_sizes)]
    lasts: list[list[Tensor]] = []
    for layer in range(num_layers):
        outs = []
        for reverse in directions:
            given = cells[len(lasts)]
            _check_cell(kind, x, batch_sizes[0], given)
            out, *last = kind.apply(x, *given, batch_sizes=batch_sizes, reverse=reverse)
            outs.append(out)
            lasts.append(last[: kind.states])
        x = cat(outs, 1) if bidirectional else outs[0]
        if dropout and train and layer < num_layers - 1:
            x = noise.dropout(x, dropout)
    return x, [stack(list(column)) for column in zip(*lasts, strict=True)]


def _cells(
    kind: Kind, states: Sequence[Tensor], params: Params, has_biases: bool, count: int
) -> list[list[Any]]:
    """Return for each layer and direction the states and weights that its op takes."""
    if len(states) != kind.states:
        raise RuntimeError(f"{kind.name} expects two hidden states")
    each = 4 if has_biases else 2
    projected = kind is LSTM and states[0].shape[-1] != states[1].shape[-1]
    each += projected
    if len(params) % each:
        raise RuntimeError(
            f"got an incorrect number of RNN parameters: {len(params)}, but each layer and "
            f"direction has {each}"
        )
    for state in states:
        if state.ndim != 3 or len(state) != count:
            raise RuntimeError(
                f"Expected more hidden states in stacked_rnn: ({count}, batch, size) for {count} "
                f"layers and directions, but got {list(state.shape)}"
            )
    if len(params) != each * count:
        raise RuntimeError(
            f"Expected more weights in stacked_rnn: {each * count} for {count} layers and "
            f"directions, but got {len(params)}"
        )
    cells = []
    for i, own in enumerate(zip(*[state.unbind(0) for state in states], strict=True)):
        w_ih, w_hh, *rest = params[each * i : each * (i + 1)]
        biases = rest[:2] if has_biases else [None, None]
        cells.append([*own, w_ih, w_hh, *biases])
        if kind is LSTM:
            cells[-1].append(rest[-1] if projected else None)
    return cells


def _check_cell(kind: Kind, x: Tensor, n: int, given: list[Any]) -> None:
    """Refuse sizes and dtypes that do not fit."""
    states, (w_ih, w_hh) = given[: kind.states], given[kind.states : kind.states + 2]
    hidden = w_hh.shape[0] // kind.gates
    for input, weight in ((x, w_ih), (states[0], w_hh)):
        if input._array.dtype != weight._array.dtype:
            raise RuntimeError(
                "mat1 and mat2 must have the same dtype, but got "
                f"{scalar_name(input._array)} and {scalar_name(weight._array)}: convert one of "
                "them with .to(dtype)"
                " [explain: dtype-mismatch]"
            )
        if input.shape[-1] != weight.shape[1]:
            raise RuntimeError(
                f"mat1 and mat2 shapes cannot be multiplied ({'x'.join(map(str, input.shape))} and "
                f"{weight.shape[1]}x{weight.shape[0]})"
                " [explain: matmul-shapes]"
            )
    if not is_float(x._array.dtype):
        _refuse_integers(kind, x._array)
    for state in states:
        if len(state) != n:
            raise RuntimeError(
                f"The size of tensor a ({len(state)}) must match the size of tensor b ({n}) at "
                f"non-singleton dimension 0: a hidden state is of {len(state)} sequences, the "
                f"input of {n}"
                " [explain: rnn-sizes]"
            )
    if w_ih.shape[0] != w_hh.shape[0] or hidden != states[-1].shape[1]:
        raise RuntimeError(
            f"The size of tensor a ({w_ih.shape[0]}) must match the size of tensor b "
            f"({kind.gates * states[-1].shape[1]}) at non-singleton dimension 1: weights of "
            f"{kind.name} have {kind.gates} rows for each of {states[-1].shape[1]} hidden units"
        )


def _refuse_integers(kind: Kind, x: Array) -> None:
    """Raise PyTorch's errors; ReLU alone takes integers there."""
    if is_bool(x.dtype) and x.size:
        require_float(kind.name, x)
    if kind is not RNN_RELU or is_bool(x.dtype):
        raise RuntimeError(
            f"result type Float can't be cast to the desired output type {scalar_name(x)}: "
            f"{kind.name} needs floating-point numbers; convert them with .float()"
        )


def rnn_tanh_cell(
    input: Tensor,
    hx: Tensor,
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> Tensor:
    """Return tanh(w_ih x + b_ih + w_hh h + b_hh): (N, I), (N, H) -> (N, H)."""
    (h,) = _cell(RNN_TANH, input, (hx,), w_ih, w_hh, b_ih, b_hh)
    return h


def rnn_relu_cell(
    input: Tensor,
    hx: Tensor,
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> Tensor:
    """Return relu(w_ih x + b_ih + w_hh h + b_hh): (N, I), (N, H) -> (N, H)."""
    (h,) = _cell(RNN_RELU, input, (hx,), w_ih, w_hh, b_ih, b_hh)
    return h


def gru_cell(
    input: Tensor,
    hx: Tensor,
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> Tensor:
    """Take a step of gated recurrent units: (N, I), (N, H) -> (N, H)."""
    (h,) = _cell(GRU, input, (hx,), w_ih, w_hh, b_ih, b_hh)
    return h


def lstm_cell(
    input: Tensor,
    hx: Sequence[Tensor],
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Take a step of long short-term memory: (N, I), (N, H), (N, H) -> h and c, (N, H) twice."""
    if not isinstance(hx, list | tuple):
        raise TypeError(
            f"lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not "
            f"{type(hx).__name__}"
        )
    if len(hx) != 2:
        raise RuntimeError(f"lstm_cell expects two hidden states, but got {len(hx)}")
    h, c = _cell(LSTM, input, tuple(hx), w_ih, w_hh, b_ih, b_hh)
    return h, c


def _cell(
    kind: Kind,
    x: Tensor,
    states: tuple[Tensor, ...],
    w_ih: Tensor,
    w_hh: Tensor,
    *biases: Tensor | None,
) -> list[Tensor]:
    """Take one step."""
    call = f"{kind.name}_cell(input, hx, w_ih, w_hh, b_ih, b_hh)"
    require_tensors(call, x, states[0], w_ih, w_hh, *biases, required=4)
    _check_step(kind, x, states, w_ih, w_hh)
    given = [*states, w_ih, w_hh, *biases]
    _check_cell(kind, x, len(x), given)
    projection = [None] if kind is LSTM else []
    results = kind.apply(x, *given, *projection, batch_sizes=(len(x),), reverse=False)
    return list(results[1 : 1 + kind.states])


def _check_step(
    kind: Kind, x: Tensor, states: tuple[Tensor, ...], w_ih: Tensor, w_hh: Tensor
) -> None:
    """Refuse sizes that do not fit, in PyTorch's words for cells."""
    if x.size(1) != w_ih.size(1):
        raise RuntimeError(
            f"input has inconsistent input_size: got {x.size(1)} expected {w_ih.size(1)}"
        )
    hidden = w_hh.size(1)
    for i, state in enumerate(states):
        if len(x) != len(state):
            raise RuntimeError(
                f"Input batch size {len(x)} doesn't match hidden{i} batch size {len(state)}"
            )
        if state.size(1) != hidden:
            raise RuntimeError(
                f"hidden{i} has inconsistent hidden_size: got {state.size(1)}, expected {hidden}"
            )
    if w_ih.size(0) != kind.gates * hidden:
        raise RuntimeError(
            f"weight_ih first dim must be {kind.gates} * hidden_size = {kind.gates * hidden}, but "
            f"got {w_ih.size(0)}"
        )
