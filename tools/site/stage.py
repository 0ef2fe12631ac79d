"""Lay out everything that Sphinx reads: prose, notebooks, API pages and settings."""

import ast
import copy
import os
import re
import shutil
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jupytext
import nbformat
import yaml

from prerelease import evidence
from tools.site import inline
from tools.site import teach as site_teach
from tools.site.pages import table_of_contents
from tools.site.steps import BOOK, LIBRARY, NOTEBOOKS, SOURCE, BuildError, copy_if_there, write
from tools.teach import editions, roles, teaching

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
REPOSITORY = "PRERELEASE_REPOSITORY"
# A card of the landing page that leads to a chapter: its class, then its link.
CHAPTER_CARD = re.compile(
    r"^(:class-card: pr-chapter)\n:link: (\S+)\n:link-type: doc$", re.MULTILINE
)
# Notebooks that are no chapters, and the pages that they become.
PLACES = {"index": "index", "own-model": "about/own-model"}
PROMPT = "What was written into the release file"
RECORDING = {"evidence.record", "doubts.note"}
"""What a cell calls to write a row of evidence."""
# Code that is shown only by the switch for all code: what hides it, and what takes its place.
QUIET = {"remove-input": "hide-input", "remove-cell": "hide-cell"}
COLAB_CELL = """\
# On Colab, install the packages that this notebook needs, fetch the payments, choose quick mode.
# Elsewhere this cell does nothing. If Colab asks to restart the session, do, and run it again.
import os
import sys

if "google.colab" in sys.modules:
    os.environ.setdefault("PRERELEASE_MODE", "quick")
    %pip install -q "prerelease[chapters] @ git+{repository}@{branch}"
    %pip install -q "prerelease-casebook @ git+{repository}@{branch}#subdirectory=src"
    !PRERELEASE_PROGRESS=1 python -m casebook.data fetch
"""


def settings() -> dict[str, Any]:
    """Return _config.yml with the repository that the environment names, if it names one."""
    config = yaml.safe_load((BOOK / "_config.yml").read_text(encoding="utf-8"))
    repository = config["repository"]
    named = os.environ.get(REPOSITORY) or repository["url"]
    repository["url"] = named.strip().removesuffix("/").removesuffix(".git")
    if repository["url"] and len(urlsplit(repository["url"]).path.split("/")) != 3:
        msg = f"The repository must look like https://github.com/OWNER/NAME, got {named!r}."
        raise BuildError(msg)
    return config


def site_address(config: dict[str, Any]) -> str:
    """Return where the site will be published, ending in a slash, or an empty string.

    That is `html.baseurl` where it is set, and otherwise the GitHub Pages of the repository.
    """
    if address := config["html"].get("baseurl"):
        return address.rstrip("/") + "/"
    if not (url := config["repository"]["url"]):
        return ""
    owner, name = urlsplit(url).path.strip("/").split("/")
    return f"https://{owner.lower()}.github.io/{name}/"


def notebook_names() -> dict[str, Path]:
    """Return the source of each notebook under the name of the page that it becomes."""
    sources = sorted(NOTEBOOKS.glob("*.py"), key=lambda path: (path.stem != "index", path.stem))
    if NOTEBOOKS / "index.py" not in sources:
        msg = "notebooks/index.py, the landing page, is missing."
        raise BuildError(msg)
    return {PLACES.get(path.stem, f"chapters/{path.stem}"): path for path in sources}


def read_notebook(source: Path) -> nbformat.NotebookNode:
    """Return the notebook that a py:percent file stands for, the same one at every call."""
    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    notebook.nbformat_minor = 5
    return notebook


def mark_chapters_to_come(text: str, pages: Container[str]) -> str:
    """Mark each card in `text` whose chapter is not among `pages`, and take its link out."""
    return CHAPTER_CARD.sub(
        lambda card: card[0] if card[2] in pages else f"{card[1]} pr-soon", text
    )


def recorders(cells: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Return the code cells that write rows of evidence, by themselves or by a helper."""
    helpers: set[str] = set()

    def records(node: ast.AST) -> bool:
        calls = [ast.unparse(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)]
        return bool(RECORDING.intersection(calls) or helpers.intersection(calls))

    found = []
    for cell in cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        helpers |= {function.name for function in functions if records(function)}
        if any(records(node) for node in tree.body if not isinstance(node, ast.FunctionDef)):
            found.append(cell)
    return found


def show_recorders(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a notebook whose cells that write evidence are folded, not hidden, and have names.

    A link to `#cell-` and the `cell` of a row of evidence leads to where the row was written.
    Other hidden code is folded too, and marked: only the switch for all code shows it.
    """
    shown = copy.deepcopy(notebook)
    named = recorders(shown.cells)
    for cell in named:
        name = evidence.cell_name(cell.source)
        place = next(i for i, one in enumerate(shown.cells) if one is cell)
        anchor = nbformat.v4.new_markdown_cell(f'<div id="cell-{name}"></div>', id=f"at-{name}")
        shown.cells.insert(place, anchor)
        tags = set(cell.metadata.get("tags", []))
        if "remove-cell" in tags:
            cell.metadata["tags"] = sorted(tags - {"remove-cell"} | {"hide-cell"})
            cell.metadata["mystnb"] = {"code_prompt_show": PROMPT, "code_prompt_hide": PROMPT}
    for cell in shown.cells:
        tags = set(cell.metadata.get("tags", []))
        if hidden := tags & set(QUIET):
            folded = {QUIET[tag] for tag in hidden}
            cell.metadata["tags"] = sorted(tags - hidden | folded | {"quiet"})
    return shown


def to_run(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a page's notebook as JupyterLab shows it: roles in words, folded as the page is."""
    notebook.cells[1:1] = inline.note(notebook.cells)
    roles.put_in_words(notebook.cells)
    for cell in notebook.cells:
        editions.fold(cell, editions.tags(cell))
    return notebook


def stage_notebooks(config: dict[str, Any]) -> None:
    """Write each notebook as a source of Sphinx, and for the reader to download."""
    repository = config["repository"]
    downloads = SOURCE / "extra" / "downloads"
    pages = notebook_names()
    guides = teaching.guides()
    site_teach.stage(pages)
    for page, source in pages.items():
        notebook = read_notebook(source)
        site_teach.add_questions(notebook, guides.get(source.stem))
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = mark_chapters_to_come(cell.source, pages)
        write(SOURCE / f"{page}.ipynb", nbformat.writes(show_recorders(notebook)))
        if repository["url"]:
            code = COLAB_CELL.format(repository=repository["url"], branch=repository["branch"])
            cell = nbformat.v4.new_code_cell(code.rstrip(), id="colab")
            notebook.cells.insert(1, cell)
        write(downloads / f"{source.stem}.ipynb", nbformat.writes(to_run(notebook)))
        shutil.copy2(source, downloads / source.name)


def stage_settings(config: dict[str, Any], cache: Path) -> None:
    """Write _config.yml, completed with what is known only now, and _toc.yml."""
    sphinx = config["sphinx"]["config"]
    config["execute"]["cache"] = str(cache)
    sphinx["bibtex_bibfiles"] = [str(SOURCE / name) for name in config.pop("bibtex_bibfiles")]
    if address := site_address(config):
        config["html"]["baseurl"] = sphinx["ogp_site_url"] = address
    repository = config.pop("repository")
    if repository["url"]:
        sphinx["html_theme_options"] |= {
            "repository_url": repository["url"],
            "repository_branch": repository["branch"],
            "use_repository_button": True,
        }
    write(SOURCE / "_config.yml", yaml.safe_dump(config, sort_keys=False, allow_unicode=True))
    toc = yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8"))
    toc = table_of_contents(toc, notebook_names())
    write(SOURCE / "_toc.yml", yaml.safe_dump(toc, sort_keys=False))


def public_modules() -> Iterator[tuple[str, Path]]:
    """Yield the name and the file of every module of the package that users import."""
    for path in sorted(LIBRARY.iterdir()):
        file = path / "__init__.py" if path.is_dir() else path
        name = path.stem
        if file.is_file() and file.suffix == ".py" and not name.startswith("_"):
            yield name, file


def public_names(file: Path) -> list[tuple[str, str]]:
    """Return (name, Sphinx directive) for all that a module offers, or else defines.

    Names are read from the source, so that listing them imports nothing.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    defined = {
        node.name: guess(node.name)
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    }
    offered = [name for name in defined if not name.startswith("_")]
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            offered = ast.literal_eval(node.value)
    return [(name, defined.get(name) or guess(name)) for name in offered if not name.isupper()]


def guess(name: str) -> str:
    """Return the Sphinx directive that fits a name by the way it is written."""
    if name.endswith("Error"):
        return "autoexception"
    return "autoclass" if name[0].isupper() else "autofunction"


# What scikit-learn adds to a splitter is told in its own documentation.
MEMBERS = "   :members:\n   :exclude-members: set_split_request\n"


def stage_api() -> None:
    """Write one page for every public module."""
    for module, file in public_modules():
        names = public_names(file)
        if not names:
            continue
        title = f"prerelease.{module}"
        summary = "\n".join(f"   {name}" for name, _ in names)
        entries = "\n\n".join(
            f".. {directive}:: {title}.{name}\n" + MEMBERS * (directive == "autoclass")
            for name, directive in names
        )
        write(
            SOURCE / "api" / f"{module}.rst",
            f"{title}\n{'=' * len(title)}\n\n.. automodule:: {title}\n   :no-members:\n\n"
            f".. currentmodule:: {title}\n\n.. autosummary::\n   :nosignatures:\n\n{summary}\n\n"
            f"{entries}\n",
        )


def stage_prose() -> None:
    """Start an empty source folder and copy the written pages into it."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    SOURCE.mkdir(parents=True)
    for path in BOOK.iterdir():
        if path.suffix in {".md", ".bib"}:
            copy_if_there(path, SOURCE)
    for folder in ("about", "teach", "_ext"):
        shutil.copytree(
            BOOK / folder,
            SOURCE / folder,
            ignore=shutil.ignore_patterns("__pycache__", "*.yml"),
            copy_function=copy_if_there,
        )
