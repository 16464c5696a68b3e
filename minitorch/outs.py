"""The functions that take ``out=``, a tensor to write the result into.

Each is the function of the same name without it. A result is computed, and then written: that
costs a copy, which nobody sees who asks for no ``out``.
"""

from __future__ import annotations

from minitorch import creation, ops, random, sequences
from minitorch.ops.out import makes_out, takes_out

bernoulli = takes_out(random.bernoulli)
cat = takes_out(ops.cat)
concat = takes_out(ops.concat)
concatenate = takes_out(ops.concatenate)
diag = takes_out(ops.diag)
gather = takes_out(ops.gather)
hstack = takes_out(ops.hstack)
index_add = takes_out(ops.index_add)
index_copy = takes_out(ops.index_copy)
index_select = takes_out(ops.index_select)
masked_select = takes_out(ops.masked_select)
multinomial = takes_out(random.multinomial)
nonzero = takes_out(ops.nonzero)
scatter = takes_out(ops.scatter)
scatter_add = takes_out(ops.scatter_add)
stack = takes_out(ops.stack)
take_along_dim = takes_out(ops.take_along_dim)
tril = takes_out(ops.tril)
triu = takes_out(ops.triu)
vstack = takes_out(ops.vstack)

arange = makes_out(sequences.arange)
empty = makes_out(creation.empty)
eye = makes_out(creation.eye)
full = makes_out(creation.full)
linspace = makes_out(sequences.linspace)
ones = makes_out(creation.ones)
rand = makes_out(random.rand)
randint = makes_out(random.randint)
randn = makes_out(random.randn)
randperm = makes_out(random.randperm)
zeros = makes_out(creation.zeros)
