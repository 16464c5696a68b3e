"""Recurrent layers."""

from __future__ import annotations

import math
import warnings
from typing import Any

from minitorch.creation import empty, zeros
from minitorch.nn import init
from minitorch.nn.functional import recurrent
from minitorch.nn.modules.module import Module
from minitorch.nn.modules.rnn_cells import (
    GRUCell as GRUCell,
    LSTMCell as LSTMCell,
    RNNCell as RNNCell,
    RNNCellBase as RNNCellBase,
)
from minitorch.nn.parameter import Parameter
from minitorch.nn.utils.rnn import PackedSequence
from minitorch.tensor import Tensor

_MODES = {
    "RNN_TANH": recurrent.RNN_TANH,
    "RNN_RELU": recurrent.RNN_RELU,
    "LSTM": recurrent.LSTM,
    "GRU": recurrent.GRU,
}


class RNNBase(Module):
    """What RNN, LSTM and GRU share: parameters, checks, the way through the layers.

    Args:
        mode: "RNN_TANH", "RNN_RELU", "LSTM" or "GRU".
        input_size: I, numbers for each step.
        hidden_size: H, hidden units.
        num_layers: layers above each other.
        bias: whether there are biases.
        batch_first: (N, T, I) instead of (T, N, I).
        dropout: probability of a zero in the outputs of all layers but the last, in training.
        bidirectional: a second direction, from the end of the sequences.
        proj_size: P, to which the hidden state is projected; LSTM alone. 0: it is not.

    Raises:
        TypeError, ValueError: for arguments that are not so.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNBase.html
    """

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._check_dropout(dropout)
        self._check_arguments()
        if mode not in _MODES:
            raise ValueError(f"Unrecognized RNN mode: {mode}")
        self._all_weights: list[list[str]] = []
        for layer in range(num_layers):
            for suffix in ("", "_reverse")[: 1 + bidirectional]:
                shapes = self._shapes(layer)
                names = [f"{name}_l{layer}{suffix}" for name in shapes]
                for name, shape in zip(names, shapes.values(), strict=True):
                    setattr(self, name, Parameter(empty(shape, device=device, dtype=dtype)))
                self._all_weights.append(names)
        self.reset_parameters()

    def _check_dropout(self, dropout: Any) -> None:
        is_number = isinstance(dropout, int | float) and not isinstance(dropout, bool)
        if not is_number or not 0 <= dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an "
                f"element being zeroed, but got {dropout!r}"
            )
        if dropout > 0 and self.num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero "
                f"dropout expects num_layers greater than 1, but got dropout={dropout} and "
                "num_layers=1",
                stacklevel=4,
            )

    def _check_arguments(self) -> None:
        for name in ("bias", "batch_first"):
            self._check_type(name, bool)
        for name in ("input_size", "hidden_size"):
            self._check_type(name, int)
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be greater than zero")
        if self.num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if self.proj_size < 0:
            raise ValueError(
                "proj_size should be a positive integer or zero to disable projections"
            )
        if self.proj_size >= self.hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")

    def _check_type(self, name: str, kind: type) -> None:
        value = getattr(self, name)
        if not isinstance(value, kind):
            raise TypeError(
                f"{name} should be of type {kind.__name__}, got: {type(value).__name__}"
            )

    def _shapes(self, layer: int) -> dict[str, tuple[int, ...]]:
        """Return the parameters' names and shapes, of one direction of a layer."""
        out_size = self.proj_size or self.hidden_size
        in_size = out_size * (1 + self.bidirectional) if layer else self.input_size
        rows = _MODES[self.mode].gates * self.hidden_size
        shapes: dict[str, tuple[int, ...]] = {
            "weight_ih": (rows, in_size),
            "weight_hh": (rows, out_size),
        }
        if self.bias:
            shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
        if self.proj_size:
            shapes["weight_hr"] = (self.proj_size, self.hidden_size)
        return shapes

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each direction of each layer."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self) -> list[Parameter]:
        return [getattr(self, name) for name in self._flat_weights_names]

    def flatten_parameters(self) -> None:
        """Do nothing: there is no faster place for the parameters, as in PyTorch on a CPU."""

    def reset_parameters(self) -> None:
        """Draw new values between ±1/√H, in the order of the parameters."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def check_input(self, input: Tensor, batch_sizes: Tensor | None) -> None:
        """Refuse an input that does not fit.

        Raises:
            ValueError: for another dtype than that of the weights.
            RuntimeError: for another number of dimensions, or sizes.
        """
        weight = self.all_weights[0][0]
        if input.dtype != weight.dtype:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({weight.dtype}). "
                f"Convert input: input.to({weight.dtype}), or convert model: "
                f"model.to({input.dtype})"
                " [explain: dtype-mismatch]"
            )
        expected = 3 if batch_sizes is None else 2
        if input.dim() != expected:
            raise RuntimeError(f"input must have {expected} dimensions, got {input.dim()}")
        if self.input_size != input.size(-1):
            raise RuntimeError(
                "input.size(-1) must be equal to input_size. Expected "
                f"{self.input_size}, got {input.size(-1)}"
                " [explain: rnn-sizes]"
            )

    def get_expected_hidden_size(
        self, input: Tensor, batch_sizes: Tensor | None
    ) -> tuple[int, int, int]:
        """Return the shape of the hidden states: (D, N, P)."""
        return self._state_shape(input, batch_sizes, self.proj_size or self.hidden_size)

    def _state_shape(
        self, input: Tensor, batch_sizes: Tensor | None, size: int
    ) -> tuple[int, int, int]:
        if batch_sizes is not None:
            n = int(batch_sizes[0])
        else:
            n = input.size(0) if self.batch_first else input.size(1)
        return self.num_layers * (1 + self.bidirectional), n, size

    def check_hidden_size(
        self,
        hx: Tensor,
        expected_hidden_size: tuple[int, int, int],
        msg: str = "Expected hidden size {}, got {}",
    ) -> None:
        """Refuse a state of another shape.

        Raises:
            RuntimeError: saying which.
        """
        if hx.size() != expected_hidden_size:
            said = msg.format(expected_hidden_size, list(hx.size()))
            raise RuntimeError(f"{said} [explain: rnn-sizes]")

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        """Refuse an input and a state that do not fit; as the checks of each."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """Bring the sequences' states into another order."""
        return hx if permutation is None else hx.index_select(1, permutation)

    def extra_repr(self) -> str:
        words = [f"{self.input_size}, {self.hidden_size}"]
        defaults = {
            "proj_size": 0,
            "num_layers": 1,
            "bias": True,
            "batch_first": False,
            "dropout": 0.0,
            "bidirectional": False,
        }
        for name, default in defaults.items():
            if getattr(self, name) != default:
                words.append(f"{name}={getattr(self, name)}")
        return ", ".join(words)

    def _run(self, input: Any, hx: Any) -> Any:
        """Go through the layers: what forward does, for packed, batched and single sequences."""
        if isinstance(input, PackedSequence):
            data, batch_sizes, order, back = input
            states = self._states(data, batch_sizes, None if hx is None else hx)
            states = self.permute_hidden(states, order)
            self.check_forward_args(data, states, batch_sizes)
            out, states = self._through(data, states, batch_sizes)
            return PackedSequence(out, batch_sizes, order, back), self.permute_hidden(states, back)
        if input.dim() not in (2, 3):
            kind = self.mode.split("_")[0]
            raise ValueError(f"{kind}: Expected input to be 2D or 3D, got {input.dim()}D instead")
        dim = 0 if self.batch_first else 1
        is_batched = input.dim() == 3
        if hx is not None:
            hx = self._batched_states(hx, is_batched)
        input = input if is_batched else input.unsqueeze(dim)
        states = self._states(input, None, hx)
        self.check_forward_args(input, states, None)
        out, states = self._through(input, states, None)
        return (out, states) if is_batched else (out.squeeze(dim), self._squeezed(states))

    def _batched_states(self, hx: Any, is_batched: bool) -> Any:
        """Return states of (D, N, H), or refuse them."""
        wanted = 3 if is_batched else 2
        if hx.dim() != wanted:
            batched = "batched" if is_batched else "unbatched"
            raise RuntimeError(
                f"For {batched} {wanted}-D input, hx should also be {wanted}-D but got "
                f"{hx.dim()}-D tensor"
            )
        return hx if is_batched else hx.unsqueeze(1)

    def _squeezed(self, states: Any) -> Any:
        return states.squeeze(1)

    def _states(self, input: Tensor, batch_sizes: Tensor | None, hx: Any) -> Any:
        """Return the states to begin with: those given, or zeros."""
        if hx is not None:
            return hx
        return zeros(self.get_expected_hidden_size(input, batch_sizes), dtype=input.dtype)

    def _through(self, input: Tensor, states: Any, batch_sizes: Tensor | None) -> Any:
        options = (self.bias, self.num_layers, self.dropout, self.training, self.bidirectional)
        kind = _MODES[self.mode]
        given = states if kind.states > 1 else (states,)
        out, last = recurrent.run_layers(
            kind, input, batch_sizes, given, self._flat_weights, *options, self.batch_first
        )
        return out, tuple(last) if kind.states > 1 else last[0]


class RNN(RNNBase):
    """Elman's recurrent layers: h = tanh(w_ih x + b_ih + w_hh h + b_hh), or with ReLU.

    Shapes: (T, N, I), (D, N, H) -> (T, N, H), (D, N, H), where D counts layers and directions;
    (N, T, I) with ``batch_first``; without N for a single sequence; a `PackedSequence` gives one.

    Args: as :class:`RNNBase`, with ``nonlinearity``, "tanh" or "relu", after ``num_layers``.

    Raises:
        ValueError: for another nonlinearity, or ``proj_size``; else as :class:`RNNBase`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html

    Example:
        >>> output, h = nn.RNN(10, 20)(torch.randn(5, 3, 10))
        >>> output.shape
        torch.Size([5, 3, 20])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse_projection(kwargs)
        if len(args) > 3:
            nonlinearity = args[3]
            args = args[:3] + args[4:]
        else:
            nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(
                f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'."
            )
        super().__init__(f"RNN_{nonlinearity.upper()}", *args, **kwargs)
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        return self._run(input, hx)


class LSTM(RNNBase):
    """Long short-term memory, in layers above each other.

    i, f, g, o = σ, σ, tanh, σ of w_ih x + b_ih + w_hh h + b_hh; c = f c + i g; h = o tanh(c),
    with ``proj_size`` multiplied by w_hr.

    Shapes: (T, N, I), ((D, N, P), (D, N, H)) -> (T, N, P), ((D, N, P), (D, N, H)), where D counts
    layers and directions; (N, T, I) with ``batch_first``; without N for a single sequence; a
    `PackedSequence` gives one.

    Args: as :class:`RNNBase`, without ``mode``.

    Raises: as :class:`RNNBase`.

    Source: https://www.bioinf.jku.at/publications/older/2604.pdf;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html

    Example:
        >>> output, (h, c) = nn.LSTM(10, 20)(torch.randn(5, 3, 10))
        >>> output.shape
        torch.Size([5, 3, 20])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, tuple[Tensor, Tensor]]:
        return self._run(input, hx)

    def get_expected_cell_size(
        self, input: Tensor, batch_sizes: Tensor | None
    ) -> tuple[int, int, int]:
        """Return the shape of the cells: (D, N, H)."""
        return self._state_shape(input, batch_sizes, self.hidden_size)

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        self.check_input(input, batch_sizes)
        sizes = self.get_expected_hidden_size(input, batch_sizes)
        self.check_hidden_size(hidden[0], sizes, "Expected hidden[0] size {}, got {}")
        sizes = self.get_expected_cell_size(input, batch_sizes)
        self.check_hidden_size(hidden[1], sizes, "Expected hidden[1] size {}, got {}")

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        if permutation is None:
            return hx
        return hx[0].index_select(1, permutation), hx[1].index_select(1, permutation)

    def _batched_states(self, hx: Any, is_batched: bool) -> Any:
        wanted = 3 if is_batched else 2
        if hx[0].dim() != wanted or hx[1].dim() != wanted:
            batched = "batched" if is_batched else "unbatched"
            raise RuntimeError(
                f"For {batched} {wanted}-D input, hx and cx should also be {wanted}-D but got "
                f"({hx[0].dim()}-D, {hx[1].dim()}-D) tensors"
            )
        return hx if is_batched else (hx[0].unsqueeze(1), hx[1].unsqueeze(1))

    def _squeezed(self, states: Any) -> Any:
        return states[0].squeeze(1), states[1].squeeze(1)

    def _states(self, input: Tensor, batch_sizes: Tensor | None, hx: Any) -> Any:
        if hx is not None:
            return hx
        shapes = (
            self.get_expected_hidden_size(input, batch_sizes),
            self.get_expected_cell_size(input, batch_sizes),
        )
        return tuple([zeros(shape, dtype=input.dtype) for shape in shapes])


class GRU(RNNBase):
    """Gated recurrent units, in layers above each other.

    r, z = σ of w_ih x + b_ih + w_hh h + b_hh; n = tanh(w_in x + b_in + r (w_hn h + b_hn));
    h = (1 − z) n + z h.

    Shapes: (T, N, I), (D, N, H) -> (T, N, H), (D, N, H), where D counts layers and directions;
    (N, T, I) with ``batch_first``; without N for a single sequence; a `PackedSequence` gives one.

    Args: as :class:`RNNBase`, without ``mode``.

    Raises:
        ValueError: for ``proj_size``; else as :class:`RNNBase`.

    Source: https://arxiv.org/abs/1406.1078;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html

    Example:
        >>> output, h = nn.GRU(10, 20)(torch.randn(5, 3, 10))
        >>> output.shape
        torch.Size([5, 3, 20])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse_projection(kwargs)
        super().__init__("GRU", *args, **kwargs)

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        return self._run(input, hx)


def _refuse_projection(kwargs: dict[str, Any]) -> None:
    if "proj_size" in kwargs:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
