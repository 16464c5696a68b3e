"""Ops that make fewer elements of many, along dimensions: sums, extremes, orders."""
