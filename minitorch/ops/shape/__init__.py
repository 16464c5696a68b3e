"""Ops that arrange elements anew: views, joins, repeats."""
