import math
import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info
import torch.multiprocessing
torch.multiprocessing.set_sharing_strategy("file_system")


class Range(IterableDataset):
    def __init__(self, start, end):
        super().__init__()
        self.start, self.end = start, end

    def __iter__(self):
        info = get_worker_info()
        if info is None:
            a, b = self.start, self.end
        else:
            per = int(math.ceil((self.end - self.start) / float(info.num_workers)))
            a = self.start + info.id * per
            b = min(a + per, self.end)
        return iter(range(a, b))


def seed_worker(worker_id):
    worker_seed = torch.initial_seed() % 2 ** 32
    np.random.seed(worker_seed)


if __name__ == "__main__":
    g = torch.Generator()
    g.manual_seed(0)
    print(sorted(int(b) for b in DataLoader(Range(3, 12), num_workers=2, batch_size=None, worker_init_fn=seed_worker,
                                            generator=g, persistent_workers=True)))
