"""Functions that NumPy lacks, on arrays: computed in float64, rounded once to the dtype."""
