"""Attention."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "MultiheadAttention": Layer(
        (
            "(embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, "
            "add_zero_attn=False, kdim=None, vdim=None, batch_first=False, device=None, "
            "dtype=None)"
        ),
        [
            LayerCase(
                "MultiheadAttention(6, 2)",
                [normal(4, 3, 6), normal(5, 3, 6), normal(5, 3, 6)],
                (
                    "MultiheadAttention(\n"
                    "  (out_proj): NonDynamicallyQuantizableLinear("
                    "in_features=6, out_features=6, bias=True)\n"
                    ")"
                ),
                state="in_proj_weight in_proj_bias out_proj.weight out_proj.bias",
                value=8.549554970266687,
            ),
            LayerCase(
                "MultiheadAttention(6, 3, 0.4, False, True, True, 5, 4, True)",
                [normal(2, 4, 6), normal(2, 5, 5), normal(2, 5, 4)],
                (
                    "MultiheadAttention(\n"
                    "  (out_proj): NonDynamicallyQuantizableLinear("
                    "in_features=6, out_features=6, bias=False)\n"
                    ")"
                ),
                state=("q_proj_weight k_proj_weight v_proj_weight bias_k bias_v out_proj.weight"),
                value=-15.1844306103286,
            ),
        ],
    ),
}

FUNCTIONS = {
    "multi_head_attention_forward": Function(
        (
            "(query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, "
            "bias_k, bias_v, add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, "
            "training=True, key_padding_mask=None, need_weights=True, attn_mask=None, "
            "use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, "
            "v_proj_weight=None, static_k=None, static_v=None, average_attn_weights=True, "
            "is_causal=False)"
        ),
        [
            FunctionCase(
                (
                    "multi_head_attention_forward(query=q, key=k, value=v, embed_dim_to_check=4, "
                    "num_heads=2, in_proj_weight=w, in_proj_bias=b, bias_k=bk, bias_v=bv, "
                    "add_zero_attn=True, dropout_p=0.3, out_proj_weight=ow, out_proj_bias=ob)"
                ),
                {
                    "q": normal(3, 2, 4),
                    "k": normal(5, 2, 4),
                    "v": normal(5, 2, 4),
                    "w": normal(12, 4),
                    "b": normal(12),
                    "bk": normal(1, 1, 4),
                    "bv": normal(1, 1, 4),
                    "ow": normal(4, 4),
                    "ob": normal(4),
                },
                value=-41.283628856071,
            ),
            FunctionCase(
                (
                    "multi_head_attention_forward(q, k, k, 4, 2, w, b, None, None, False, 0.3, "
                    "ow, None, training=False, attn_mask=mask, average_attn_weights=False, "
                    "static_k=sk, static_v=sv)"
                ),
                {
                    "q": normal(3, 2, 4),
                    "k": normal(5, 2, 4),
                    "w": normal(12, 4),
                    "b": normal(12),
                    "ow": normal(4, 4),
                    "mask": normal(4, 3, 5),
                    "sk": normal(4, 5, 2),
                    "sv": normal(4, 5, 2),
                },
                value=38.49263457607925,
            ),
            FunctionCase(
                (
                    "multi_head_attention_forward(q, q, q, 4, 2, w, None, None, None, False, 0.0, "
                    "ow, ob, need_weights=False, key_padding_mask=padding, attn_mask=mask)"
                ),
                {
                    "q": normal(3, 2, 4),
                    "w": normal(12, 4),
                    "ow": normal(4, 4),
                    "ob": normal(4),
                    "padding": normal(2, 3),
                    "mask": normal(3, 3),
                },
                value=26.27147159596917,
            ),
            FunctionCase(
                (
                    "multi_head_attention_forward(q, k, v, 4, 2, None, b, None, None, False, 0.2, "
                    "ow, ob, use_separate_proj_weight=True, q_proj_weight=wq, k_proj_weight=wk, "
                    "v_proj_weight=wv, attn_mask=torch.ones(3, 3).bool().triu(1), is_causal=True)"
                ),
                {
                    "q": normal(3, 2, 4),
                    "k": normal(3, 2, 3),
                    "v": normal(3, 2, 5),
                    "b": normal(12),
                    "ow": normal(4, 4),
                    "ob": normal(4),
                    "wq": normal(4, 4),
                    "wk": normal(4, 3),
                    "wv": normal(4, 5),
                },
                value=146.1736841636906,
            ),
        ],
    ),
    "scaled_dot_product_attention": Function(
        (
            "(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, "
            "enable_gqa=False)"
        ),
        [
            FunctionCase(
                "scaled_dot_product_attention(query=q, key=k, value=v)",
                {"q": normal(2, 3, 4), "k": normal(2, 5, 4), "v": normal(2, 5, 3)},
                value=-4.131119140345461,
            ),
            FunctionCase(
                "scaled_dot_product_attention(q, k, v, is_causal=True, scale=0.7)",
                {"q": normal(2, 2, 3, 4), "k": normal(2, 2, 5, 4), "v": normal(2, 2, 5, 3)},
                value=-25.846062910790543,
            ),
            FunctionCase(
                "scaled_dot_product_attention(q, k, v, mask, enable_gqa=True)",
                {
                    "q": normal(2, 4, 3, 4),
                    "k": normal(2, 2, 5, 4),
                    "v": normal(2, 1, 5, 4),
                    "mask": normal(3, 5),
                },
                value=-6.04158174563857,
            ),
            FunctionCase(
                "scaled_dot_product_attention(q, k, v, attn_mask=mask > 0, dropout_p=0.3)",
                {
                    "q": normal(2, 2, 3, 4),
                    "k": normal(2, 2, 5, 4),
                    "v": normal(2, 2, 5, 4),
                    "mask": normal(2, 1, 3, 5),
                },
                value=-20.996826157576972,
            ),
            FunctionCase(
                "scaled_dot_product_attention(q, k, v, torch.zeros(1, 4, dtype=torch.bool))",
                {"q": normal(3, 2), "k": normal(4, 2), "v": normal(4, 2)},
                value=0.0,
            ),
        ],
    ),
}

_QKV = "t.ones(2, 3, 4), t.ones(2, 5, 4), t.ones(2, 5, 4)"
_MHA = (
    "F.multi_head_attention_forward({}, 4, 2, t.ones(12, 4), None, None, None, False, 0.0, "
    "t.ones(4, 4), None{})"
)

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "t.nn.attention.sdpa_kernel(3).__enter__()": (
        "AssertionError",
        "Backend must be an instance of SDPBackend or a list of SDPBackend instances, got int",
        "sdpa_kernel(SDPBackend.MATH)",
    ),
    "nn.MultiheadAttention(0, 2)": (
        "ValueError",
        "embed_dim and num_heads must be greater than 0",
        "embed_dim=0",
    ),
    "nn.MultiheadAttention(5, 2)": (
        "AssertionError",
        "embed_dim must be divisible by num_heads",
        "",
    ),
    "nn.MultiheadAttention(4, 2)(t.ones(4), t.ones(4), t.ones(4))": (
        "AssertionError",
        "query should be unbatched 2D or batched 3D tensor but received 1-D query tensor",
        "",
    ),
    _MHA.format("t.ones(3, 2, 6), t.ones(5, 2, 4), t.ones(5, 2, 4)", ""): (
        "AssertionError",
        "was expecting embedding dimension of 4, but got 6",
        "",
    ),
    _MHA.format("t.ones(3, 2, 4), t.ones(5, 2, 4), t.ones(6, 2, 4)", ""): (
        "AssertionError",
        "does not match value shape",
        "6, 2, 4",
    ),
    _MHA.format(_QKV, ", attn_mask=t.ones(3, 5)"): (
        "RuntimeError",
        "The shape of the 2D attn_mask is torch.Size([3, 5]), but should be (2, 2).",
        "",
    ),
    _MHA.format(_QKV, ", key_padding_mask=t.ones(3, 5, dtype=t.int64)"): (
        "AssertionError",
        "only bool and floating types of key_padding_mask are supported",
        "",
    ),
    _MHA.format(_QKV, ", is_causal=True"): (
        "RuntimeError",
        "Need attn_mask if specifying the is_causal hint",
        "generate_square_subsequent_mask",
    ),
    f"F.scaled_dot_product_attention({_QKV}, is_causal=True, attn_mask=t.ones(3, 5))": (
        "RuntimeError",
        "Explicit attn_mask should not be set when is_causal=True",
        "leave one",
    ),
    f"F.scaled_dot_product_attention({_QKV}, attn_mask=t.ones(3, 5, dtype=t.int64))": (
        "RuntimeError",
        "Expected attn_mask dtype to be bool or float or to match query dtype",
        "",
    ),
    f"F.scaled_dot_product_attention({_QKV}, dropout_p=1.5)": (
        "RuntimeError",
        "dropout probability has to be between 0 and 1, but got 1.5",
        "",
    ),
    "F.scaled_dot_product_attention(t.ones(4), t.ones(5, 4), t.ones(5, 4))": (
        "RuntimeError",
        "Expected query, key, and value to all be  at least 2 dimensional",
        "",
    ),
    "F.scaled_dot_product_attention(*[t.ones(2, 3, 4, 5).int()] * 3)": (
        "RuntimeError",
        "expected scalar type Float but found Int",
        ".float()",
    ),
    "F.scaled_dot_product_attention(t.ones(3, 4), t.ones(5, 4).double(), t.ones(5, 4))": (
        "RuntimeError",
        "Expected query, key, and value to have the same dtype",
        "",
    ),
    "F.scaled_dot_product_attention(t.ones(2, 3, 4), t.ones(2, 5, 3), t.ones(2, 5, 4))": (
        "RuntimeError",
        "Expected size for first two dimensions of batch2 tensor to",
        "[2, 5, 3]",
    ),
    (
        "F.scaled_dot_product_attention("
        "t.ones(4, 3, 2), t.ones(3, 3, 2), t.ones(3, 3, 2), enable_gqa=True)"
    ): (
        "RuntimeError",
        "Number of heads in key and value must divide the number of heads in",
        "3 and 4",
    ),
}
