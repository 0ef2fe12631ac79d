"""What a slide shows of a block of a page: a figure, one to play with, a table, a box, a list."""

import html
from copy import copy

from bs4 import BeautifulSoup, Tag

from tools.site.deck import words

BOXES = ("pr-wrong", "pr-right", "pr-decide", "pr-takeaway")
MOST_ROWS, MOST_COLUMNS, MOST_LETTERS, MOST_ITEMS = 5, 6, 560, 7
SMALL_TABLE = 300  # letters: a longer table is set smaller
TALL = 0.62  # a figure higher than this share of its width stands beside its finding
HIGH = 450  # pixels: the letters of one drawn higher than this would be small beside its finding


def box_name(block: Tag) -> str:
    """Return the kind of a box, or nothing."""
    return next((name for name in BOXES if name in block.get("class", [])), "")


def boxes(block: Tag) -> list[Tag]:
    """Return the boxes that a block is or holds: written, or made by code."""
    return [box for box in [block, *block.select(".cell_output .admonition")] if box_name(box)]


def picture(block: Tag) -> tuple[str, str] | None:
    """Return the kind and the HTML of a block's figure, if it has one."""
    images = block.select(".pr-figure img.pr-light")
    if not images:
        return None
    share = float(images[0]["height"]) / float(images[0]["width"])
    high = ' class="high"' if float(images[0]["height"]) > HIGH and len(images) == 1 else ""
    markup = [f'<img{high} src="{one["src"]}" alt="{html.escape(one["alt"])}">' for one in images]
    if play := block.select_one(".pr-play"):
        # Where there is no script, the picture stays.
        return "play", (
            f'<div class="pr-play" data-prevent-swipe><figure class="pr-figure">{markup[0]}'
            f"</figure>{play.script}</div>"
        )
    return ("tall" if share > TALL and len(images) == 1 else "figure"), "".join(markup)


def table(block: Tag, prose: str) -> tuple[str, str] | None:
    """Return the HTML of a block's table, cut to what an audience can read, if that is possible.

    Of many rows, those stay that the prose speaks of, and then the first. Of a table that is too
    wide, the last columns go, as long as three are left.
    """
    if not (found := copy(block if block.name == "table" else block.select_one("table"))):
        return None
    rows = [
        row for row in found.select("tr") if row.find_parent("thead") is None and row.find("td")
    ]
    drop_starred(found)
    if found.select("[rowspan]"):  # some rows belong together: only whole groups stay
        full = [number for number, row in enumerate(rows) if columns(row) == columns(found)]
        told = range(max(one for one in [*full, len(rows)] if one <= MOST_ROWS))
    else:
        told = sorted(range(len(rows)), key=lambda number: not spoken_of(rows[number], prose))
    kept = set(told[:MOST_ROWS])
    if not kept:
        return None
    for number in set(range(len(rows))) - kept:
        rows[number].decompose()
    while (widest := columns(found)) > 3 and (
        widest > MOST_COLUMNS or letters(found) > MOST_LETTERS
    ):
        for row in found.select("tr"):
            row.find_all(["td", "th"])[-1].decompose()
    if letters(found) > MOST_LETTERS:
        return None
    if letters(found) > SMALL_TABLE:
        found["class"] = [*found.get("class", []), "small"]
    if len(rows) > len(kept):
        told = f"<caption>{len(kept)} of {len(rows)} rows</caption>"
        found.insert(0, BeautifulSoup(told, "html.parser"))
    return "table", without_ids(found)


def letters(found: Tag) -> int:
    """Return how long a table is to read."""
    return len(words.text_of(found))


def columns(found: Tag) -> int:
    """Return how many cells a row has, or the longest row of a table."""
    rows = [found] if found.name == "tr" else found.select("tr")
    return max(len(row.find_all(["td", "th"])) for row in rows)


def drop_starred(found: Tag) -> None:
    """Take out the columns whose heads have a footnote: it would be missing."""
    heads = [words.text_of(cell) for cell in found.select("thead th")]
    for row in found.select("tr"):
        for cell, head in zip(row.find_all(["td", "th"]), heads, strict=False):
            if head.endswith("*"):
                cell.decompose()


def quote(block: Tag) -> tuple[str, str] | None:
    """Return the HTML of a quotation: what may be said of a result is a result."""
    if block.name != "blockquote" or len(words.text_of(block)) > MOST_LETTERS:
        return None
    return "quote", without_ids(copy(block))


def spoken_of(row: Tag, prose: str) -> bool:
    """Tell whether the prose names what a row is called."""
    name = words.text_of(row.find(["th", "td"])).lower()
    return len(name) > 2 and name in prose.lower()


def opening(text: str) -> str:
    """Return the first sentence of a text, and the second if the first only names what it is about.

    Examples
    --------
    >>> opening("No clock. Times count from the first. So it is.")
    'No clock. Times count from the first.'
    """
    parts = words.split(text)
    two = " ".join(parts[:2])
    return two if len(parts[0].split()) < 4 and not words.away(two) else parts[0]


def items(block: Tag) -> list[str]:
    """Return the first sentence of each item of a list, as far as a slide may show them."""
    parts = block.find_all("li", recursive=False)
    listed = [opening(words.placeless(words.text_of(item))) for item in parts]
    return [one for one in listed if not words.away(one)][:MOST_ITEMS]


def list_of(listed: list[str], kind: str = "ul") -> str:
    """Return a list as HTML."""
    return f"<{kind}>{''.join(f'<li>{html.escape(one)}</li>' for one in listed)}</{kind}>"


def paragraphs(*texts: str) -> str:
    """Return texts as paragraphs of HTML; empty ones are left out."""
    return "".join(f"<p>{html.escape(text)}</p>" for text in texts if text)


def without_ids(block: Tag) -> str:
    """Return the HTML of a block, without identifiers: they stand on the page already."""
    for tag in [block, *block.find_all(True)]:
        for attribute in ("id", "tabindex"):
            del tag[attribute]
    return str(block)
