"""Let a page show before it has loaded everything: one stylesheet for many, scripts that wait.

A phone on a slow network fetches a handful of files at a time, and shows nothing until the last
stylesheet and the last script in the head are there. So the stylesheets of the theme, its
extensions and the book become one file, without the rules that no page uses, and scripts run when
the page has been read. The two typefaces of the text come with that file, cut to the letters that
are used: one that comes later would move what somebody reads already.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

from bs4 import BeautifulSoup, SoupStrainer

from tools.site.assets import NPM
from tools.site.steps import BOOK, BuildError, files_under, write

STYLES, FIGURES = "_static/styles.css", "_images"
QUERY = re.compile(r"[?#].*$")
IMPORT = re.compile(r'@import "([^"]+)";')
CHARSET = '@charset "UTF-8";'
# Addresses in a stylesheet, but for what it holds itself.
ADDRESS = re.compile(r"""url\((["']?)(?!data:|["']|#)([^"')]+)\1\)""")
SCRIPT = Path(__file__).with_suffix(".mjs")
IN_TEXT = ("source-serif-4-latin-wght-normal.woff2", "source-sans-3-latin-wght-normal.woff2")
SHEETS = SoupStrainer("link")
SETTINGS = "documentation_options.js"


def sheets_of(site: Path, names: list[str]) -> list[str]:
    """Return the stylesheets that all pages of a site have, by where they lie in it.

    Raises
    ------
    BuildError
        If pages have different ones.
    """
    asked: dict[tuple[str, ...], str] = {}
    for name in names:
        page = BeautifulSoup((site / name).read_text("utf-8"), "html.parser", parse_only=SHEETS)
        links = (QUERY.sub("", link["href"]) for link in page.select("link[rel=stylesheet]"))
        asked.setdefault(tuple(re.sub(r"^(\.\./)+", "", link) for link in links), name)
    if len(asked) != 1:
        msg = f"{' and '.join(asked.values())} have different stylesheets, so none serves both."
        raise BuildError(msg)
    return [*next(iter(asked))]


def bundle(site: Path, sheets: list[str]) -> None:
    """Write one stylesheet in the place of several, and delete those that nothing else needs.

    Parameters
    ----------
    site : pathlib.Path
        Folder of the pages, finished: what none of them holds is left out.
    sheets : list of str
        From `sheets_of`, before the pages were finished.

    Raises
    ------
    BuildError
        If a stylesheet is missing, or node.
    """
    ours = {file.name for file in (BOOK / "_static").iterdir()}
    place = site.resolve()
    texts = {sheet: _read(place, place / sheet) for sheet in sheets}
    theirs, own = (
        "\n".join(text for sheet, text in texts.items() if (Path(sheet).name in ours) is mine)
        for mine in (False, True)
    )
    write(site / STYLES, f"{CHARSET}\n{_shrunk(theirs, own, site)}")
    for sheet in sheets:  # PDF and slides take our own ones, and the colours of code
        if Path(sheet).name not in {*ours, "pygments.css"}:
            (site / sheet).unlink(missing_ok=True)


def _read(site: Path, sheet: Path) -> str:
    """Return a stylesheet with its imports, its addresses as seen from the folder `_static`."""
    if not sheet.is_file():
        msg = f"The pages ask for the stylesheet {sheet.relative_to(site)}, which is missing."
        raise BuildError(msg)
    text = sheet.read_text(encoding="utf-8").replace(CHARSET, "")

    def seen(found: re.Match[str]) -> str:
        target = (sheet.parent / found[2]).resolve()
        return f'url("{target.relative_to(site / "_static").as_posix()}")'

    # First its own addresses: those of what it imports lead on from where that lies.
    text = ADDRESS.sub(seen, text)
    return IMPORT.sub(lambda found: _read(site, (sheet.parent / found[1]).resolve()), text)


def _shrunk(theirs: str, own: str, site: Path) -> str:
    """Return stylesheets without what no page uses of others', with the typefaces of the text."""
    node = shutil.which("node")
    if node is None:
        msg = "node was not found: install Node.js 18 or newer, which shrinks the stylesheet."
        raise BuildError(msg)
    content = [str(file) for file in files_under(site) if file.suffix in (".html", ".js")]
    fonts = {f"fonts/{name}": str(site / "_static" / "fonts" / name) for name in IN_TEXT}
    asked = {"theirs": theirs, "own": own, "content": content, "fonts": fonts}
    done = subprocess.run(
        [node, str(SCRIPT), str((NPM / "package.json").resolve())],
        input=json.dumps(asked),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        msg = f"The stylesheet could not be made smaller: {done.stderr.strip()[-400:]}"
        raise BuildError(msg)
    return done.stdout


def one_stylesheet(page: BeautifulSoup, *, root: str) -> None:
    """Let a page take the one stylesheet; `root` leads from it to the folder of the site."""
    first, *others = page.select("link[rel=stylesheet]")
    first["href"] = root + STYLES
    for link in others:
        link.decompose()


def let_scripts_wait(page: BeautifulSoup, site: Path) -> None:
    """Let the scripts in a page's head run once it has been read, in their order."""
    for script in page.head.select("script[src]:not([defer])"):
        if SETTINGS in script["src"]:  # what stands below sets more of it, at once
            settings = (site / "_static" / SETTINGS).read_text(encoding="utf-8")
            script.replace_with(page.new_tag("script", string=settings))
        else:
            script["defer"] = ""


def take_out_figures(page: BeautifulSoup, site: Path, *, root: str) -> None:
    """Let a page's figures be files, fetched when they are scrolled to; the first one at once.

    They are named by what they hold. Of a light and a dark version only the one is fetched that
    is shown.
    """
    pictures = page.select("article img[src^='data:image/webp;base64,']")
    for image in pictures:
        content = base64.b64decode(image["src"].partition(",")[2])
        file = site / FIGURES / f"{hashlib.sha256(content).hexdigest()[:20]}.webp"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        image["src"] = f"{root}{FIGURES}/{file.name}"
        if image is not pictures[0]:
            image["loading"] = "lazy"
