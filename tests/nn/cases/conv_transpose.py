"""Transposed convolution."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "ConvTranspose1d": Layer(
        (
            "(in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, "
            "groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None)"
        ),
        [
            LayerCase(
                "ConvTranspose1d(4, 6, 3)",
                [normal(2, 4, 5)],
                "ConvTranspose1d(4, 6, kernel_size=(3,), stride=(1,))",
                state="weight bias",
                value=4.2456703083080765,
                unbatched=True,
            ),
            LayerCase(
                (
                    "ConvTranspose1d(4, 6, 3, stride=3, padding=1, output_padding=2, groups=2, "
                    "bias=False)"
                ),
                [normal(2, 4, 5)],
                (
                    "ConvTranspose1d(4, 6, kernel_size=(3,), stride=(3,), padding=(1,), "
                    "output_padding=(2,), groups=2, bias=False)"
                ),
                state="weight",
                value=26.52071083574518,
                unbatched=True,
            ),
            LayerCase(
                "ConvTranspose1d(4, 6, 3, 1, 0, 1, 1, True, 2)",
                [normal(2, 4, 5)],
                (
                    "ConvTranspose1d(4, 6, kernel_size=(3,), stride=(1,), dilation=(2,), "
                    "output_padding=(1,))"
                ),
                state="weight bias",
                value=57.43517194319617,
                unbatched=True,
            ),
        ],
    ),
    "ConvTranspose2d": Layer(
        (
            "(in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, "
            "groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None)"
        ),
        [
            LayerCase(
                "ConvTranspose2d(4, 6, 3)",
                [normal(2, 4, 4, 5)],
                "ConvTranspose2d(4, 6, kernel_size=(3, 3), stride=(1, 1))",
                state="weight bias",
                value=-72.06588157991102,
                unbatched=True,
            ),
            LayerCase(
                "ConvTranspose2d(4, 6, 4, 2, 1)",
                [normal(2, 4, 4, 5)],
                "ConvTranspose2d(4, 6, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))",
                state="weight bias",
                value=-1.2716051417126808,
                unbatched=True,
            ),
            LayerCase(
                (
                    "ConvTranspose2d(4, 6, (3, 2), stride=(2, 3), padding=(1, 0), "
                    "output_padding=(1, 2), groups=2)"
                ),
                [normal(2, 4, 4, 3)],
                (
                    "ConvTranspose2d(4, 6, kernel_size=(3, 2), stride=(2, 3), padding=(1, 0), "
                    "output_padding=(1, 2), groups=2)"
                ),
                state="weight bias",
                value=170.8535271018669,
                unbatched=True,
            ),
            LayerCase(
                (
                    "ConvTranspose2d(4, 4, 3, groups=4, bias=False, dilation=(2, 3), "
                    "output_padding=(1, 2))"
                ),
                [normal(2, 4, 3, 4)],
                (
                    "ConvTranspose2d(4, 4, kernel_size=(3, 3), stride=(1, 1), dilation=(2, 3), "
                    "output_padding=(1, 2), groups=4, bias=False)"
                ),
                state="weight",
                value=8.972777772513583,
                unbatched=True,
            ),
            LayerCase(
                "ConvTranspose2d(4, 5, 3)",
                [normal(0, 4, 5, 5)],
                "ConvTranspose2d(4, 5, kernel_size=(3, 3), stride=(1, 1))",
                state="weight bias",
                value=-0.9036432295632849,
            ),
        ],
    ),
    "ConvTranspose3d": Layer(
        (
            "(in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, "
            "groups=1, bias=True, dilation=1, padding_mode='zeros', device=None, dtype=None)"
        ),
        [
            LayerCase(
                "ConvTranspose3d(4, 6, 2)",
                [normal(2, 4, 3, 2, 3)],
                "ConvTranspose3d(4, 6, kernel_size=(2, 2, 2), stride=(1, 1, 1))",
                state="weight bias",
                value=9.232790787758788,
                unbatched=True,
            ),
            LayerCase(
                (
                    "ConvTranspose3d(4, 6, (2, 3, 1), stride=(1, 2, 2), padding=(0, 1, 0), "
                    "output_padding=(0, 1, 1), groups=2, dilation=(2, 1, 1))"
                ),
                [normal(1, 4, 2, 3, 2)],
                (
                    "ConvTranspose3d(4, 6, kernel_size=(2, 3, 1), stride=(1, 2, 2), padding=(0,"
                    " 1, 0), dilation=(2, 1, 1), output_padding=(0, 1, 1), groups=2)"
                ),
                state="weight bias",
                value=59.533694331926284,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS = {
    "conv_transpose1d": Function(
        "(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1)",
        [
            FunctionCase(
                "conv_transpose1d(x, w, b)",
                {"x": normal(2, 4, 5), "w": normal(4, 3, 3), "b": normal(3)},
                value=59.465875694287945,
                unbatched=True,
            ),
            FunctionCase(
                (
                    "conv_transpose1d(input=x, weight=w, bias=None, stride=2, padding=1, "
                    "output_padding=1, groups=2, "
                    "dilation=2)"
                ),
                {"x": normal(2, 4, 5), "w": normal(4, 3, 3)},
                value=53.492563965474126,
                unbatched=True,
            ),
        ],
    ),
    "conv_transpose2d": Function(
        "(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1)",
        [
            FunctionCase(
                "conv_transpose2d(x, w, b)",
                {"x": normal(2, 4, 3, 4), "w": normal(4, 3, 3, 2), "b": normal(3)},
                value=95.32002313335569,
                unbatched=True,
            ),
            FunctionCase(
                "conv_transpose2d(x, w, b, (2, 3), (1, 0), (1, 2), 2, (1, 2))",
                {"x": normal(2, 4, 3, 4), "w": normal(4, 3, 3, 2), "b": normal(6)},
                value=-129.65267094882793,
                unbatched=True,
            ),
            FunctionCase(
                (
                    "conv_transpose2d(input=x, weight=w, bias=None, stride=1, padding=0, "
                    "output_padding=(2, 1), groups=1, dilation=3)"
                ),
                {"x": normal(2, 2, 3, 2), "w": normal(2, 3, 2, 2)},
                value=27.74582195153709,
                unbatched=True,
            ),
        ],
    ),
    "conv_transpose3d": Function(
        "(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1)",
        [
            FunctionCase(
                "conv_transpose3d(x, w, b)",
                {"x": normal(2, 2, 3, 2, 3), "w": normal(2, 3, 2, 3, 2), "b": normal(3)},
                value=69.24551486928871,
                unbatched=True,
            ),
            FunctionCase(
                (
                    "conv_transpose3d(input=x, weight=w, bias=None, stride=2, padding=(1, "
                    "0, 1), output_padding=(1, 0, "
                    "1), groups=2, dilation=1)"
                ),
                {"x": normal(1, 2, 3, 2, 3), "w": normal(2, 2, 3, 2, 2)},
                value=-48.64164021472156,
                unbatched=True,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "nn.ConvTranspose1d(4, 8, 3, padding_mode='reflect')": (
        "ValueError",
        'Only "zeros" padding mode is supported for ConvTranspose1d',
        "'reflect'",
    ),
    "nn.ConvTranspose2d(4, 8, 3, groups=3)": (
        "ValueError",
        "in_channels must be divisible by groups",
        "",
    ),
    "nn.ConvTranspose2d(4, 8, 3, stride=2)(t.ones(2, 4, 5, 5), output_size=(13, 13))": (
        "ValueError",
        (
            "requested an output size of (13, 13), but valid sizes range from [11, 11] to [12, "
            "12] (for an input of torch.Size([5, 5]))"
        ),
        "",
    ),
    "nn.ConvTranspose2d(4, 8, 3, stride=2)(t.ones(2, 4, 5, 5), output_size=(8, 12, 12))": (
        "ValueError",
        "ConvTranspose2D: for 4D input, output_size must have 2 or 4 elements (got 3)",
        "",
    ),
    "nn.ConvTranspose3d(4, 8, 3, groups=0)": (
        "ValueError",
        "groups must be a positive integer",
        "",
    ),
    "F.conv_transpose1d(t.ones(2, 4, 5), t.ones(3, 8, 3))": (
        "RuntimeError",
        (
            "Given transposed=1, weight of size [3, 8, 3], expected input[2, 4, 5] to have 3 "
            "channels, but got 4 channels instead"
        ),
        "",
    ),
    "F.conv_transpose2d(t.ones(2, 4, 5, 5), t.ones(4, 8, 3, 3), t.ones(8), groups=2)": (
        "RuntimeError",
        (
            "Given transposed=1, weight of size [4, 8, 3, 3], expected bias to be 1-dimensional"
            " with 16 elements, but got bias of size [8] instead"
        ),
        "",
    ),
    "F.conv_transpose2d(t.ones(2, 4, 5, 5), t.ones(4, 8, 3, 3), stride=2, output_padding=2)": (
        "RuntimeError",
        "output padding must be smaller than either stride or dilation, but got",
        "output_padding=(2, 2)",
    ),
    "F.conv_transpose2d(t.ones(2, 4, 5, 5), t.ones(4, 8, 3, 3), output_padding=-1)": (
        "RuntimeError",
        "negative output_padding is not supported",
        "",
    ),
    "F.conv_transpose2d(t.ones(2, 4, 5, 5), t.ones(4, 8, 3, 3), stride=0)": (
        "RuntimeError",
        "non-positive stride is not supported",
        "",
    ),
    "F.conv_transpose2d(t.ones(2, 4, 5, 5), t.ones(4, 8, 3, 3), padding='same')": (
        "TypeError",
        "conv_transpose2d()",
        "'same'",
    ),
    "F.conv_transpose2d(t.ones(2, 4, 5, 5), t.ones(4, 8, 3, 3), padding=10)": (
        "RuntimeError",
        "",
        "Output size is too small",
    ),
    "F.conv_transpose3d(t.ones(2, 4, 0, 3, 3), t.ones(4, 8, 3, 3, 3))": (
        "RuntimeError",
        (
            "Only zero batch or zero channel inputs are supported, but got input shape: [2, 4, "
            "0, 3, 3]"
        ),
        "",
    ),
}
