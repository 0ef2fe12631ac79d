"""What happens while TabNet trains: torch's settings, and when to stop.

torch and pytorch-tabnet are imported only when a model is fitted.
"""

import copy
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._contract import contract

VERSION = "4.1.0"


@contextmanager
def torch_at_home() -> Iterator[None]:
    """Let torch run: without gradients' leftovers, its seed and its threads as they were.

    With other numbers of threads than one, sums are rounded otherwise, and the model is another.
    A version of pytorch-tabnet that lacks what is needed here is told in one sentence.
    """
    import torch  # noqa: PLC0415

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    # The training stops by our own watch, so this warning is wrong. To take the filter away
    # again would not be safe where other threads warn.
    warnings.filterwarnings("ignore", message="No early stopping will be performed")
    with contract("pytorch-tabnet", VERSION), torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            torch.set_num_threads(before)


def deal_in_batches(model: Any) -> None:
    """Let rows come a batch at a time: one by one, that takes a quarter of the training's time.

    They are the same batches.
    """
    from torch.utils.data import DataLoader  # noqa: PLC0415

    loaders = model._construct_loaders

    def in_batches(*given: Any) -> tuple[Any, Any]:
        one_by_one, others = loaders(*given)
        batches = one_by_one.batch_sampler
        return DataLoader(one_by_one.dataset, sampler=batches, batch_size=None), others

    model._construct_loaders = in_batches


def watch_last_part(last_part: list[NDArray[Any]], loss: Any, patience: int) -> Any:
    """Return a callback that keeps the weights of the epoch with the least loss on some rows."""
    import torch  # noqa: PLC0415
    from pytorch_tabnet.callbacks import Callback  # noqa: PLC0415

    rows, labels = (torch.from_numpy(np.ascontiguousarray(part)) for part in last_part)

    class Watch(Callback):
        def __init__(self) -> None:
            super().__init__()
            self.seen: list[tuple[float, float]] = []
            self.best, self.best_epoch, self.weights = np.inf, 0, None

        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            network = self.trainer.network
            reached = np.nan
            if len(rows):
                network.eval()
                with torch.no_grad():
                    said = torch.cat([network(part)[0] for part in rows.split(4096)])
                reached = float(loss(said, labels))
            self.seen.append(((logs or {})["loss"], reached))
            if not reached >= self.best:
                self.best, self.best_epoch = reached, epoch + 1
                self.weights = copy.deepcopy(network.state_dict())
            elif epoch + 1 - self.best_epoch >= patience:
                self.trainer._stop_training = True

        def on_train_end(self, logs: dict[str, float] | None = None) -> None:
            self.trainer.network.load_state_dict(self.weights)

    return Watch()
