"""Mend the pages that Sphinx wrote: what the theme loads in vain, and what hinders readers."""

import html
import posixpath
import re
import shutil
import textwrap
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from joblib import Parallel, delayed

from tools.site import formulas, lighten, search
from tools.site.pages import CHAPTER, chapter_of, is_depth, main_page_of
from tools.site.steps import BuildError, files_under, write

OTHER_HOST = re.compile(r"^(?:https?:)?//")
NUMBER = re.compile(r"\s*(?:[\s\d.,:%€$+\-–−×±\[\]()]|e[+-]|to|nan|NaN|inf)*\s*")
CARD = 320  # characters of a definition that a card shows
# As sphinx-exercise puts the name of an exercise, which has its number in it.
EXERCISE = re.compile(r"Exercise \((\d+\.\d+) (.+)\)")
DESCRIPTION = 160  # characters that a search engine shows of a page
SHORT = 10  # characters: a column of such words needs no room for sentences
# Loaded by the theme, used by no page: Thebe, icons that its web font draws as well, and MathJax,
# since the formulas are pictures already.
UNUSED_SCRIPTS = re.compile(r"sphinx-thebe|fontawesome\.js|mathjax")
UNUSED_SETTINGS = re.compile(r"THEBE_JS_URL|window\.MathJax")
# Loaded by the theme and its extensions on every page: what a page must hold to need them.
SCRIPTS_FOR = {
    re.compile(r"searchtools|language_data|searchindex"): "#search-results",
    re.compile(r"design-tabs"): ".sd-tab-set",
    re.compile(r"togglebutton"): ".toggle, .admonition.dropdown, .tag_hide-output",
    re.compile(r"clipboard|copybutton"): "div.highlight pre",
}
# A server shows 404.html in place of pages at any depth: there its links start from the root.
ROOT_OF_404 = 'if (!location.pathname.endsWith("/404.html")) document.write(\'<base href="%s">\');'
UNUSED_FILES = (
    "_static/scripts/fontawesome.js",
    "_static/scripts/fontawesome.js.map",
    "_static/sphinx-thebe.js",
    "_static/sphinx-thebe.css",
    "_static/webpack-macros.html",
    "_static/sbt-webpack-macros.html",
)


def drop_unused(page: BeautifulSoup) -> None:
    """Take out scripts that a page does not need, and an empty banner.

    Thebe names another host, twice; the index of the search is the heaviest of the others.
    """
    idle = [script for script, what in SCRIPTS_FOR.items() if not page.select_one(what)]
    for tag in page.find_all(["script", "link"]):
        address = tag.get("src") or tag.get("href") or ""
        scripted = tag.name == "script" and any(script.search(address) for script in idle)
        told = tag.name == "script" and UNUSED_SETTINGS.search(tag.text)
        if UNUSED_SCRIPTS.search(address) or scripted or told:
            tag.decompose()
    seen = set()
    for tag in page.head.find_all(["script", "meta"]):
        text = str(tag)
        if tag.name == "meta" and tag.get("name") == "viewport":
            text = "viewport"
        if text in seen:
            tag.decompose()
        seen.add(text)
    for selector in ("#ethical-ad-placement", ".pst-async-banner-revealer", "#searchbox:empty"):
        for tag in page.select(selector):
            tag.decompose()


def number_chapters(page: BeautifulSoup, name: str, main: str) -> None:
    """Show a chapter's number above its title, and before its name wherever it is linked.

    A depth page says which main page it belongs to, and leads there; beside its own name in the
    list of pages stands no number.
    """
    if name.startswith("chapters/") and CHAPTER.search(name):
        eyebrow = page.new_tag("p", attrs={"class": "pr-eyebrow"})
        eyebrow.append("Chapter ")
        eyebrow.append(page.new_tag("b", string=chapter_of(name)))
        if is_depth(name):
            back = page.new_tag("a", href=posixpath.basename(main), string="In more depth")
            eyebrow.append(back)
        page.select_one("article h1").insert_before(eyebrow)
    here = posixpath.dirname(name)
    for link in page.select(".bd-docs-nav a, .prev-next-area a"):
        target = name if link["href"] == "#" else posixpath.join(here, link["href"])
        target = posixpath.normpath(target)
        if CHAPTER.search(target) and not is_depth(target):
            number = page.new_tag("span", attrs={"class": "pr-number"}, string=chapter_of(target))
            title = link.select_one(".prev-next-title") or link
            title.insert(0, number, " ")


def lead_in(page: BeautifulSoup) -> None:
    """Move the box that tells the whole page, made where its numbers are known, to the title."""
    if box := page.select_one(".tag_in-short .pr-in-short"):
        page.select_one("article h1").insert_after(box.extract())


def name_exercises(page: BeautifulSoup) -> None:
    """Call exercises what the notebooks call them."""
    for title in page.select(":is(.exercise, .solution) > .admonition-title"):
        for words in title.find_all(string=EXERCISE):
            words.replace_with(EXERCISE.sub(r"Exercise \1: \2", words))


def switch_code(page: BeautifulSoup, name: str) -> None:
    """Add the switch for all code to a page that has some; hidden code loses its colours."""
    for code in page.select(".tag_quiet .cell_input pre"):
        code.string = code.get_text()  # a tenth of the bytes
    if page.select_one("div.cell_input"):
        attributes = {"class": "pr-code-switch", "type": "button"}
        button = page.new_tag("button", attrs=attributes, string="Show all code")
        page.select_one("article h1").insert_before(button)
        useless = page.new_tag("noscript")  # there, nothing may move when its script has come
        useless.append(page.new_tag("style", string=".pr-code-switch { display: none; }"))
        page.head.append(useless)
        load_script(page, name, "page.js")


def load_script(page: BeautifulSoup, name: str, script: str) -> None:
    """Load one of our scripts on a page."""
    address = posixpath.relpath(f"_static/{script}", posixpath.dirname(name) or ".")
    page.head.append(page.new_tag("script", attrs={"defer": "", "src": address}))


def load_charts(page: BeautifulSoup, name: str) -> None:
    """Load the script of interactive figures where there are any."""
    if page.select_one(".pr-play"):
        load_script(page, name, "play.js")


def cards_of(site: Path) -> dict[str, str]:
    """Return what each term of the glossary means and what each citation is, by their address."""
    cards = {}
    for name, entries in (("glossary.html", "dl.glossary dt"), ("bibliography.html", ".citation")):
        if (site / name).is_file():
            page = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
            for entry in page.select(entries):
                told = entry.find_next("dd" if entry.name == "dt" else "p")
                words = " ".join(told.get_text().split())
                cards[f"{name}#{entry['id']}"] = textwrap.shorten(words, CARD, placeholder=" …")
    return cards


def add_cards(page: BeautifulSoup, name: str, cards: dict[str, str]) -> None:
    """Give each link to a term or a citation what it leads to, for a card beside it."""
    here = posixpath.dirname(name)
    for link in page.select("article a[href*='#']"):
        if told := cards.get(posixpath.normpath(posixpath.join(here, link["href"]))):
            link["data-pr-card"] = told
            del link["title"]
    if page.select_one("[data-pr-card]"):
        load_script(page, name, "cards.js")


def describe(page: BeautifulSoup) -> None:
    """Let a chapter's question and objectives stand for it where it is found or shared."""
    told = page.select(".pr-in-short :is(.pr-asked, dd)")
    told = told or page.select(".pr-overview > p:not(.admonition-title)")
    if not (told := " ".join(" ".join(tag.get_text() for tag in told).split())):
        return
    for tag in page.select("meta[name=description], meta[property='og:description']"):
        tag["content"] = textwrap.shorten(told, DESCRIPTION, placeholder=" …")


def scroll_tables(page: BeautifulSoup) -> None:
    """Put each table in a box that scrolls by itself, by touch and by keyboard."""
    for number, table in enumerate(page.select("article table:not(.indextable)"), start=1):
        box = page.new_tag(
            "div",
            attrs={
                "class": "pr-scroll",
                "tabindex": "0",
                "role": "region",
                "aria-label": f"Table {number}",
            },
        )
        table.wrap(box)
        if table.thead and not table.thead.text.strip():
            table.thead.decompose()
        merge_heads(table)
        align_table(table)
        del table["border"]
        table["class"] = "pr-table"  # and nothing that the theme has rules for
    for style in page.select("article style[scoped]"):
        style.decompose()  # pandas' own, which our stylesheet replaces


def merge_heads(table: Tag) -> None:
    """Move the names of the index, which pandas puts into a row of their own, into the first."""
    heads = table.select("thead > tr")
    if len(heads) != 2:
        return
    first, second = (row.find_all(["th", "td"]) for row in heads)
    pairs = list(zip(first, second, strict=False))
    told_once = all(not (upper.text.strip() and lower.text.strip()) for upper, lower in pairs)
    if len(first) == len(second) and told_once:
        for upper, lower in pairs:
            upper.string = upper.text.strip() or lower.text.strip()
        heads[1].decompose()


def align_table(table: Tag) -> None:
    """Set the columns that hold numbers to the right, and let those of short words be narrow.

    The first holds what the rows are called. Columns are counted from the right, since the first
    cell of a row may span several rows.
    """
    rows = [row.find_all(["th", "td"]) for row in table.select("tbody tr")]
    mark_short([row[0] for row in rows if row])
    heads = [row.find_all("th") for row in table.select("thead tr")]
    for column in range(1, min(map(len, rows), default=0)):
        cells = [row[-column] for row in rows]
        told = [cell for cell in cells if cell.text.strip() not in ("", "–", "-", "—")]
        numbers = [cell for cell in told if NUMBER.fullmatch(cell.text)]
        if len(numbers) * 2 > len(told):
            for cell in cells + [head[-column] for head in heads if len(head) > column]:
                cell["class"] = [*cell.get("class", []), "pr-figures"]
        else:
            mark_short(cells)


def mark_short(cells: list[Tag]) -> None:
    """Mark the cells of a column if none holds more than a short word."""
    if all(len(cell.text.strip()) <= SHORT for cell in cells):
        for cell in cells:
            cell["class"] = [*cell.get("class", []), "pr-short"]


def mend_accessibility(page: BeautifulSoup) -> None:
    """Mend what axe finds in the theme's own markup."""
    for button in page.select("button.search-button__button"):
        del button["title"]
        button["aria-label"] = "Search Ctrl+K"
    for button in page.select("button.sidebar-toggle"):
        button["aria-label"] = button.get("title", "Toggle sidebar")
    for link in page.select("a.navbar-brand"):
        for picture in link.find_all("img"):
            picture["alt"] = ""
        link["aria-label"] = "Prerelease, home"
    sidebar = page.select_one("#pst-primary-sidebar")
    if sidebar is not None:
        sidebar["role"], sidebar["aria-label"] = "navigation", "Site"
    for summary in page.select("#pst-primary-sidebar summary"):
        summary["aria-label"] = "Pages below this one"
    for summary in page.select("details.hide > summary[aria-label]"):
        del summary["aria-label"]  # its own words say more
    for cell in page.select("article thead th"):
        if not cell.text.strip():
            cell.name = "td"
    citations = "[role=list][class*=citation], .citation[role]"
    for tag in page.select(f"[role=doc-bibliography], [role=doc-biblioentry], {citations}"):
        del tag["role"]
    for box in page.select("input.task-list-item-checkbox"):
        box["aria-label"] = "done" if box.has_attr("checked") else "to do"
    for box in page.select("article .highlight pre, article .output pre, .math.notranslate > pre"):
        box["tabindex"] = "0"


def mend_downloads(page: BeautifulSoup) -> None:
    """Let the download links hand over a file rather than open a window."""
    for link in page.select("a[href*='downloads/']"):
        del link["target"]
        link["download"] = ""


def check_hosts(page: BeautifulSoup, name: str) -> None:
    """Refuse a page that would load anything from another host."""
    for tag in page.select("script[src], link[href], img[src], iframe[src], source[src]"):
        address = tag.get("src") or tag.get("href")
        canonical = tag.name == "link" and "canonical" in tag.get("rel", [])
        if OTHER_HOST.match(address) and not canonical:
            msg = f"{name} loads {address}: the site must need no other host."
            raise BuildError(msg)


@dataclass(frozen=True)
class Site:
    """What is the same for all pages: the site's address, its pages, and what many of them show."""

    address: str
    names: list[str]
    cards: dict[str, str]
    pictures: dict[formulas.Formula, str]


def finish_page(path: Path, name: str, site: Site) -> str | None:
    """Mend one page in place, and return its words for the search, if it has any."""
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    drop_unused(page)
    formulas.put(page, site.pictures)
    number_chapters(page, name, main_page_of(name, site.names))
    describe(page)
    load_charts(page, name)
    lead_in(page)
    name_exercises(page)
    switch_code(page, name)
    add_cards(page, name, site.cards)
    scroll_tables(page)
    mend_accessibility(page)
    mend_downloads(page)
    check_hosts(page, name)
    root = "../" * name.count("/")
    lighten.one_stylesheet(page, root=root)
    lighten.take_out_figures(page, path.parents[name.count("/")], root=root)
    if name != "search.html":  # whose scripts write as they are read
        lighten.let_scripts_wait(page, path.parents[name.count("/")])
    if name == "index.html":
        page.body["class"] = [*page.body.get("class", []), "pr-landing"]
        page.title.string = "Prerelease"
    if name == "search.html":
        page.head.append(page.new_tag("script", string=search.TEXTS_FROM_FILES))
    if name == "404.html" and site.address:
        script = ROOT_OF_404 % urlsplit(site.address).path
        page.head.insert(0, page.new_tag("script", string=script))
    path.write_text(str(page), encoding="utf-8", newline="\n")
    return search.words_of(page)


def finish_pages(folder: Path, names: list[str], site: Site) -> dict[str, str | None]:
    """Mend some pages, and return the words of each."""
    return {name: finish_page(folder / name, name, site) for name in names}


def write_sitemap(site: Path, names: list[str], address: str) -> None:
    """List the pages for search engines; without an address of the site, relative to it."""
    urls = "".join(
        f"  <url><loc>{html.escape(address + name)}</loc></url>\n"
        for name in names
        if name not in ("404.html", "search.html")
    )
    write(
        site / "sitemap.xml",
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n',
    )
    if address:
        write(site / "robots.txt", f"User-agent: *\nSitemap: {address}sitemap.xml\n")


def finish(site: Path, address: str) -> list[str]:
    """Mend every page under `site`, and add the files that a web server wants.

    Parameters
    ----------
    site : pathlib.Path
        A folder that Sphinx wrote.
    address : str
        Where it will be published, ending in a slash; empty while that is not known.

    Returns
    -------
    list of str
        Stylesheets for `lighten.bundle`, which takes them together once no page changes any more.
    """
    names = sorted(path.relative_to(site).as_posix() for path in files_under(site))
    names = [name for name in names if name.endswith(".html") and not name.startswith("_static/")]
    pictures = formulas.drawn([(site / name).read_text(encoding="utf-8") for name in names])
    shared = Site(address, names, cards_of(site), pictures)
    sheets = [one for one in lighten.sheets_of(site, names) if not UNUSED_SCRIPTS.search(one)]
    halves = Parallel(n_jobs=2)(
        delayed(finish_pages)(site, names[first::2], shared) for first in range(2)
    )
    words = halves[0] | halves[1]
    search.write_texts(site, {name: words[name] for name in names if words[name] is not None})
    for name in UNUSED_FILES:
        (site / name).unlink(missing_ok=True)
    shutil.rmtree(site / "_sources", ignore_errors=True)
    write_sitemap(site, names, address)
    write(site / ".nojekyll", "")
    return sheets
