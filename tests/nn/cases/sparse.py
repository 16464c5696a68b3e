"""Functions of indices."""

from tests.nn.cases.rows import (
    Function,
    FunctionCase,
    Layer,
    LayerCase,
    constant,
    labels,
    normal,
)

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
    "EmbeddingBag": Layer(
        (
            "(num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, "
            "scale_grad_by_freq=False, mode='mean', sparse=False, _weight=None, "
            "include_last_offset=False, padding_idx=None, device=None, dtype=None)"
        ),
        [
            LayerCase(
                "EmbeddingBag(6, 3)",
                [labels(6, 4, 5)],
                "EmbeddingBag(6, 3, mode='mean')",
                state="weight",
                value=7.895830501018663,
            ),
            LayerCase(
                "EmbeddingBag(6, 9, mode='sum', padding_idx=-2)",
                [labels(4, 3, 5)],
                "EmbeddingBag(6, 9, mode='sum', padding_idx=4)",
                state="weight",
                value=-24.567065263859718,
            ),
            LayerCase(
                "EmbeddingBag(6, 3, mode='max', max_norm=90.0, norm_type=1.0)",
                [labels(6, 4, 5)],
                "EmbeddingBag(6, 3, max_norm=90.0, norm_type=1.0, mode='max')",
                state="weight",
                value=23.27219205689122,
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
    "embedding_bag": Function(
        (
            "(input, weight, offsets=None, max_norm=None, norm_type=2, "
            "scale_grad_by_freq=False, mode='mean', sparse=False, per_sample_weights=None, "
            "include_last_offset=False, padding_idx=None)"
        ),
        [
            FunctionCase(
                "embedding_bag(x, w)",
                {"x": labels(4, 2, 3), "w": normal(8, 3)},
                value=-1.6425235614670397,
            ),
            FunctionCase(
                "embedding_bag(x, w, torch.tensor([0, 2, 2]), mode='max')",
                {"x": labels(4, 7), "w": normal(4, 3)},
                value=0.1875462142944202,
            ),
            FunctionCase(
                (
                    "embedding_bag(input=x, weight=w, offsets=torch.tensor([0, 2, 2, 7]), "
                    "max_norm=90.0, norm_type=1.0, scale_grad_by_freq=False, mode='sum', "
                    "sparse=False, per_sample_weights=s, include_last_offset=True, "
                    "padding_idx=-1)"
                ),
                {"x": labels(3, 7), "w": normal(4, 3), "s": constant(7)},
                value=-0.8318328407069853,
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
    "F.embedding_bag(t.tensor([1, 2]), t.ones(3, 2), t.tensor([0]), mode='x')": (
        "ValueError",
        "mode has to be one of sum, mean or max",
        "",
    ),
    "F.embedding_bag(t.tensor([1, 2]), t.ones(3, 2))": (
        "ValueError",
        "offsets has to be a 1D Tensor but got None",
        "",
    ),
    "F.embedding_bag(t.tensor([1, 2]).reshape(1, 2), t.ones(3, 2), t.tensor([0]))": (
        "ValueError",
        "if input is 2D, then offsets has to be None",
        "",
    ),
    "F.embedding_bag(t.tensor([1, 2]).float(), t.ones(3, 2), t.tensor([0]))": (
        "RuntimeError",
        "to have one of the following scalar types: Long, Int; but got torch.FloatTensor",
        "",
    ),
    "F.embedding_bag(t.tensor([1, 2]), t.ones(3, 2), t.tensor([1]))": (
        "RuntimeError",
        "offsets[0] has to be 0, i.e., the first sequence in the mini-batch",
        "",
    ),
    "F.embedding_bag(t.tensor([1, 2]), t.ones(3, 2), t.tensor([0, 5]))": (
        "RuntimeError",
        "offsets[-1] can not be greater than input's length 2",
        "",
    ),
    "F.embedding_bag(t.tensor([7]), t.ones(3, 2), t.tensor([0]))": (
        "RuntimeError",
        "Index 0 of input takes value 7 which is not in the valid range [0, 3)",
        "",
    ),
    "F.embedding_bag(t.tensor([[1, 2]]), t.ones(3, 2), per_sample_weights=t.ones(3))": (
        "ValueError",
        "then it must have the same shape as the input (torch.Size([1, 2]))",
        "",
    ),
    "F.embedding_bag(t.tensor([[1, 2]]), t.ones(3, 2), per_sample_weights=t.ones(1, 2))": (
        "NotImplementedError",
        "per_sample_weights is only supported for mode='sum' (got mode='mean')",
        "",
    ),
    "F.embedding_bag(t.tensor([[1]]), t.ones(3, 2), mode='max', scale_grad_by_freq=True)": (
        "ValueError",
        "max mode does not support scaling the gradient by the frequency",
        "",
    ),
    "F.embedding_bag(t.tensor([1, 2]), t.ones(3, 2), t.tensor([0]), padding_idx=3)": (
        "RuntimeError",
        "padding_idx must be within the number of embeddings, -3 through 2, but got 3",
        "",
    ),
    "nn.EmbeddingBag(3, 2, padding_idx=-4)": (
        "AssertionError",
        "padding_idx must be within num_embeddings",
        "",
    ),
}
