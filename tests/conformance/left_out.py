"""What is not compared, or less closely, and why; all else of the databases must agree."""

OPTIMIZERS = {"SparseAdam": "needs sparse gradients, which do not exist here: it refuses"}

# Relative and absolute, where PyTorch's own forms of a rule differ by as much.
TOLERANCES = {
    "ASGD": (1e-7, 1e-7),  # with and without `foreach`
    "LBFGS": (1e-3, 1e-3),  # float32: a thousand evaluations, each sum in another order
    "Muon": (1e-3, 1e-4),  # it rounds to bfloat16, in which a last bit is 1 %
    "nn.functional.conv_transpose3d": (1e-4, 3e-4),  # float32: a hundred products of up to 81 each
    "matrix_exp": (1e-4, 0.1),  # float32: elements of up to 9e4 in all powers; PyTorch's error
}
# Ops, by patterns of their names.
OPS = {
    "sparse.*": "sparse tensors do not exist here",
    "to_sparse": "sparse tensors do not exist here",
    "jiterator_*": "compiles for GPUs alone",
    "bmm.triton_optimized": "compiles for GPUs alone",
    "torch.ops.*": "PyTorch's dispatcher, not an interface for programs",
    "slice": "`torch.ops.aten.slice`; `x[a:b]` is compared as `__getitem__`",
    "torch._scaled_mm*": "private, of quantised matrices",
    "_[!_]*": "private to PyTorch: its public callers are compared",
    "max_pool2d_with_indices_backward": "a rule of PyTorch's engine: it shows in gradients",
    "native_dropout_backward": "a rule of PyTorch's engine: it shows in gradients",
}
# PyTorch cuts the graph silently in these; here there is one.
NO_SECOND_ORDER = {
    "nn.functional.linear_cross_entropy.chunked",
    "nn.functional.linear_cross_entropy.chunked_none",
}
# Ops that are compared by shape and dtype alone: what memory holds is not defined.
SHAPE_ALONE = {
    *("empty", "empty_like", "empty_permuted", "empty_strided"),
    *("new_empty", "new_empty_strided"),
}
# Of integers and bools, which repeat, the values alone: which of equal elements comes first is not
# defined.
TIES = {"argsort", "kthvalue", "median", "mode", "nanmedian", "sort", "topk"}
# Vectors of these are defined up to their signs: compared is what the database makes of them.
SIGNS = {"linalg.eigh", "linalg.svd", "svd", "svd_lowrank", "pca_lowrank"}
# Ops of which the table counts differences that stay.
STAYING = {
    "addbmm": "`x.addbmm_()` takes on another shape in PyTorch; no write does here",
    "as_strided_scatter": "PyTorch's gradient is that of other elements than were written",
    "cov": "weights of float32 in samples of float64: last bits in the second order",
    "linalg.norm.subgradients_at_zero": "second order at 0: NaN in PyTorch, here 0",
    "masked.logaddexp": "second order where all is masked: NaN in PyTorch, here 0",
    "normal": "`out=` of another size is refused for a tensor of means; here it takes on the shape",
}
REASONS = {
    "Second order of CTCLoss, MultiMarginLoss, MultiLabelMarginLoss and attention": (
        "PyTorch refuses it; here all but CTCLoss have one"
    ),
    "Second order of LinearCrossEntropyLoss with options": "PyTorch has none, silently",
    **OPTIMIZERS,
    "Complex samples of decompositions, `logaddexp` and `logcumsumexp`, counted as differing": (
        "they refuse complex numbers"
    ),
    "Operators with a name like one of these": "; ".join(f"`{k}` ({v})" for k, v in OPS.items()),
    "Error inputs that cannot be made here": (
        "65 dimensions and other devices are refused, with PyTorch's class, when a tensor is made"
    ),
    "Second order of cross entropy in pieces": "PyTorch has none, silently",
    "Values of `empty` and its kin": "not defined, only shapes and dtypes are compared",
    "Signs of eigenvectors and singular vectors": "not defined; compared without",
    "Indices of equal integers in `sort`, `topk`, `median` and their kin": "which is not defined",
    **{f"Differences of `{name}`, counted as such": reason for name, reason in STAYING.items()},
    "float32 of `conv_transpose3d`": "compared to 3e-4, its sums come in another order",
    "ASGD, LBFGS and Muon": "compared to 1e-7, 1e-3 and 1e-3, for the reasons in `left_out.py`",
}
