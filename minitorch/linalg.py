"""Linear algebra: ``torch.linalg``."""

import typing as _typing

if _typing.TYPE_CHECKING:
    from minitorch.core.errors import LinAlgError as LinAlgError
    from minitorch.ops.linalg.arranged import (
        cross as cross,
        diagonal as diagonal,
        vander as vander,
        vecdot as vecdot,
    )
    from minitorch.ops.linalg.chains import (
        matrix_power as matrix_power,
        multi_dot as multi_dot,
    )
    from minitorch.ops.linalg.cholesky import (
        cholesky as cholesky,
        cholesky_ex as cholesky_ex,
    )
    from minitorch.ops.linalg.determinant import (
        det as det,
        slogdet as slogdet,
    )
    from minitorch.ops.linalg.eigen import (
        eig as eig,
        eigh as eigh,
        eigvals as eigvals,
        eigvalsh as eigvalsh,
    )
    from minitorch.ops.linalg.ldl import (
        ldl_factor as ldl_factor,
        ldl_factor_ex as ldl_factor_ex,
        ldl_solve as ldl_solve,
    )
    from minitorch.ops.linalg.lu import (
        lu as lu,
        lu_factor as lu_factor,
        lu_factor_ex as lu_factor_ex,
        lu_solve as lu_solve,
    )
    from minitorch.ops.linalg.matrix_exp import matrix_exp as matrix_exp
    from minitorch.ops.linalg.norms import (
        cond as cond,
        matrix_norm as matrix_norm,
        norm as norm,
    )
    from minitorch.ops.linalg.products import matmul as matmul
    from minitorch.ops.linalg.pseudoinverse import (
        lstsq as lstsq,
        matrix_rank as matrix_rank,
        pinv as pinv,
    )
    from minitorch.ops.linalg.qr import (
        householder_product as householder_product,
        qr as qr,
    )
    from minitorch.ops.linalg.solving import (
        inv as inv,
        inv_ex as inv_ex,
        solve as solve,
        solve_ex as solve_ex,
        solve_triangular as solve_triangular,
        tensorinv as tensorinv,
        tensorsolve as tensorsolve,
    )
    from minitorch.ops.linalg.svd import (
        svd as svd,
        svdvals as svdvals,
    )
    from minitorch.ops.reduce.vector_norm import vector_norm as vector_norm
else:
    from minitorch.core.late import late as _late

    _FILES = {
        "minitorch.core.errors": "LinAlgError",
        "minitorch.ops.linalg.arranged": "cross diagonal vander vecdot",
        "minitorch.ops.linalg.chains": "matrix_power multi_dot",
        "minitorch.ops.linalg.cholesky": "cholesky cholesky_ex",
        "minitorch.ops.linalg.determinant": "det slogdet",
        "minitorch.ops.linalg.eigen": "eig eigh eigvals eigvalsh",
        "minitorch.ops.linalg.ldl": "ldl_factor ldl_factor_ex ldl_solve",
        "minitorch.ops.linalg.lu": "lu lu_factor lu_factor_ex lu_solve",
        "minitorch.ops.linalg.matrix_exp": "matrix_exp",
        "minitorch.ops.linalg.norms": "cond matrix_norm norm",
        "minitorch.ops.linalg.products": "matmul",
        "minitorch.ops.linalg.pseudoinverse": "lstsq matrix_rank pinv",
        "minitorch.ops.linalg.qr": "householder_product qr",
        "minitorch.ops.linalg.solving": (
            "inv inv_ex solve solve_ex solve_triangular tensorinv tensorsolve"
        ),
        "minitorch.ops.linalg.svd": "svd svdvals",
        "minitorch.ops.reduce.vector_norm": "vector_norm",
    }
    __getattr__, __dir__, __all__ = _late(__name__, "", _FILES)
