"""Layers that change the shape."""

from tests.nn.cases.rows import Function, Layer, LayerCase, normal

LAYERS = {
    "Flatten": Layer(
        "(start_dim=1, end_dim=-1)",
        [
            LayerCase(
                "Flatten()",
                [normal(2, 4, 7, 6)],
                "Flatten(start_dim=1, end_dim=-1)",
                value=-64.62689733387455,
            ),
            LayerCase(
                "Flatten(1, 2)",
                [normal(2, 4, 7, 6)],
                "Flatten(start_dim=1, end_dim=2)",
                value=-64.62689733387455,
            ),
            LayerCase(
                "Flatten(-2, -1)",
                [normal(2, 4, 7, 6)],
                "Flatten(start_dim=-2, end_dim=-1)",
                value=-64.62689733387455,
                unbatched=True,
            ),
        ],
    ),
    "Unflatten": Layer(
        "(dim, unflattened_size)",
        [
            LayerCase(
                "Unflatten(1, (2, -1))",
                [normal(2, 4, 7, 6)],
                "Unflatten(dim=1, unflattened_size=(2, -1))",
                value=-64.62689733387455,
            ),
            LayerCase(
                "Unflatten(-1, (2, 3))",
                [normal(2, 4, 7, 6)],
                "Unflatten(dim=-1, unflattened_size=(2, 3))",
                value=-64.62689733387455,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS: dict[str, Function] = {}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "nn.Unflatten(1, (2, 'a'))": (
        "TypeError",
        "unflattened_size must be tuple of ints, but found element of type str at pos 1",
        "",
    ),
    "nn.Unflatten(1, 3)": (
        "TypeError",
        "unflattened_size must be a tuple of ints, but found type int",
        "",
    ),
    "nn.Unflatten(1, (2, 3))(t.ones(2, 7))": (
        "RuntimeError",
        "unflatten: Provided sizes [2, 3] don't multiply up to the size of dim 1 (7) in the input "
        "tensor",
        "",
    ),
    "nn.Flatten(2)(t.ones(2, 7))": ("IndexError", "Dimension out of range", ""),
}
