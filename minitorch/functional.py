"""``torch.functional``: another path of functions that the root has."""

import typing as _typing

if _typing.TYPE_CHECKING:
    from minitorch.ops.index.flat import unravel_index as unravel_index
    from minitorch.ops.linalg.arranged import block_diag as block_diag
    from minitorch.ops.linalg.chains import chain_matmul as chain_matmul
    from minitorch.ops.linalg.contraction import einsum as einsum, tensordot as tensordot
    from minitorch.ops.linalg.distances import cdist as cdist
    from minitorch.ops.linalg.lowrank import pca_lowrank as pca_lowrank, svd_lowrank as svd_lowrank
    from minitorch.ops.linalg.root import lu as lu
    from minitorch.ops.reduce.unique import (
        unique as unique,
        unique_consecutive as unique_consecutive,
    )
    from minitorch.ops.reduce.vector_norm import norm as norm
    from minitorch.ops.shape.atleast import (
        atleast_1d as atleast_1d,
        atleast_2d as atleast_2d,
        atleast_3d as atleast_3d,
    )
    from minitorch.ops.shape.expand import (
        broadcast_shapes as broadcast_shapes,
        broadcast_tensors as broadcast_tensors,
        meshgrid as meshgrid,
    )
    from minitorch.ops.shape.grids import cartesian_prod as cartesian_prod
    from minitorch.ops.shape.joining import split as split
else:
    from minitorch.core.late import late as _late

    _FILES = {
        "minitorch.ops.index.flat": "unravel_index",
        "minitorch.ops.linalg.arranged": "block_diag",
        "minitorch.ops.linalg.chains": "chain_matmul",
        "minitorch.ops.linalg.contraction": "einsum tensordot",
        "minitorch.ops.linalg.distances": "cdist",
        "minitorch.ops.linalg.lowrank": "pca_lowrank svd_lowrank",
        "minitorch.ops.linalg.root": "lu",
        "minitorch.ops.reduce.unique": "unique unique_consecutive",
        "minitorch.ops.reduce.vector_norm": "norm",
        "minitorch.ops.shape.atleast": "atleast_1d atleast_2d atleast_3d",
        "minitorch.ops.shape.expand": "broadcast_shapes broadcast_tensors meshgrid",
        "minitorch.ops.shape.grids": "cartesian_prod",
        "minitorch.ops.shape.joining": "split",
    }
    __getattr__, __dir__, __all__ = _late(__name__, "", _FILES)
