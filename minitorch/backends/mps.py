"""What programs ask of Apple's GPUs before they use them: there are none."""


def is_built() -> bool:
    """Return False."""
    return False


def is_available() -> bool:
    """Return False."""
    return False
