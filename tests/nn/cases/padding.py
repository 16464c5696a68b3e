"""Padding."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, normal

LAYERS: dict[str, Layer] = {}

FUNCTIONS = {
    "pad": Function(
        "(input, pad, mode='constant', value=None)",
        [
            FunctionCase(
                "pad(x, (1, 2))", {"x": normal(2, 3)}, value=-1.2550617812933842, unbatched=True
            ),
            FunctionCase(
                "pad(x, (1, -1, -2, 3), value=2.5)",
                {"x": normal(3, 4, 5)},
                value=124.59481637080935,
                unbatched=True,
            ),
            FunctionCase(
                'pad(x, (1, 2, 2, 1), mode="reflect")',
                {"x": normal(2, 3, 4, 4)},
                value=-49.465809525210034,
                unbatched=True,
            ),
            FunctionCase(
                'pad(x, (1, 2, 2, 1), mode="replicate")',
                {"x": normal(2, 3, 4, 4)},
                value=-65.72475155639597,
                unbatched=True,
            ),
            FunctionCase(
                'pad(input=x, pad=[3, 1], mode="circular", value=None)',
                {"x": normal(2, 3, 4)},
                value=-32.19480917158958,
                unbatched=True,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.pad(t.ones(2, 3), (1,))": ("RuntimeError", "Padding length must be divisible by 2", ""),
    "F.pad(t.ones(2, 3), (1, 1, 1, 1, 1, 1))": (
        "RuntimeError",
        "Padding length should be less than or equal to two times the input dimension but got "
        "padding length 6 and input of dimension 2",
        "",
    ),
    "F.pad(t.ones(2, 3), (1, 1), mode='foo')": (
        "NotImplementedError",
        "Unrecognised padding mode foo",
        "'circular'",
    ),
    "F.pad(t.ones(1, 1, 3, 3), (3, 1, 1, 1), mode='reflect')": (
        "RuntimeError",
        "Padding size should be less than the corresponding input dimension, but got: padding "
        "(3, 1) at dimension 3 of input [1, 1, 3, 3]",
        "",
    ),
    "F.pad(t.ones(3, 3), (1, 1, 1, 1), mode='reflect')": (
        "NotImplementedError",
        "Padding size 4 is not supported for 2D input tensor.",
        "",
    ),
    "F.pad(t.ones(1, 1, 3, 3), (1, 1, 1, 1), mode='reflect', value=1.0)": (
        "RuntimeError",
        'Padding mode "reflect" doesn\'t take in value argument',
        "",
    ),
    "F.pad(t.ones(1, 1, 3, 3), (-1, -3))": (
        "RuntimeError",
        "narrow(): length must be non-negative",
        "",
    ),
    "F.pad(t.ones(1, 1, 3, 3), (4, 1, 1, 1), mode='circular')": (
        "RuntimeError",
        "Padding value causes wrapping around more than once.",
        "",
    ),
    "F.pad(t.ones(1, 1, 0, 3), (1, 1, 1, 1), mode='replicate')": (
        "RuntimeError",
        "0 batch size and other non-zero dimensions for input, but got: [1, 1, 0, 3]",
        "",
    ),
}
