"""Fixtures of the whole suite: hypothesis profiles, the oracles, real data where it is at hand."""

import gc
import os
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

from tests.support.oracles import import_torch, import_torchvision

REPOSITORY = Path(__file__).resolve().parent.parent

# deadline=None: a shared machine makes any limit per example flaky.
settings.register_profile("dev", deadline=None, max_examples=25)
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=100,
    derandomize=True,  # a red build must not turn green by itself
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)


def pytest_collection_finish() -> None:
    """Leave the tests themselves, 80,000 of them, out of what each collection looks through."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def torch() -> ModuleType:
    """PyTorch, the oracle of the parity tests; they skip where it is not installed."""
    try:
        return import_torch()
    except ImportError as error:
        pytest.skip(f"parity needs PyTorch ({error}); `make parity` installs it")


@pytest.fixture(scope="session")
def torchvision(torch: ModuleType) -> ModuleType:
    """Torchvision, which needs PyTorch."""
    try:
        return import_torchvision()
    except ImportError as error:
        pytest.skip(f"parity needs torchvision ({error}); `make parity` installs it")


@pytest.fixture(scope="session")
def cifar10_root() -> Path:
    """The folder that holds the real `cifar-10-batches-py/`."""
    named = os.environ.get("CIFAR10_ROOT")
    # Beside the checkout: several checkouts may share one copy of the data.
    folders = [REPOSITORY / "data", REPOSITORY.parent / "shared" / "data"]
    for folder in [Path(named)] if named else folders:
        if (folder / "cifar-10-batches-py" / "data_batch_1").is_file():
            return folder.resolve()
    where = "$CIFAR10_ROOT" if named else "data/ (set CIFAR10_ROOT to use another folder)"
    pytest.skip(f"needs the real CIFAR-10, which is not in {where}")
