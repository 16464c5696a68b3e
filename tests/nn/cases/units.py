"""Activations: exponential, logistic and gated units."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "CELU": Layer(
        "(alpha=1.0, inplace=False)",
        [
            LayerCase(
                "CELU()",
                [normal(3, 4)],
                "CELU(alpha=1.0)",
                value=-3.0341540205950492,
                unbatched=True,
            ),
            LayerCase(
                "CELU(0.5)",
                [normal(3, 4)],
                "CELU(alpha=0.5)",
                value=-3.2484514421966515,
                unbatched=True,
            ),
            LayerCase(
                "CELU(2.0, True)",
                [normal(3, 4)],
                "CELU(alpha=2.0, inplace=True)",
                value=-2.801111910490101,
                unbatched=True,
            ),
        ],
    ),
    "GLU": Layer(
        "(dim=-1)",
        [
            LayerCase(
                "GLU()", [normal(3, 4)], "GLU(dim=-1)", value=-2.1895127588506016, unbatched=True
            ),
            LayerCase("GLU(1)", [normal(3, 4, 2)], "GLU(dim=1)", value=-3.9389872640684054),
        ],
    ),
    "LogSigmoid": Layer(
        "()",
        [
            LayerCase(
                "LogSigmoid()",
                [normal(3, 4)],
                "LogSigmoid()",
                value=-9.79462461799211,
                unbatched=True,
            ),
        ],
    ),
    "Mish": Layer(
        "(inplace=False)",
        [
            LayerCase(
                "Mish()", [normal(3, 4)], "Mish()", value=-2.3558139597079166, unbatched=True
            ),
            LayerCase(
                "Mish(True)",
                [normal(3, 4)],
                "Mish(inplace=True)",
                value=-2.3558139597079166,
                unbatched=True,
            ),
        ],
    ),
    "SELU": Layer(
        "(inplace=False)",
        [
            LayerCase("SELU()", [normal(3, 4)], "SELU()", value=-3.843983303142683, unbatched=True),
            LayerCase(
                "SELU(True)",
                [normal(3, 4)],
                "SELU(inplace=True)",
                value=-3.843983303142683,
                unbatched=True,
            ),
        ],
    ),
    "Softsign": Layer(
        "()",
        [
            LayerCase(
                "Softsign()",
                [normal(3, 4)],
                "Softsign()",
                value=-2.2886844631946643,
                unbatched=True,
            ),
        ],
    ),
    "Tanhshrink": Layer(
        "()",
        [
            LayerCase(
                "Tanhshrink()",
                [normal(3, 4)],
                "Tanhshrink()",
                value=0.25811004924469577,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS = {
    "celu": Function(
        "(input, alpha=1.0, inplace=False)",
        [
            FunctionCase("celu(x)", {"x": normal(3, 4)}, value=0.46027512269458715, unbatched=True),
            FunctionCase(
                "celu(input=x, alpha=0.5, inplace=False)",
                {"x": normal(3, 4)},
                value=0.7896401526282486,
                unbatched=True,
            ),
            FunctionCase(
                "celu(x, 2.0, inplace=True)",
                {"x": normal(3, 4)},
                value=-0.49401730473258043,
                unbatched=True,
            ),
        ],
    ),
    "celu_": Function(
        "(input, alpha=1.0)",
        [
            FunctionCase(
                "celu_(x)", {"x": normal(3, 4)}, value=0.46027512269458715, unbatched=True
            ),
            FunctionCase(
                "celu_(input=x, alpha=0.5)",
                {"x": normal(3, 4)},
                value=0.7896401526282486,
                unbatched=True,
            ),
        ],
    ),
    "glu": Function(
        "(input, dim=-1)",
        [
            FunctionCase("glu(x)", {"x": normal(3, 4)}, value=-1.5098017642326151, unbatched=True),
            FunctionCase("glu(input=x, dim=1)", {"x": normal(3, 4, 2)}, value=-3.204560883729215),
        ],
    ),
    "logsigmoid": Function(
        "(input)",
        [
            FunctionCase(
                "logsigmoid(x)", {"x": normal(3, 4)}, value=-12.429716824961359, unbatched=True
            ),
            FunctionCase(
                "logsigmoid(input=x)",
                {"x": normal(3, 4)},
                value=-12.429716824961359,
                unbatched=True,
            ),
        ],
    ),
    "mish": Function(
        "(input, inplace=False)",
        [
            FunctionCase("mish(x)", {"x": normal(3, 4)}, value=3.5799633699353373, unbatched=True),
            FunctionCase(
                "mish(input=x, inplace=True)",
                {"x": normal(3, 4)},
                value=3.5799633699353373,
                unbatched=True,
            ),
        ],
    ),
    "selu": Function(
        "(input, inplace=False)",
        [
            FunctionCase("selu(x)", {"x": normal(3, 4)}, value=2.299570270312689, unbatched=True),
            FunctionCase(
                "selu(input=x, inplace=True)",
                {"x": normal(3, 4)},
                value=2.299570270312688,
                unbatched=True,
            ),
        ],
    ),
    "selu_": Function(
        "(input)",
        [
            FunctionCase("selu_(x)", {"x": normal(3, 4)}, value=2.299570270312688, unbatched=True),
            FunctionCase(
                "selu_(input=x)", {"x": normal(3, 4)}, value=2.299570270312688, unbatched=True
            ),
        ],
    ),
    "softsign": Function(
        "(input)",
        [
            FunctionCase(
                "softsign(x)", {"x": normal(3, 4)}, value=-4.315033662352327, unbatched=True
            ),
            FunctionCase(
                "softsign(input=x)", {"x": normal(3, 4)}, value=-4.315033662352327, unbatched=True
            ),
        ],
    ),
    "tanhshrink": Function(
        "(input)",
        [
            FunctionCase(
                "tanhshrink(x)", {"x": normal(3, 4)}, value=-2.0523378131710075, unbatched=True
            ),
            FunctionCase(
                "tanhshrink(input=x)",
                {"x": normal(3, 4)},
                value=-2.0523378131710075,
                unbatched=True,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.celu(t.ones(3), 0)": ("RuntimeError", "ZeroDivisionError: alpha cannot be 0 for CELU", ""),
    "F.celu(t.arange(3))": ("NotImplementedError", "\"elu_cpu\" not implemented for 'Long'", ""),
    "F.celu_(t.ones(2, requires_grad=True))": (
        "RuntimeError",
        "a leaf Variable that requires grad is being used in an in-place operation",
        "",
    ),
    "F.selu(t.arange(3))": ("NotImplementedError", "\"elu_cpu\" not implemented for 'Long'", ""),
    "F.selu_(t.arange(3))": ("NotImplementedError", "\"elu_cpu\" not implemented for 'Long'", ""),
    "F.mish(t.arange(3))": ("NotImplementedError", "\"mish_cpu\" not implemented for 'Long'", ""),
    "F.logsigmoid(t.arange(3))": (
        "NotImplementedError",
        "\"log_sigmoid_cpu\" not implemented for 'Long'",
        "",
    ),
    "F.softsign(t.ones(2).bool())": ("NotImplementedError", "not implemented for 'Bool'", ""),
    "F.tanhshrink(t.ones(3).bool(), 1)": (
        "TypeError",
        "tanhshrink() takes 1 positional argument but 2 were given",
        "",
    ),
    "F.glu(t.ones(5))": (
        "RuntimeError",
        "Halving dimension must be even, but dimension 0 is size 5",
        "",
    ),
    "F.glu(t.ones(()))": (
        "RuntimeError",
        "glu does not support scalars because halving size must be even",
        "",
    ),
    "F.glu(t.ones(4), 2)": (
        "IndexError",
        "Dimension out of range (expected to be in range of [-1, 0], but got 2)",
        "",
    ),
    "F.glu(t.arange(4))": ("NotImplementedError", "\"glu_cpu\" not implemented for 'Long'", ""),
    "nn.CELU(0)(t.ones(3))": ("RuntimeError", "ZeroDivisionError: alpha cannot be 0 for CELU", ""),
    "nn.SELU()(t.arange(3))": ("NotImplementedError", "\"elu_cpu\" not implemented for 'Long'", ""),
    "nn.Mish()(t.arange(3))": (
        "NotImplementedError",
        "\"mish_cpu\" not implemented for 'Long'",
        "",
    ),
    "nn.LogSigmoid()(t.arange(3))": (
        "NotImplementedError",
        "\"log_sigmoid_cpu\" not implemented for 'Long'",
        "",
    ),
    "nn.Softsign()(t.ones(2).bool())": ("NotImplementedError", "not implemented for 'Bool'", ""),
    "nn.Tanhshrink(1)": (
        "TypeError",
        "__init__() takes 1 positional argument but 2 were given",
        "",
    ),
    "nn.GLU()(t.ones(5))": (
        "RuntimeError",
        "Halving dimension must be even, but dimension 0 is size 5",
        "",
    ),
}
