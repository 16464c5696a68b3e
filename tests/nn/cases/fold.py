"""Windows of images as columns, and back."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "Fold": Layer(
        "(output_size, kernel_size, dilation=1, padding=0, stride=1)",
        [
            LayerCase(
                "Fold((4, 5), (2, 3), dilation=(2, 1), padding=(1, 0), stride=(1, 2))",
                [normal(2, 12, 8)],
                (
                    "Fold(output_size=(4, 5), kernel_size=(2, 3), dilation=(2, 1), padding=(1, "
                    "0), stride=(1, 2))"
                ),
                value=-58.959820583909135,
                unbatched=True,
            ),
            LayerCase(
                "Fold(4, 2)",
                [normal(0, 8, 9)],
                "Fold(output_size=4, kernel_size=2, dilation=1, padding=0, stride=1)",
                value=0.0,
            ),
        ],
    ),
    "Unfold": Layer(
        "(kernel_size, dilation=1, padding=0, stride=1)",
        [
            LayerCase(
                "Unfold(2)",
                [normal(2, 3, 4, 5)],
                "Unfold(kernel_size=2, dilation=1, padding=0, stride=1)",
                value=-51.421084013079096,
                unbatched=True,
            ),
            LayerCase(
                "Unfold((2, 3), dilation=(2, 1), padding=(1, 0), stride=(1, 2))",
                [normal(2, 2, 4, 5)],
                "Unfold(kernel_size=(2, 3), dilation=(2, 1), padding=(1, 0), stride=(1, 2))",
                value=-36.10236032399024,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS = {
    "fold": Function(
        "(input, output_size, kernel_size, dilation=1, padding=0, stride=1)",
        [
            FunctionCase(
                "fold(x, (4, 5), 2)",
                {"x": normal(2, 8, 12)},
                value=-70.5099249709783,
                unbatched=True,
            ),
            FunctionCase(
                (
                    "fold(input=x, output_size=4, kernel_size=(2, 3), dilation=1, padding=(0, "
                    "1), stride=(1, 2))"
                ),
                {"x": normal(2, 6, 6)},
                value=-11.283926137236465,
                unbatched=True,
            ),
        ],
    ),
    "unfold": Function(
        "(input, kernel_size, dilation=1, padding=0, stride=1)",
        [
            FunctionCase(
                "unfold(x, 3)", {"x": normal(2, 2, 4, 5)}, value=-60.90904595830806, unbatched=True
            ),
            FunctionCase(
                "unfold(input=x, kernel_size=2, dilation=(1, 2), padding=1, stride=(2, 1))",
                {"x": normal(2, 2, 4, 5)},
                value=-41.60411415934385,
                unbatched=True,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "nn.Unfold((2, 3, 4))(t.ones(2, 3, 5, 5))": (
        "RuntimeError",
        "It is expected kernel_size equals to 2, but got size 3",
        "",
    ),
    "nn.Fold(5, 2)(t.ones(2, 13, 16))": (
        "RuntimeError",
        (
            "Expected size of input's dimension 1 to be divisible by the product of "
            "kernel_size, but got input.size(1)=13 and kernel_size=(2, 2)."
        ),
        "",
    ),
    "F.unfold(t.ones(2, 3, 5, 5), 6)": (
        "RuntimeError",
        (
            "calculated shape of the array of sliding blocks as (0, 0), but its components must"
            " be at least one."
        ),
        "kernel_size=(6, 6)",
    ),
    "F.unfold(t.ones(2, 0, 5, 5), 2)": (
        "RuntimeError",
        (
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other "
            "non-zero dimensions for input, but got: [2, 0, 5, 5]"
        ),
        "",
    ),
    "F.unfold(t.ones(4, 5), 2)": (
        "IndexError",
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
        "",
    ),
    "F.unfold(t.ones(2, 3, 5, 5), 2, stride=0)": (
        "RuntimeError",
        "stride should be greater than zero, but got",
        "stride=(0, 0)",
    ),
    "F.unfold(t.ones(2, 3, 5, 5), 2, padding=-1)": (
        "RuntimeError",
        "padding should be non-negative, but got",
        "",
    ),
    "F.unfold(t.ones(2, 3, 5, 5).long(), 2)": (
        "NotImplementedError",
        "\"im2col_out_cpu\" not implemented for 'Long'",
        ".float()",
    ),
    "F.fold(t.ones(2, 12, 15), 5, 2)": (
        "RuntimeError",
        (
            "expected size of input's dimension 2 to match the calculated number of sliding "
            "blocks 4 * 4 = 16, but got input.size(2)=15."
        ),
        "",
    ),
    "F.fold(t.ones(12), 5, 2)": (
        "RuntimeError",
        (
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and "
            "non-zero dimensions for input, but got: [12]"
        ),
        "",
    ),
}
