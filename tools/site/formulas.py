"""Set the formulas of the built pages as pictures, so that no page needs a script to show them.

MathJax draws each of them once, while the site is built. Beside a picture stands the same formula
as MathML, which is not seen and is what a screen reader reads.
"""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from tools.site.assets import NPM
from tools.site.steps import BuildError

SCRIPT = Path(__file__).with_name("formulas.mjs")
PLACES = ".math.notranslate"
# A formula as Sphinx leaves it to MathJax, in an element of the line or in one of its own.
WRITTEN = re.compile(
    r'<(?P<tag>span|div) class="math notranslate nohighlight"[^>]*>'
    r"\s*\\[(\[](?P<tex>.*?)\\[)\]]\s*</(?P=tag)>",
    re.DOTALL,
)
# What MathJax says to its own scripts, in markup that the standards do not know.
ITS_OWN = re.compile(r' (?:data-[\w-]+|focusable|role)="[^"]*"')
IN_SVG = {"viewbox": "viewBox", "preserveaspectratio": "preserveAspectRatio"}

Formula = tuple[str, bool]
"""The TeX of a formula, and whether it stands in a line of its own."""


def drawn(texts: list[str]) -> dict[Formula, str]:
    """Return the markup of every formula that stands in some pages.

    Parameters
    ----------
    texts : list of str
        Pages as Sphinx wrote them.

    Returns
    -------
    dict
        For each formula its picture and the MathML beside it.

    Raises
    ------
    BuildError
        If node is missing, or MathJax cannot read a formula.
    """
    asked = {
        (html.unescape(found["tex"]), found["tag"] == "div")
        for text in texts
        for found in WRITTEN.finditer(text)
    }
    if not asked:
        return {}
    node = shutil.which("node")
    if node is None:
        msg = "node was not found: install Node.js 18 or newer, which sets the formulas."
        raise BuildError(msg)
    order = sorted(asked)
    command = [node, str(SCRIPT), str((NPM / "package.json").resolve())]
    done = subprocess.run(
        command, input=json.dumps(order), capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        msg = f"MathJax failed on the formulas of the book: {done.stderr.strip()[-400:]}"
        raise BuildError(msg)
    return {
        formula: ITS_OWN.sub("", svg).replace("<svg ", '<svg aria-hidden="true" ', 1)
        + f'<span class="pr-said">{ITS_OWN.sub("", mathml)}</span>'
        for formula, (svg, mathml) in zip(order, json.loads(done.stdout), strict=True)
    }


def put(page: Tag, pictures: dict[Formula, str]) -> None:
    """Show each formula of a page as its picture; what it was written as is kept in `data-tex`."""
    for place in page.select(f"{PLACES}:not([data-tex])"):
        found = WRITTEN.fullmatch(str(place))
        tex = html.unescape(found["tex"])
        picture = BeautifulSoup(pictures[tex, place.name == "div"], "html.parser")
        place["data-tex"] = " ".join(tex.split())
        place.clear()
        place.append(picture)
        spell(place)


def spell(place: Tag) -> None:
    """Write the names in a picture as SVG has them: the parser of HTML makes all letters small."""
    for picture in place.select("svg"):
        picture.attrs = {IN_SVG.get(name, name): to for name, to in picture.attrs.items()}


def name(place: Tag) -> None:
    """Leave of a formula the picture alone, with its TeX as the words that stand for it."""
    for said in place.select(".pr-said"):
        said.decompose()
    for picture in place.select("svg"):
        del picture["aria-hidden"]
        picture["role"], picture["aria-label"] = "img", place["data-tex"]
    spell(place)
