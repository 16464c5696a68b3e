"""Normalisation within an example."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal, scale

LAYERS = {
    "LayerNorm": Layer(
        (
            "(normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, "
            "dtype=None)"
        ),
        [
            LayerCase(
                "LayerNorm(4)",
                [normal(5, 3, 4)],
                "LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=True)",
                state="weight bias",
                unbatched=True,
                value=-11.007144319418662,
            ),
            LayerCase(
                "LayerNorm([3, 4], eps=0.1, bias=False)",
                [normal(5, 3, 4)],
                "LayerNorm((3, 4), eps=0.1, elementwise_affine=True, bias=False)",
                state="weight",
                unbatched=True,
                value=8.902506552268449,
            ),
            LayerCase(
                "LayerNorm((4,), elementwise_affine=False)",
                [normal(5, 4)],
                "LayerNorm((4,), eps=1e-05, elementwise_affine=False, bias=False)",
                unbatched=True,
                value=-1.4554384041123956,
            ),
            LayerCase(
                "LayerNorm(6, eps=1e-3)",
                [normal(0, 6)],
                "LayerNorm((6,), eps=0.001, elementwise_affine=True, bias=True)",
                state="weight bias",
                value=10.4768645805377,
            ),
        ],
    ),
    "RMSNorm": Layer(
        ("(normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None)"),
        [
            LayerCase(
                "RMSNorm(4)",
                [normal(5, 3, 4)],
                "RMSNorm((4,), eps=None, elementwise_affine=True)",
                state="weight",
                unbatched=True,
                value=-29.791243835878475,
            ),
            LayerCase(
                "RMSNorm((3, 4), eps=0.1, elementwise_affine=False)",
                [normal(5, 3, 4)],
                "RMSNorm((3, 4), eps=0.1, elementwise_affine=False)",
                unbatched=True,
                value=-27.175262083702922,
            ),
        ],
    ),
    "GroupNorm": Layer(
        (
            "(num_groups, num_channels, eps=1e-05, affine=True, device=None, dtype=None, *, "
            "bias=True)"
        ),
        [
            LayerCase(
                "GroupNorm(3, 6)",
                [normal(2, 6, 3, 2)],
                "GroupNorm(3, 6, eps=1e-05, affine=True, bias=True)",
                state="weight bias",
                value=-13.445054798064612,
            ),
            LayerCase(
                "GroupNorm(2, 6, eps=0.1, bias=False)",
                [normal(2, 6)],
                "GroupNorm(2, 6, eps=0.1, affine=True, bias=False)",
                state="weight",
                value=5.142066987452669,
            ),
            LayerCase(
                "GroupNorm(1, 4, affine=False)",
                [normal(2, 4, 5)],
                "GroupNorm(1, 4, eps=1e-05, affine=False, bias=False)",
                value=3.6742010914912453,
            ),
            LayerCase(
                "GroupNorm(2, 4)",
                [normal(0, 4, 5)],
                "GroupNorm(2, 4, eps=1e-05, affine=True, bias=True)",
                state="weight bias",
                value=4.727544840031187,
            ),
        ],
    ),
    "LocalResponseNorm": Layer(
        ("(size, alpha=0.0001, beta=0.75, k=1.0)"),
        [
            LayerCase(
                "LocalResponseNorm(3, alpha=0.5)",
                [normal(2, 5, 3)],
                "LocalResponseNorm(3, alpha=0.5, beta=0.75, k=1.0)",
                value=-14.551638251834005,
            ),
            LayerCase(
                "LocalResponseNorm(2, 0.5, 0.5, 2.0)",
                [normal(2, 4, 3, 2)],
                "LocalResponseNorm(2, alpha=0.5, beta=0.5, k=2.0)",
                value=-20.016136845493342,
            ),
        ],
    ),
    "CrossMapLRN2d": Layer(
        ("(size, alpha=0.0001, beta=0.75, k=1)"),
        [
            LayerCase(
                "CrossMapLRN2d(3, alpha=0.5)",
                [normal(2, 1, 3, 4)],
                "CrossMapLRN2d(3, alpha=0.5, beta=0.75, k=1)",
                value=-9.79854631006955,
            ),
        ],
    ),
}

FUNCTIONS = {
    "layer_norm": Function(
        "(input, normalized_shape, weight=None, bias=None, eps=1e-05)",
        [
            FunctionCase(
                "layer_norm(x, (4,))", {"x": normal(5, 4)}, unbatched=True, value=2.6565435719292627
            ),
            FunctionCase(
                "layer_norm(input=x, normalized_shape=[3, 4], weight=w, bias=b, eps=0.01)",
                {"x": normal(5, 2, 3, 4), "w": scale(3, 4), "b": normal(3, 4)},
                unbatched=True,
                value=79.45071098291938,
            ),
        ],
    ),
    "rms_norm": Function(
        "(input, normalized_shape, weight=None, eps=None)",
        [
            FunctionCase(
                "rms_norm(x, (4,))", {"x": normal(5, 4)}, unbatched=True, value=-19.49397500153816
            ),
            FunctionCase(
                "rms_norm(input=x, normalized_shape=[3, 4], weight=w, eps=0.01)",
                {"x": normal(5, 2, 3, 4), "w": scale(3, 4)},
                unbatched=True,
                value=40.580238332352494,
            ),
        ],
    ),
    "group_norm": Function(
        "(input, num_groups, weight=None, bias=None, eps=1e-05)",
        [
            FunctionCase("group_norm(x, 2)", {"x": normal(5, 6)}, value=-5.568005014822532),
            FunctionCase(
                "group_norm(input=x, num_groups=3, weight=w, bias=b, eps=0.01)",
                {"x": normal(2, 6, 2, 3), "w": scale(6), "b": normal(6)},
                value=56.757252322869775,
            ),
        ],
    ),
    "local_response_norm": Function(
        ("(input, size, alpha=0.0001, beta=0.75, k=1.0)"),
        [
            FunctionCase(
                "local_response_norm(x, 2)", {"x": normal(2, 4, 3)}, value=-12.454841679660936
            ),
            FunctionCase(
                "local_response_norm(input=x, size=5, alpha=0.4, beta=0.5, k=2.0)",
                {"x": normal(2, 4, 3, 2)},
                value=-20.15752998974537,
            ),
        ],
    ),
    "normalize": Function(
        ("(input, p=2.0, dim=1, eps=1e-12, out=None)"),
        [
            FunctionCase("normalize(x)", {"x": normal(3, 4)}, value=-0.9065530992057598),
            FunctionCase(
                "normalize(input=x, p=3.0, dim=0, eps=0.1, out=None)",
                {"x": normal(3, 4)},
                value=-3.0699567960723932,
            ),
            FunctionCase(
                "normalize(x, 1, -1, 20.0)", {"x": normal(3, 4)}, value=-0.12165478681166143
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.layer_norm(t.ones(2, 3), (4,))": (
        "RuntimeError",
        "Given normalized_shape=[4], expected input with shape [*, 4], but got input of size[2, 3]",
        "",
    ),
    "F.layer_norm(t.ones(2, 3), 3)": (
        "TypeError",
        "layer_norm(): argument 'normalized_shape' (position 2) must be tuple of ints, not int",
        "",
    ),
    "F.layer_norm(t.ones(2, 3), (3.0,))": (
        "TypeError",
        "must be tuple of ints, but found element of type float at pos 0",
        "",
    ),
    "F.layer_norm(t.ones(2, 3), ())": (
        "RuntimeError",
        "Expected normalized_shape to be at least 1-dimensional, i.e., containing",
        "",
    ),
    "F.layer_norm(t.ones(2, 3), (3,), t.ones(2))": (
        "RuntimeError",
        "Expected weight to be of same shape as normalized_shape, but got",
        "",
    ),
    "F.layer_norm(t.ones(2, 3), (3,), [1.0])": (
        "TypeError",
        "layer_norm(): argument 'weight' (position 3) must be Tensor, not list",
        "",
    ),
    "F.layer_norm(t.ones(2, 3), (3,), eps=None)": (
        "TypeError",
        "layer_norm(): argument 'eps' (position 5) must be float, not NoneType",
        "",
    ),
    "F.layer_norm(t.ones(2, 3).long(), (3,))": (
        "NotImplementedError",
        "\"LayerNormKernelImpl\" not implemented for 'Long'",
        "",
    ),
    "nn.LayerNorm(3)(t.ones(2, 3).double())": (
        "RuntimeError",
        "mixed dtype (CPU): all inputs must share same datatype.",
        ".float()",
    ),
    "nn.LayerNorm(3.5)": (
        "TypeError",
        "'float' object is not iterable",
        "",
    ),
    "F.rms_norm(t.ones(2, 3), (4,))": (
        "RuntimeError",
        "Given normalized_shape=[4], expected input with shape [*4], but got input of size[2, 3]",
        "",
    ),
    "F.rms_norm(t.ones(2, 3).int(), (3,))": (
        "NotImplementedError",
        "\"rms_norm\" not implemented for 'Int'",
        "",
    ),
    "nn.RMSNorm(3)(t.ones(2, 4))": (
        "RuntimeError",
        "Given normalized_shape=[3]",
        "",
    ),
    "F.group_norm(t.ones(2), 1)": (
        "RuntimeError",
        "Expected at least 2 dimensions for input tensor but received 1",
        "",
    ),
    "F.group_norm(t.ones(2, 6), 4)": (
        "RuntimeError",
        "Expected number of channels in input to be divisible by num_groups, but got",
        "",
    ),
    "F.group_norm(t.ones(2, 6), -2)": (
        "RuntimeError",
        "Expected num groups to be greater than 0, got -2",
        "",
    ),
    "F.group_norm(t.ones(1, 6), 6)": (
        "ValueError",
        "Expected more than 1 value per channel when training, got input size [1, 6]",
        "",
    ),
    "F.group_norm(t.ones(2, 6, 2), 3, t.ones(5))": (
        "RuntimeError",
        "Expected weight to be a vector of size equal to the number of channels in input",
        "",
    ),
    "F.group_norm(t.ones(2, 6, 2), 3.0)": (
        "TypeError",
        "group_norm(): argument 'num_groups' (position 2) must be int, not float",
        "",
    ),
    "F.group_norm(t.ones(2, 6, 2).long(), 3)": (
        "NotImplementedError",
        "\"GroupNormKernelImpl\" not implemented for 'Long'",
        "",
    ),
    "nn.GroupNorm(4, 6)": (
        "ValueError",
        "num_channels (6) must be divisible by num_groups (4)",
        "",
    ),
    "F.local_response_norm(t.ones(2, 3, 4), 0)": (
        "RuntimeError",
        "kernel size should be greater than zero, but got",
        "",
    ),
    "nn.LocalResponseNorm(2)(t.ones(2, 3))": (
        "ValueError",
        "Expected 3D or higher dimensionality",
        "",
    ),
    "nn.CrossMapLRN2d(3)(t.ones(2, 3, 4))": (
        "ValueError",
        "CrossMapLRN2d: Expected input to be 4D, got 3D instead",
        "",
    ),
    "F.normalize(t.ones(3))": (
        "IndexError",
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
        "",
    ),
    "F.normalize(t.ones(2, 3).long())": (
        "RuntimeError",
        "linalg.vector_norm: Expected a floating point or complex tensor as input. Got Long",
        "",
    ),
}
