"""Pooling over lines and volumes, largest values and means."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "AdaptiveAvgPool1d": Layer(
        "(output_size)",
        [
            LayerCase(
                "AdaptiveAvgPool1d(4)",
                [normal(2, 3, 9)],
                "AdaptiveAvgPool1d(output_size=4)",
                value=-9.865931079036704,
                unbatched=True,
            ),
            LayerCase(
                "AdaptiveAvgPool1d(1)",
                [normal(2, 3, 9)],
                "AdaptiveAvgPool1d(output_size=1)",
                value=-2.7888703569368403,
                unbatched=True,
            ),
            LayerCase(
                "AdaptiveAvgPool1d(12)",
                [normal(2, 3, 9)],
                "AdaptiveAvgPool1d(output_size=12)",
                value=-34.36440266206076,
                unbatched=True,
            ),
        ],
    ),
    "AdaptiveAvgPool3d": Layer(
        "(output_size)",
        [
            LayerCase(
                "AdaptiveAvgPool3d((None, 2, 4))",
                [normal(2, 2, 4, 5, 3)],
                "AdaptiveAvgPool3d(output_size=(None, 2, 4))",
                value=-45.997840799381024,
                unbatched=True,
            ),
            LayerCase(
                "AdaptiveAvgPool3d(1)",
                [normal(2, 2, 4, 5, 3)],
                "AdaptiveAvgPool3d(output_size=1)",
                value=-2.7033198717413303,
                unbatched=True,
            ),
            LayerCase(
                "AdaptiveAvgPool3d(2)",
                [normal(2, 2, 4, 5, 3)],
                "AdaptiveAvgPool3d(output_size=2)",
                value=-10.485606322584967,
                unbatched=True,
            ),
        ],
    ),
    "AvgPool1d": Layer(
        ("(kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True)"),
        [
            LayerCase(
                "AvgPool1d(2)",
                [normal(2, 3, 9)],
                "AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))",
                value=-8.766577583374875,
                unbatched=True,
            ),
            LayerCase(
                "AvgPool1d(3, 2, 1, ceil_mode=True, count_include_pad=False)",
                [normal(2, 3, 9)],
                "AvgPool1d(kernel_size=(3,), stride=(2,), padding=(1,))",
                value=-12.699980518671055,
                unbatched=True,
            ),
        ],
    ),
    "AvgPool3d": Layer(
        (
            "(kernel_size, stride=None, padding=0, ceil_mode=False, "
            "count_include_pad=True, divisor_override=None)"
        ),
        [
            LayerCase(
                "AvgPool3d(2)",
                [normal(2, 2, 4, 5, 3)],
                "AvgPool3d(kernel_size=2, stride=2, padding=0)",
                value=-5.3312097450660305,
                unbatched=True,
            ),
            LayerCase(
                "AvgPool3d((3, 2, 2), 2, (1, 0, 1), ceil_mode=True, count_include_pad=False)",
                [normal(2, 2, 4, 5, 3)],
                "AvgPool3d(kernel_size=(3, 2, 2), stride=2, padding=(1, 0, 1))",
                value=-22.289303313460653,
                unbatched=True,
            ),
            LayerCase(
                "AvgPool3d(2, 1, divisor_override=3)",
                [normal(2, 2, 4, 5, 3)],
                "AvgPool3d(kernel_size=2, stride=1, padding=0)",
                value=-92.50226895196616,
                unbatched=True,
            ),
        ],
    ),
    "MaxPool1d": Layer(
        (
            "(kernel_size, stride=None, padding=0, dilation=1, return_indices=False, "
            "ceil_mode=False)"
        ),
        [
            LayerCase(
                "MaxPool1d(2)",
                [normal(2, 3, 9)],
                "MaxPool1d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
                value=4.10407258408871,
                unbatched=True,
            ),
            LayerCase(
                "MaxPool1d(3, 2, 1, return_indices=True, ceil_mode=True)",
                [normal(2, 3, 9)],
                "MaxPool1d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=True)",
                value=126.03183497626588,
                unbatched=True,
            ),
            LayerCase(
                "MaxPool1d((2,), dilation=3)",
                [normal(2, 3, 9)],
                (
                    "MaxPool1d(kernel_size=(2,), stride=(2,), padding=0, dilation=3, "
                    "ceil_mode=False)"
                ),
                value=-0.7387925231506451,
                unbatched=True,
            ),
        ],
    ),
    "MaxPool3d": Layer(
        (
            "(kernel_size, stride=None, padding=0, dilation=1, return_indices=False, "
            "ceil_mode=False)"
        ),
        [
            LayerCase(
                "MaxPool3d(2)",
                [normal(2, 2, 4, 5, 3)],
                "MaxPool3d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
                value=16.399030472441698,
                unbatched=True,
            ),
            LayerCase(
                ("MaxPool3d((3, 2, 2), (2, 1, 2), (1, 0, 1), return_indices=True, ceil_mode=True)"),
                [normal(2, 2, 4, 5, 3)],
                (
                    "MaxPool3d(kernel_size=(3, 2, 2), stride=(2, 1, 2), padding=(1, 0, 1), "
                    "dilation=1, ceil_mode=True)"
                ),
                value=3446.9615934444805,
                unbatched=True,
            ),
            LayerCase(
                "MaxPool3d(2, 1, dilation=2)",
                [normal(2, 2, 4, 5, 3)],
                "MaxPool3d(kernel_size=2, stride=1, padding=0, dilation=2, ceil_mode=False)",
                value=19.958579322334067,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS = {
    "adaptive_avg_pool1d": Function(
        "(input, output_size)",
        [
            FunctionCase(
                "adaptive_avg_pool1d(x, 4)",
                {"x": normal(2, 3, 9)},
                value=-9.865931079036704,
                unbatched=True,
            ),
            FunctionCase(
                "adaptive_avg_pool1d(input=x, output_size=(1,))",
                {"x": normal(2, 3, 9)},
                value=-2.7888703569368403,
                unbatched=True,
            ),
        ],
    ),
    "adaptive_avg_pool3d": Function(
        "(input, output_size)",
        [
            FunctionCase(
                "adaptive_avg_pool3d(x, (2, 3, None))",
                {"x": normal(2, 2, 4, 5, 3)},
                value=-25.45875961507236,
                unbatched=True,
            ),
            FunctionCase(
                "adaptive_avg_pool3d(input=x, output_size=1)",
                {"x": normal(2, 2, 4, 5, 3)},
                value=-2.7033198717413303,
                unbatched=True,
            ),
        ],
    ),
    "avg_pool1d": Function(
        ("(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True)"),
        [
            FunctionCase(
                "avg_pool1d(x, 2)", {"x": normal(2, 3, 9)}, value=-8.766577583374875, unbatched=True
            ),
            FunctionCase(
                (
                    "avg_pool1d(input=x, kernel_size=3, stride=2, padding=1, ceil_mode=True, "
                    "count_include_pad=False)"
                ),
                {"x": normal(2, 3, 9)},
                value=-12.699980518671055,
                unbatched=True,
            ),
        ],
    ),
    "avg_pool3d": Function(
        (
            "(input, kernel_size, stride=None, padding=0, ceil_mode=False, "
            "count_include_pad=True, divisor_override=None)"
        ),
        [
            FunctionCase(
                "avg_pool3d(x, 2)",
                {"x": normal(2, 2, 4, 5, 3)},
                value=-5.3312097450660305,
                unbatched=True,
            ),
            FunctionCase(
                (
                    "avg_pool3d(input=x, kernel_size=2, stride=(2, 1, 2), padding=1, "
                    "ceil_mode=True, count_include_pad=False, divisor_override=None)"
                ),
                {"x": normal(2, 2, 4, 5, 3)},
                value=-41.20719498991025,
                unbatched=True,
            ),
            FunctionCase(
                "avg_pool3d(x, (3, 2, 2), 1, divisor_override=2)",
                {"x": normal(2, 2, 4, 5, 3)},
                value=-125.09362332249603,
                unbatched=True,
            ),
        ],
    ),
    "max_pool1d": Function(
        (
            "(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, "
            "return_indices=False)"
        ),
        [
            FunctionCase(
                "max_pool1d(x, 2, ())",
                {"x": normal(2, 3, 9)},
                value=4.10407258408871,
                unbatched=True,
            ),
            FunctionCase(
                (
                    "max_pool1d(input=x, kernel_size=3, stride=2, padding=1, dilation=2, "
                    "ceil_mode=True, return_indices=False)"
                ),
                {"x": normal(2, 3, 9)},
                value=10.569219940405691,
                unbatched=True,
            ),
            FunctionCase(
                "max_pool1d(x, 4, 1, return_indices=True)",
                {"x": normal(2, 3, 9)},
                value=141.667893872,
                unbatched=True,
            ),
        ],
    ),
    "max_pool1d_with_indices": Function(
        (
            "(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, "
            "return_indices=False)"
        ),
        [
            FunctionCase(
                (
                    "max_pool1d_with_indices(input=x, kernel_size=2, stride=1, padding=1, "
                    "dilation=1, ceil_mode=True, return_indices=False)"
                ),
                {"x": normal(2, 3, 9)},
                value=238.27242738737493,
                unbatched=True,
            ),
        ],
    ),
    "max_pool2d_with_indices": Function(
        (
            "(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, "
            "return_indices=False)"
        ),
        [
            FunctionCase(
                (
                    "max_pool2d_with_indices(input=x, kernel_size=2, stride=1, padding=1, "
                    "dilation=1, ceil_mode=True, return_indices=False)"
                ),
                {"x": normal(2, 3, 4, 5)},
                value=1778.7711009378709,
                unbatched=True,
            ),
        ],
    ),
    "max_pool3d": Function(
        (
            "(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, "
            "return_indices=False)"
        ),
        [
            FunctionCase(
                "max_pool3d(x, 2, ())",
                {"x": normal(2, 2, 4, 5, 3)},
                value=16.399030472441698,
                unbatched=True,
            ),
            FunctionCase(
                (
                    "max_pool3d(input=x, kernel_size=(2, 3, 2), stride=2, padding=1, "
                    "dilation=1, ceil_mode=True, return_indices=False)"
                ),
                {"x": normal(2, 2, 4, 5, 3)},
                value=47.19149907999053,
                unbatched=True,
            ),
            FunctionCase(
                "max_pool3d(x, 2, 1, return_indices=True)",
                {"x": normal(2, 2, 4, 5, 3)},
                value=3083.331493089337,
                unbatched=True,
            ),
        ],
    ),
    "max_pool3d_with_indices": Function(
        (
            "(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, "
            "return_indices=False)"
        ),
        [
            FunctionCase(
                (
                    "max_pool3d_with_indices(input=x, kernel_size=2, stride=1, padding=1, "
                    "dilation=1, ceil_mode=True, return_indices=False)"
                ),
                {"x": normal(2, 2, 4, 5, 3)},
                value=14559.115192552908,
                unbatched=True,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.max_pool1d(t.ones(4), 2)": (
        "RuntimeError",
        ("Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input"),
        "[4]",
    ),
    "F.max_pool1d(t.ones(1, 1, 4).long(), 2)": (
        "NotImplementedError",
        "not implemented for 'Long'",
        ".float()",
    ),
    "F.max_pool1d_with_indices(t.ones(1, 1, 4), 5)": (
        "RuntimeError",
        "Output size is too small",
        "",
    ),
    "F.max_pool2d_with_indices(t.ones(1, 1, 4, 4), 2, stride=0)": (
        "RuntimeError",
        "stride should not be zero",
        "",
    ),
    "F.max_pool3d(t.ones(4, 4, 4), 2)": (
        "RuntimeError",
        "non-empty 4D or 5D (batch mode) tensor expected for input",
        "[4, 4, 4]",
    ),
    "F.max_pool3d(t.ones(1, 1, 4, 4, 4), (2, 2))": (
        "RuntimeError",
        ("max_pool3d: kernel_size must either be a single int, or a tuple of three ints"),
        "",
    ),
    "F.max_pool3d_with_indices(t.ones(1, 1, 2, 2, 2), 5)": (
        "RuntimeError",
        (
            "Given input size: (1x2x2x2). Calculated output size: (1x0x0x0). Output "
            "size is too small"
        ),
        "",
    ),
    "F.avg_pool1d(t.ones(1, 1, 4), 2, padding=2)": (
        "RuntimeError",
        ("pad should be at most half of effective kernel size, but got pad=2, kernel_size=2"),
        "",
    ),
    "F.avg_pool3d(t.ones(1, 1, 2, 2, 2), 3, padding=1)": (
        "RuntimeError",
        "smaller than kernel size",
        "(3, 3, 3)",
    ),
    "F.avg_pool3d(t.ones(1, 1, 2, 2, 2), 2, divisor_override=0)": (
        "RuntimeError",
        "divisor must be not zero",
        "",
    ),
    "F.adaptive_avg_pool1d(t.ones(4), 2)": (
        "RuntimeError",
        (
            "Expected 2 to 3 dimensions, but got 1-dimensional tensor for argument #1 "
            "'self' (while checking arguments for adaptive_avg_pool1d)"
        ),
        "",
    ),
    "F.adaptive_avg_pool1d(t.ones(1, 1, 4), None)": ("TypeError", "argument 'output_size'", ""),
    "F.adaptive_avg_pool3d(t.ones(4, 4, 4), 2)": (
        "RuntimeError",
        "adaptive_avg_pool3d(): Expected 4D or 5D tensor, but got [4, 4, 4]",
        "",
    ),
    "F.adaptive_avg_pool3d(t.ones(1, 1, 4, 4, 4), (1, 2))": (
        "RuntimeError",
        "adaptive_avg_pool3d: output_size must be 3",
        "",
    ),
    "nn.MaxPool1d((2, 2))(t.ones(1, 1, 4))": ("RuntimeError", "kernel_size must", ""),
    "nn.MaxPool3d(5)(t.ones(1, 1, 4, 4, 4))": (
        "RuntimeError",
        "Output size is too small",
        "a window of (5, 5, 5)",
    ),
    "nn.AvgPool1d(5)(t.ones(1, 1, 4))": ("RuntimeError", "Output size is too small", ""),
    "nn.AvgPool3d(2, 0)(t.ones(1, 1, 4, 4, 4))": ("RuntimeError", "stride should not be zero", ""),
    "nn.AdaptiveAvgPool1d(-1)(t.ones(1, 1, 4))": (
        "RuntimeError",
        "elements of output_size must be greater than or equal to 0 but received",
        "-1",
    ),
    "nn.AdaptiveAvgPool3d(2)(t.ones(1, 1, 4, 0, 4))": (
        "RuntimeError",
        (
            "adaptive_avg_pool3d(): Expected input to have non-zero size for non-batch "
            "dimensions, but input has sizes [1, 1, 4, 0, 4]"
        ),
        "",
    ),
}
