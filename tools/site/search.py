"""What the search finds in a site that is opened from a folder, where no page can be fetched."""

import json
from pathlib import Path

from bs4 import BeautifulSoup

from tools.site.steps import write

# In a page opened from a folder, scripts may not read other pages. Search finds its excerpts in a
# script then, in the place of what it would have fetched.
TEXTS = "_static/search-texts.js"
TEXTS_FROM_FILES = (
    f"if (location.protocol === 'file:') document.write('<script src=\"{TEXTS}\"><\\/script>');"
)
FETCH_FROM_TEXTS = """\
window.fetch = async (address) => {
  const name = new URL(address, location.href).href.slice(new URL(".", location.href).href.length);
  const main = document.createElement("main");
  main.setAttribute("role", "main");
  main.textContent = texts[name.split("#")[0]] || "";
  return new Response(main.outerHTML);
};
"""


def words_of(page: BeautifulSoup) -> str | None:
    """Return what can be read on a page, which loses the rest by it; None without an article."""
    for part in page.select(".headerlink, script, style, .tag_quiet details"):
        part.decompose()
    article = page.select_one("article")
    return article and " ".join(article.get_text(" ").split())


def write_texts(site: Path, texts: dict[str, str]) -> None:
    """Write the words of all pages into one script, which only a search in a folder loads."""
    told = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    write(site / TEXTS, f"const texts = {told};\n{FETCH_FROM_TEXTS}")
