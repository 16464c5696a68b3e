"""Resampling to another size."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "Upsample": Layer(
        (
            "(size=None, scale_factor=None, mode='nearest', align_corners=None, "
            "recompute_scale_factor=None)"
        ),
        [
            LayerCase(
                "Upsample(scale_factor=2)",
                [normal(2, 2, 4, 5)],
                "Upsample(scale_factor=2.0, mode='nearest')",
                value=-69.27847068991431,
            ),
            LayerCase(
                "Upsample(size=(7, 3), mode='bilinear')",
                [normal(2, 2, 4, 5)],
                "Upsample(size=(7, 3), mode='bilinear')",
                value=-28.237152791240554,
            ),
            LayerCase(
                "Upsample(None, 1.5, 'linear', True)",
                [normal(2, 2, 5)],
                "Upsample(scale_factor=1.5, mode='linear')",
                value=-15.528347521937288,
            ),
            LayerCase(
                ("Upsample(scale_factor=(2.0, 0.6), mode='bicubic', recompute_scale_factor=True)"),
                [normal(2, 2, 4, 5)],
                "Upsample(scale_factor=(2.0, 0.6), mode='bicubic')",
                value=-35.90943931720502,
            ),
        ],
    ),
    "UpsamplingBilinear2d": Layer(
        "(size=None, scale_factor=None)",
        [
            LayerCase(
                "UpsamplingBilinear2d(scale_factor=2)",
                [normal(2, 2, 4, 5)],
                "UpsamplingBilinear2d(scale_factor=2.0, mode='bilinear')",
                value=-74.76776348147506,
            ),
            LayerCase(
                "UpsamplingBilinear2d((3, 9))",
                [normal(2, 2, 4, 5)],
                "UpsamplingBilinear2d(size=(3, 9), mode='bilinear')",
                value=-46.26959486274048,
            ),
        ],
    ),
    "UpsamplingNearest2d": Layer(
        "(size=None, scale_factor=None)",
        [
            LayerCase(
                "UpsamplingNearest2d(scale_factor=2)",
                [normal(2, 2, 4, 5)],
                "UpsamplingNearest2d(scale_factor=2.0, mode='nearest')",
                value=-69.27847068991431,
            ),
            LayerCase(
                "UpsamplingNearest2d((3, 9))",
                [normal(2, 2, 4, 5)],
                "UpsamplingNearest2d(size=(3, 9), mode='nearest')",
                value=-47.02571881889844,
            ),
        ],
    ),
}

FUNCTIONS = {
    "interpolate": Function(
        (
            "(input, size=None, scale_factor=None, mode='nearest', align_corners=None, "
            "recompute_scale_factor=None, antialias=False)"
        ),
        [
            FunctionCase("interpolate(x, 7)", {"x": normal(2, 2, 5)}, value=-11.958024207759099),
            FunctionCase(
                "interpolate(x, scale_factor=(1.7, 0.6))",
                {"x": normal(2, 2, 4, 5)},
                value=-43.280090101804454,
            ),
            FunctionCase(
                "interpolate(x, (2, 8, 3))", {"x": normal(1, 2, 3, 4, 2)}, value=-40.03087095205714
            ),
            FunctionCase(
                "interpolate(x, scale_factor=1.7, mode='nearest-exact')",
                {"x": normal(2, 2, 5)},
                value=-19.068639676064173,
            ),
            FunctionCase(
                "interpolate(x, (3, 9), mode='nearest-exact')",
                {"x": normal(2, 2, 4, 5)},
                value=-48.60270660200757,
            ),
            FunctionCase(
                "interpolate(x, 7, mode='linear')",
                {"x": normal(2, 2, 5)},
                value=-15.483006766000821,
            ),
            FunctionCase(
                "interpolate(x, (3, 9), mode='bilinear', align_corners=True)",
                {"x": normal(2, 2, 4, 5)},
                value=-46.26959486274048,
            ),
            FunctionCase(
                "interpolate(x, scale_factor=1.7, mode='bilinear')",
                {"x": normal(2, 2, 4, 5)},
                value=-54.415393788725154,
            ),
            FunctionCase(
                "interpolate(x, scale_factor=1.5, mode='trilinear')",
                {"x": normal(1, 2, 3, 4, 2)},
                value=-56.2501614648189,
            ),
            FunctionCase(
                "interpolate(x, (2, 4, 5), mode='trilinear', align_corners=True)",
                {"x": normal(1, 2, 3, 4, 2)},
                value=-49.894262912054415,
            ),
            FunctionCase(
                "interpolate(x, scale_factor=1.7, mode='bicubic')",
                {"x": normal(2, 2, 4, 5)},
                value=-56.41112667172921,
            ),
            FunctionCase(
                "interpolate(x, (7, 1), mode='bicubic', align_corners=True)",
                {"x": normal(2, 2, 4, 5)},
                value=-9.700262984840364,
            ),
            FunctionCase(
                "interpolate(x, (2, 7), mode='bilinear', antialias=True)",
                {"x": normal(2, 2, 4, 5)},
                value=-30.46863523589829,
            ),
            FunctionCase(
                "interpolate(x, (7, 2), mode='bicubic', antialias=True)",
                {"x": normal(2, 2, 4, 5)},
                value=-29.60451471909221,
            ),
            FunctionCase(
                "interpolate(x, (2, 3), mode='lanczos', antialias=True)",
                {"x": normal(2, 2, 4, 5)},
                value=-10.502715383217293,
            ),
            FunctionCase(
                "interpolate(x, 3, mode='area')", {"x": normal(2, 2, 5)}, value=-5.193425679265676
            ),
            FunctionCase(
                "interpolate(x, (3, 7), mode='area')",
                {"x": normal(2, 2, 4, 5)},
                value=-29.458153929773566,
            ),
            FunctionCase(
                "interpolate(x, 2, mode='area')",
                {"x": normal(1, 2, 3, 4, 2)},
                value=-6.723633281858579,
            ),
            FunctionCase(
                (
                    "interpolate(input=x, size=None, scale_factor=0.7, mode='bilinear', "
                    "align_corners=False, recompute_scale_factor=True, antialias=True)"
                ),
                {"x": normal(2, 2, 4, 5)},
                value=-10.078958926285667,
            ),
        ],
    ),
    "upsample": Function(
        "(input, size=None, scale_factor=None, mode='nearest', align_corners=None)",
        [
            FunctionCase(
                (
                    "upsample(input=x, size=(3, 7), scale_factor=None, mode='bilinear', "
                    "align_corners=True)"
                ),
                {"x": normal(2, 2, 4, 5)},
                value=-33.86260442417121,
            ),
        ],
    ),
    "upsample_bilinear": Function(
        "(input, size=None, scale_factor=None)",
        [
            FunctionCase(
                "upsample_bilinear(input=x, size=(3, 7), scale_factor=None)",
                {"x": normal(2, 2, 4, 5)},
                value=-33.86260442417121,
            ),
        ],
    ),
    "upsample_nearest": Function(
        "(input, size=None, scale_factor=None)",
        [
            FunctionCase(
                "upsample_nearest(input=x, size=None, scale_factor=2)",
                {"x": normal(2, 2, 4, 5)},
                value=-69.27847068991431,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.interpolate(t.ones(1, 1, 4, 4))": (
        "ValueError",
        "either size or scale_factor should be defined",
        "",
    ),
    "F.interpolate(t.ones(1, 1, 4, 4), 2, 2)": (
        "ValueError",
        "only one of size or scale_factor should be defined",
        "",
    ),
    "F.interpolate(t.ones(1, 1, 4, 4), (2, 2, 2))": (
        "ValueError",
        "Input and output must have the same number of spatial dimensions, but got",
        "",
    ),
    "F.interpolate(t.ones(1, 1, 4, 4), scale_factor=(2, 2, 2))": (
        "ValueError",
        ("Input and scale_factor must have the same number of spatial dimensions, but got"),
        "",
    ),
    "F.interpolate(t.ones(1, 1, 4, 4), scale_factor=float('nan'))": (
        "RuntimeError",
        "value cannot be converted to type int64_t without overflow",
        "scale_factor=nan",
    ),
    "F.interpolate(t.ones(1, 1, 4, 4), 2, align_corners=True)": (
        "ValueError",
        (
            "align_corners option can only be set with the interpolating modes: linear "
            "| bilinear | bicubic | trilinear"
        ),
        "",
    ),
    "F.interpolate(t.ones(1, 1, 4, 4), (2.5, 2))": (
        "TypeError",
        "expected size to be one of int or Tuple[int]",
        "",
    ),
    "F.interpolate(t.ones(1, 1, 4, 4), 2, recompute_scale_factor=True)": (
        "ValueError",
        "recompute_scale_factor is not meaningful with an explicit size.",
        "",
    ),
    "F.interpolate(t.ones(1, 1, 4), 2, mode='linear', antialias=True)": (
        "ValueError",
        (
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes "
            "and requires a 4-D tensor as input"
        ),
        "",
    ),
    "F.interpolate(t.ones(1, 1, 4), 2, mode='bilinear')": (
        "NotImplementedError",
        "Got 3D input, but bilinear mode needs 4D input",
        "",
    ),
    "F.interpolate(t.ones(4, 4), 2)": (
        "NotImplementedError",
        "Input Error: Only 3D, 4D and 5D input Tensors supported",
        "",
    ),
    "F.interpolate(t.ones(1, 1, 4, 4), 0)": (
        "RuntimeError",
        "Input and output sizes should be greater than 0, but got input",
        "",
    ),
    "F.interpolate(t.ones(1, 0, 4, 4), 2)": (
        "RuntimeError",
        "Non-empty 4D data tensor expected but got a tensor with sizes [1, 0, 4, 4]",
        "",
    ),
    "F.interpolate(t.ones(1, 1, 4, 4).long(), 2)": (
        "NotImplementedError",
        "not implemented for 'Long'",
        ".float()",
    ),
    "F.upsample(t.ones(1, 1, 4), 2, mode='trilinear')": (
        "NotImplementedError",
        "Got 3D input, but trilinear mode needs 5D input",
        "",
    ),
    "F.upsample_nearest(t.ones(1, 1, 4, 4))": (
        "ValueError",
        "either size or scale_factor should be defined",
        "",
    ),
    "F.upsample_bilinear(t.ones(1, 1, 4), 2)": (
        "NotImplementedError",
        "Got 3D input, but bilinear mode needs 4D input",
        "",
    ),
    "nn.Upsample()(t.ones(1, 1, 4))": (
        "ValueError",
        "either size or scale_factor should be defined",
        "",
    ),
    "nn.UpsamplingNearest2d(2, 2)(t.ones(1, 1, 4, 4))": (
        "ValueError",
        "only one of size or scale_factor should be defined",
        "",
    ),
    "nn.UpsamplingBilinear2d(0)(t.ones(1, 1, 4, 4))": (
        "RuntimeError",
        "Input and output sizes should be greater than 0, but got input",
        "",
    ),
}
