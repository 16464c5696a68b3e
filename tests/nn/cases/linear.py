"""Affine maps, and what does nothing."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "Bilinear": Layer(
        "(in1_features, in2_features, out_features, bias=True, device=None, dtype=None)",
        [
            LayerCase(
                "Bilinear(3, 4, 5)",
                [normal(2, 3), normal(2, 4)],
                "Bilinear(in1_features=3, in2_features=4, out_features=5, bias=True)",
                state="weight bias",
                unbatched=True,
                value=-3.099897739974627,
            ),
            LayerCase(
                "Bilinear(3, 2, 1, bias=False)",
                [normal(2, 2, 3), normal(2, 2, 2)],
                "Bilinear(in1_features=3, in2_features=2, out_features=1, bias=False)",
                state="weight",
                unbatched=True,
                value=4.6811770815503975,
            ),
        ],
    ),
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
    "bilinear": Function(
        "(input1, input2, weight, bias=None)",
        [
            FunctionCase(
                "bilinear(input1=x, input2=y, weight=w, bias=b)",
                {"x": normal(2, 3), "y": normal(2, 4), "w": normal(5, 3, 4), "b": normal(5)},
                value=17.237862503582544,
            ),
            FunctionCase(
                "bilinear(x, y, w)",
                {"x": normal(3), "y": normal(4), "w": normal(5, 3, 4)},
                value=-31.34310891969413,
            ),
        ],
    ),
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
    "nn.Bilinear(0, 1, 2)": ("ValueError", "in1_features must be > 0", "in1_features=0"),
    "F.bilinear(t.ones(2, 3), t.ones(2, 5), t.ones(5, 3, 4))": (
        "RuntimeError",
        "bilinear(): input2 size does not match weight size: got 5 but expected 4",
        "",
    ),
    "F.bilinear(t.ones(2, 3), t.ones(2, 4).double(), t.ones(5, 3, 4))": (
        "RuntimeError",
        "All tensors must have the same dtype, got input1: float, input2: double, weight: float",
        "",
    ),
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
