"""PyTorch's own databases of modules, optimizers and operators, run on both sides and compared.

`python -m tests.conformance` runs all of them and writes `docs/conformance.md`; a slice of them
runs in the suite (`test_slice.py`). The databases ship in PyTorch's wheel; to import them takes
the package `expecttest`.
"""
