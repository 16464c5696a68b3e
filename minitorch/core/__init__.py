"""What all else stands on: dtypes, sizes, devices, memory, errors, files. Knows NumPy alone."""
