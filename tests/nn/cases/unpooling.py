"""Fractional maxima, power means, and the inverse of pooling."""

from tests.nn.cases.rows import (
    Drawn,
    Function,
    FunctionCase,
    Layer,
    LayerCase,
    labels,
    normal,
    unit,
)

LAYERS = {
    "FractionalMaxPool2d": Layer(
        (
            "(kernel_size, output_size=None, output_ratio=None, return_indices=False, "
            "_random_samples=None)"
        ),
        [
            LayerCase(
                "FractionalMaxPool2d(2, output_size=2)",
                [normal(2, 2, 6, 7)],
                "FractionalMaxPool2d()",
                value=11.659315538856212,
            ),
            LayerCase(
                "FractionalMaxPool2d(2, output_ratio=0.5, return_indices=True)",
                [normal(2, 2, 6, 7)],
                "FractionalMaxPool2d()",
                value=728.4834686659617,
            ),
        ],
    ),
    "FractionalMaxPool3d": Layer(
        (
            "(kernel_size, output_size=None, output_ratio=None, return_indices=False, "
            "_random_samples=None)"
        ),
        [
            LayerCase(
                "FractionalMaxPool3d(2, output_size=2)",
                [normal(1, 2, 5, 6, 4)],
                "FractionalMaxPool3d()",
                value=19.636236762416118,
            ),
            LayerCase(
                "FractionalMaxPool3d(2, output_ratio=0.5, return_indices=True)",
                [normal(1, 2, 5, 6, 4)],
                "FractionalMaxPool3d()",
                value=1470.854308856222,
            ),
        ],
    ),
    "LPPool1d": Layer(
        "(norm_type, kernel_size, stride=None, ceil_mode=False)",
        [
            LayerCase(
                "LPPool1d(2, 3)",
                [normal(2, 2, 9)],
                "LPPool1d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)",
                value=19.31037263381784,
                unbatched=True,
            ),
            LayerCase(
                "LPPool1d(1.5, 2, stride=1, ceil_mode=True)",
                [unit(2, 2, 9)],
                "LPPool1d(norm_type=1.5, kernel_size=2, stride=1, ceil_mode=True)",
                value=16.338829082208143,
                unbatched=True,
            ),
        ],
    ),
    "LPPool2d": Layer(
        "(norm_type, kernel_size, stride=None, ceil_mode=False)",
        [
            LayerCase(
                "LPPool2d(2, 3)",
                [normal(2, 2, 6, 7)],
                "LPPool2d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)",
                value=52.588113815921766,
                unbatched=True,
            ),
            LayerCase(
                "LPPool2d(1.5, 2, stride=1, ceil_mode=True)",
                [unit(2, 2, 6, 7)],
                "LPPool2d(norm_type=1.5, kernel_size=2, stride=1, ceil_mode=True)",
                value=114.25145561383948,
                unbatched=True,
            ),
        ],
    ),
    "LPPool3d": Layer(
        "(norm_type, kernel_size, stride=None, ceil_mode=False)",
        [
            LayerCase(
                "LPPool3d(2, 3)",
                [normal(1, 2, 5, 6, 4)],
                "LPPool3d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)",
                value=24.485693051675927,
                unbatched=True,
            ),
            LayerCase(
                "LPPool3d(1.5, 2, stride=1, ceil_mode=True)",
                [unit(1, 2, 5, 6, 4)],
                "LPPool3d(norm_type=1.5, kernel_size=2, stride=1, ceil_mode=True)",
                value=186.51350124485634,
                unbatched=True,
            ),
        ],
    ),
    "MaxUnpool1d": Layer(
        "(kernel_size, stride=None, padding=0)",
        [
            LayerCase(
                "MaxUnpool1d(2)",
                [normal(2, 2, 1), labels(2, 2, 2, 1)],
                "MaxUnpool1d(kernel_size=(2,), stride=(2,), padding=(0,))",
                value=-1.2448397555905462,
            ),
            LayerCase(
                "MaxUnpool1d(3, 2, 0)",
                [normal(2, 2, 1), labels(2, 2, 2, 1)],
                "MaxUnpool1d(kernel_size=(3,), stride=(2,), padding=(0,))",
                value=-1.1821410802480659,
            ),
        ],
    ),
    "MaxUnpool2d": Layer(
        "(kernel_size, stride=None, padding=0)",
        [
            LayerCase(
                "MaxUnpool2d(2)",
                [normal(2, 2, 1, 1), labels(4, 2, 2, 1, 1)],
                "MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))",
                value=-2.3409553555653577,
            ),
            LayerCase(
                "MaxUnpool2d(3, 2, 0)",
                [normal(2, 2, 1, 1), labels(4, 2, 2, 1, 1)],
                "MaxUnpool2d(kernel_size=(3, 3), stride=(2, 2), padding=(0, 0))",
                value=-2.1676009531461755,
            ),
        ],
    ),
    "MaxUnpool3d": Layer(
        "(kernel_size, stride=None, padding=0)",
        [
            LayerCase(
                "MaxUnpool3d(2)",
                [normal(2, 2, 1, 1, 1), labels(8, 2, 2, 1, 1, 1)],
                "MaxUnpool3d(kernel_size=(2, 2, 2), stride=(2, 2, 2), padding=(0, 0, 0))",
                value=-2.291895359263985,
            ),
            LayerCase(
                "MaxUnpool3d(3, 2, 0)",
                [normal(2, 2, 1, 1, 1), labels(8, 2, 2, 1, 1, 1)],
                "MaxUnpool3d(kernel_size=(3, 3, 3), stride=(2, 2, 2), padding=(0, 0, 0))",
                value=-0.9443081969430507,
            ),
        ],
    ),
}

FUNCTIONS = {
    "fractional_max_pool2d": Function(
        (
            "(input, kernel_size, output_size=None, output_ratio=None, "
            "return_indices=False, _random_samples=None)"
        ),
        [
            FunctionCase(
                "fractional_max_pool2d(x, 2, output_ratio=(0.5, 0.5))",
                {"x": normal(2, 2, 6, 7)},
                value=19.646924357438124,
            ),
            FunctionCase(
                (
                    "fractional_max_pool2d(input=x, kernel_size=2, output_size=2, "
                    "output_ratio=None, return_indices=True, _random_samples=r)"
                ),
                {"x": normal(2, 2, 6, 7), "r": Drawn((2, 2, 2), 0.0, grad=False)},
                value=397.44817370961147,
            ),
        ],
    ),
    "fractional_max_pool2d_with_indices": Function(
        (
            "(input, kernel_size, output_size=None, output_ratio=None, "
            "return_indices=False, _random_samples=None)"
        ),
        [
            FunctionCase(
                (
                    "fractional_max_pool2d_with_indices(input=x, kernel_size=(2, 2), "
                    "output_size=(3, 2), output_ratio=None, return_indices=False, "
                    "_random_samples=None)"
                ),
                {"x": normal(2, 2, 6, 7)},
                value=475.6127384726835,
            ),
        ],
    ),
    "fractional_max_pool3d": Function(
        (
            "(input, kernel_size, output_size=None, output_ratio=None, "
            "return_indices=False, _random_samples=None)"
        ),
        [
            FunctionCase(
                "fractional_max_pool3d(x, 2, output_ratio=(0.5, 0.5, 0.5))",
                {"x": normal(1, 2, 5, 6, 4)},
                value=24.7408245887126,
            ),
            FunctionCase(
                (
                    "fractional_max_pool3d(input=x, kernel_size=2, output_size=2, "
                    "output_ratio=None, return_indices=True, _random_samples=r)"
                ),
                {"x": normal(1, 2, 5, 6, 4), "r": Drawn((1, 2, 3), 0.0, grad=False)},
                value=1153.4657934448883,
            ),
        ],
    ),
    "fractional_max_pool3d_with_indices": Function(
        (
            "(input, kernel_size, output_size=None, output_ratio=None, "
            "return_indices=False, _random_samples=None)"
        ),
        [
            FunctionCase(
                (
                    "fractional_max_pool3d_with_indices(input=x, kernel_size=(2, 2, 2), "
                    "output_size=(3, 2, 2), output_ratio=None, return_indices=False, "
                    "_random_samples=None)"
                ),
                {"x": normal(1, 2, 5, 6, 4)},
                value=1347.3850874832533,
            ),
        ],
    ),
    "lp_pool1d": Function(
        "(input, norm_type, kernel_size, stride=None, ceil_mode=False)",
        [
            FunctionCase(
                "lp_pool1d(input=x, norm_type=2, kernel_size=2, stride=None, ceil_mode=True)",
                {"x": normal(2, 2, 9)},
                value=40.002904455822296,
                unbatched=True,
            ),
            FunctionCase(
                "lp_pool1d(x, float('inf'), 2, 1)",
                {"x": normal(2, 2, 9)},
                value=44.89904036887836,
                unbatched=True,
            ),
            FunctionCase(
                "lp_pool1d(x, -float('inf'), 2)",
                {"x": normal(2, 2, 9)},
                value=9.562247713909436,
                unbatched=True,
            ),
        ],
    ),
    "lp_pool2d": Function(
        "(input, norm_type, kernel_size, stride=None, ceil_mode=False)",
        [
            FunctionCase(
                "lp_pool2d(input=x, norm_type=2, kernel_size=2, stride=None, ceil_mode=True)",
                {"x": normal(2, 2, 6, 7)},
                value=78.75510473289829,
                unbatched=True,
            ),
            FunctionCase(
                "lp_pool2d(x, float('inf'), 2, 1)",
                {"x": normal(2, 2, 6, 7)},
                value=194.21477047320818,
                unbatched=True,
            ),
            FunctionCase(
                "lp_pool2d(x, -float('inf'), 2)",
                {"x": normal(2, 2, 6, 7)},
                value=19.241984635521654,
                unbatched=True,
            ),
        ],
    ),
    "lp_pool3d": Function(
        "(input, norm_type, kernel_size, stride=None, ceil_mode=False)",
        [
            FunctionCase(
                "lp_pool3d(input=x, norm_type=2, kernel_size=2, stride=None, ceil_mode=True)",
                {"x": normal(1, 2, 5, 6, 4)},
                value=102.5579895176794,
                unbatched=True,
            ),
            FunctionCase(
                "lp_pool3d(x, float('inf'), 2, 1)",
                {"x": normal(1, 2, 5, 6, 4)},
                value=186.39171271334553,
                unbatched=True,
            ),
            FunctionCase(
                "lp_pool3d(x, -float('inf'), 2)",
                {"x": normal(1, 2, 5, 6, 4)},
                value=1.7301249656164663,
                unbatched=True,
            ),
        ],
    ),
    "max_unpool1d": Function(
        "(input, indices, kernel_size, stride=None, padding=0, output_size=None)",
        [
            FunctionCase(
                "max_unpool1d(x, torch.max_pool1d_with_indices(y, 2)[1], 2)",
                {"x": normal(2, 2, 4), "y": Drawn((2, 2, 8), 0.0, grad=False)},
                value=-3.3296478483106315,
            ),
            FunctionCase(
                (
                    "max_unpool1d(input=x, indices=torch.max_pool1d_with_indices(y, 2)[1], "
                    "kernel_size=2, stride=2, padding=0, output_size=(9,))"
                ),
                {"x": normal(2, 2, 4), "y": Drawn((2, 2, 9), 0.0, grad=False)},
                value=0.025910843756631385,
            ),
        ],
    ),
    "max_unpool2d": Function(
        "(input, indices, kernel_size, stride=None, padding=0, output_size=None)",
        [
            FunctionCase(
                (
                    "max_unpool2d(x, torch.nn.functional.max_pool2d(y, 2, "
                    "return_indices=True)[1], 2)"
                ),
                {"x": normal(1, 2, 3, 3), "y": Drawn((1, 2, 6, 6), 0.0, grad=False)},
                value=2.430207657919664,
            ),
            FunctionCase(
                (
                    "max_unpool2d(input=x, indices=torch.nn.functional.max_pool2d(y, 2, "
                    "return_indices=True)[1], kernel_size=2, stride=2, padding=0, "
                    "output_size=(6, 7))"
                ),
                {"x": normal(1, 2, 3, 3), "y": Drawn((1, 2, 6, 7), 0.0, grad=False)},
                value=1.3962739718256567,
            ),
        ],
    ),
    "max_unpool3d": Function(
        "(input, indices, kernel_size, stride=None, padding=0, output_size=None)",
        [
            FunctionCase(
                (
                    "max_unpool3d(x, torch.nn.functional.max_pool3d(y, 2, "
                    "return_indices=True)[1], 2)"
                ),
                {"x": normal(1, 2, 2, 2, 2), "y": Drawn((1, 2, 4, 4, 4), 0.0, grad=False)},
                value=-1.625717929907542,
            ),
            FunctionCase(
                (
                    "max_unpool3d(input=x, indices=torch.nn.functional.max_pool3d(y, 2, "
                    "return_indices=True)[1], kernel_size=2, stride=2, padding=0, "
                    "output_size=(4, 5, 4))"
                ),
                {"x": normal(1, 2, 2, 2, 2), "y": Drawn((1, 2, 4, 5, 4), 0.0, grad=False)},
                value=-6.041189938284911,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.max_unpool1d(t.ones(1, 1, 4), t.ones(1, 1, 4), 2)": (
        "RuntimeError",
        "elements in indices should be type int64",
        "",
    ),
    "F.max_unpool1d(t.ones(1, 1, 4), t.ones(1, 1, 4).long() * 9999, 2)": (
        "RuntimeError",
        "Found an invalid max index: 9999 (output volumes are of size 8",
        "",
    ),
    "nn.MaxUnpool1d(2)(t.ones(1, 1, 4), t.ones(1, 1, 4).long(), (99,) * 1)": (
        "ValueError",
        "invalid output_size",
        "",
    ),
    "nn.LPPool1d(2, 5)(t.ones(1, 1, 4))": ("RuntimeError", "Output size is too small", ""),
    "F.lp_pool1d(t.ones(1, 1, 4), 2, (2,))": ("TypeError", "must be", ""),
    "F.max_unpool2d(t.ones(1, 1, 4, 4), t.ones(1, 1, 4, 4), 2)": (
        "RuntimeError",
        "elements in indices should be type int64",
        "",
    ),
    "F.max_unpool2d(t.ones(1, 1, 4, 4), t.ones(1, 1, 4, 4).long() * 9999, 2)": (
        "RuntimeError",
        "Found an invalid max index: 9999 (output volumes are of size 8",
        "",
    ),
    "nn.MaxUnpool2d(2)(t.ones(1, 1, 4, 4), t.ones(1, 1, 4, 4).long(), (99,) * 2)": (
        "ValueError",
        "invalid output_size",
        "",
    ),
    "nn.LPPool2d(2, 5)(t.ones(1, 1, 4, 4))": ("RuntimeError", "Output size is too small", ""),
    "F.lp_pool2d(t.ones(1, 1, 4, 4), 2, (2, 2, 2, 2))": (
        "ValueError",
        "too many values to unpack",
        "expected 2",
    ),
    "F.fractional_max_pool2d(t.ones(1, 1, 4, 4), 2)": (
        "ValueError",
        ("fractional_max_pool2d requires specifying either an output_size or an output_ratio"),
        "",
    ),
    "F.fractional_max_pool2d(t.ones(1, 1, 4, 4), 2, 4)": (
        "RuntimeError",
        "too large relative to input",
        "",
    ),
    "F.fractional_max_pool2d_with_indices(t.ones(1, 1, 4, 4), 9, 2)": (
        "RuntimeError",
        "too large relative to input",
        "",
    ),
    "F.fractional_max_pool2d(t.ones(1, 1, 4, 4), 2, 2, _random_samples=t.ones(1, 1, 9))": (
        "RuntimeError",
        "Expect _random_samples.size(2) equals to 2; got 9.",
        "",
    ),
    "nn.FractionalMaxPool2d(2)": (
        "ValueError",
        ("FractionalMaxPool2d requires specifying either an output size, or a pooling ratio"),
        "",
    ),
    "nn.FractionalMaxPool2d(2, output_ratio=1.5)": (
        "ValueError",
        "output_ratio must be between 0 and 1 (got 1.5)",
        "",
    ),
    "F.max_unpool3d(t.ones(1, 1, 4, 4, 4), t.ones(1, 1, 4, 4, 4), 2)": (
        "RuntimeError",
        "elements in indices should be type int64",
        "",
    ),
    "F.max_unpool3d(t.ones(1, 1, 4, 4, 4), t.ones(1, 1, 4, 4, 4).long() * 9999, 2)": (
        "RuntimeError",
        "Found an invalid max index: 9999 (output volumes are of size 8",
        "",
    ),
    "nn.MaxUnpool3d(2)(t.ones(1, 1, 4, 4, 4), t.ones(1, 1, 4, 4, 4).long(), (99,) * 3)": (
        "ValueError",
        "invalid output_size",
        "",
    ),
    "nn.LPPool3d(2, 5)(t.ones(1, 1, 4, 4, 4))": ("RuntimeError", "smaller than kernel size", ""),
    "F.lp_pool3d(t.ones(1, 1, 4, 4, 4), 2, (2, 2, 2, 2))": (
        "ValueError",
        "too many values to unpack",
        "expected 3",
    ),
    "F.fractional_max_pool3d(t.ones(1, 1, 4, 4, 4), 2)": (
        "ValueError",
        ("fractional_max_pool3d requires specifying either an output_size or an output_ratio"),
        "",
    ),
    "F.fractional_max_pool3d(t.ones(1, 1, 4, 4, 4), 2, 4)": (
        "RuntimeError",
        "too large relative to input",
        "",
    ),
    "F.fractional_max_pool3d_with_indices(t.ones(1, 1, 4, 4, 4), 9, 2)": (
        "RuntimeError",
        "too large relative to input",
        "",
    ),
    "F.fractional_max_pool3d(t.ones(1, 1, 4, 4, 4), 2, 2, _random_samples=t.ones(1, 1, 9))": (
        "RuntimeError",
        "Expect _random_samples.size(2) equals to 3; got 9.",
        "",
    ),
    "nn.FractionalMaxPool3d(2)": (
        "ValueError",
        ("FractionalMaxPool3d requires specifying either an output size, or a pooling ratio"),
        "",
    ),
    "nn.FractionalMaxPool3d(2, output_ratio=1.5)": (
        "ValueError",
        "output_ratio must be between 0 and 1 (got 1.5)",
        "",
    ),
}
