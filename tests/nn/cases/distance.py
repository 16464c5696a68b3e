"""Distances and angles between vectors."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, constant, normal

LAYERS = {
    "CosineSimilarity": Layer(
        "(dim=1, eps=1e-08)",
        [
            LayerCase(
                "CosineSimilarity()",
                [normal(3, 4, 2), normal(3, 4, 2)],
                "CosineSimilarity()",
                value=1.4258982206713542,
            ),
            LayerCase(
                "CosineSimilarity(-1, 0.9)",
                [normal(3, 4), normal(3, 4)],
                "CosineSimilarity()",
                unbatched=True,
                value=2.2843881721059573,
            ),
        ],
    ),
    "PairwiseDistance": Layer(
        "(p=2.0, eps=1e-06, keepdim=False)",
        [
            LayerCase(
                "PairwiseDistance()",
                [normal(3, 4), normal(3, 4)],
                "PairwiseDistance()",
                unbatched=True,
                value=8.911196541196485,
            ),
            LayerCase(
                "PairwiseDistance(1.5, 0.1, True)",
                [normal(3, 4), normal(2, 1, 4)],
                "PairwiseDistance()",
                value=18.387833319256963,
            ),
        ],
    ),
}

FUNCTIONS = {
    "cosine_similarity": Function(
        "(x1, x2, dim=1, eps=1e-08)",
        [
            FunctionCase(
                "cosine_similarity(x, y)",
                {"x": normal(3, 4), "y": normal(2, 3, 4)},
                value=6.445028372011146,
            ),
            FunctionCase(
                "cosine_similarity(x1=x, x2=y, dim=0, eps=1e-4)",
                {"x": normal(3), "y": normal(3)},
                value=5.0615425965512975,
            ),
        ],
    ),
    "pairwise_distance": Function(
        "(x1, x2, p=2.0, eps=1e-06, keepdim=False)",
        [
            FunctionCase(
                "pairwise_distance(x, y)",
                {"x": normal(3, 4), "y": normal(3, 4)},
                value=8.868172930366306,
            ),
            FunctionCase(
                "pairwise_distance(x1=x, x2=y, p=3.0, eps=0.1, keepdim=True)",
                {"x": normal(3, 4), "y": normal(4)},
                value=1.509003711545505,
            ),
        ],
    ),
    "pdist": Function(
        "(input, p=2)",
        [
            FunctionCase("pdist(input=x, p=1.5)", {"x": constant(4, 3)}, value=8.637125847074596),
            FunctionCase("pdist(x)", {"x": constant(4, 3)}, value=7.6429213534970515),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "nn.CosineSimilarity(2)(t.ones(3, 4), t.ones(3, 4))": (
        "IndexError",
        "Dimension out of range",
        "",
    ),
    "nn.PairwiseDistance()(t.ones(3, 4), t.ones(2, 4))": (
        "RuntimeError",
        "The size of tensor a (3) must match the size of tensor b (2)",
        "",
    ),
    "F.cosine_similarity(t.ones(3, 4).int(), t.ones(3, 4).int())": (
        "RuntimeError",
        "expected common dtype to be floating point, yet common dtype is Int",
        ".float()",
    ),
    "F.pairwise_distance(t.ones(3, 4), 2)": ("TypeError", "must be Tensor, not int", ""),
    "F.pdist(t.ones(3))": ("RuntimeError", "pdist only supports 2D tensors, got: 1D", ""),
    "F.pdist(t.ones(3, 2), -1.0)": (
        "RuntimeError",
        "pdist only supports non-negative p values",
        "-1.0",
    ),
    "t.cdist(t.ones(2, 3), t.ones(2, 4))": (
        "RuntimeError",
        "X1 and X2 must have the same number of columns. X1: 3 X2: 4",
        "",
    ),
    "t.cdist(t.ones(2, 3), t.ones(2, 3).double())": (
        "RuntimeError",
        "expected scalar type Float but found Double",
        "one dtype",
    ),
    "t.cdist(t.ones(2, 3), t.ones(2, 3), compute_mode='x')": (
        "ValueError",
        "x is not a valid value for compute_mode",
        "use_mm_for_euclid_dist",
    ),
}
