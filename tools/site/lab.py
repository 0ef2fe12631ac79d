"""Copy the pages as notebooks into build/lab, which `make lab` opens: yours to change.

A copy is a page as JupyterLab can show it: its kernel named, citations and terms in words, folded
what the page folds. One that was made from the chapter as it is now stays, with all that was done
in it; one of an older chapter is kept beside the new one, if anything was done in it.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

import nbformat

from tools.site import teach as site_teach
from tools.site.stage import notebook_names, read_notebook, to_run
from tools.site.steps import BUILD, say, write
from tools.teach import teaching

LAB = BUILD / "lab"
MADE_FROM = "made_from"
# It would ask whether it may fetch news, and look for updates.
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}


def digest(notebook: nbformat.NotebookNode) -> str:
    """Return a digest of what is in a notebook, but for the digest that it holds."""
    bare = nbformat.from_dict(notebook | {"metadata": dict(notebook.metadata)})
    bare.metadata.pop(MADE_FROM, None)
    return hashlib.sha256(nbformat.writes(bare).encode()).hexdigest()


def copy_pages(folder: Path = LAB) -> int:
    """Copy the pages that changed since their last copy; return how many did."""
    guides, count = teaching.guides(), 0
    for source in notebook_names().values():
        notebook = read_notebook(source)
        site_teach.add_questions(notebook, guides.get(source.stem))
        notebook.metadata[MADE_FROM] = digest(to_run(notebook))
        target = folder / f"{source.stem}.ipynb"
        if target.is_file():
            there = nbformat.read(target, as_version=4)
            made_from = there.metadata.get(MADE_FROM)
            if made_from == notebook.metadata[MADE_FROM]:
                continue
            if made_from != digest(there):  # somebody worked in it
                target.replace(target.with_stem(f"{target.stem}-before"))
        write(target, nbformat.writes(notebook))
        count += 1
    return count


def quieten(config: Path) -> None:
    """Let JupyterLab ask nobody for news."""
    write(config / "labconfig" / "default_setting_overrides.json", json.dumps(QUIET))


def main() -> int:
    """Copy the pages, and say where."""
    if config := os.environ.get("JUPYTER_CONFIG_DIR"):
        quieten(Path(config))
    say(f"[lab] {copy_pages()} pages copied to {LAB}: yours to change.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
