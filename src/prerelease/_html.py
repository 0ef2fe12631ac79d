"""Pages of one file: text, tables and figures, with nothing fetched from anywhere."""

from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources


def document(title: str, body: str) -> str:
    """Return a whole page around `body`, with its stylesheet in it."""
    style = resources.files("prerelease").joinpath("page.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str) -> str:
    """Return a table of cells that are HTML already; it scrolls where it is too wide."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    lines = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    return (
        f'<div class="table" role="region" aria-label="{escape(caption)}" tabindex="0">\n<table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n" + "\n".join(lines) + "\n</tbody></table></div>"
    )


def paragraph(text: str) -> str:
    """Return a paragraph of plain text."""
    return f"<p>{escape(text)}</p>"
