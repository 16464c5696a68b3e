"""What PyTorch says of the processor."""


def get_cpu_capability() -> str:
    """Return "DEFAULT": which instructions are used is the affair of NumPy and its BLAS."""
    return "DEFAULT"
