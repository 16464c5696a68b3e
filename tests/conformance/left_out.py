"""What is not compared, and why; all else of the databases must agree."""

OPTIMIZERS = {"SparseAdam": "needs sparse gradients, which do not exist here: it refuses"}
