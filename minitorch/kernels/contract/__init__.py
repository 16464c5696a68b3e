"""What each family of kernels takes and gives: a protocol per kernel, a record per family.

Letters beside those of `minitorch/README.md`: `*S` the spatial sizes of an input (one, two or
three), `*O` those of an output, `*K` those of a kernel or window. `Sizes` holds one number for
each of them.
"""
