"""The cross-entropy of an affine map."""

from tests.nn.cases.rows import (
    Function,
    FunctionCase,
    Layer,
    LayerCase,
    constant,
    labels,
    normal,
    unit,
)

FORM = """LinearCrossEntropyLoss(
  in_features={}, num_classes={}, out_features={}, bias={}, reduction={}, ignore_index={}, \
label_smoothing={}, options={}
  (linear): Linear(in_features={}, out_features={}, bias={})
)"""
OPTIONS = "torch.nn.LinearCrossEntropyOptions(allow_retain_graph=True, batch_chunk_size=2)"

LAYERS = {
    "LinearCrossEntropyLoss": Layer(
        "(in_features, num_classes, *, out_features=(), bias=False, device=None, dtype=None, "
        "reduction='mean', weight=None, ignore_index=None, label_smoothing=0.0, options=None)",
        [
            LayerCase(
                "LinearCrossEntropyLoss(3, 5)",
                [normal(4, 3), labels(5, 4)],
                FORM.format(3, 5, (), False, "mean", None, 0.0, None, 3, 5, False),
                state="linear.weight",
                value=0.7626752703895101,
            ),
            LayerCase(
                "LinearCrossEntropyLoss(3, 5, out_features=(2,), bias=True, weight=torch.tensor("
                '[0.5, 1.0, 2.0, 0.1, 3.0]), reduction="none", ignore_index=2, '
                "label_smoothing=0.2)",
                [normal(4, 3), labels(5, 4, 2)],
                FORM.format(3, 5, (2,), True, "none", 2, 0.2, None, 3, 10, True),
                state="weight linear.weight linear.bias",
                value=13.191998027685628,
            ),
            LayerCase(
                "LinearCrossEntropyLoss(3, 5, bias=True)",
                [normal(4, 3), unit(4, 5)],
                FORM.format(3, 5, (), True, "mean", None, 0.0, None, 3, 5, True),
                state="linear.weight linear.bias",
                value=-3.703841620078588,
            ),
            LayerCase(
                f'LinearCrossEntropyLoss(3, 5, reduction="none", options={OPTIONS})',
                [normal(4, 3), labels(5, 4)],
                FORM.format(
                    *(3, 5, (), False, "none", None, 0.0),
                    "LinearCrossEntropyOptions(allow_retain_graph=True, batch_chunk_size=2, "
                    "chunking_method='auto', acc_policy='auto', acc_dtype=None)",
                    *(3, 5, False),
                ),
                state="linear.weight",
                value=5.184191975776116,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS = {
    "linear_cross_entropy": Function(
        "(input, linear_weight, target, *, linear_bias=None, weight=None, reduction='mean', "
        "ignore_index=None, label_smoothing=0.0, options=None)",
        [
            FunctionCase(
                "linear_cross_entropy(x, w, y)",
                {"x": normal(4, 3), "w": normal(5, 3), "y": labels(5, 4)},
                value=2.665105474777236,
            ),
            FunctionCase(
                "linear_cross_entropy(input=x, linear_weight=w, target=y, linear_bias=b, weight=c, "
                'reduction="sum", ignore_index=2, label_smoothing=0.2)',
                {
                    "x": normal(4, 3),
                    "w": normal(5, 2, 3),
                    "y": labels(5, 4, 2),
                    "b": normal(5, 2),
                    "c": constant(5),
                },
                value=30.370216717108676,
            ),
            FunctionCase(
                f'linear_cross_entropy(x, w, y, reduction="sum", options={OPTIONS})',
                {"x": normal(3), "w": normal(5, 3), "y": labels(5)},
                value=2.3529718514243214,
                orders=1,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
_OPTIONS = "nn.LinearCrossEntropyOptions"
ERRORS = {
    "F.linear_cross_entropy(t.ones(2, 4, 3), t.ones(5, 3), t.ones(2).long())": (
        "RuntimeError",
        "expected input with dimensionality 1 or 2, got 3",
        "",
    ),
    "F.linear_cross_entropy(t.ones(4, 3), t.ones(3), t.ones(4).long())": (
        "RuntimeError",
        "expected linear_weight with dimensionality at least 2, got 1",
        "",
    ),
    "F.linear_cross_entropy(t.ones(4, 3), t.ones(5, 2), t.ones(4).long())": (
        "RuntimeError",
        "expected equal input and linear_weight last dimensions (in_features), got 3 and 2, "
        "respectively",
        "",
    ),
    "F.linear_cross_entropy(t.ones(4, 3), t.ones(5, 3), t.ones(4).long(), linear_bias=t.ones(4))": (
        "RuntimeError",
        "expected linear_bias shape (5,), got (4,)",
        "",
    ),
    "F.linear_cross_entropy(t.ones(3), t.ones(5, 2, 3), t.ones(2).long())": (
        "RuntimeError",
        "K-dimensional loss defined by linear_weight shape (5, 2, 3) requires batched input",
        "",
    ),
    "F.linear_cross_entropy(t.ones(4, 3), t.ones(5, 3), t.ones(4, 5), ignore_index=1)": (
        "RuntimeError",
        "ignore_index cannot be specified when target contains probabilities",
        "[4, 5]",
    ),
    "F.linear_cross_entropy(t.ones(4, 3), t.ones(5, 3), t.ones(4).long(), "
    f"options={_OPTIONS}(batch_chunk_size=3, chunking_method='aspect_ratio'))": (
        "ValueError",
        "give different chunk sizes (3 vs 2); pass only one",
        "",
    ),
    "F.linear_cross_entropy(t.ones(4, 3), t.ones(5, 3), t.ones(4).long(), "
    f"options={_OPTIONS}(acc_dtype=t.float64))": (
        "RuntimeError",
        "supports float32 acc_dtype with",
        "",
    ),
    f"{_OPTIONS}(acc_policy='best')": ("ValueError", "invalid acc_policy: 'best'", "balanced"),
    f"{_OPTIONS}(chunking_method='aspect_ratio:0')": (
        "ValueError",
        "invalid chunking_method: 'aspect_ratio:0'",
        "'aspect_ratio:N'",
    ),
    f"{_OPTIONS}(batch_chunk_size=0)": (
        "ValueError",
        "batch_chunk_size must be positive int or None, got 0",
        "",
    ),
    f"{_OPTIONS}(acc_dtype=t.int64)": ("ValueError", "acc_dtype must be one of", ""),
    "nn.LinearCrossEntropyLoss(3, 2, weight=t.ones(3))": (
        "RuntimeError",
        "expected weight shape to be (2,), got (3,)",
        "",
    ),
    "nn.LinearCrossEntropyLoss(3, 2, label_smoothing=2.0)": (
        "RuntimeError",
        "expected label_smoothing to be in range [0, 1], got 2.0",
        "",
    ),
}
