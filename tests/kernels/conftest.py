"""Every test that asks for a back end runs on all of them."""

import pytest

from minitorch.kernels import Kernels
from tests.kernels.back_ends import BACK_ENDS


@pytest.fixture(params=BACK_ENDS, ids=[back_end.name for back_end in BACK_ENDS])
def back_end(request: pytest.FixtureRequest) -> Kernels:
    return request.param
