"""Functions of indices."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, labels

LAYERS: dict[str, Layer] = {}

FUNCTIONS = {
    "one_hot": Function(
        "(input, num_classes=-1)",
        [
            FunctionCase("one_hot(x)", {"x": labels(4, 2, 3)}, value=7.192901534231517),
            FunctionCase(
                "one_hot(input=x, num_classes=6)",
                {"x": labels(4, 3)},
                value=3.2874240616739514,
                unbatched=True,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.one_hot(t.ones(2))": (
        "RuntimeError",
        "one_hot is only applicable to index tensor of type LongTensor",
        "Float",
    ),
    "F.one_hot(t.tensor([1, 5]), 3)": (
        "RuntimeError",
        "Class values must be smaller than num_classes",
        "5 of 3",
    ),
    "F.one_hot(t.zeros(2, 0, dtype=t.int64))": (
        "RuntimeError",
        "Can not infer total number of classes from empty tensor",
        "num_classes",
    ),
    "F.one_hot(t.tensor([-1, 0]))": ("RuntimeError", "Class values must be non-negative", "-1"),
}
