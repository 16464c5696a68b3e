"""Recurrent cells: one step of the layers in `rnn.py`."""

from __future__ import annotations

import math
from typing import Any

from minitorch.creation import empty, zeros
from minitorch.nn import init
from minitorch.nn.functional import recurrent
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.tensor import Tensor


class RNNCellBase(Module):
    """What the cells share: one layer's parameters.

    Args:
        input_size: I, numbers for each step.
        hidden_size: H, hidden units.
        bias: whether there are biases.
        num_chunks: rows of the weights for each hidden unit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
    """

    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        made = {"device": device, "dtype": dtype}
        rows = num_chunks * hidden_size
        self.weight_ih = Parameter(empty((rows, input_size), **made))
        self.weight_hh = Parameter(empty((rows, hidden_size), **made))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, Parameter(empty(rows, **made)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new values between ±1/√H, in the order of the parameters."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        words = [f"{self.input_size}, {self.hidden_size}"]
        if self.bias is not True:
            words.append(f"bias={self.bias}")
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        if nonlinearity != "tanh":
            words.append(f"nonlinearity={nonlinearity}")
        return ", ".join(words)

    def _step(self, function: Any, input: Tensor, hx: Any) -> Any:
        """Take a step with the parameters, of a batch or of one example."""
        name = type(self).__name__
        if input.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        two = isinstance(self, LSTMCell)
        if hx is None:
            zero = zeros(len(input) if input.dim() == 2 else 1, self.hidden_size, dtype=input.dtype)
            states = [zero, zero] if two else [zero]
        else:
            states = [hx[i] for i in range(2)] if two and isinstance(hx, list | tuple) else [hx]
            for i, state in enumerate(states):
                if state.dim() not in (1, 2):
                    which = f"hx[{i}]" if two else "hidden"
                    raise ValueError(
                        f"{name}: Expected {which} to be 1D or 2D, got {state.dim()}D instead"
                    )
            if input.dim() == 1:
                states = [state.unsqueeze(0) for state in states]
        is_batched = input.dim() == 2
        x = input if is_batched else input.unsqueeze(0)
        given = tuple(states) if len(states) > 1 else states[0]
        out = function(x, given, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        if is_batched:
            return out
        return tuple([state.squeeze(0) for state in out]) if two else out.squeeze(0)


class RNNCell(RNNCellBase):
    """One step of Elman's layer: h' = tanh(w_ih x + b_ih + w_hh h + b_hh), or with ReLU.

    Shapes: (N, I), (N, H) -> (N, H); (I), (H) -> (H).

    Args:
        input_size: I.
        hidden_size: H.
        bias: whether there are biases.
        nonlinearity: "tanh" or "relu".

    Raises:
        RuntimeError: in forward, for another nonlinearity or sizes that do not fit.
        ValueError: in forward, for another number of dimensions.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, num_chunks=1, device=device, dtype=dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        functions = {"tanh": recurrent.rnn_tanh_cell, "relu": recurrent.rnn_relu_cell}
        if self.nonlinearity not in functions:
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step(functions[self.nonlinearity], input, hx)


class LSTMCell(RNNCellBase):
    """One step of long short-term memory; see :class:`LSTM` for the formula.

    Shapes: (N, I), ((N, H), (N, H)) -> (N, H), (N, H); without N for one example.

    Args:
        input_size: I.
        hidden_size: H.
        bias: whether there are biases.

    Raises:
        RuntimeError: in forward, for sizes that do not fit.
        ValueError: in forward, for another number of dimensions.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, num_chunks=4, device=device, dtype=dtype)

    def forward(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Tensor]:
        return self._step(recurrent.lstm_cell, input, hx)


class GRUCell(RNNCellBase):
    """One step of gated recurrent units; see :class:`GRU` for the formula.

    Shapes: (N, I), (N, H) -> (N, H); (I), (H) -> (H).

    Args:
        input_size: I.
        hidden_size: H.
        bias: whether there are biases.

    Raises:
        RuntimeError: in forward, for sizes that do not fit.
        ValueError: in forward, for another number of dimensions.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, num_chunks=3, device=device, dtype=dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._step(recurrent.gru_cell, input, hx)
