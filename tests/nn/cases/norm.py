"""Normalisation."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, constant, normal, scale

LAYERS = {
    "BatchNorm1d": Layer(
        (
            "(num_features, eps=1e-05, momentum=0.1, affine=True, "
            "track_running_stats=True, device=None, dtype=None, *, bias=True)"
        ),
        [
            LayerCase(
                "BatchNorm1d(4)",
                [normal(5, 4)],
                (
                    "BatchNorm1d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, "
                    "track_running_stats=True)"
                ),
                state="weight bias running_mean running_var num_batches_tracked",
                value=5.254910722649377,
            ),
            LayerCase(
                "BatchNorm1d(4, momentum=None)",
                [normal(5, 4, 3)],
                (
                    "BatchNorm1d(4, eps=1e-05, momentum=None, affine=True, bias=True, "
                    "track_running_stats=True)"
                ),
                state="weight bias running_mean running_var num_batches_tracked",
                value=-6.687816046478275,
            ),
        ],
    ),
    "BatchNorm2d": Layer(
        (
            "(num_features, eps=1e-05, momentum=0.1, affine=True, "
            "track_running_stats=True, device=None, dtype=None, *, bias=True)"
        ),
        [
            LayerCase(
                "BatchNorm2d(4)",
                [normal(2, 4, 7, 6)],
                (
                    "BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, "
                    "track_running_stats=True)"
                ),
                state="weight bias running_mean running_var num_batches_tracked",
                value=2.7932544585645736,
            ),
            LayerCase(
                "BatchNorm2d(4, affine=False)",
                [normal(2, 4, 7, 6)],
                (
                    "BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=False, bias=False, "
                    "track_running_stats=True)"
                ),
                state="running_mean running_var num_batches_tracked",
                value=0.12424098975375353,
            ),
            LayerCase(
                "BatchNorm2d(4, bias=False)",
                [normal(2, 4, 7, 6)],
                (
                    "BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, bias=False, "
                    "track_running_stats=True)"
                ),
                state="weight running_mean running_var num_batches_tracked",
                value=18.315110343145193,
            ),
            LayerCase(
                "BatchNorm2d(4, track_running_stats=False)",
                [normal(2, 4, 7, 6)],
                (
                    "BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, "
                    "track_running_stats=False)"
                ),
                state="weight bias",
                value=-2.9582129193919773,
            ),
            LayerCase(
                "BatchNorm2d(4, eps=0.1, momentum=0.7)",
                [normal(2, 4, 7, 6)],
                (
                    "BatchNorm2d(4, eps=0.1, momentum=0.7, affine=True, bias=True, "
                    "track_running_stats=True)"
                ),
                state="weight bias running_mean running_var num_batches_tracked",
                value=1.7428709878045137,
            ),
            LayerCase(
                "BatchNorm2d(4, momentum=None)",
                [normal(2, 4, 7, 6)],
                (
                    "BatchNorm2d(4, eps=1e-05, momentum=None, affine=True, bias=True, "
                    "track_running_stats=True)"
                ),
                state="weight bias running_mean running_var num_batches_tracked",
                value=2.4690129928066686,
            ),
            LayerCase(
                ("BatchNorm2d(4, eps=0.1, momentum=None, affine=False, track_running_stats=False)"),
                [normal(2, 4, 7, 6)],
                (
                    "BatchNorm2d(4, eps=0.1, momentum=None, affine=False, bias=False, "
                    "track_running_stats=False)"
                ),
                value=-5.610890074750463,
            ),
            LayerCase(
                "BatchNorm2d(4, eps=1e-3)",
                [normal(0, 4, 2, 2)],
                (
                    "BatchNorm2d(4, eps=0.001, momentum=0.1, affine=True, bias=True, "
                    "track_running_stats=True)"
                ),
                state="weight bias running_mean running_var num_batches_tracked",
                value=12.529587405275771,
            ),
        ],
    ),
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
}

FUNCTIONS = {
    "batch_norm": Function(
        (
            "(input, running_mean, running_var, weight=None, bias=None, "
            "training=False, momentum=0.1, eps=1e-05)"
        ),
        [
            FunctionCase(
                "batch_norm(x, m, v, w, b, True, 0.3)",
                {
                    "x": normal(5, 4),
                    "m": constant(4),
                    "v": constant(4),
                    "w": scale(4),
                    "b": normal(4),
                },
                value=-4.574375456688289,
            ),
            FunctionCase(
                "batch_norm(x, m, v, w, b)",
                {
                    "x": normal(5, 4),
                    "m": constant(4),
                    "v": constant(4),
                    "w": scale(4),
                    "b": normal(4),
                },
                value=-24.3017685635958,
            ),
            FunctionCase(
                "batch_norm(x, m, v)",
                {"x": normal(2, 4, 3), "m": constant(4), "v": constant(4)},
                value=-42.22779751016991,
            ),
            FunctionCase(
                (
                    "batch_norm(input=x, running_mean=None, running_var=None, weight=w, "
                    "bias=None, training=True, momentum=0.1, eps=0.01)"
                ),
                {"x": normal(2, 4, 3, 2), "w": scale(4)},
                value=28.67066836067589,
            ),
        ],
    ),
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
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.batch_norm(t.ones(1, 3), t.zeros(3), t.ones(3), training=True)": (
        "ValueError",
        "Expected more than 1 value per channel when training, got input size torch.Size([1, 3])",
        "eval()",
    ),
    "nn.BatchNorm2d(3)(t.ones(1, 3, 1, 1))": (
        "ValueError",
        "Expected more than 1 value per channel when training, got input size "
        "torch.Size([1, 3, 1, 1])",
        "",
    ),
    "F.batch_norm(t.ones(4, 3), t.zeros(2), t.ones(3), training=True)": (
        "RuntimeError",
        "running_mean should contain 3 elements not 2",
        "3 channels",
    ),
    "F.batch_norm(t.ones(4, 3), t.zeros(3), t.ones(2))": (
        "RuntimeError",
        "running_var should contain 3 elements not 2",
        "",
    ),
    "F.batch_norm(t.ones(4, 3), t.zeros(3), t.ones(3), weight=t.ones(2))": (
        "RuntimeError",
        "weight should contain 3 elements not 2",
        "",
    ),
    "F.batch_norm(t.ones(4, 3), t.zeros(3), t.ones(3), bias=t.ones(2))": (
        "RuntimeError",
        "bias should contain 3 elements not 2",
        "",
    ),
    "F.batch_norm(t.ones(4, 3), None, None)": (
        "RuntimeError",
        "running_mean must be defined in evaluation mode",
        "",
    ),
    "F.batch_norm(t.ones(4, 3), t.zeros(3), None, training=True)": (
        "ValueError",
        "running_mean and running_var must either both be None or neither be None",
        "",
    ),
    "F.batch_norm(t.ones(4), None, None, training=True)": (
        "IndexError",
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
        "",
    ),
    "F.batch_norm(t.ones(4, 3).double(), t.zeros(3), t.ones(3), training=True)": (
        "RuntimeError",
        "mixed dtype (CPU): all inputs must share same datatype",
        ".float()",
    ),
    "F.batch_norm(t.ones(4, 3).long(), None, None, training=True)": (
        "NotImplementedError",
        "\"batch_norm\" not implemented for 'Long'",
        "",
    ),
    "F.batch_norm(t.ones(4, 3), None, None, training=True, eps=-1)": (
        "ValueError",
        "batch_norm eps must be positive during training, but got -1",
        "",
    ),
    "nn.BatchNorm2d(3)(t.ones(2, 3))": ("ValueError", "expected 4D input (got 2D input)", ""),
    "nn.BatchNorm1d(3)(t.ones(2, 3, 4, 4))": (
        "ValueError",
        "expected 2D or 3D input (got 4D input)",
        "",
    ),
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
}
