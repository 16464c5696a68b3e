"""What programs ask of OpenMP before they use it: it is not there."""


def is_available() -> bool:
    """Return False: kernels share their work out to threads of Python's."""
    return False
