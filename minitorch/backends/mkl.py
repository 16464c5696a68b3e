"""What programs ask of MKL before they use it: it is not there."""


def is_available() -> bool:
    """Return False: NumPy's BLAS computes products, whichever it is."""
    return False
