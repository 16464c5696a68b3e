"""What is not compared, or less closely, and why; all else of the databases must agree."""

OPTIMIZERS = {"SparseAdam": "needs sparse gradients, which do not exist here: it refuses"}
ERRORS = {"does not support complex parameters": "complex tensors do not exist here"}

# Relative and absolute, where PyTorch's own forms of a rule differ by as much.
TOLERANCES = {
    "ASGD": (1e-7, 1e-7),  # with and without `foreach`
    "LBFGS": (1e-3, 1e-3),  # float32: a thousand evaluations, each sum in another order
    "Muon": (1e-3, 1e-4),  # it rounds to bfloat16, in which a last bit is 1 %
}
# Ops that are compared by shape and dtype alone: what memory holds is not defined.
SHAPE_ALONE = {
    *("empty", "empty_like", "empty_permuted", "empty_strided"),
    *("new_empty", "new_empty_strided"),
}

REASONS = {
    "Second order of CTCLoss, MultiMarginLoss, MultiLabelMarginLoss and attention": (
        "PyTorch refuses it; here all but CTCLoss have one"
    ),
    "Second order of LinearCrossEntropyLoss with options": "PyTorch has none, silently",
    **OPTIMIZERS,
    **ERRORS,
    "ASGD, LBFGS and Muon": "compared to 1e-7, 1e-3 and 1e-3, for the reasons in `left_out.py`",
}
