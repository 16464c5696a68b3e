"""Affine maps, and what does nothing."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "Identity": Layer(
        "(*args, **kwargs)",
        [
            LayerCase(
                "Identity()",
                [normal(2, 4, 7, 6)],
                "Identity()",
                value=-64.62689733387455,
                unbatched=True,
            ),
            LayerCase("Identity(1, b=2)", [normal(3)], "Identity()", value=-3.052211126896377),
        ],
    ),
    "Linear": Layer(
        "(in_features, out_features, bias=True, device=None, dtype=None)",
        [
            LayerCase(
                "Linear(5, 3)",
                [normal(2, 5)],
                "Linear(in_features=5, out_features=3, bias=True)",
                state="weight bias",
                value=2.979619613659244,
                unbatched=True,
            ),
            LayerCase(
                "Linear(5, 3, bias=False)",
                [normal(2, 5)],
                "Linear(in_features=5, out_features=3, bias=False)",
                state="weight",
                value=2.2347151095119875,
                unbatched=True,
            ),
            LayerCase(
                "Linear(5, 2)",
                [normal(2, 3, 4, 5)],
                "Linear(in_features=5, out_features=2, bias=True)",
                state="weight bias",
                value=-19.63386665305407,
                unbatched=True,
            ),
            LayerCase(
                "Linear(5, 4)",
                [normal(0, 5)],
                "Linear(in_features=5, out_features=4, bias=True)",
                state="weight bias",
                value=-0.2704841183881739,
            ),
        ],
    ),
}

FUNCTIONS = {
    "linear": Function(
        "(input, weight, bias=None)",
        [
            FunctionCase(
                "linear(x, w, b)",
                {"x": normal(2, 5), "w": normal(3, 5), "b": normal(3)},
                value=1.3395163036155582,
                unbatched=True,
            ),
            FunctionCase(
                "linear(x, w)",
                {"x": normal(2, 4, 5), "w": normal(3, 5)},
                value=29.159623145702586,
                unbatched=True,
            ),
            FunctionCase(
                "linear(x, w)",
                {"x": normal(2, 5), "w": normal(5)},
                value=2.006313147344687,
                unbatched=True,
            ),
            FunctionCase(
                "linear(input=x, weight=w, bias=None)",
                {"x": normal(0, 5), "w": normal(3, 5)},
                value=0.0,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.linear(t.ones(2, 3), t.ones(4, 5))": (
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied (2x3 and 5x4)",
        "linear expects 5 input features",
    ),
    "F.linear(t.ones(2, 3, 7), t.ones(4, 5))": (
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied (6x7 and 5x4)",
        "[2, 3, 7]",
    ),
    "F.linear(t.ones(3), t.ones(4, 5))": (
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied (1x3 and 5x4)",
        "",
    ),
    "F.linear(t.ones(2, 3), t.ones(4, 3), t.ones(3))": (
        "RuntimeError",
        "The expanded size of the tensor (4) must match the existing size (3) at non-singleton "
        "dimension 1.  Target sizes: [2, 4].  Tensor sizes: [3]",
        "",
    ),
    "F.linear(t.ones(()), t.ones(4, 3))": (
        "RuntimeError",
        "both arguments to linear need to be at least 1D, but they are 0D and 2D",
        "",
    ),
    "F.linear(t.ones(2, 3), t.ones(4, 3).double())": (
        "RuntimeError",
        "expected m1 and m2 to have the same dtype, but got: float != double",
        ".to(dtype)",
    ),
    "F.linear(t.ones(2, 3).long(), t.ones(4, 3))": (
        "RuntimeError",
        "expected m1 and m2 to have the same dtype, but got: long int != float",
        "",
    ),
    "F.linear([1.0, 2.0], t.ones(4, 3))": (
        "TypeError",
        "linear(): argument 'input' (position 1) must be Tensor, not list",
        "torch.as_tensor",
    ),
    "F.linear(None, t.ones(4, 3))": (
        "TypeError",
        "linear(): argument 'input' (position 1) must be Tensor, not NoneType",
        "",
    ),
    "nn.Linear(-3, 4)": ("RuntimeError", "Trying to create tensor with negative dimension -3", ""),
    "nn.Linear(3, 4)(t.ones(2, 5))": (
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied (2x5 and 3x4)",
        "linear expects 3 input features",
    ),
    "nn.Identity(1)(t.ones(2), 3)": (
        "TypeError",
        "forward() takes 2 positional arguments but 3 were given",
        "",
    ),
}
