"""Fold in JupyterLab what the pages fold: called by `make lab`, after jupytext has paired files.

A chapter's `.py` says by tags what is folded. JupyterLab asks for metadata of its own, which
jupytext keeps in the paired `.ipynb` in the build folder and joins to the source.
"""

import os
import sys
from pathlib import Path

import nbformat

from tools.site.stage import fold
from tools.site.steps import ROOT

PAIRED = ROOT / "build" / "notebooks"


def fold_paired(folder: Path = PAIRED) -> int:
    """Fold hidden code in the paired notebooks; return how many there are."""
    paired = sorted(folder.glob("*.ipynb"))
    for path in paired:
        times = path.stat()
        notebook = nbformat.read(path, as_version=4)
        nbformat.write(fold(notebook), path)
        # jupytext takes a paired file that is newer than its source for one that was edited.
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    return len(paired)


if __name__ == "__main__":
    sys.exit(0 if fold_paired() else "jupytext has paired no notebook: run make lab.")
