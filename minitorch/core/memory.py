"""What becomes of memory that arrays have given back.

Note [Kept memory]
    A training step frees what its forward made and wants the same again in the next. The C
    library of Linux gives freed memory back to the system at once, above a threshold that follows
    the largest array freed so far: of 128 KB at first. Then every array of the next step is mapped
    anew, page by page, each a fault that costs as much as a pass over the page: 4,400 faults and
    an eighth of the time in a step of a small transformer, none afterwards.

    One array of 31 MB, which nobody touches, brings that threshold to where large programs have it
    anyhow, because some array of theirs was as large: what is smaller comes from the heap, and
    at most 62 MB of what is free at its end are kept. A threshold that the user has set
    (``MALLOC_TRIM_THRESHOLD_``) stays; other systems take no notice.
"""

import numpy as np

_LARGEST = 31 << 20  # bytes; glibc's threshold follows up to 32 MB


def keep_freed() -> None:
    """Have the C library keep what arrays give back, as Note [Kept memory] says."""
    np.empty(_LARGEST, np.uint8)
