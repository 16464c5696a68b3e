"""Functions that mathematics and statistics have names for."""
