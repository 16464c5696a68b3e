"""Recurrent layers and cells."""

from tests.nn.cases.rows import Function, Layer, LayerCase, normal

UNBIASED = "weight_ih weight_hh"
BIASED = f"{UNBIASED} bias_ih bias_hh"
PROJECTED = f"{BIASED} weight_hr"


def names(kinds: str, layers: int = 1, bidirectional: bool = False) -> str:
    """Parameters in the order of the state dict."""
    return " ".join(
        f"{kind}_l{layer}{suffix}"
        for layer in range(layers)
        for suffix in ("", "_reverse")[: 1 + bidirectional]
        for kind in kinds.split()
    )


LAYERS = {
    "GRU": Layer(
        "(*args, **kwargs)",
        [
            LayerCase(
                "GRU(3, 4)",
                [normal(5, 2, 3)],
                "GRU(3, 4)",
                state=names(BIASED),
                value=1.3444603446892307,
            ),
            LayerCase(
                "GRU(3, 4, 2, True, True, 0.5, True)",
                [normal(2, 5, 3)],
                "GRU(3, 4, num_layers=2, batch_first=True, dropout=0.5, bidirectional=True)",
                state=names(BIASED, 2, True),
                value=-26.179848367384306,
            ),
            LayerCase(
                "GRU(3, 4, bias=False)",
                [normal(5, 3)],
                "GRU(3, 4, bias=False)",
                state=names(UNBIASED),
                value=2.9134609664951845,
            ),
            LayerCase(
                "GRU(3, 4, batch_first=True)",
                [normal(2, 1, 3)],
                "GRU(3, 4, batch_first=True)",
                state=names(BIASED),
                value=-1.8323871559288318,
            ),
            LayerCase(
                "GRU(3, 4)",
                [normal(2, 0, 3)],
                "GRU(3, 4)",
                state=names(BIASED),
                value=-0.24720801880989018,
            ),
        ],
    ),
    "GRUCell": Layer(
        "(input_size, hidden_size, bias=True, device=None, dtype=None)",
        [
            LayerCase(
                "GRUCell(3, 4)",
                [normal(2, 3)],
                "GRUCell(3, 4)",
                state="weight_ih weight_hh bias_ih bias_hh",
                value=-2.0965124726114936,
                unbatched=True,
            ),
            LayerCase(
                "GRUCell(3, 4, bias=False)",
                [normal(2, 3), normal(2, 4)],
                "GRUCell(3, 4, bias=False)",
                state="weight_ih weight_hh",
                value=1.4597951350201668,
                unbatched=True,
            ),
            LayerCase(
                "GRUCell(3, 4)",
                [normal(0, 3)],
                "GRUCell(3, 4)",
                state="weight_ih weight_hh bias_ih bias_hh",
                value=-0.24720801880989018,
            ),
        ],
    ),
    "LSTM": Layer(
        "(*args, **kwargs)",
        [
            LayerCase(
                "LSTM(3, 4)",
                [normal(5, 2, 3)],
                "LSTM(3, 4)",
                state=names(BIASED),
                value=-9.387349409785967,
            ),
            LayerCase(
                "LSTM(3, 4, 2, bidirectional=True, proj_size=2)",
                [normal(3, 2, 3)],
                "LSTM(3, 4, proj_size=2, num_layers=2, bidirectional=True)",
                state=names(PROJECTED, 2, True),
                value=1.9538641760848505,
            ),
            LayerCase(
                "LSTM(3, 4, 2, False, True, 0.5)",
                [normal(2, 5, 3)],
                "LSTM(3, 4, num_layers=2, bias=False, batch_first=True, dropout=0.5)",
                state=names(UNBIASED, 2),
                value=-7.149295218725715,
            ),
            LayerCase(
                "LSTM(3, 4)",
                [normal(5, 3)],
                "LSTM(3, 4)",
                state=names(BIASED),
                value=-8.94194828369588,
            ),
            LayerCase(
                "LSTM(3, 4)",
                [normal(2, 0, 3)],
                "LSTM(3, 4)",
                state=names(BIASED),
                value=-1.9190436583825468,
            ),
        ],
    ),
    "LSTMCell": Layer(
        "(input_size, hidden_size, bias=True, device=None, dtype=None)",
        [
            LayerCase(
                "LSTMCell(3, 4)",
                [normal(2, 3)],
                "LSTMCell(3, 4)",
                state="weight_ih weight_hh bias_ih bias_hh",
                value=-0.13579331778141857,
                unbatched=True,
            ),
            LayerCase(
                "LSTMCell(3, 4, bias=False)",
                [normal(2, 3)],
                "LSTMCell(3, 4, bias=False)",
                state="weight_ih weight_hh",
                value=0.9921915738387534,
                unbatched=True,
            ),
        ],
    ),
    "RNN": Layer(
        "(*args, **kwargs)",
        [
            LayerCase(
                "RNN(3, 4)",
                [normal(5, 2, 3)],
                "RNN(3, 4)",
                state=names(BIASED),
                value=3.274942435258323,
            ),
            LayerCase(
                "RNN(3, 4, nonlinearity='relu')",
                [normal(5, 2, 3), normal(1, 2, 4)],
                "RNN(3, 4)",
                state=names(BIASED),
                value=1.9667737984070721,
            ),
            LayerCase(
                "RNN(3, 4, 2, 'tanh', False, True, 0.5, True)",
                [normal(2, 5, 3)],
                (
                    "RNN(3, 4, num_layers=2, bias=False, batch_first=True, dropout=0.5, "
                    "bidirectional=True)"
                ),
                state=names(UNBIASED, 2, True),
                value=13.935212905206692,
            ),
            LayerCase(
                "RNN(3, 4)",
                [normal(5, 3), normal(1, 4)],
                "RNN(3, 4)",
                state=names(BIASED),
                value=-2.433395605780652,
            ),
        ],
    ),
    "RNNBase": Layer(
        (
            "(mode, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, "
            "dropout=0.0, bidirectional=False, proj_size=0, device=None, dtype=None)"
        ),
        [
            LayerCase(
                "RNNBase('LSTM', 3, 4)",
                None,
                "RNNBase(3, 4)",
                state=names(BIASED),
            ),
        ],
    ),
    "RNNCell": Layer(
        "(input_size, hidden_size, bias=True, nonlinearity='tanh', device=None, dtype=None)",
        [
            LayerCase(
                "RNNCell(3, 4)",
                [normal(2, 3)],
                "RNNCell(3, 4)",
                state="weight_ih weight_hh bias_ih bias_hh",
                value=-7.777918343912134,
                unbatched=True,
            ),
            LayerCase(
                "RNNCell(3, 4, False, 'relu')",
                [normal(2, 3), normal(2, 4)],
                "RNNCell(3, 4, bias=False, nonlinearity=relu)",
                state="weight_ih weight_hh",
                value=3.8113745707574957,
                unbatched=True,
            ),
        ],
    ),
    "RNNCellBase": Layer(
        "(input_size, hidden_size, bias, num_chunks, device=None, dtype=None)",
        [
            LayerCase(
                "RNNCellBase(3, 4, True, 2)",
                None,
                "RNNCellBase(3, 4)",
                state="weight_ih weight_hh bias_ih bias_hh",
            ),
        ],
    ),
}

FUNCTIONS: dict[str, Function] = {}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "nn.RNN(3, 4, nonlinearity='gelu')": (
        "ValueError",
        "Unknown nonlinearity 'gelu'. Select from 'tanh' or 'relu'.",
        "",
    ),
    "nn.RNN(3, 4, proj_size=2)": (
        "ValueError",
        "proj_size argument is only supported for LSTM, not RNN or GRU",
        "",
    ),
    "nn.GRU(3, 4, proj_size=2)": (
        "ValueError",
        "proj_size argument is only supported for LSTM, not RNN or GRU",
        "",
    ),
    "nn.LSTM(3, 4, proj_size=4)": (
        "ValueError",
        "proj_size has to be smaller than hidden_size",
        "",
    ),
    "nn.LSTM(3, 4, proj_size=-1)": (
        "ValueError",
        "proj_size should be a positive integer or zero to disable projections",
        "",
    ),
    "nn.RNNBase('CNN', 3, 4)": ("ValueError", "Unrecognized RNN mode: CNN", ""),
    "nn.RNNBase('GRU', 3, 4)(t.ones(2, 3))": (
        "NotImplementedError",
        'Module [RNNBase] is missing the required "forward" function',
        "",
    ),
    "nn.GRU(3, 4, dropout=1.5)": ("ValueError", "dropout should be a number in range [0, 1]", ""),
    "nn.GRU(3, 4, dropout=True)": ("ValueError", "dropout should be a number in range [0, 1]", ""),
    "nn.GRU(3, 4, bias=1)": ("TypeError", "bias should be of type bool, got: int", ""),
    "nn.GRU(3, 4, batch_first=1)": (
        "TypeError",
        "batch_first should be of type bool, got: int",
        "",
    ),
    "nn.GRU(3.0, 4)": ("TypeError", "input_size should be of type int, got: float", ""),
    "nn.GRU(3, 0)": ("ValueError", "hidden_size must be greater than zero", ""),
    "nn.GRU(3, 4, 0)": ("ValueError", "num_layers must be greater than zero", ""),
    "nn.GRU(3, 4)(t.ones(2, 3, 4, 3))": (
        "ValueError",
        "GRU: Expected input to be 2D or 3D, got 4D instead",
        "",
    ),
    "nn.GRU(3, 4)(t.ones(2, 3, 5))": (
        "RuntimeError",
        "input.size(-1) must be equal to input_size. Expected 3, got 5",
        "",
    ),
    "nn.GRU(3, 4)(t.ones(2, 3, 3).double())": (
        "ValueError",
        "RNN input dtype (torch.float64) does not match weight dtype (torch.float32)",
        "",
    ),
    "nn.GRU(3, 4)(t.ones(2, 5, 3), t.ones(5, 4))": (
        "RuntimeError",
        "For batched 3-D input, hx should also be 3-D but got 2-D tensor",
        "",
    ),
    "nn.GRU(3, 4)(t.ones(2, 3), t.ones(1, 1, 4))": (
        "RuntimeError",
        "For unbatched 2-D input, hx should also be 2-D but got 3-D tensor",
        "",
    ),
    "nn.GRU(3, 4)(t.ones(2, 5, 3), t.ones(1, 3, 4))": (
        "RuntimeError",
        "Expected hidden size (1, 5, 4), got [1, 3, 4]",
        "",
    ),
    "nn.GRU(3, 4)(t.ones(0, 5, 3))": (
        "RuntimeError",
        "Expected sequence length to be larger than 0 in RNN",
        "",
    ),
    "nn.GRU(3, 4)(nn.utils.rnn.PackedSequence(t.ones(2, 2, 3), t.tensor([1, 1])))": (
        "RuntimeError",
        "input must have 2 dimensions, got 3",
        "",
    ),
    "nn.LSTM(3, 4)(t.ones(2, 5, 3), (t.ones(1, 5, 4), t.ones(5, 4)))": (
        "RuntimeError",
        "For batched 3-D input, hx and cx should also be 3-D but got (3-D, 2-D) tensors",
        "",
    ),
    "nn.LSTM(3, 4)(t.ones(2, 3), (t.ones(1, 4), t.ones(1, 1, 4)))": (
        "RuntimeError",
        "For unbatched 2-D input, hx and cx should also be 2-D but got (2-D, 3-D) tensors",
        "",
    ),
    "nn.LSTM(3, 4)(t.ones(2, 5, 3), (t.ones(1, 2, 4), t.ones(1, 5, 4)))": (
        "RuntimeError",
        "Expected hidden[0] size (1, 5, 4), got [1, 2, 4]",
        "",
    ),
    "nn.LSTM(3, 4)(t.ones(2, 5, 3), (t.ones(1, 5, 4), t.ones(1, 5, 2)))": (
        "RuntimeError",
        "Expected hidden[1] size (1, 5, 4), got [1, 5, 2]",
        "",
    ),
    "nn.RNNCellBase(-3, 4, True, 2)": (
        "RuntimeError",
        "Trying to create tensor with negative dimension -3",
        "",
    ),
    "nn.RNNCell(3, 4, nonlinearity='gelu')(t.ones(2, 3))": (
        "RuntimeError",
        "Unknown nonlinearity: gelu",
        "",
    ),
    "nn.RNNCell(3, 4)(t.ones(2, 5, 3))": (
        "ValueError",
        "RNNCell: Expected input to be 1D or 2D, got 3D instead",
        "",
    ),
    "nn.GRUCell(3, 4)(t.ones(2, 3), t.ones(1, 2, 4))": (
        "ValueError",
        "GRUCell: Expected hidden to be 1D or 2D, got 3D instead",
        "",
    ),
    "nn.GRUCell(3, 4)(t.ones(2, 5))": (
        "RuntimeError",
        "input has inconsistent input_size: got 5 expected 3",
        "",
    ),
    "nn.GRUCell(3, 4)(t.ones(2, 3), t.ones(2, 5))": (
        "RuntimeError",
        "hidden0 has inconsistent hidden_size: got 5, expected 4",
        "",
    ),
    "nn.GRUCell(3, 4)(t.ones(2, 3), t.ones(5, 4))": (
        "RuntimeError",
        "Input batch size 2 doesn't match hidden0 batch size 5",
        "",
    ),
    "nn.LSTMCell(3, 4)(t.ones(2, 3), (t.ones(2, 4), t.ones(1, 2, 4)))": (
        "ValueError",
        "LSTMCell: Expected hx[1] to be 1D or 2D, got 3D instead",
        "",
    ),
    "nn.LSTMCell(3, 4)(t.ones(2, 3), (t.ones(2, 4), t.ones(2, 5)))": (
        "RuntimeError",
        "hidden1 has inconsistent hidden_size: got 5, expected 4",
        "",
    ),
    "nn.LSTMCell(3, 4)(t.ones(2, 3), t.ones(2, 4))": (
        "TypeError",
        "lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not Tensor",
        "",
    ),
    (
        "t.gru(t.ones(2, 5, 3), t.ones(1, 5, 4), "
        "[t.ones(12, 3), t.ones(12, 4)], True, 1, 0.0, False, False, False)"
    ): (
        "RuntimeError",
        "got an incorrect number of RNN parameters",
        "",
    ),
    (
        "t.gru(t.ones(2, 5, 3), t.ones(1, 5, 4), "
        "[t.ones(12, 3), t.ones(12, 4)] * 2, False, 1, 0.0, False, False, False)"
    ): (
        "RuntimeError",
        "Expected more weights in stacked_rnn",
        "",
    ),
    (
        "t.gru(t.ones(2, 5, 3), t.ones(1, 5, 4), "
        "[t.ones(12, 3), t.ones(12, 4)] * 2, False, 2, 0.0, False, False, False)"
    ): (
        "RuntimeError",
        "Expected more hidden states in stacked_rnn",
        "",
    ),
    (
        "t.gru(t.ones(2, 5, 3), t.ones(1, 5, 4), "
        "[t.ones(12, 2), t.ones(12, 4)], False, 1, 0.0, False, False, False)"
    ): (
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied (10x3 and 2x12)",
        "",
    ),
    (
        "t.gru(t.ones(10, 3), t.tensor([3, 3, 4]), t.ones(1, 4, 4), "
        "[t.ones(12, 3), t.ones(12, 4)], False, 1, 0.0, False, False)"
    ): (
        "RuntimeError",
        "The size of tensor a (4) must match the size of tensor b (3) at non-singleton dimension 0",
        "",
    ),
    (
        "t.lstm(t.ones(2, 5, 3), (t.ones(1, 5, 4),), "
        "[t.ones(16, 3), t.ones(16, 4)], False, 1, 0.0, False, False, False)"
    ): (
        "RuntimeError",
        "lstm expects two hidden states",
        "",
    ),
    (
        "t.lstm(t.ones(2, 5, 3), t.ones(1, 5, 4), "
        "[t.ones(16, 3), t.ones(16, 4)], False, 1, 0.0, False, False, False)"
    ): (
        "TypeError",
        "lstm() received an invalid combination of arguments",
        "",
    ),
    "t.rnn_relu_cell(t.ones(2, 3), t.ones(2, 4), t.ones(12, 3), t.ones(12, 4))": (
        "RuntimeError",
        "weight_ih first dim must be 1 * hidden_size = 4, but got 12",
        "",
    ),
}
