"""The Transformer and its parts."""

from tests.nn.cases.rows import Function, Layer, LayerCase, normal

_ATTENTION = (
    "MultiheadAttention(\n"
    "{0}  (out_proj): NonDynamicallyQuantizableLinear("
    "in_features=4, out_features=4, bias=True)\n"
    "{0})\n"
)


def _layer(name: str, indent: str, norms: int, p: str) -> str:
    """PyTorch's printed form of a layer of 4 numbers with an MLP 3 wide."""
    attentions = ["self_attn", "multihead_attn"][: norms - 1]
    parts = [
        *[f"({a}): {_ATTENTION.format(indent + '  ')}" for a in attentions],
        "(linear1): Linear(in_features=4, out_features=3, bias=True)\n",
        f"(dropout): Dropout(p={p}, inplace=False)\n",
        "(linear2): Linear(in_features=3, out_features=4, bias=True)\n",
        *[
            f"(norm{i + 1}): LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=True)\n"
            for i in range(norms)
        ],
        *[f"(dropout{i + 1}): Dropout(p={p}, inplace=False)\n" for i in range(norms)],
    ]
    return f"{name}(\n" + "".join(f"{indent}  {part}" for part in parts) + f"{indent})"


def _stack(name: str, layer: str, norms: int, indent: str, p: str, norm: str) -> str:
    """PyTorch's printed form of two such layers, or of one inside a Transformer."""
    count = "(0):" if indent else "(0-1): 2 x"
    inner = _layer(layer, f"{indent}    ", norms, p)
    return (
        f"{name}(\n{indent}  (layers): ModuleList(\n{indent}    {count} {inner}\n{indent}  )\n"
        f"{norm}{indent})"
    )


_MHA = "in_proj_weight in_proj_bias out_proj.weight out_proj.bias"


def _state(norms: int, prefix: str = "") -> str:
    attentions = ["self_attn", "multihead_attn"][: norms - 1]
    names = [f"{a}.{name}" for a in attentions for name in _MHA.split()]
    for part in ("linear1", "linear2", *[f"norm{i + 1}" for i in range(norms)]):
        names += [f"{part}.weight", f"{part}.bias"]
    return " ".join(f"{prefix}{name}" for name in names)


_NORM = "  (norm): LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=True)\n"

LAYERS = {
    "Transformer": Layer(
        (
            "(d_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6, "
            "dim_feedforward=2048, dropout=0.1, activation=relu, custom_encoder=None, "
            "custom_decoder=None, layer_norm_eps=1e-05, batch_first=False, norm_first=False, "
            "bias=True, device=None, dtype=None)"
        ),
        [
            LayerCase(
                "Transformer(4, 2, 1, 1, 3, 0.0, batch_first=True)",
                [normal(2, 3, 4), normal(2, 5, 4)],
                (
                    "Transformer(\n  (encoder): "
                    + _stack(
                        "TransformerEncoder",
                        "TransformerEncoderLayer",
                        2,
                        "  ",
                        "0.0",
                        f"  {_NORM}",
                    )
                    + "\n  (decoder): "
                    + _stack(
                        "TransformerDecoder",
                        "TransformerDecoderLayer",
                        3,
                        "  ",
                        "0.0",
                        f"  {_NORM}",
                    )
                    + "\n)"
                ),
                state=" ".join(
                    [
                        *[_state(2, f"encoder.layers.{i}.") for i in range(1)],
                        "encoder.norm.weight encoder.norm.bias",
                        *[_state(3, f"decoder.layers.{i}.") for i in range(1)],
                        "decoder.norm.weight decoder.norm.bias",
                    ]
                ),
                value=47.7341101667451,
            ),
        ],
    ),
    "TransformerDecoder": Layer(
        "(decoder_layer, num_layers, norm=None)",
        [
            LayerCase(
                "TransformerDecoder(torch.nn.TransformerDecoderLayer(4, 2, 3, 0.0), 2)",
                [normal(3, 2, 4), normal(5, 2, 4)],
                _stack("TransformerDecoder", "TransformerDecoderLayer", 3, "", "0.0", ""),
                state=" ".join(_state(3, f"layers.{i}.") for i in range(2)),
                value=12.205877985164337,
            ),
        ],
    ),
    "TransformerDecoderLayer": Layer(
        (
            "(d_model, nhead, dim_feedforward=2048, dropout=0.1, activation=relu, "
            "layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, device=None, "
            "dtype=None)"
        ),
        [
            LayerCase(
                'TransformerDecoderLayer(4, 2, 3, 0.3, "gelu", batch_first=True)',
                [normal(2, 3, 4), normal(2, 5, 4)],
                _layer("TransformerDecoderLayer", "", 3, "0.3"),
                state=_state(3),
                value=-9.100825407566079,
            ),
            LayerCase(
                "TransformerDecoderLayer(4, 2, 3, 0.0, norm_first=True)",
                [normal(3, 2, 4), normal(5, 2, 4)],
                _layer("TransformerDecoderLayer", "", 3, "0.0"),
                state=_state(3),
                value=-11.17510404871223,
            ),
        ],
    ),
    "TransformerEncoder": Layer(
        "(encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True)",
        [
            LayerCase(
                (
                    "TransformerEncoder(torch.nn.TransformerEncoderLayer("
                    "4, 2, 3, 0.0, batch_first=True), 2, torch.nn.LayerNorm(4))"
                ),
                [normal(2, 3, 4)],
                _stack("TransformerEncoder", "TransformerEncoderLayer", 2, "", "0.0", _NORM),
                state=f"{' '.join(_state(2, f'layers.{i}.') for i in range(2))} "
                "norm.weight norm.bias",
                unbatched=True,
                value=17.2193226693541,
            ),
        ],
    ),
    "TransformerEncoderLayer": Layer(
        (
            "(d_model, nhead, dim_feedforward=2048, dropout=0.1, activation=relu, "
            "layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, device=None, "
            "dtype=None)"
        ),
        [
            LayerCase(
                "TransformerEncoderLayer(4, 2, 3, 0.3)",
                [normal(3, 2, 4)],
                _layer("TransformerEncoderLayer", "", 2, "0.3"),
                state=_state(2),
                value=-12.572259657287464,
            ),
            LayerCase(
                (
                    "TransformerEncoderLayer("
                    '4, 2, 3, 0.0, "gelu", batch_first=True, norm_first=True)'
                ),
                [normal(2, 3, 4)],
                _layer("TransformerEncoderLayer", "", 2, "0.0"),
                state=_state(2),
                unbatched=True,
                value=-4.959865468631275,
            ),
        ],
    ),
}

FUNCTIONS: dict[str, Function] = {}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "nn.TransformerEncoderLayer(4, 2, activation='tanh')": (
        "RuntimeError",
        "activation should be relu/gelu, not tanh",
        "",
    ),
    "nn.TransformerDecoderLayer(4, 3)": (
        "AssertionError",
        "embed_dim must be divisible by num_heads",
        "",
    ),
    (
        "nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2), 1, enable_nested_tensor=False)("
        "t.ones(3, 2, 4), t.ones(2, 2))"
    ): ("RuntimeError", "The shape of the 2D attn_mask is", "(3, 3)"),
    "nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2), 1)(t.ones(3, 4), t.ones(3, 2, 4))": (
        "AssertionError",
        "For unbatched (2-D) `query`, expected `key` and `value` to be 2-D but found 3-D and 3-D",
        "",
    ),
    "nn.Transformer(4, 2, 1, 1, 3, batch_first=True)(t.ones(2, 3, 4), t.ones(3, 3, 4))": (
        "RuntimeError",
        "the batch number of src and tgt must be equal",
        "",
    ),
}
