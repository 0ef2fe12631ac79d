"""What this book adds to its Sphinx theme: the menus to download a chapter and to run it."""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from sphinx.application import Sphinx

BINDER = "https://mybinder.org/v2/gh"
COLAB = "https://colab.research.google.com/github"
# Colab opens notebooks of a branch of a repository: .github/workflows puts the site into this one.
SITE_BRANCH = "site/build/site"


def _link(text: str, url: str, icon: str, tooltip: str) -> dict[str, str]:
    return {"type": "link", "text": text, "url": url, "icon": icon, "tooltip": tooltip}


def download_buttons(stem: str, pathto: Callable[[str, bool], str]) -> dict[str, Any]:
    """Return the menu that offers a chapter as a notebook, as a script and on paper."""
    return {
        "type": "group",
        "label": "download-buttons",
        "icon": "fas fa-download",
        "tooltip": "Download this page",
        "buttons": [
            _link(
                "Notebook (.ipynb)",
                pathto(f"downloads/{stem}.ipynb", True),
                "fas fa-book",
                "Download the notebook, without outputs",
            ),
            _link(
                "Script (.py)",
                pathto(f"downloads/{stem}.py", True),
                "fas fa-file-code",
                "Download the source that the notebook is made from",
            ),
            {
                "type": "javascript",
                "javascript": "window.print()",
                "text": "Print or save as PDF",
                "icon": "fas fa-print",
                "tooltip": "Print this page",
            },
        ],
    }


def launch_buttons(stem: str, repository: str, branch: str) -> dict[str, Any]:
    """Return the menu that runs a chapter elsewhere, for a repository with an address."""
    project = "/".join(PurePosixPath(repository).parts[-2:]).removesuffix(".git")
    script = quote(f"lab/tree/notebooks/{stem}.py", safe="")
    return {
        "type": "group",
        "label": "launch-buttons",
        "icon": "fas fa-rocket",
        "tooltip": "Run this page elsewhere",
        "buttons": [
            _link(
                "Binder",
                f"{BINDER}/{project}/{branch}?urlpath={script}",
                "fas fa-circle-play",
                "Run it on Binder, in quick mode, without an account",
            ),
            _link(
                "Colab",
                f"{COLAB}/{project}/blob/{SITE_BRANCH}/downloads/{stem}.ipynb",
                "fas fa-cloud",
                "Run it on Google Colab",
            ),
        ],
    }


def add_buttons(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Put the download and launch menus in the header of every page that is a notebook."""
    if "kernelspec" not in app.env.metadata.get(pagename, {}):
        return
    stem = PurePosixPath(pagename).name
    buttons = context["header_buttons"]
    options = app.config.html_theme_options
    if repository := options.get("repository_url"):
        branch = options.get("repository_branch", "main")
        buttons.insert(0, launch_buttons(stem, repository, branch))
    buttons.insert(0, download_buttons(stem, context["pathto"]))


def skip_routing(_app: Sphinx, _what: str, name: str, *_: object) -> bool | None:
    """Leave out of the reference what scikit-learn adds to every estimator by itself."""
    return True if name.startswith("set_") and name.endswith("_request") else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, after the theme has made its list of buttons."""
    app.connect("autodoc-skip-member", skip_routing)
    app.connect("html-page-context", add_buttons, priority=502)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
