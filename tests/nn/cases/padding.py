"""Padding."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "CircularPad1d": Layer(
        "(padding)",
        [
            LayerCase(
                "CircularPad1d(2)",
                [normal(2, 3, 4)],
                "CircularPad1d((2, 2))",
                value=-33.61376975924445,
                unbatched=True,
            ),
            LayerCase(
                "CircularPad1d((1, -1))",
                [normal(2, 4)],
                "CircularPad1d((1, -1))",
                value=-3.6942241177146946,
            ),
        ],
    ),
    "CircularPad2d": Layer(
        "(padding)",
        [
            LayerCase(
                "CircularPad2d((1, 2, 0, 1))",
                [normal(2, 2, 3, 4)],
                "CircularPad2d((1, 2, 0, 1))",
                value=-46.585181956835456,
                unbatched=True,
            ),
        ],
    ),
    "CircularPad3d": Layer(
        "(padding)",
        [
            LayerCase(
                "CircularPad3d((1, 0, 1, 2, 1, 1))",
                [normal(1, 2, 2, 3, 2)],
                "CircularPad3d((1, 0, 1, 2, 1, 1))",
                value=-66.96118019946098,
                unbatched=True,
            ),
        ],
    ),
    "ConstantPad1d": Layer(
        "(padding, value)",
        [
            LayerCase(
                "ConstantPad1d(2, 3.5)",
                [normal(2, 4)],
                "ConstantPad1d(padding=(2, 2), value=3.5)",
                value=32.612078145333804,
                unbatched=True,
            ),
            LayerCase(
                "ConstantPad1d((1, -2), -1)",
                [normal(2, 3, 4)],
                "ConstantPad1d(padding=(1, -2), value=-1)",
                value=-14.531332976044103,
                unbatched=True,
            ),
        ],
    ),
    "ConstantPad2d": Layer(
        "(padding, value)",
        [
            LayerCase(
                "ConstantPad2d((1, 0, -1, 2), 0.5)",
                [normal(2, 3, 4)],
                "ConstantPad2d(padding=(1, 0, -1, 2), value=0.5)",
                value=-3.6747857348067856,
                unbatched=True,
            ),
        ],
    ),
    "ConstantPad3d": Layer(
        "(padding, value)",
        [
            LayerCase(
                "ConstantPad3d(1, 2.0)",
                [normal(2, 2, 3, 2)],
                "ConstantPad3d(padding=(1, 1, 1, 1, 1, 1), value=2.0)",
                value=261.6141717859354,
                unbatched=True,
            ),
        ],
    ),
    "ReflectionPad1d": Layer(
        "(padding)",
        [
            LayerCase(
                "ReflectionPad1d(2)",
                [normal(2, 3, 4)],
                "ReflectionPad1d((2, 2))",
                value=-35.972032028399354,
                unbatched=True,
            ),
            LayerCase(
                "ReflectionPad1d((3, 0))",
                [normal(2, 4)],
                "ReflectionPad1d((3, 0))",
                value=0.20622462037574207,
            ),
        ],
    ),
    "ReflectionPad2d": Layer(
        "(padding)",
        [
            LayerCase(
                "ReflectionPad2d([1, 2, 0, 1])",
                [normal(2, 2, 3, 4)],
                "ReflectionPad2d((1, 2, 0, 1))",
                value=-70.2352998245686,
                unbatched=True,
            ),
        ],
    ),
    "ReflectionPad3d": Layer(
        "(padding)",
        [
            LayerCase(
                "ReflectionPad3d((1, 0, 1, 2, 1, 1))",
                [normal(1, 2, 2, 3, 2)],
                "ReflectionPad3d((1, 0, 1, 2, 1, 1))",
                value=-67.9519829490385,
                unbatched=True,
            ),
        ],
    ),
    "ReplicationPad1d": Layer(
        "(padding)",
        [
            LayerCase(
                "ReplicationPad1d((3, -1))",
                [normal(2, 3, 4)],
                "ReplicationPad1d((3, -1))",
                value=-32.42492315567962,
                unbatched=True,
            ),
        ],
    ),
    "ReplicationPad2d": Layer(
        "(padding)",
        [
            LayerCase(
                "ReplicationPad2d(2)",
                [normal(2, 2, 3, 4)],
                "ReplicationPad2d((2, 2, 2, 2))",
                value=-66.30880965701279,
                unbatched=True,
            ),
        ],
    ),
    "ReplicationPad3d": Layer(
        "(padding)",
        [
            LayerCase(
                "ReplicationPad3d((1, 0, 3, 2, 1, 1))",
                [normal(1, 2, 2, 3, 2)],
                "ReplicationPad3d((1, 0, 3, 2, 1, 1))",
                value=-89.54653399188534,
                unbatched=True,
            ),
        ],
    ),
    "ZeroPad1d": Layer(
        "(padding)",
        [
            LayerCase(
                "ZeroPad1d(2)",
                [normal(2, 4)],
                "ZeroPad1d((2, 2))",
                value=0.5260188153754328,
                unbatched=True,
            ),
        ],
    ),
    "ZeroPad2d": Layer(
        "(padding)",
        [
            LayerCase(
                "ZeroPad2d((1, 0, -1, 2))",
                [normal(2, 3, 4)],
                "ZeroPad2d((1, 0, -1, 2))",
                value=-15.747526969457784,
                unbatched=True,
            ),
        ],
    ),
    "ZeroPad3d": Layer(
        "(padding)",
        [
            LayerCase(
                "ZeroPad3d(1)", [normal(0, 2, 3, 2)], "ZeroPad3d((1, 1, 1, 1, 1, 1))", value=0.0
            ),
        ],
    ),
}

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
                'pad(input=x, pad=[3, 1], mode="circular", value=0)',
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
    "nn.ReflectionPad1d(1)(t.ones(3))": (
        "NotImplementedError",
        "Padding size 2 is not supported for 1D input tensor.",
        "",
    ),
    "nn.ReflectionPad2d(1)(t.ones(3, 3))": (
        "NotImplementedError",
        "Padding size 4 is not supported for 2D input tensor.",
        "",
    ),
    "nn.ReflectionPad3d(1)(t.ones(3, 3, 3))": (
        "NotImplementedError",
        "Padding size 6 is not supported for 3D input tensor.",
        "",
    ),
    "nn.ReplicationPad1d(1)(t.ones(3))": (
        "NotImplementedError",
        "Padding size 2 is not supported for 1D input tensor.",
        "",
    ),
    "nn.ReplicationPad2d(1)(t.ones(3, 3))": (
        "NotImplementedError",
        "Padding size 4 is not supported for 2D input tensor.",
        "",
    ),
    "nn.ReplicationPad3d(1)(t.ones(3, 3, 3))": (
        "NotImplementedError",
        "Padding size 6 is not supported for 3D input tensor.",
        "",
    ),
    "nn.CircularPad1d(1)(t.ones(3, 3, 3, 3))": (
        "ValueError",
        "expected 2D or 3D input (got 4D input)",
        "",
    ),
    "nn.ZeroPad1d((1, 2, 3))(t.ones(2, 3, 3))": (
        "RuntimeError",
        "Padding length must be divisible by 2",
        "[1, 2, 3]",
    ),
    "nn.ConstantPad1d(-2, 0.5)(t.ones(2, 2, 3))": (
        "RuntimeError",
        "narrow(): length must be non-negative",
        "",
    ),
    "nn.CircularPad2d(1)(t.ones(3, 3, 3, 3, 3))": (
        "ValueError",
        "expected 3D or 4D input (got 5D input)",
        "",
    ),
    "nn.ZeroPad2d((1, 2, 3))(t.ones(2, 3, 3))": (
        "RuntimeError",
        "Padding length must be divisible by 2",
        "[1, 2, 3]",
    ),
    "nn.ConstantPad2d(-2, 0.5)(t.ones(2, 2, 3))": (
        "RuntimeError",
        "narrow(): length must be non-negative",
        "",
    ),
    "nn.CircularPad3d(1)(t.ones(3, 3, 3, 3, 3, 3))": (
        "ValueError",
        "expected 4D or 5D input (got 6D input)",
        "",
    ),
    "nn.ZeroPad3d((1, 2, 3))(t.ones(2, 3, 3))": (
        "RuntimeError",
        "Padding length must be divisible by 2",
        "[1, 2, 3]",
    ),
    "nn.ConstantPad3d(-2, 0.5)(t.ones(2, 2, 3))": (
        "RuntimeError",
        "narrow(): length must be non-negative",
        "",
    ),
    "F.pad(t.ones(2, 3).int(), (1, 1), value=1e30)": (
        "RuntimeError",
        "value cannot be converted to type int without overflow",
        "",
    ),
    "F.pad(t.ones(2, 3), (1, 1), value=t.ones(2))": (
        "TypeError",
        "pad(): argument 'value'",
        "not Tensor",
    ),
    "F.pad(t.ones(2, 3), (1, 1), None)": (
        "TypeError",
        "pad(): argument 'mode' (position 3) must be str, not NoneType",
        "",
    ),
}
