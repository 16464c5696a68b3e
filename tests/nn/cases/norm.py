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
    "BatchNorm3d": Layer(
        (
            "(num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, "
            "device=None, dtype=None, *, bias=True)"
        ),
        [
            LayerCase(
                "BatchNorm3d(4)",
                [normal(2, 4, 2, 3, 2)],
                (
                    "BatchNorm3d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, "
                    "track_running_stats=True)"
                ),
                state="weight bias running_mean running_var num_batches_tracked",
                value=-6.247449393491472,
            ),
        ],
    ),
    "SyncBatchNorm": Layer(
        (
            "(num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, "
            "process_group=None, device=None, dtype=None, *, bias=True)"
        ),
        [
            LayerCase(
                "SyncBatchNorm(4)",
                [normal(5, 4)],
                (
                    "SyncBatchNorm(4, eps=1e-05, momentum=0.1, affine=True, bias=True, "
                    "track_running_stats=True)"
                ),
                state="weight bias running_mean running_var num_batches_tracked",
                value=5.2549107226493845,
            ),
            LayerCase(
                "SyncBatchNorm(4, momentum=None, bias=False)",
                [normal(2, 4, 3, 2)],
                (
                    "SyncBatchNorm(4, eps=1e-05, momentum=None, affine=True, bias=False, "
                    "track_running_stats=True)"
                ),
                state="weight running_mean running_var num_batches_tracked",
                value=3.287749248045524,
            ),
        ],
    ),
    "InstanceNorm1d": Layer(
        (
            "(num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, "
            "device=None, dtype=None, *, bias=True)"
        ),
        [
            LayerCase(
                "InstanceNorm1d(4, eps=0.1, affine=True, track_running_stats=True)",
                [normal(3, 4, 5)],
                (
                    "InstanceNorm1d(4, eps=0.1, momentum=0.1, affine=True, bias=True, "
                    "track_running_stats=True)"
                ),
                state="weight bias running_mean running_var num_batches_tracked",
                value=-9.841553597672188,
                unbatched=True,
            ),
            LayerCase(
                "InstanceNorm1d(4)",
                [normal(3, 4, 5)],
                (
                    "InstanceNorm1d(4, eps=1e-05, momentum=0.1, affine=False, bias=False, "
                    "track_running_stats=False)"
                ),
                value=-0.7036600233529067,
                unbatched=True,
            ),
        ],
    ),
    "InstanceNorm2d": Layer(
        (
            "(num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, "
            "device=None, dtype=None, *, bias=True)"
        ),
        [
            LayerCase(
                "InstanceNorm2d(4, eps=0.1, affine=True, track_running_stats=True)",
                [normal(2, 4, 3, 2)],
                (
                    "InstanceNorm2d(4, eps=0.1, momentum=0.1, affine=True, bias=True, "
                    "track_running_stats=True)"
                ),
                state="weight bias running_mean running_var num_batches_tracked",
                value=-10.985224815348374,
                unbatched=True,
            ),
            LayerCase(
                "InstanceNorm2d(4)",
                [normal(2, 4, 3, 2)],
                (
                    "InstanceNorm2d(4, eps=1e-05, momentum=0.1, affine=False, bias=False, "
                    "track_running_stats=False)"
                ),
                value=-0.2398090827598165,
                unbatched=True,
            ),
        ],
    ),
    "InstanceNorm3d": Layer(
        (
            "(num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, "
            "device=None, dtype=None, *, bias=True)"
        ),
        [
            LayerCase(
                "InstanceNorm3d(4, eps=0.1, affine=True, track_running_stats=True)",
                [normal(2, 4, 2, 3, 2)],
                (
                    "InstanceNorm3d(4, eps=0.1, momentum=0.1, affine=True, bias=True, "
                    "track_running_stats=True)"
                ),
                state="weight bias running_mean running_var num_batches_tracked",
                value=-12.903703086777355,
                unbatched=True,
            ),
            LayerCase(
                "InstanceNorm3d(4)",
                [normal(2, 4, 2, 3, 2)],
                (
                    "InstanceNorm3d(4, eps=1e-05, momentum=0.1, affine=False, bias=False, "
                    "track_running_stats=False)"
                ),
                value=-0.7488830858091189,
                unbatched=True,
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
    "instance_norm": Function(
        (
            "(input, running_mean=None, running_var=None, weight=None, bias=None, "
            "use_input_stats=True, momentum=0.1, eps=1e-05)"
        ),
        [
            FunctionCase("instance_norm(x)", {"x": normal(2, 4, 5)}, value=6.863937444854811),
            FunctionCase(
                (
                    "instance_norm(input=x, running_mean=m, running_var=v, weight=w, bias=b, "
                    "use_input_stats=True, momentum=0.3, eps=0.01)"
                ),
                {
                    "x": normal(2, 4, 5),
                    "m": constant(4),
                    "v": constant(4),
                    "w": scale(4),
                    "b": normal(4),
                },
                value=6.020801865894777,
            ),
            FunctionCase(
                "instance_norm(x, m, v, w, b, False)",
                {
                    "x": normal(2, 4, 3, 2),
                    "m": constant(4),
                    "v": constant(4),
                    "w": scale(4),
                    "b": normal(4),
                },
                value=-93.4745063558557,
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
    "nn.BatchNorm3d(3)(t.ones(2, 3))": ("ValueError", "expected 5D input (got 2D input)", ""),
    "nn.SyncBatchNorm(3)(t.ones(3))": (
        "ValueError",
        "expected at least 2D input (got 1D input)",
        "",
    ),
    "nn.SyncBatchNorm(3)(t.ones(3, 0))": (
        "ValueError",
        "SyncBatchNorm number of input channels should be non-zero",
        "",
    ),
    "F.instance_norm(t.ones(2, 3, 1))": (
        "ValueError",
        "Expected more than 1 spatial element when training, got input size torch.Size([2, 3, 1])",
        "",
    ),
    "F.instance_norm(t.ones(2, 3, 4), use_input_stats=False)": (
        "RuntimeError",
        "Expected running_mean and running_var to be defined when use_input_stats is false",
        "",
    ),
    "F.instance_norm(t.ones(2, 3, 4), t.zeros(3))": (
        "ValueError",
        "running_mean and running_var must either both be None or neither be None",
        "",
    ),
    "F.instance_norm(t.ones(2, 3, 4), weight=t.ones(2))": (
        "RuntimeError",
        "weight should contain 6 elements not 4",
        "",
    ),
    "F.instance_norm(t.ones(2, 3, 4), eps=(1,))": ("TypeError", "argument 'eps'", ""),
    "F.instance_norm(t.ones(2, 3, 4).long())": (
        "NotImplementedError",
        "\"batch_norm\" not implemented for 'Long'",
        "",
    ),
    "nn.InstanceNorm1d(3)(t.ones(3))": ("ValueError", "expected 2D or 3D input (got 1D input)", ""),
    "nn.InstanceNorm1d(3, affine=True)(t.ones(4, 4))": (
        "ValueError",
        "expected input's size at dim=0 to match num_features (3), but got: 4.",
        "",
    ),
    "nn.InstanceNorm2d(3)(t.ones(2, 3))": (
        "ValueError",
        "expected 3D or 4D input (got 2D input)",
        "",
    ),
    "nn.InstanceNorm3d(3)(t.ones(2, 3))": (
        "ValueError",
        "expected 4D or 5D input (got 2D input)",
        "",
    ),
}
