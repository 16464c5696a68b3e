"""Largest values of as many windows as the output has elements."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "AdaptiveMaxPool1d": Layer(
        "(output_size, return_indices=False)",
        [
            LayerCase(
                "AdaptiveMaxPool1d(4)",
                [normal(2, 2, 9)],
                "AdaptiveMaxPool1d(output_size=4)",
                value=5.11271831246201,
                unbatched=True,
            ),
            LayerCase(
                "AdaptiveMaxPool1d(3, return_indices=True)",
                [normal(2, 2, 9)],
                "AdaptiveMaxPool1d(output_size=3)",
                value=59.23082133262761,
                unbatched=True,
            ),
        ],
    ),
    "AdaptiveMaxPool2d": Layer(
        "(output_size, return_indices=False)",
        [
            LayerCase(
                "AdaptiveMaxPool2d((None, 3))",
                [normal(2, 2, 6, 7)],
                "AdaptiveMaxPool2d(output_size=(None, 3))",
                value=37.62655976651858,
                unbatched=True,
            ),
            LayerCase(
                "AdaptiveMaxPool2d(3, return_indices=True)",
                [normal(2, 2, 6, 7)],
                "AdaptiveMaxPool2d(output_size=3)",
                value=738.6151711139887,
                unbatched=True,
            ),
        ],
    ),
    "AdaptiveMaxPool3d": Layer(
        "(output_size, return_indices=False)",
        [
            LayerCase(
                "AdaptiveMaxPool3d((2, None, 3))",
                [normal(1, 2, 5, 6, 4)],
                "AdaptiveMaxPool3d(output_size=(2, None, 3))",
                value=62.86060626848699,
                unbatched=True,
            ),
            LayerCase(
                "AdaptiveMaxPool3d(3, return_indices=True)",
                [normal(1, 2, 5, 6, 4)],
                "AdaptiveMaxPool3d(output_size=3)",
                value=3389.9903276667505,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS = {
    "adaptive_max_pool1d": Function(
        "(input, output_size, return_indices=False)",
        [
            FunctionCase(
                "adaptive_max_pool1d(input=x, output_size=4, return_indices=False)",
                {"x": normal(2, 2, 9)},
                value=5.11271831246201,
                unbatched=True,
            ),
            FunctionCase(
                "adaptive_max_pool1d(x, 2, return_indices=True)",
                {"x": normal(2, 2, 9)},
                value=33.91263836065917,
                unbatched=True,
            ),
        ],
    ),
    "adaptive_max_pool1d_with_indices": Function(
        "(input, output_size, return_indices=False)",
        [
            FunctionCase(
                ("adaptive_max_pool1d_with_indices(input=x, output_size=4, return_indices=False)"),
                {"x": normal(2, 2, 9)},
                value=75.12603681630051,
                unbatched=True,
            ),
        ],
    ),
    "adaptive_max_pool2d": Function(
        "(input, output_size, return_indices=False)",
        [
            FunctionCase(
                "adaptive_max_pool2d(input=x, output_size=(None, 3), return_indices=False)",
                {"x": normal(2, 2, 6, 7)},
                value=37.62655976651858,
                unbatched=True,
            ),
            FunctionCase(
                "adaptive_max_pool2d(x, 2, return_indices=True)",
                {"x": normal(2, 2, 6, 7)},
                value=416.1635765050249,
                unbatched=True,
            ),
        ],
    ),
    "adaptive_max_pool2d_with_indices": Function(
        "(input, output_size, return_indices=False)",
        [
            FunctionCase(
                (
                    "adaptive_max_pool2d_with_indices(input=x, output_size=(None, 3), "
                    "return_indices=False)"
                ),
                {"x": normal(2, 2, 6, 7)},
                value=1504.1692315632586,
                unbatched=True,
            ),
        ],
    ),
    "adaptive_max_pool3d": Function(
        "(input, output_size, return_indices=False)",
        [
            FunctionCase(
                "adaptive_max_pool3d(input=x, output_size=(2, None, 3), return_indices=False)",
                {"x": normal(1, 2, 5, 6, 4)},
                value=62.86060626848699,
                unbatched=True,
            ),
            FunctionCase(
                "adaptive_max_pool3d(x, 2, return_indices=True)",
                {"x": normal(1, 2, 5, 6, 4)},
                value=1157.2128970583658,
                unbatched=True,
            ),
        ],
    ),
    "adaptive_max_pool3d_with_indices": Function(
        "(input, output_size, return_indices=False)",
        [
            FunctionCase(
                (
                    "adaptive_max_pool3d_with_indices(input=x, output_size=(2, None, 3), "
                    "return_indices=False)"
                ),
                {"x": normal(1, 2, 5, 6, 4)},
                value=4149.9598030063335,
                unbatched=True,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.adaptive_max_pool1d(t.ones(1, 1, 4), -1)": ("RuntimeError", "-1", ""),
    "F.adaptive_max_pool1d_with_indices(t.ones(1, 1, 4).long(), 2)": (
        "NotImplementedError",
        "not implemented for 'Long'",
        ".float()",
    ),
    "nn.AdaptiveMaxPool1d(2)(t.ones(1, 0))": (
        "RuntimeError",
        "Expected input to have non-zero size for non-batch dimensions",
        "",
    ),
    "F.adaptive_max_pool2d(t.ones(1, 1, 4, 4), -1)": ("RuntimeError", "-1", ""),
    "F.adaptive_max_pool2d_with_indices(t.ones(1, 1, 4, 4).long(), 2)": (
        "NotImplementedError",
        "not implemented for 'Long'",
        ".float()",
    ),
    "nn.AdaptiveMaxPool2d(2)(t.ones(1, 0, 0))": (
        "RuntimeError",
        "Expected input to have non-zero size for non-batch dimensions",
        "",
    ),
    "F.adaptive_max_pool3d(t.ones(1, 1, 4, 4, 4), -1)": ("RuntimeError", "-1", ""),
    "F.adaptive_max_pool3d_with_indices(t.ones(1, 1, 4, 4, 4).long(), 2)": (
        "NotImplementedError",
        "not implemented for 'Long'",
        ".float()",
    ),
    "nn.AdaptiveMaxPool3d(2)(t.ones(1, 0, 0, 0))": (
        "RuntimeError",
        "Expected input to have non-zero size for non-batch dimensions",
        "",
    ),
}
