"""Folders that come and go, as those of pip do, while they are walked."""

import shutil
import threading
from contextlib import contextmanager, suppress


@contextmanager
def churn(folder, *, workers=2):
    """Make and remove nested folders in `folder`, as pip does, while it is there."""
    done = threading.Event()

    def make_and_remove(number):
        mine = folder / f"pip-{number}"
        while not done.wait(0.0005):
            with suppress(OSError):  # the folder is not there yet, or is being cleared
                mine.mkdir()
                (mine / "unpack" / "build").mkdir(parents=True)
                (mine / "unpack" / "part").write_bytes(b"x" * 100)
            shutil.rmtree(mine, ignore_errors=True)

    threads = [threading.Thread(target=make_and_remove, args=(n,)) for n in range(workers)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()
