"""Functions of indices."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, labels, normal

LAYERS = {
    "Embedding": Layer(
        (
            "(num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, "
            "scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, device=None, "
            "dtype=None)"
        ),
        [
            LayerCase(
                "Embedding(6, 3)",
                [labels(6, 2, 5)],
                "Embedding(6, 3)",
                state="weight",
                value=8.99027839683485,
                unbatched=True,
            ),
            LayerCase(
                "Embedding(6, 3, padding_idx=-2)",
                [labels(4, 8)],
                "Embedding(6, 3, padding_idx=4)",
                state="weight",
                value=3.962568310888205,
                unbatched=True,
            ),
            LayerCase(
                "Embedding(6, 9, max_norm=50.0, norm_type=1.0, scale_grad_by_freq=True)",
                [labels(6, 0, 3)],
                "Embedding(6, 9, max_norm=50.0, norm_type=1.0, scale_grad_by_freq=True)",
                state="weight",
                value=-1.7504470809385824,
            ),
        ],
    ),
}

FUNCTIONS = {
    "embedding": Function(
        (
            "(input, weight, padding_idx=None, max_norm=None, norm_type=2.0, "
            "scale_grad_by_freq=False, sparse=False)"
        ),
        [
            FunctionCase(
                "embedding(x, w)",
                {"x": labels(4, 2, 3), "w": normal(8, 3)},
                value=-2.4914528915072056,
            ),
            FunctionCase(
                (
                    "embedding(input=x, weight=w, padding_idx=3, max_norm=9.0, norm_type=1.0, "
                    "scale_grad_by_freq=False, sparse=False)"
                ),
                {"x": labels(3, 6), "w": normal(4, 3)},
                value=-0.9698192896971816,
                unbatched=True,
            ),
        ],
    ),
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
    "F.embedding(t.tensor([1.5]), t.ones(3, 2))": (
        "RuntimeError",
        "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
        "Long, Int; but got torch.FloatTensor instead (while checking arguments for embedding)",
        "",
    ),
    "F.embedding(t.tensor([3]), t.ones(3, 2))": (
        "IndexError",
        "index out of range in self",
        "3 rows",
    ),
    "F.embedding(t.tensor([-1]), t.ones(3, 2))": ("IndexError", "index out of range in self", ""),
    "F.embedding(t.tensor([1]), t.ones(3))": ("RuntimeError", "'weight' must be 2-D", "[3]"),
    "F.embedding([1], t.ones(3, 2))": (
        "TypeError",
        "embedding(): argument 'indices' (position 2) must be Tensor, not list",
        "",
    ),
    "F.embedding(t.tensor([1]), t.ones(3, 2), 3)": (
        "AssertionError",
        "Padding_idx must be within num_embeddings",
        "3 of 3",
    ),
    "F.embedding(t.tensor([5]), t.ones(3, 2), max_norm=1.0)": (
        "IndexError",
        "index 5 out of range for tensor of size [3, 2] at dimension 0",
        "",
    ),
    "F.embedding(t.tensor([1]), t.ones(3, 2).long(), max_norm=1.0)": (
        "RuntimeError",
        "norm(): input dtype should be either floating point or complex. Got Long instead.",
        "",
    ),
    "t.embedding_renorm_(t.ones(3), t.tensor([1]), 1.0, 2.0)": (
        "RuntimeError",
        "Expected 2-dimensional tensor, but got 1-dimensional tensor for argument #1 'self'",
        "",
    ),
    "t.embedding_renorm_(t.ones(3, 2, requires_grad=True), t.tensor([1]), 1.0, 2.0)": (
        "RuntimeError",
        "a leaf Variable that requires grad is being used in an in-place operation",
        "",
    ),
    "nn.Embedding(3, 2, padding_idx=-4)": (
        "AssertionError",
        "Padding_idx must be within num_embeddings",
        "",
    ),
    "nn.Embedding(-3, 2)": (
        "RuntimeError",
        "Trying to create tensor with negative dimension -3: [-3, 2]",
        "",
    ),
    "nn.Embedding(3, 2, _weight=t.ones(3, 3))": (
        "AssertionError",
        "Shape of weight does not match num_embeddings and embedding_dim",
        "[3, 3]",
    ),
    "nn.Embedding.from_pretrained(t.ones(3))": (
        "AssertionError",
        "Embeddings parameter is expected to be 2-dimensional",
        "[3]",
    ),
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
