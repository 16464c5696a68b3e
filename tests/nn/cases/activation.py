"""Activations."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "ELU": Layer(
        "(alpha=1.0, inplace=False)",
        [
            LayerCase(
                "ELU()", [normal(3, 4)], "ELU(alpha=1.0)", value=-3.0341540205950492, unbatched=True
            ),
            LayerCase(
                "ELU(0.7)",
                [normal(3, 4)],
                "ELU(alpha=0.7)",
                value=-2.7559537641157803,
                unbatched=True,
            ),
            LayerCase(
                "ELU(0.7, True)",
                [normal(3, 4)],
                "ELU(alpha=0.7, inplace=True)",
                value=-2.7559537641157803,
                unbatched=True,
            ),
        ],
    ),
    "GELU": Layer(
        "(approximate='none')",
        [
            LayerCase(
                "GELU()",
                [normal(3, 4)],
                "GELU(approximate='none')",
                value=-2.2749805574081634,
                unbatched=True,
            ),
            LayerCase(
                'GELU("tanh")',
                [normal(3, 4)],
                "GELU(approximate='tanh')",
                value=-2.274792626139612,
                unbatched=True,
            ),
        ],
    ),
    "LeakyReLU": Layer(
        "(negative_slope=0.01, inplace=False)",
        [
            LayerCase(
                "LeakyReLU()",
                [normal(3, 4)],
                "LeakyReLU(negative_slope=0.01)",
                value=-2.1100825913698418,
                unbatched=True,
            ),
            LayerCase(
                "LeakyReLU(0.3)",
                [normal(3, 4)],
                "LeakyReLU(negative_slope=0.3)",
                value=-2.204702603501541,
                unbatched=True,
            ),
            LayerCase(
                "LeakyReLU(0.2, True)",
                [normal(3, 4)],
                "LeakyReLU(negative_slope=0.2, inplace=True)",
                value=-2.172075013111299,
                unbatched=True,
            ),
        ],
    ),
    "LogSoftmax": Layer(
        "(dim=None)",
        [
            LayerCase(
                "LogSoftmax(0)", [normal(3, 4)], "LogSoftmax(dim=0)", value=-15.944451294144129
            ),
            LayerCase(
                "LogSoftmax(dim=-1)",
                [normal(2, 3, 4)],
                "LogSoftmax(dim=-1)",
                value=-39.50569312263683,
                unbatched=True,
            ),
        ],
    ),
    "ReLU": Layer(
        "(inplace=False)",
        [
            LayerCase(
                "ReLU()", [normal(3, 4)], "ReLU()", value=-2.1068198323308174, unbatched=True
            ),
            LayerCase(
                "ReLU(True)",
                [normal(3, 4)],
                "ReLU(inplace=True)",
                value=-2.1068198323308174,
                unbatched=True,
            ),
        ],
    ),
    "SiLU": Layer(
        "(inplace=False)",
        [
            LayerCase(
                "SiLU()", [normal(3, 4)], "SiLU()", value=-1.9735007161225253, unbatched=True
            ),
            LayerCase(
                "SiLU(True)",
                [normal(3, 4)],
                "SiLU(inplace=True)",
                value=-1.9735007161225253,
                unbatched=True,
            ),
        ],
    ),
    "Sigmoid": Layer(
        "()",
        [
            LayerCase(
                "Sigmoid()", [normal(3, 4)], "Sigmoid()", value=5.8663960078726385, unbatched=True
            )
        ],
    ),
    "Softmax": Layer(
        "(dim=None)",
        [
            LayerCase("Softmax()", None, "Softmax(dim=None)"),
            LayerCase("Softmax(1)", [normal(3, 4)], "Softmax(dim=1)", value=3.0703797953089897),
            LayerCase(
                "Softmax(-3)",
                [normal(2, 4, 3, 3)],
                "Softmax(dim=-3)",
                value=17.856918051017832,
                unbatched=True,
            ),
        ],
    ),
    "Softplus": Layer(
        "(beta=1.0, threshold=20.0)",
        [
            LayerCase(
                "Softplus()",
                [normal(3, 4)],
                "Softplus(beta=1.0, threshold=20.0)",
                value=7.3615288817588835,
                unbatched=True,
            ),
            LayerCase(
                "Softplus(2.0, 1.5)",
                [normal(3, 4)],
                "Softplus(beta=2.0, threshold=1.5)",
                value=2.473174791491694,
                unbatched=True,
            ),
        ],
    ),
    "Tanh": Layer(
        "()",
        [LayerCase("Tanh()", [normal(3, 4)], "Tanh()", value=-2.6912057854779237, unbatched=True)],
    ),
}

FUNCTIONS = {
    "elu": Function(
        "(input, alpha=1.0, inplace=False)",
        [
            FunctionCase("elu(x)", {"x": normal(3, 4)}, value=0.46027512269458715, unbatched=True),
            FunctionCase(
                "elu(input=x, alpha=0.7, inplace=False)",
                {"x": normal(3, 4)},
                value=-0.3098533638130352,
                unbatched=True,
            ),
            FunctionCase(
                "elu(x, 0.7, True)", {"x": normal(3, 4)}, value=-0.3098533638130352, unbatched=True
            ),
        ],
    ),
    "elu_": Function(
        "(input, alpha=1.0)",
        [
            FunctionCase("elu_(x)", {"x": normal(3, 4)}, value=0.46027512269458715, unbatched=True),
            FunctionCase(
                "elu_(input=x, alpha=0.7)",
                {"x": normal(3, 4)},
                value=-0.3098533638130352,
                unbatched=True,
            ),
        ],
    ),
    "gelu": Function(
        "(input, approximate='none')",
        [
            FunctionCase("gelu(x)", {"x": normal(3, 4)}, value=4.585774701027984, unbatched=True),
            FunctionCase(
                'gelu(input=x, approximate="tanh")',
                {"x": normal(3, 4)},
                value=4.582179730845177,
                unbatched=True,
            ),
        ],
    ),
    "leaky_relu": Function(
        "(input, negative_slope=0.01, inplace=False)",
        [
            FunctionCase(
                "leaky_relu(x)", {"x": normal(3, 4)}, value=-2.1100825913698418, unbatched=True
            ),
            FunctionCase(
                "leaky_relu(input=x, negative_slope=0.3, inplace=False)",
                {"x": normal(3, 4)},
                value=-2.204702603501541,
                unbatched=True,
            ),
            FunctionCase(
                "leaky_relu(x, 0.3, True)",
                {"x": normal(3, 4)},
                value=-2.204702603501541,
                unbatched=True,
            ),
        ],
    ),
    "leaky_relu_": Function(
        "(input, negative_slope=0.01)",
        [
            FunctionCase(
                "leaky_relu_(x)", {"x": normal(3, 4)}, value=-2.1100825913698418, unbatched=True
            ),
            FunctionCase(
                "leaky_relu_(input=x, negative_slope=0.3)",
                {"x": normal(3, 4)},
                value=-2.204702603501541,
                unbatched=True,
            ),
        ],
    ),
    "log_softmax": Function(
        "(input, dim=None, _stacklevel=3, dtype=None)",
        [
            FunctionCase("log_softmax(x, 1)", {"x": normal(3, 4)}, value=-22.134737389650883),
            FunctionCase(
                "log_softmax(input=x, dim=-1, dtype=torch.float64)",
                {"x": normal(2, 3, 4)},
                value=-39.79639290936797,
                unbatched=True,
            ),
        ],
    ),
    "relu": Function(
        "(input, inplace=False)",
        [
            FunctionCase("relu(x)", {"x": normal(3, 4)}, value=-2.1068198323308174, unbatched=True),
            FunctionCase(
                "relu(input=x, inplace=True)",
                {"x": normal(3, 4)},
                value=-2.1068198323308174,
                unbatched=True,
            ),
        ],
    ),
    "relu_": Function(
        "(input)",
        [
            FunctionCase(
                "relu_(input=x)", {"x": normal(3, 4)}, value=-2.1068198323308174, unbatched=True
            )
        ],
    ),
    "sigmoid": Function(
        "(input)",
        [
            FunctionCase(
                "sigmoid(input=x)", {"x": normal(3, 4)}, value=6.053483481021565, unbatched=True
            )
        ],
    ),
    "silu": Function(
        "(input, inplace=False)",
        [
            FunctionCase("silu(x)", {"x": normal(3, 4)}, value=2.9455539860878526, unbatched=True),
            FunctionCase(
                "silu(input=x, inplace=True)",
                {"x": normal(3, 4)},
                value=2.9455539860878526,
                unbatched=True,
            ),
        ],
    ),
    "softmax": Function(
        "(input, dim=None, _stacklevel=3, dtype=None)",
        [
            FunctionCase("softmax(x, 1)", {"x": normal(3, 4)}, value=3.2148221535715336),
            FunctionCase(
                "softmax(input=x, dim=-1, dtype=torch.float64)",
                {"x": normal(2, 3, 4)},
                value=7.158052782321598,
                unbatched=True,
            ),
        ],
    ),
    "softplus": Function(
        "(input, beta=1.0, threshold=20.0)",
        [
            FunctionCase(
                "softplus(x)", {"x": normal(3, 4)}, value=9.996621088728133, unbatched=True
            ),
            FunctionCase(
                "softplus(input=x, beta=2.0, threshold=1.5)",
                {"x": normal(3, 4)},
                value=6.836255061274155,
                unbatched=True,
            ),
        ],
    ),
    "tanh": Function(
        "(input)",
        [
            FunctionCase(
                "tanh(input=x)", {"x": normal(3, 4)}, value=-0.38075792306222045, unbatched=True
            )
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.softmax(t.ones(2, 3), dim=2)": (
        "IndexError",
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
        "",
    ),
    "F.log_softmax(t.arange(3), dim=0)": ("NotImplementedError", "not implemented for", ".float()"),
    "F.gelu(t.ones(2), approximate='foo')": (
        "RuntimeError",
        "approximate argument must be either none or tanh",
        "'foo'",
    ),
    "F.gelu(t.arange(3))": ("NotImplementedError", "not implemented for", ".float()"),
    "F.leaky_relu(t.arange(3))": ("NotImplementedError", "not implemented for", ".float()"),
    "F.relu(t.ones(2) > 0)": ("RuntimeError", "Boolean inputs not supported for relu", ""),
    "F.relu([1.0])": ("TypeError", "must be Tensor, not list", ""),
    "nn.ELU()(t.arange(3))": (
        "NotImplementedError",
        "\"elu_cpu\" not implemented for 'Long'",
        ".float()",
    ),
    "nn.GELU()(t.arange(3))": (
        "NotImplementedError",
        "\"GeluKernelImpl\" not implemented for 'Long'",
        ".float()",
    ),
    "nn.LeakyReLU()(t.arange(3))": (
        "NotImplementedError",
        "\"leaky_relu_cpu\" not implemented for 'Long'",
        ".float()",
    ),
    "nn.SiLU()(t.arange(3))": (
        "NotImplementedError",
        "\"silu_cpu\" not implemented for 'Long'",
        ".float()",
    ),
    "nn.Softplus()(t.arange(3))": (
        "NotImplementedError",
        "\"softplus_cpu\" not implemented for 'Long'",
        ".float()",
    ),
    "F.elu(t.arange(3))": (
        "NotImplementedError",
        "\"elu_cpu\" not implemented for 'Long'",
        ".float()",
    ),
    "F.elu_(t.arange(3))": (
        "NotImplementedError",
        "\"elu_cpu\" not implemented for 'Long'",
        ".float()",
    ),
    "F.leaky_relu_(t.arange(3))": (
        "NotImplementedError",
        "\"leaky_relu_cpu\" not implemented for 'Long'",
        ".float()",
    ),
    "F.silu(t.arange(3))": (
        "NotImplementedError",
        "\"silu_cpu\" not implemented for 'Long'",
        ".float()",
    ),
    "F.softplus(t.arange(3))": (
        "NotImplementedError",
        "\"softplus_cpu\" not implemented for 'Long'",
        ".float()",
    ),
    "F.elu_(t.ones(3, requires_grad=True))": (
        "RuntimeError",
        "a leaf Variable that requires grad is being used in an in-place operation.",
        "clone()",
    ),
    "F.leaky_relu_(t.ones(3, requires_grad=True))": (
        "RuntimeError",
        "a leaf Variable that requires grad is being used in an in-place operation.",
        "clone()",
    ),
    "F.relu_(t.ones(3, requires_grad=True))": (
        "RuntimeError",
        "a leaf Variable that requires grad is being used in an in-place operation.",
        "clone()",
    ),
    "nn.ReLU(True)(t.ones(3, requires_grad=True))": (
        "RuntimeError",
        "a leaf Variable that requires grad is being used in an in-place operation.",
        "clone()",
    ),
    "nn.LogSoftmax(2)(t.ones(2, 3))": (
        "IndexError",
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
        "",
    ),
    "nn.Softmax(2)(t.ones(2, 3))": (
        "IndexError",
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
        "",
    ),
    "nn.ReLU()(t.ones(2) > 0)": (
        "RuntimeError",
        "Boolean inputs not supported for relu",
        ".float()",
    ),
    "nn.Sigmoid()([1.0])": (
        "TypeError",
        "sigmoid(): argument 'input' (position 1) must be Tensor, not list",
        "torch.as_tensor",
    ),
    "nn.Tanh()([1.0])": (
        "TypeError",
        "tanh(): argument 'input' (position 1) must be Tensor, not list",
        "torch.as_tensor",
    ),
    "F.sigmoid()": ("TypeError", "sigmoid() missing 1 required positional argument: 'input'", ""),
    "F.tanh()": ("TypeError", "tanh() missing 1 required positional argument: 'input'", ""),
}
