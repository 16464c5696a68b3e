"""Kinds of softmax."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, constant, labels, normal

LAYERS = {
    "AdaptiveLogSoftmaxWithLoss": Layer(
        (
            "(in_features, n_classes, cutoffs, div_value=4.0, head_bias=False, device=None, "
            "dtype=None)"
        ),
        [
            LayerCase(
                "AdaptiveLogSoftmaxWithLoss(8, 12, [3, 7], 2.0, True)",
                [normal(9, 8), labels(12, 9)],
                (
                    "AdaptiveLogSoftmaxWithLoss(\n"
                    "  (head): Linear(in_features=8, out_features=5, bias=True)\n"
                    "  (tail): ModuleList(\n"
                    "    (0): Sequential(\n"
                    "      (0): Linear(in_features=8, out_features=4, bias=False)\n"
                    "      (1): Linear(in_features=4, out_features=4, bias=False)\n"
                    "    )\n"
                    "    (1): Sequential(\n"
                    "      (0): Linear(in_features=8, out_features=2, bias=False)\n"
                    "      (1): Linear(in_features=2, out_features=5, bias=False)\n"
                    "    )\n"
                    "  )\n"
                    ")"
                ),
                state=(
                    "head.weight head.bias tail.0.0.weight tail.0.1.weight tail.1.0.weight "
                    "tail.1.1.weight"
                ),
                value=-26.347234758774114,
            ),
        ],
    ),
    "Softmax2d": Layer(
        "()",
        [
            LayerCase(
                "Softmax2d()",
                [normal(2, 3, 2, 2)],
                "Softmax2d()",
                unbatched=True,
                value=8.888912132538556,
            )
        ],
    ),
    "Softmin": Layer(
        "(dim=None)",
        [
            LayerCase(
                "Softmin(-1)",
                [normal(3, 4)],
                "Softmin(dim=-1)",
                unbatched=True,
                value=3.325613941972993,
            )
        ],
    ),
}

FUNCTIONS = {
    "gumbel_softmax": Function(
        "(logits, tau=1, hard=False, eps=1e-10, dim=-1)",
        [
            FunctionCase("gumbel_softmax(x)", {"x": normal(3, 4)}, value=3.3234110216240325),
            FunctionCase(
                "gumbel_softmax(logits=x, tau=0.7, hard=True, eps=1e-10, dim=0)",
                {"x": constant(3, 4)},
                value=3.98522151369743,
            ),
        ],
    ),
    "softmin": Function(
        "(input, dim=None, _stacklevel=3, dtype=None)",
        [
            FunctionCase(
                "softmin(input=x, dim=-1)",
                {"x": normal(3, 4)},
                unbatched=True,
                value=3.301894049590637,
            ),
            FunctionCase(
                "softmin(x, 0, dtype=torch.float64)", {"x": normal(3, 4)}, value=4.638795828300438
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "nn.AdaptiveLogSoftmaxWithLoss(8, 5, [])": (
        "ValueError",
        "cutoffs should be a sequence of length larger than 0",
        "",
    ),
    "nn.AdaptiveLogSoftmaxWithLoss(8, 5, [2, 5])": (
        "ValueError",
        "cutoffs should be a sequence of unique, positive integers",
        "[2, 5]",
    ),
    "nn.AdaptiveLogSoftmaxWithLoss(8, 5, [2])(t.ones(2, 8), t.tensor([1, 7]))": (
        "RuntimeError",
        "Target values should be in [0, 4], but values in range [1, 7] were found.",
        "",
    ),
    "nn.AdaptiveLogSoftmaxWithLoss(8, 5, [2])(t.ones(2, 8), t.tensor([1]))": (
        "RuntimeError",
        "Input and target should have the same size in the batch dimension",
        "2 and 1",
    ),
    "nn.AdaptiveLogSoftmaxWithLoss(8, 5, [2])(t.ones(2, 8), t.tensor(1))": (
        "RuntimeError",
        "0D target tensor expects 1D input tensors",
        "",
    ),
    "nn.Softmax2d()(t.ones(2, 3))": (
        "ValueError",
        "Softmax2d: expected input to be 3D or 4D, got 2D instead",
        "",
    ),
    "nn.Softmin(1)(t.ones(3))": ("IndexError", "Dimension out of range", ""),
    "F.softmin([2], 1)": ("TypeError", "bad operand type for unary -: 'list'", ""),
    "F.gumbel_softmax(t.ones(2).int())": (
        "RuntimeError",
        "dtype must be a floating point but you specified Int",
        "",
    ),
}
