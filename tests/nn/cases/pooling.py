"""Pooling."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "AdaptiveAvgPool2d": Layer(
        "(output_size)",
        [
            LayerCase(
                "AdaptiveAvgPool2d((3, 4))",
                [normal(2, 4, 7, 6)],
                "AdaptiveAvgPool2d(output_size=(3, 4))",
                value=-33.0488368886345,
                unbatched=True,
            ),
            LayerCase(
                "AdaptiveAvgPool2d(1)",
                [normal(2, 4, 7, 6)],
                "AdaptiveAvgPool2d(output_size=1)",
                value=-3.3135033621356555,
                unbatched=True,
            ),
            LayerCase(
                "AdaptiveAvgPool2d((None, 2))",
                [normal(2, 4, 7, 6)],
                "AdaptiveAvgPool2d(output_size=(None, 2))",
                value=-38.77449118377357,
                unbatched=True,
            ),
            LayerCase(
                "AdaptiveAvgPool2d((9, 7))",
                [normal(2, 4, 7, 6)],
                "AdaptiveAvgPool2d(output_size=(9, 7))",
                value=-66.68726764781123,
                unbatched=True,
            ),
            LayerCase(
                "AdaptiveAvgPool2d(2)",
                [normal(2, 4, 7, 6)],
                "AdaptiveAvgPool2d(output_size=2)",
                value=-12.147263220688188,
                unbatched=True,
            ),
        ],
    ),
    "AvgPool2d": Layer(
        (
            "(kernel_size, stride=None, padding=0, ceil_mode=False, "
            "count_include_pad=True, divisor_override=None)"
        ),
        [
            LayerCase(
                "AvgPool2d(2)",
                [normal(2, 4, 7, 6)],
                "AvgPool2d(kernel_size=2, stride=2, padding=0)",
                value=-17.35695571570957,
                unbatched=True,
            ),
            LayerCase(
                ("AvgPool2d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False)"),
                [normal(2, 4, 7, 6)],
                "AvgPool2d(kernel_size=3, stride=2, padding=1)",
                value=-30.677710121639535,
                unbatched=True,
            ),
            LayerCase(
                "AvgPool2d((2, 3), padding=1, divisor_override=5)",
                [normal(2, 4, 7, 6)],
                "AvgPool2d(kernel_size=(2, 3), stride=(2, 3), padding=1)",
                value=-25.216072795656093,
                unbatched=True,
            ),
            LayerCase(
                "AvgPool2d(3, 1, padding=1, ceil_mode=True, divisor_override=2)",
                [normal(2, 4, 7, 6)],
                "AvgPool2d(kernel_size=3, stride=1, padding=1)",
                value=-182.00253492232846,
                unbatched=True,
            ),
        ],
    ),
    "MaxPool2d": Layer(
        (
            "(kernel_size, stride=None, padding=0, dilation=1, "
            "return_indices=False, ceil_mode=False)"
        ),
        [
            LayerCase(
                "MaxPool2d(2)",
                [normal(2, 4, 7, 6)],
                ("MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)"),
                value=48.983187907535466,
                unbatched=True,
            ),
            LayerCase(
                ("MaxPool2d((3, 2), stride=(2, 1), padding=1, dilation=(1, 2), ceil_mode=True)"),
                [normal(2, 4, 7, 6)],
                (
                    "MaxPool2d(kernel_size=(3, 2), stride=(2, 1), padding=1, dilation=(1, "
                    "2), ceil_mode=True)"
                ),
                value=156.47250215800102,
                unbatched=True,
            ),
            LayerCase(
                "MaxPool2d(3, 1)",
                [normal(2, 4, 7, 6)],
                ("MaxPool2d(kernel_size=3, stride=1, padding=0, dilation=1, ceil_mode=False)"),
                value=184.46432926838818,
                unbatched=True,
            ),
            LayerCase(
                "MaxPool2d(2, return_indices=True)",
                [normal(2, 4, 7, 6)],
                ("MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)"),
                value=1334.2785264233512,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS = {
    "adaptive_avg_pool2d": Function(
        "(input, output_size)",
        [
            FunctionCase(
                "adaptive_avg_pool2d(x, (3, None))",
                {"x": normal(2, 3, 4, 5)},
                value=-35.382025317404114,
                unbatched=True,
            ),
            FunctionCase(
                "adaptive_avg_pool2d(input=x, output_size=1)",
                {"x": normal(2, 3, 4, 5)},
                value=-1.6895039021729592,
                unbatched=True,
            ),
            FunctionCase(
                "adaptive_avg_pool2d(x, 6)",
                {"x": normal(2, 3, 4, 5)},
                value=-37.936423172505926,
                unbatched=True,
            ),
        ],
    ),
    "avg_pool2d": Function(
        (
            "(input, kernel_size, stride=None, padding=0, ceil_mode=False, "
            "count_include_pad=True, divisor_override=None)"
        ),
        [
            FunctionCase(
                "avg_pool2d(x, 2, ())",
                {"x": normal(2, 3, 4, 5)},
                value=-10.975037573105782,
                unbatched=True,
            ),
            FunctionCase(
                (
                    "avg_pool2d(input=x, kernel_size=(2, 3), stride=1, padding=1, "
                    "ceil_mode=True, count_include_pad=False, divisor_override=None)"
                ),
                {"x": normal(2, 3, 4, 5)},
                value=-44.72564708013123,
                unbatched=True,
            ),
            FunctionCase(
                "avg_pool2d(x, 3, 2, 1, True, True, 2)",
                {"x": normal(2, 3, 4, 5)},
                value=-43.169045441408585,
                unbatched=True,
            ),
        ],
    ),
    "max_pool2d": Function(
        (
            "(input, kernel_size, stride=None, padding=0, dilation=1, "
            "ceil_mode=False, return_indices=False)"
        ),
        [
            FunctionCase(
                "max_pool2d(x, 2, ())",
                {"x": normal(2, 3, 4, 5)},
                value=11.122621270204128,
                unbatched=True,
            ),
            FunctionCase(
                (
                    "max_pool2d(input=x, kernel_size=2, stride=(2, 1), padding=1, "
                    "dilation=(1, 2), ceil_mode=True, return_indices=False)"
                ),
                {"x": normal(2, 3, 4, 5)},
                value=0.6397779682224218,
                unbatched=True,
            ),
            FunctionCase(
                "max_pool2d(x, (3, 2), 1, return_indices=True)",
                {"x": normal(2, 3, 4, 5)},
                value=513.357272643265,
                unbatched=True,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.max_pool2d(t.ones(4, 4), 2)": (
        "RuntimeError",
        "non-empty 3D or 4D (batch mode) tensor expected for input",
        "[4, 4]",
    ),
    "F.max_pool2d(t.ones(1, 1, 4, 4), 2, padding=2)": (
        "RuntimeError",
        "pad should be at most half of effective kernel size, but got pad=2, kernel_size=2 and "
        "dilation=1",
        "",
    ),
    "F.max_pool2d(t.ones(1, 1, 4, 4), (2, 3, 4))": (
        "RuntimeError",
        "max_pool2d: kernel_size must either be a single int, or a tuple of two ints",
        "",
    ),
    "F.max_pool2d(t.ones(1, 1, 4, 4), 2, stride=0)": (
        "RuntimeError",
        "stride should not be zero",
        "",
    ),
    "F.max_pool2d(t.ones(1, 1, 4, 4), 2, padding=-1)": (
        "RuntimeError",
        "pad must be non-negative, but got pad: -1",
        "",
    ),
    "F.max_pool2d(t.ones(1, 1, 4, 4), 2, dilation=0)": (
        "RuntimeError",
        "dilation should be greater than zero, but got dilation",
        "",
    ),
    "F.max_pool2d(t.ones(1, 1, 1, 1), 2)": (
        "RuntimeError",
        "Given input size: (1x1x1). Calculated output size: (1x0x0). Output size is too small",
        "",
    ),
    "F.max_pool2d(t.ones(1, 1, 4, 4) > 0, 2)": (
        "NotImplementedError",
        "\"max_pool2d\" not implemented for 'Bool'",
        ".float()",
    ),
    "F.avg_pool2d(t.ones(1, 1, 4, 4), 2, divisor_override=0)": (
        "RuntimeError",
        "divisor must be not zero",
        "",
    ),
    "F.avg_pool2d(t.ones(1, 1, 4, 4), (1, 2, 3))": (
        "RuntimeError",
        "avg_pool2d: kernel_size must either be a single int, or a tuple of two ints",
        "",
    ),
    "F.adaptive_avg_pool2d(t.ones(4, 4), 2)": (
        "RuntimeError",
        "adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got [4, 4]",
        "",
    ),
    "F.adaptive_avg_pool2d(t.ones(1, 1, 4, 4), (1, 2, 3))": (
        "RuntimeError",
        "adaptive_avg_pool2d: output_size must be 2",
        "",
    ),
    "F.adaptive_avg_pool2d(t.ones(1, 1, 4, 4), -1)": (
        "RuntimeError",
        "adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 but "
        "received",
        "",
    ),
    "F.adaptive_avg_pool2d(t.ones(1, 1, 4, 0), 2)": (
        "RuntimeError",
        "adaptive_avg_pool2d(): Expected input to have non-zero size for non-batch dimensions, "
        "but input has sizes [1, 1, 4, 0]",
        "",
    ),
    "F.adaptive_avg_pool2d(t.ones(1, 1, 4, 4).long(), 2)": (
        "NotImplementedError",
        "\"adaptive_avg_pool2d\" not implemented for 'Long'",
        ".float()",
    ),
    "nn.AdaptiveAvgPool2d(2)(t.ones(4, 4))": (
        "RuntimeError",
        "adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got [4, 4]",
        "",
    ),
    "nn.AvgPool2d(5)(t.ones(1, 1, 4, 4))": (
        "RuntimeError",
        "Given input size: (1x4x4). Calculated output size: (1x0x0).",
        "a window of (5, 5)",
    ),
    "nn.MaxPool2d(2, padding=2)(t.ones(1, 1, 4, 4))": (
        "RuntimeError",
        "pad should be at most half of effective kernel size, but got pad=2",
        "",
    ),
}
