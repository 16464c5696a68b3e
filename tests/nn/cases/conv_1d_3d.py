"""Convolution of lines and volumes."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "Conv1d": Layer(
        (
            "(in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, "
            "groups=1, bias=True, padding_mode='zeros', device=None, dtype=None)"
        ),
        [
            LayerCase(
                "Conv1d(4, 6, 3)",
                [normal(2, 4, 7)],
                "Conv1d(4, 6, kernel_size=(3,), stride=(1,))",
                state="weight bias",
                value=1.513870350326075,
                unbatched=True,
            ),
            LayerCase(
                "Conv1d(4, 6, 2, stride=2, padding=1, dilation=3, groups=2, bias=False)",
                [normal(2, 4, 9)],
                (
                    "Conv1d(4, 6, kernel_size=(2,), stride=(2,), padding=(1,), dilation=(3,), "
                    "groups=2, bias=False)"
                ),
                state="weight",
                value=33.137608189982835,
                unbatched=True,
            ),
            LayerCase(
                'Conv1d(4, 6, 4, padding="same")',
                [normal(2, 4, 7)],
                "Conv1d(4, 6, kernel_size=(4,), stride=(1,), padding=same)",
                state="weight bias",
                value=54.86060799626811,
                unbatched=True,
            ),
            LayerCase(
                'Conv1d(4, 4, 5, padding="same", dilation=2, groups=4, padding_mode="circular")',
                [normal(2, 4, 9)],
                (
                    "Conv1d(4, 4, kernel_size=(5,), stride=(1,), padding=same, dilation=(2,), "
                    "groups=4, padding_mode=circular)"
                ),
                state="weight bias",
                value=24.117186284716187,
                unbatched=True,
            ),
            LayerCase(
                'Conv1d(4, 6, (3,), padding=2, padding_mode="reflect")',
                [normal(2, 4, 7)],
                "Conv1d(4, 6, kernel_size=(3,), stride=(1,), padding=(2,), padding_mode=reflect)",
                state="weight bias",
                value=106.276955858201,
                unbatched=True,
            ),
            LayerCase(
                'Conv1d(4, 6, 3, padding=2, padding_mode="replicate")',
                [normal(0, 4, 7)],
                "Conv1d(4, 6, kernel_size=(3,), stride=(1,), padding=(2,), padding_mode=replicate)",
                state="weight bias",
                value=-0.974694340313079,
            ),
        ],
    ),
    "Conv3d": Layer(
        (
            "(in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, "
            "groups=1, bias=True, padding_mode='zeros', device=None, dtype=None)"
        ),
        [
            LayerCase(
                "Conv3d(4, 6, 2)",
                [normal(2, 4, 3, 4, 3)],
                "Conv3d(4, 6, kernel_size=(2, 2, 2), stride=(1, 1, 1))",
                state="weight bias",
                value=80.79966351619878,
                unbatched=True,
            ),
            LayerCase(
                (
                    "Conv3d(4, 6, (2, 3, 1), stride=(1, 2, 1), padding=(0, 2, 1), dilation=(2, "
                    "1, 1), groups=2)"
                ),
                [normal(2, 4, 4, 5, 3)],
                (
                    "Conv3d(4, 6, kernel_size=(2, 3, 1), stride=(1, 2, 1), padding=(0, 2, 1), "
                    "dilation=(2, 1, 1), groups=2)"
                ),
                state="weight bias",
                value=44.080646215580416,
                unbatched=True,
            ),
            LayerCase(
                'Conv3d(2, 3, (1, 2, 3), padding="same", bias=False)',
                [normal(2, 2, 3, 4, 3)],
                "Conv3d(2, 3, kernel_size=(1, 2, 3), stride=(1, 1, 1), padding=same, bias=False)",
                state="weight",
                value=10.74700098643623,
                unbatched=True,
            ),
            LayerCase(
                'Conv3d(2, 3, 2, padding=(1, 0, 2), padding_mode="circular")',
                [normal(2, 2, 3, 4, 3)],
                (
                    "Conv3d(2, 3, kernel_size=(2, 2, 2), stride=(1, 1, 1), padding=(1, 0, 2), "
                    "padding_mode=circular)"
                ),
                state="weight bias",
                value=-27.97070124482738,
                unbatched=True,
            ),
            LayerCase(
                'Conv3d(2, 2, (2, 3, 2), padding="same", groups=2, padding_mode="replicate")',
                [normal(1, 2, 3, 4, 3)],
                (
                    "Conv3d(2, 2, kernel_size=(2, 3, 2), stride=(1, 1, 1), padding=same, "
                    "groups=2, padding_mode=replicate)"
                ),
                state="weight bias",
                value=9.034503787734812,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS = {
    "conv1d": Function(
        "(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1)",
        [
            FunctionCase(
                "conv1d(x, w, b)",
                {"x": normal(2, 4, 5), "w": normal(3, 4, 3), "b": normal(3)},
                value=21.895640943832216,
                unbatched=True,
            ),
            FunctionCase(
                "conv1d(input=x, weight=w, bias=None, stride=2, padding=1, dilation=2, groups=2)",
                {"x": normal(2, 4, 7), "w": normal(6, 2, 3)},
                value=-29.529395780676076,
                unbatched=True,
            ),
            FunctionCase(
                'conv1d(input=x, weight=w, bias=b, padding="same")',
                {"x": normal(2, 4, 5), "w": normal(3, 4, 2), "b": normal(3)},
                value=55.0458435280521,
                unbatched=True,
            ),
        ],
    ),
    "conv3d": Function(
        "(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1)",
        [
            FunctionCase(
                "conv3d(x, w, b)",
                {"x": normal(2, 2, 3, 4, 3), "w": normal(3, 2, 2, 3, 2), "b": normal(3)},
                value=7.973688592900121,
                unbatched=True,
            ),
            FunctionCase(
                (
                    "conv3d(input=x, weight=w, bias=None, stride=(2, 1, 1), padding=1, "
                    "dilation=(1, 2, 1), groups=2)"
                ),
                {"x": normal(2, 2, 3, 4, 3), "w": normal(4, 1, 2, 2, 3)},
                value=112.28896540734654,
                unbatched=True,
            ),
            FunctionCase(
                'conv3d(x, w, padding="same")',
                {"x": normal(2, 2, 3, 2, 3), "w": normal(3, 2, 2, 3, 1)},
                value=85.67515443817578,
                unbatched=True,
            ),
        ],
    ),
    "conv_tbc": Function(
        "(input, weight, bias, pad=0)",
        [
            FunctionCase(
                "conv_tbc(x, w, b)",
                {"x": normal(5, 2, 4), "w": normal(3, 4, 6), "b": normal(6)},
                value=74.59566697144992,
            ),
            FunctionCase(
                "conv_tbc(input=x, weight=w, bias=b, pad=2)",
                {"x": normal(5, 2, 4), "w": normal(3, 4, 6), "b": normal(6)},
                value=48.594110604962324,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "nn.Conv1d(3, 4, 3, groups=2)": ("ValueError", "in_channels must be divisible by groups", ""),
    "nn.Conv3d(4, 4, 3, padding='same', stride=(1, 2, 1))": (
        "ValueError",
        "padding='same' is not supported for strided convolutions",
        "",
    ),
    "nn.Conv1d(4, 8, 3)(t.ones(4, 5, 5, 5))": (
        "RuntimeError",
        (
            "Expected 2D (unbatched) or 3D (batched) input to conv1d, but got input of size: "
            "[4, 5, 5, 5]"
        ),
        "",
    ),
    "F.conv1d(t.ones(2, 5, 4), t.ones(8, 4, 3))": (
        "RuntimeError",
        (
            "Given groups=1, weight of size [8, 4, 3], expected input[2, 5, 4] to have 4 "
            "channels, but got 5 channels instead"
        ),
        "transpose(1, 2)",
    ),
    "F.conv1d(t.ones(2, 4, 5), t.ones(8, 4, 3, 3))": (
        "RuntimeError",
        (
            "Expected 4-dimensional input for 4-dimensional weight [8, 4, 3, 3], but got "
            "3-dimensional input of size [2, 4, 5] instead"
        ),
        "",
    ),
    "F.conv1d(t.ones(2, 4, 2), t.ones(8, 4, 3))": (
        "RuntimeError",
        (
            "Calculated padded input size per channel: (2). Kernel size: (3). Kernel size can't"
            " be greater than actual input size"
        ),
        "",
    ),
    "F.conv1d(t.ones(2, 4, 5).bool(), t.ones(8, 4, 3).bool())": (
        "NotImplementedError",
        "not implemented for 'Bool'",
        ".float()",
    ),
    "F.conv3d(t.ones(2, 4, 5, 5, 5), t.ones(8, 4, 3, 3, 3), stride=(1, 2))": (
        "RuntimeError",
        (
            "expected stride to be a single integer value or a list of 3 values to match the "
            "convolution dimensions, but got stride=[1, 2]"
        ),
        "",
    ),
    "F.conv_tbc(t.ones(5, 2, 4), t.ones(3, 5, 8), t.ones(8))": (
        "RuntimeError",
        "Input dim 2 (input channels) is not == dim 1 in the weight tensor",
        "[3, 5, 8]",
    ),
    "t.convolution(t.ones(4, 5), t.ones(8, 4, 3), None, [1], [0], [1], False, [0], 1)": (
        "RuntimeError",
        (
            "Expected 3-dimensional input for 3-dimensional weight [8, 4, 3], but got "
            "2-dimensional input of size [4, 5] instead"
        ),
        "",
    ),
}
