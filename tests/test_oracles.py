"""The oracle fixtures themselves."""


def test_torch_runs_on_one_thread(torch):
    assert torch.get_num_threads() == 1


def test_torchvision_offers_datasets_transforms_and_models(torchvision):
    from torchvision import datasets, models, transforms

    assert torchvision is not None
    assert datasets.CIFAR10 and transforms.RandomCrop and models.resnet18


def test_real_cifar10_has_its_published_files(cifar10_root):
    names = {path.name for path in (cifar10_root / "cifar-10-batches-py").iterdir()}
    assert {f"data_batch_{i}" for i in range(1, 6)} | {"test_batch", "batches.meta"} <= names
