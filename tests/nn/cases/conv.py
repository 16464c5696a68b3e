"""Convolution of planes."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "Conv2d": Layer(
        (
            "(in_channels, out_channels, kernel_size, stride=1, padding=0, "
            "dilation=1, groups=1, bias=True, padding_mode='zeros', device=None, "
            "dtype=None)"
        ),
        [
            LayerCase(
                "Conv2d(4, 6, 3)",
                [normal(2, 4, 7, 6)],
                "Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1))",
                state="weight bias",
                value=86.88608010567627,
                unbatched=True,
            ),
            LayerCase(
                "Conv2d(4, 6, 1)",
                [normal(2, 4, 7, 6)],
                "Conv2d(4, 6, kernel_size=(1, 1), stride=(1, 1))",
                state="weight bias",
                value=-22.943303476974407,
                unbatched=True,
            ),
            LayerCase(
                "Conv2d(4, 6, 3, stride=2)",
                [normal(2, 4, 7, 6)],
                "Conv2d(4, 6, kernel_size=(3, 3), stride=(2, 2))",
                state="weight bias",
                value=59.06958386214601,
                unbatched=True,
            ),
            LayerCase(
                "Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(2, 1))",
                [normal(2, 4, 7, 6)],
                "Conv2d(4, 6, kernel_size=(3, 2), stride=(2, 1), padding=(2, 1))",
                state="weight bias",
                value=58.93226006650817,
                unbatched=True,
            ),
            LayerCase(
                "Conv2d(4, 6, 3, dilation=(2, 1), padding=1)",
                [normal(2, 4, 7, 6)],
                (
                    "Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), "
                    "dilation=(2, 1))"
                ),
                state="weight bias",
                value=4.589011832192023,
                unbatched=True,
            ),
            LayerCase(
                "Conv2d(4, 6, 3, groups=2, padding=1)",
                [normal(2, 4, 7, 6)],
                ("Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=2)"),
                state="weight bias",
                value=88.42804292732245,
                unbatched=True,
            ),
            LayerCase(
                "Conv2d(4, 8, 3, groups=4, bias=False)",
                [normal(2, 4, 7, 6)],
                "Conv2d(4, 8, kernel_size=(3, 3), stride=(1, 1), groups=4, bias=False)",
                state="weight",
                value=116.27202955736249,
                unbatched=True,
            ),
            LayerCase(
                'Conv2d(4, 6, 3, padding="valid")',
                [normal(2, 4, 7, 6)],
                "Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=valid)",
                state="weight bias",
                value=86.88608010567627,
                unbatched=True,
            ),
            LayerCase(
                'Conv2d(4, 6, 3, padding="same")',
                [normal(2, 4, 7, 6)],
                "Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=same)",
                state="weight bias",
                value=88.91288063450388,
                unbatched=True,
            ),
            LayerCase(
                'Conv2d(4, 6, (2, 4), padding="same", dilation=(1, 2))',
                [normal(2, 4, 7, 6)],
                ("Conv2d(4, 6, kernel_size=(2, 4), stride=(1, 1), padding=same, dilation=(1, 2))"),
                state="weight bias",
                value=75.86335985766677,
                unbatched=True,
            ),
            LayerCase(
                'Conv2d(4, 6, 3, padding=(2, 1), padding_mode="reflect")',
                [normal(2, 4, 7, 6)],
                (
                    "Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=(2, 1), "
                    "padding_mode=reflect)"
                ),
                state="weight bias",
                value=205.84813382186124,
                unbatched=True,
            ),
            LayerCase(
                'Conv2d(4, 6, 3, padding=(2, 1), padding_mode="replicate")',
                [normal(2, 4, 7, 6)],
                (
                    "Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=(2, 1), "
                    "padding_mode=replicate)"
                ),
                state="weight bias",
                value=9.702263304951238,
                unbatched=True,
            ),
            LayerCase(
                'Conv2d(4, 6, 3, padding=(2, 1), padding_mode="circular")',
                [normal(2, 4, 7, 6)],
                (
                    "Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=(2, 1), "
                    "padding_mode=circular)"
                ),
                state="weight bias",
                value=98.60897119638713,
                unbatched=True,
            ),
            LayerCase(
                'Conv2d(4, 6, (2, 3), padding="same", padding_mode="circular")',
                [normal(2, 4, 7, 6)],
                (
                    "Conv2d(4, 6, kernel_size=(2, 3), stride=(1, 1), padding=same, "
                    "padding_mode=circular)"
                ),
                state="weight bias",
                value=183.59577950301207,
                unbatched=True,
            ),
            LayerCase(
                'Conv2d(4, 6, 3, padding="valid", padding_mode="reflect")',
                [normal(2, 4, 7, 6)],
                (
                    "Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=valid, "
                    "padding_mode=reflect)"
                ),
                state="weight bias",
                value=86.88608010567627,
                unbatched=True,
            ),
            LayerCase(
                (
                    "Conv2d(4, 4, (3, 5), stride=2, padding=3, dilation=2, groups=4, "
                    'bias=False, padding_mode="reflect")'
                ),
                [normal(2, 4, 7, 6)],
                (
                    "Conv2d(4, 4, kernel_size=(3, 5), stride=(2, 2), padding=(3, 3), "
                    "dilation=(2, 2), groups=4, bias=False, padding_mode=reflect)"
                ),
                state="weight",
                value=35.53202202684951,
                unbatched=True,
            ),
            LayerCase(
                "Conv2d(4, 5, 3)",
                [normal(0, 4, 5, 5)],
                "Conv2d(4, 5, kernel_size=(3, 3), stride=(1, 1))",
                state="weight bias",
                value=-1.0103039597735948,
            ),
        ],
    ),
}

FUNCTIONS = {
    "conv2d": Function(
        "(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1)",
        [
            FunctionCase(
                "conv2d(x, w, b)",
                {"x": normal(2, 4, 5, 4), "w": normal(3, 4, 3, 2), "b": normal(3)},
                value=217.86436302341409,
                unbatched=True,
            ),
            FunctionCase(
                "conv2d(x, w, stride=2, padding=(1, 2), dilation=(2, 1))",
                {"x": normal(2, 4, 5, 4), "w": normal(3, 4, 3, 2)},
                value=26.32895407127186,
                unbatched=True,
            ),
            FunctionCase(
                'conv2d(x, w, b, padding="same", groups=2)',
                {"x": normal(2, 4, 5, 4), "w": normal(6, 2, 3, 2), "b": normal(6)},
                value=138.68227941915933,
                unbatched=True,
            ),
            FunctionCase(
                (
                    "conv2d(input=x, weight=w, bias=b, stride=(1, 2), padding=0, "
                    "dilation=1, groups=4)"
                ),
                {"x": normal(2, 4, 5, 4), "w": normal(4, 1, 3, 2), "b": normal(4)},
                value=38.10025819706738,
                unbatched=True,
            ),
            FunctionCase(
                'conv2d(x, w, padding="valid")',
                {"x": normal(0, 4, 5, 4), "w": normal(3, 4, 3, 2)},
                value=0.0,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.conv2d(t.ones(2, 4, 5, 5), t.ones(8, 3, 3, 3))": (
        "RuntimeError",
        "Given groups=1, weight of size [8, 3, 3, 3], expected input[2, 4, 5, 5] to have 3 "
        "channels, but got 4 channels instead",
        "permute(0, 3, 1, 2)",
    ),
    "F.conv2d(t.ones(2, 4, 5, 5), t.ones(8, 3, 3, 3), groups=2)": (
        "RuntimeError",
        "Given groups=2, weight of size [8, 3, 3, 3], expected input[2, 4, 5, 5] to have 6 "
        "channels, but got 4 channels instead",
        "",
    ),
    "F.conv2d(t.ones(4, 5, 5), t.ones(8, 3, 3, 3))": (
        "RuntimeError",
        "expected input[1, 4, 5, 5] to have 3 channels, but got 4 channels instead",
        "",
    ),
    "F.conv2d(t.ones(2, 4, 5, 5), t.ones(8, 4, 0, 3))": (
        "RuntimeError",
        "",
        "kernel size should be greater than zero, but got [0, 3]",
    ),
    "F.conv2d(t.ones(5, 5), t.ones(8, 3, 3, 3))": (
        "RuntimeError",
        "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [5, 5]",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 2, 2), t.ones(8, 3, 3, 3))": (
        "RuntimeError",
        "Calculated padded input size per channel: (2 x 2). Kernel size: (3 x 3). Kernel size "
        "can't be greater than actual input size",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), t.ones(7))": (
        "RuntimeError",
        "Given weight of size [8, 3, 3, 3], expected bias to be 1-dimensional with 8 elements, "
        "but got bias of size [7] instead",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), stride=0)": (
        "RuntimeError",
        "non-positive stride is not supported",
        "stride=(0, 0)",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), padding=-1)": (
        "RuntimeError",
        "negative padding is not supported",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), dilation=0)": (
        "RuntimeError",
        "non-positive dilation is not supported",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), groups=0)": (
        "RuntimeError",
        "non-positive groups is not supported",
        "",
    ),
    "F.conv2d(t.ones(2, 6, 5, 5), t.ones(7, 3, 3, 3), groups=2)": (
        "RuntimeError",
        "Given groups=2, expected weight to be divisible by 2 at dimension 0, but got weight of "
        "size [[7, 3, 3, 3]] instead",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), stride=(1, 2, 3))": (
        "RuntimeError",
        "expected stride to be a single integer value or a list of 2 values to match the "
        "convolution dimensions, but got stride=[1, 2, 3]",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), stride=1.5)": (
        "TypeError",
        "conv2d() received an invalid combination of arguments",
        "stride=1.5",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(3, 3, 3))": (
        "RuntimeError",
        "expected stride to be a single integer value or a list of",
        "4D weight",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3).double())": (
        "RuntimeError",
        "Input type (torch.FloatTensor) and weight type (torch.DoubleTensor) should be the same",
        ".double()",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5).double(), t.ones(8, 3, 3, 3))": (
        "RuntimeError",
        "expected scalar type Double but found Float",
        ".float()",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5).long(), t.ones(8, 3, 3, 3))": (
        "RuntimeError",
        "expected scalar type Long but found Float",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), padding='same', stride=2)": (
        "RuntimeError",
        "padding='same' is not supported for strided convolutions",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), padding='foo')": (
        "RuntimeError",
        "Invalid padding string: 'foo'",
        "",
    ),
    "nn.Conv2d(3, 4, 3, groups=2)": (
        "ValueError",
        "in_channels must be divisible by groups",
        "in_channels=3",
    ),
    "nn.Conv2d(4, 3, 3, groups=2)": ("ValueError", "out_channels must be divisible by groups", ""),
    "nn.Conv2d(4, 3, 3, groups=0)": ("ValueError", "groups must be a positive integer", ""),
    "nn.Conv2d(4, 3, 3, padding='foo')": (
        "ValueError",
        "Invalid padding string 'foo', should be one of",
        "",
    ),
    "nn.Conv2d(4, 3, 3, padding='same', stride=2)": (
        "ValueError",
        "padding='same' is not supported for strided convolutions",
        "",
    ),
    "nn.Conv2d(4, 3, 3, padding_mode='foo')": (
        "ValueError",
        "padding_mode must be one of",
        "'reflect'",
    ),
    "F.conv2d(t.ones(2, 4, 5, 5).int(), t.ones(8, 4, 3, 3).int(), dilation=2)": (
        "NotImplementedError",
        "\"slow_conv_dilated<>\" not implemented for 'Int'",
        ".float()",
    ),
    "F.conv2d(t.ones(2, 4, 5, 5), t.ones(0, 4, 3, 3))": (
        "RuntimeError",
        (
            "expected weight to be at least 1 at dimension 0, but got weight of size [0, 4, 3, "
            "3] instead"
        ),
        "",
    ),
}
