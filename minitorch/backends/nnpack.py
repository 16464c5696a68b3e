"""What programs ask of NNPACK before they use it: it is not there."""


def is_available() -> bool:
    """Return False."""
    return False
