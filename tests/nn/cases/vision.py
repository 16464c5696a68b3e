"""Sampling at the places of a grid."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, normal

LAYERS: dict[str, Layer] = {}

FUNCTIONS = {
    "affine_grid": Function(
        "(theta, size, align_corners=None)",
        [
            FunctionCase(
                "affine_grid(theta=x, size=(2, 1, 3, 4), align_corners=False)",
                {"x": normal(2, 2, 3)},
                value=-42.4904587010318,
            ),
            FunctionCase(
                "affine_grid(x, (1, 1, 2, 3, 2), True)",
                {"x": normal(1, 3, 4)},
                value=-3.820427372352908,
            ),
        ],
    ),
    "grid_sample": Function(
        "(input, grid, mode='bilinear', padding_mode='zeros', align_corners=None)",
        [
            FunctionCase(
                "grid_sample(x, g, 'bilinear', 'zeros', False)",
                {"x": normal(2, 2, 3, 4), "g": normal(2, 3, 2, 2)},
                value=-5.895736796939274,
                orders=1,
            ),
            FunctionCase(
                "grid_sample(x, g, 'bilinear', 'border', True)",
                {"x": normal(2, 2, 3, 4), "g": normal(2, 3, 2, 2)},
                value=-13.957767358871385,
                orders=1,
            ),
            FunctionCase(
                "grid_sample(x, g, 'bilinear', 'reflection', False)",
                {"x": normal(2, 2, 3, 4), "g": normal(2, 3, 2, 2)},
                value=-21.760506118759743,
                orders=1,
            ),
            FunctionCase(
                "grid_sample(x, g, 'nearest', 'zeros', False)",
                {"x": normal(2, 2, 3, 4), "g": normal(2, 3, 2, 2)},
                value=-0.9791546688597199,
                orders=1,
            ),
            FunctionCase(
                "grid_sample(x, g, 'nearest', 'border', True)",
                {"x": normal(2, 2, 3, 4), "g": normal(2, 3, 2, 2)},
                value=-17.612946764224702,
                orders=1,
            ),
            FunctionCase(
                "grid_sample(x, g, 'nearest', 'reflection', False)",
                {"x": normal(2, 2, 3, 4), "g": normal(2, 3, 2, 2)},
                value=-14.75532546185242,
                orders=1,
            ),
            FunctionCase(
                "grid_sample(x, g, 'bicubic', 'zeros', False)",
                {"x": normal(2, 2, 3, 4), "g": normal(2, 1, 3, 2)},
                value=-2.379312466714446,
                orders=1,
            ),
            FunctionCase(
                "grid_sample(x, g, 'bicubic', 'border', True)",
                {"x": normal(2, 2, 3, 4), "g": normal(2, 1, 3, 2)},
                value=-6.0277761157867555,
                orders=1,
            ),
            FunctionCase(
                "grid_sample(x, g, 'bicubic', 'reflection', False)",
                {"x": normal(2, 2, 3, 4), "g": normal(2, 1, 3, 2)},
                value=-3.1473123590781515,
                orders=1,
            ),
            FunctionCase(
                (
                    "grid_sample(input=x, grid=g, mode='bilinear', padding_mode='reflection', "
                    "align_corners=False)"
                ),
                {"x": normal(1, 2, 3, 2, 4), "g": normal(1, 2, 2, 2, 3)},
                value=-7.456667362751617,
                orders=1,
            ),
            FunctionCase(
                "grid_sample(x, g, 'nearest', align_corners=True)",
                {"x": normal(1, 2, 3, 2, 4), "g": normal(1, 2, 2, 2, 3)},
                value=4.4343363572642325,
                orders=1,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.grid_sample(t.ones(1, 1, 4, 4), t.ones(1, 2, 2, 3), align_corners=True)": (
        "RuntimeError",
        "grid_sampler(): expected grid to have size 2 in last dimension",
        "[1, 2, 2, 3]",
    ),
    "F.grid_sample(t.ones(1, 1, 4, 4), t.ones(2, 2, 2, 2), align_corners=True)": (
        "RuntimeError",
        "grid_sampler(): expected grid and input to have same batch size",
        "[2, 2, 2, 2]",
    ),
    "F.grid_sample(t.ones(1, 1, 4, 4), t.ones(1, 2, 2, 2).double(), align_corners=True)": (
        "RuntimeError",
        "expected scalar type Float but found Double",
        "",
    ),
    "F.grid_sample(t.ones(1, 1, 4, 4)[:, :, :0], t.ones(1, 2, 2, 2), align_corners=True)": (
        "RuntimeError",
        "grid_sampler(): expected input to have non-empty spatial dimensions",
        "",
    ),
    "F.grid_sample(t.ones(1, 1, 4, 4), t.ones(1, 2, 2, 2), 'linear')": (
        "ValueError",
        (
            "nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or "
            "'bicubic', but got: 'linear'"
        ),
        "",
    ),
    "F.grid_sample(t.ones(1, 1, 4, 4), t.ones(1, 2, 2, 2), padding_mode='wrap')": (
        "ValueError",
        (
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', "
            "'border', or 'reflection', but got: 'wrap'"
        ),
        "",
    ),
    "F.grid_sample(t.ones(1, 1, 2, 2, 2), t.ones(1, 2, 2, 2, 3), 'bicubic', 'zeros', True)": (
        "RuntimeError",
        "grid_sampler(): bicubic interpolation only supports 4D input",
        "",
    ),
    "F.affine_grid(t.ones(1, 3, 4), (1, 1, 4, 4), True)": (
        "ValueError",
        "Expected a batch of 2D affine matrices of shape Nx2x3 for size (1, 1, 4, 4).",
        "[1, 3, 4]",
    ),
    "F.affine_grid(t.ones(1, 2, 3), (1, 1, 4), True)": (
        "NotImplementedError",
        (
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine "
            "transforms, respectively. Got size (1, 1, 4)."
        ),
        "",
    ),
    "F.affine_grid(t.ones(1, 2, 3).long(), (1, 1, 4, 4), True)": (
        "ValueError",
        "Expected theta to have floating point type, but got torch.int64",
        "",
    ),
    "F.affine_grid(t.ones(1, 2, 3), (1, 1, 4, 0), True)": (
        "ValueError",
        "Expected non-zero, positive output size. Got (1, 1, 4, 0)",
        "",
    ),
    "F.affine_grid(t.ones(2, 2, 3), (1, 1, 4, 4), True)": (
        "RuntimeError",
        ("Expected size for first two dimensions of batch2 tensor to be: [1, 3] but got: [2, 3]."),
        "",
    ),
}
