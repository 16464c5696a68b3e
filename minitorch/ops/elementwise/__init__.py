"""Ops on each element: arithmetic, functions, comparisons, copies."""
