"""Activations of straight pieces."""

from tests.nn.cases.rows import Drawn, Function, FunctionCase, Layer, LayerCase, normal, scale

LAYERS = {
    "Hardshrink": Layer(
        "(lambd=0.5)",
        [
            LayerCase(
                "Hardshrink()",
                [normal(3, 4)],
                "Hardshrink(0.5)",
                value=0.5732703449926599,
                unbatched=True,
            ),
            LayerCase(
                "Hardshrink(0.2)",
                [normal(3, 4)],
                "Hardshrink(0.2)",
                value=-1.6694576297117358,
                unbatched=True,
            ),
        ],
    ),
    "Hardsigmoid": Layer(
        "(inplace=False)",
        [
            LayerCase(
                "Hardsigmoid()",
                [Drawn((3, 4), -4.0, 4.0)],
                "Hardsigmoid()",
                value=7.275434857105169,
                unbatched=True,
            ),
            LayerCase(
                "Hardsigmoid(True)",
                [Drawn((3, 4), -4.0, 4.0)],
                "Hardsigmoid()",
                value=7.275434857105169,
                unbatched=True,
            ),
        ],
    ),
    "Hardswish": Layer(
        "(inplace=False)",
        [
            LayerCase(
                "Hardswish()",
                [Drawn((3, 4), -4.0, 4.0)],
                "Hardswish()",
                value=10.684498583168823,
                unbatched=True,
            ),
            LayerCase(
                "Hardswish(True)",
                [Drawn((3, 4), -4.0, 4.0)],
                "Hardswish()",
                value=10.684498583168823,
                unbatched=True,
            ),
        ],
    ),
    "Hardtanh": Layer(
        "(min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None)",
        [
            LayerCase(
                "Hardtanh()",
                [normal(3, 4)],
                "Hardtanh(min_val=-1.0, max_val=1.0)",
                value=-1.9418867641706283,
                unbatched=True,
            ),
            LayerCase(
                "Hardtanh(-0.5, 0.7, True)",
                [normal(3, 4)],
                "Hardtanh(min_val=-0.5, max_val=0.7, inplace=True)",
                value=-3.8286808426618517,
                unbatched=True,
            ),
        ],
    ),
    "PReLU": Layer(
        "(num_parameters=1, init=0.25, device=None, dtype=None)",
        [
            LayerCase(
                "PReLU(1)",
                [normal(3, 4)],
                "PReLU(num_parameters=1)",
                state="weight",
                value=-3.183272472497919,
                unbatched=True,
            ),
            LayerCase(
                "PReLU(4, init=0.1)",
                [normal(3, 4)],
                "PReLU(num_parameters=4)",
                state="weight",
                value=1.4127097917350744,
            ),
            LayerCase(
                "PReLU(3)",
                [normal(2, 3, 2, 2)],
                "PReLU(num_parameters=3)",
                state="weight",
                value=-12.522650617274582,
            ),
        ],
    ),
    "RReLU": Layer(
        "(lower=0.125, upper=0.3333333333333333, inplace=False)",
        [
            LayerCase(
                "RReLU()",
                [normal(3, 4)],
                "RReLU(lower=0.125, upper=0.3333333333333333)",
                value=-2.2860434492050774,
                unbatched=True,
            ),
            LayerCase(
                "RReLU(0.1, 0.4, True)",
                [normal(3, 4)],
                "RReLU(lower=0.1, upper=0.4, inplace=True)",
                value=-2.3387997683175588,
                unbatched=True,
            ),
        ],
    ),
    "ReLU6": Layer(
        "(inplace=False)",
        [
            LayerCase(
                "ReLU6()", [normal(3, 4)], "ReLU6()", value=-2.1068198323308174, unbatched=True
            ),
            LayerCase(
                "ReLU6(True)",
                [normal(3, 4)],
                "ReLU6(inplace=True)",
                value=-2.1068198323308174,
                unbatched=True,
            ),
        ],
    ),
    "Softshrink": Layer(
        "(lambd=0.5)",
        [
            LayerCase(
                "Softshrink()",
                [normal(3, 4)],
                "Softshrink(0.5)",
                value=1.6792326322383766,
                unbatched=True,
            ),
            LayerCase(
                "Softshrink(0.2)",
                [normal(3, 4)],
                "Softshrink(0.2)",
                value=-1.1252937586758942,
                unbatched=True,
            ),
        ],
    ),
    "Threshold": Layer(
        "(threshold, value, inplace=False)",
        [
            LayerCase(
                "Threshold(0.1, -2.0)",
                [normal(3, 4)],
                "Threshold(threshold=0.1, value=-2.0)",
                value=-19.756412867441103,
                unbatched=True,
            ),
            LayerCase(
                "Threshold(-0.2, 3, True)",
                [normal(3, 4)],
                "Threshold(threshold=-0.2, value=3, inplace=True)",
                value=17.321098320657946,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS = {
    "hardshrink": Function(
        "(input, lambd=0.5)",
        [
            FunctionCase(
                "hardshrink(x)", {"x": normal(3, 4)}, value=0.5732703449926599, unbatched=True
            ),
            FunctionCase(
                "hardshrink(input=x, lambd=0.2)",
                {"x": normal(3, 4)},
                value=-1.6694576297117358,
                unbatched=True,
            ),
        ],
    ),
    "hardsigmoid": Function(
        "(input, inplace=False)",
        [
            FunctionCase(
                "hardsigmoid(x)",
                {"x": Drawn((3, 4), -4.0, 4.0)},
                value=7.275434857105169,
                unbatched=True,
                orders=1,
            ),
            FunctionCase(
                "hardsigmoid(input=x, inplace=True)",
                {"x": Drawn((3, 4), -4.0, 4.0)},
                value=7.275434857105169,
                unbatched=True,
                orders=1,
            ),
        ],
    ),
    "hardswish": Function(
        "(input, inplace=False)",
        [
            FunctionCase(
                "hardswish(x)",
                {"x": Drawn((3, 4), -4.0, 4.0)},
                value=13.54635863139207,
                unbatched=True,
            ),
            FunctionCase(
                "hardswish(input=x, inplace=True)",
                {"x": Drawn((3, 4), -4.0, 4.0)},
                value=13.54635863139207,
                unbatched=True,
            ),
        ],
    ),
    "hardtanh": Function(
        "(input, min_val=-1.0, max_val=1.0, inplace=False)",
        [
            FunctionCase(
                "hardtanh(x)", {"x": normal(3, 4)}, value=-1.9418867641706283, unbatched=True
            ),
            FunctionCase(
                "hardtanh(input=x, min_val=-0.5, max_val=0.7, inplace=True)",
                {"x": normal(3, 4)},
                value=-3.8286808426618517,
                unbatched=True,
            ),
        ],
    ),
    "hardtanh_": Function(
        "(input, min_val=-1.0, max_val=1.0)",
        [
            FunctionCase(
                "hardtanh_(x)", {"x": normal(3, 4)}, value=-1.9418867641706283, unbatched=True
            ),
            FunctionCase(
                "hardtanh_(input=x, min_val=-0.5, max_val=0.7)",
                {"x": normal(3, 4)},
                value=-3.8286808426618517,
                unbatched=True,
            ),
        ],
    ),
    "prelu": Function(
        "(input, weight)",
        [
            FunctionCase(
                "prelu(x, w)",
                {"x": normal(3, 4), "w": scale(1)},
                value=-1.6841936678336777,
                unbatched=True,
            ),
            FunctionCase(
                "prelu(input=x, weight=w)",
                {"x": normal(2, 3, 4), "w": scale(3)},
                value=-6.252562686329895,
            ),
        ],
    ),
    "relu6": Function(
        "(input, inplace=False)",
        [
            FunctionCase(
                "relu6(x)", {"x": normal(3, 4)}, value=-2.1068198323308174, unbatched=True
            ),
            FunctionCase(
                "relu6(input=x, inplace=True)",
                {"x": normal(3, 4)},
                value=-2.1068198323308174,
                unbatched=True,
            ),
        ],
    ),
    "rrelu": Function(
        "(input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False)",
        [
            FunctionCase("rrelu(x)", {"x": normal(3, 4)}, value=-2.181591393641786, unbatched=True),
            FunctionCase(
                "rrelu(input=x, lower=0.1, upper=0.4, training=False, inplace=True)",
                {"x": normal(3, 4)},
                value=-2.18838880830642,
                unbatched=True,
            ),
            FunctionCase("rrelu(x, training=True)", {"x": normal(3, 4)}, value=-2.2860434492050774),
        ],
    ),
    "rrelu_": Function(
        "(input, lower=0.125, upper=0.3333333333333333, training=False)",
        [
            FunctionCase(
                "rrelu_(x)", {"x": normal(3, 4)}, value=-2.181591393641786, unbatched=True
            ),
            FunctionCase(
                "rrelu_(input=x, lower=0.1, upper=0.4, training=False)",
                {"x": normal(3, 4)},
                value=-2.18838880830642,
                unbatched=True,
            ),
            FunctionCase(
                "rrelu_(x, training=True)", {"x": normal(3, 4)}, value=-2.2860434492050774
            ),
        ],
    ),
    "softshrink": Function(
        "(input, lambd=0.5)",
        [
            FunctionCase(
                "softshrink(x)", {"x": normal(3, 4)}, value=1.6792326322383766, unbatched=True
            ),
            FunctionCase(
                "softshrink(input=x, lambd=0.2)",
                {"x": normal(3, 4)},
                value=-1.1252937586758942,
                unbatched=True,
            ),
        ],
    ),
    "threshold": Function(
        "(input, threshold, value, inplace=False)",
        [
            FunctionCase(
                "threshold(x, 0.1, -2.0)",
                {"x": normal(3, 4)},
                value=-19.756412867441103,
                unbatched=True,
            ),
            FunctionCase(
                "threshold(input=x, threshold=0.1, value=3.0, inplace=True)",
                {"x": normal(3, 4)},
                value=26.276664986638345,
                unbatched=True,
            ),
        ],
    ),
    "threshold_": Function(
        "(input, threshold, value)",
        [
            FunctionCase(
                "threshold_(x, 0.1, -2.0)",
                {"x": normal(3, 4)},
                value=-19.756412867441103,
                unbatched=True,
            ),
            FunctionCase(
                "threshold_(input=x, threshold=0.1, value=3.0)",
                {"x": normal(3, 4)},
                value=26.276664986638345,
                unbatched=True,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.threshold(t.ones(3).bool(), 0, 1)": (
        "NotImplementedError",
        "\"threshold_cpu\" not implemented for 'Bool'",
        "",
    ),
    "F.threshold(t.ones(3), 'a', 1)": (
        "TypeError",
        "threshold(): argument 'threshold'",
        "",
    ),
    "F.threshold_(t.ones(2, requires_grad=True), 0, 1)": (
        "RuntimeError",
        "a leaf Variable that requires grad is being used in an in-place operation",
        "",
    ),
    "F.hardtanh(t.ones(2), 2.0, 1.0)": ("ValueError", "min_val cannot be greater than max_val", ""),
    "F.hardtanh(t.ones(2).bool())": (
        "RuntimeError",
        "Bool inputs not supported for hardtanh",
        ".float()",
    ),
    "F.hardtanh(t.arange(3).to(t.uint8))": (
        "RuntimeError",
        "cannot do hardtanh on an unsigned type with negative limits",
        "",
    ),
    "F.hardtanh_(t.ones(2, requires_grad=True))": (
        "RuntimeError",
        "a leaf Variable that requires grad is being used in an in-place operation",
        "",
    ),
    "F.relu6([1.0])": (
        "TypeError",
        "relu6(): argument 'input' (position 1) must be Tensor, not list",
        "",
    ),
    "F.hardsigmoid(t.arange(3))": (
        "NotImplementedError",
        "\"hardsigmoid_cpu\" not implemented for 'Long'",
        "",
    ),
    "F.hardswish(t.arange(3))": (
        "NotImplementedError",
        "\"hardswish_cpu\" not implemented for 'Long'",
        "",
    ),
    "F.hardshrink(t.arange(3))": (
        "NotImplementedError",
        "\"hardshrink_cpu\" not implemented for 'Long'",
        "",
    ),
    "F.softshrink(t.arange(3))": (
        "NotImplementedError",
        "\"softshrink_check\" not implemented for 'Long'",
        "",
    ),
    "F.softshrink(t.ones(3), -1.0)": (
        "RuntimeError",
        "lambda must be in range [0, 3.40282e+38] for input dtype Float, but found -1",
        "",
    ),
    "F.prelu(t.ones(2, 3), t.ones(2))": (
        "RuntimeError",
        "Mismatch of parameter numbers and input channel size. Found parameter numbers = 2 and "
        "channel size = 3.",
        "",
    ),
    "F.prelu(t.ones(2, 3), t.ones(3, 1))": (
        "RuntimeError",
        "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = 2",
        "",
    ),
    "F.prelu(t.ones(()), t.ones(2))": ("RuntimeError", "Not allow zero-dim input tensor.", ""),
    "F.prelu(t.ones(2, 3), t.ones(1).double())": (
        "RuntimeError",
        "prelu: Type promoting not supported. Got Float and Double",
        "",
    ),
    "F.prelu(t.ones(2, 3).long(), t.ones(1).long())": (
        "NotImplementedError",
        "\"prelu_cpu\" not implemented for 'Long'",
        "",
    ),
    "F.prelu(t.ones(2, 3), 0.3)": (
        "TypeError",
        "prelu(): argument 'weight' (position 2) must be Tensor, not float",
        "",
    ),
    "F.rrelu_(t.ones(3), 0.5, 0.1)": (
        "RuntimeError",
        "Lower bound should be less than or equal to the upper bound",
        "",
    ),
    "F.rrelu(t.arange(3), training=True)": (
        "NotImplementedError",
        "\"rrelu_with_noise_out_cpu\" not implemented for 'Long'",
        "",
    ),
    "F.rrelu(t.ones(3), 0.5, 0.1)": (
        "RuntimeError",
        "Lower bound should be less than or equal to the upper bound",
        "",
    ),
    "F.rrelu(t.ones(3), -float('inf'), 0.1, True)": (
        "RuntimeError",
        "rrelu: lower bound must be finite, got -inf",
        "",
    ),
    "nn.Threshold(0, 1)(t.ones(2).bool())": (
        "NotImplementedError",
        "\"threshold_cpu\" not implemented for 'Bool'",
        "",
    ),
    "nn.Hardtanh(2, 1)": ("AssertionError", "max_val (1) must be greater than min_val (2)", ""),
    "nn.ReLU6()(t.ones(2).bool())": ("RuntimeError", "Bool inputs not supported for hardtanh", ""),
    "nn.Hardsigmoid()(t.arange(3))": (
        "NotImplementedError",
        "\"hardsigmoid_cpu\" not implemented for 'Long'",
        "",
    ),
    "nn.Hardswish()(t.arange(3))": (
        "NotImplementedError",
        "\"hardswish_cpu\" not implemented for 'Long'",
        "",
    ),
    "nn.Hardshrink()(t.arange(3))": (
        "NotImplementedError",
        "\"hardshrink_cpu\" not implemented for 'Long'",
        "",
    ),
    "nn.Softshrink(-1.0)(t.ones(2))": (
        "RuntimeError",
        "lambda must be in range [0, 3.40282e+38] for input dtype Float, but found -1",
        "",
    ),
    "nn.PReLU(2)(t.ones(4, 3))": (
        "RuntimeError",
        "Mismatch of parameter numbers and input channel size. Found parameter numbers = 2 and "
        "channel size = 3.",
        "",
    ),
    "nn.RReLU(0.5, 0.1)(t.ones(3))": (
        "RuntimeError",
        "Lower bound should be less than or equal to the upper bound",
        "",
    ),
}
