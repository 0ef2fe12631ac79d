"""Old addresses lead on: pages that were renamed, sections that moved, files to download."""

import json
import re

import pytest

from tools.site import redirects

PAGE = "<html><head></head><body><article>{}</article></body></html>"
PUBLISHED = {
    "index.html": ["top"],
    "chapters/00_data.html": ["stays", "moved", "renamed", "lost"],
    "chapters/06_old.html": ["here", "elsewhere"],
    "gone.html": [],
}
MOVED = {
    "chapters/06_old.html": "chapters/07_new.html",
    "chapters/00_data.html#renamed": "chapters/00a_more.html#new-name",
    "downloads/06_old.py": "downloads/07_new.py",
}


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setattr(redirects, "table", lambda: (PUBLISHED, MOVED))
    ids = {
        "index.html": ["top"],
        "chapters/00_data.html": ["stays"],
        "chapters/00a_more.html": ["moved", "new-name"],
        "chapters/07_new.html": ["here", "moved"],
        "chapters/08_other.html": ["elsewhere"],
    }
    for name, places in ids.items():
        redirects.write(tmp_path / name, PAGE.format("".join(f"<p id='{x}'>" for x in places)))
    redirects.write(tmp_path / "downloads" / "07_new.py", "code")
    return tmp_path


def sent(site, name):
    """Return where the script of a page sends readers, by the anchor they asked for."""
    found = re.search(r"const moved = (.*);", (site / name).read_text())
    return json.loads(found[1]) if found else {}


def test_what_leads_nowhere_is_told(site):
    assert redirects.lead_on(site) == ["chapters/00_data.html#lost", "gone.html"]


def test_a_section_is_found_on_a_page_of_its_chapter_before_others_and_by_a_line_of_the_table(site):
    redirects.lead_on(site)
    assert sent(site, "chapters/00_data.html") == {
        "moved": "00a_more.html#moved",
        "renamed": "00a_more.html#new-name",
    }
    assert sent(site, "index.html") == {}


def test_a_page_that_is_gone_leads_on_with_and_without_scripts(site):
    redirects.lead_on(site)
    stub = (site / "chapters" / "06_old.html").read_text()
    assert '<meta http-equiv="refresh" content="0; url=07_new.html">' in stub
    assert '<link rel="canonical" href="07_new.html">' in stub
    assert '<a href="07_new.html">' in stub
    assert '?? "07_new.html" + location.hash' in stub
    assert sent(site, "chapters/06_old.html") == {
        "elsewhere": "08_other.html#elsewhere",
        "here": "07_new.html#here",
    }
    assert (site / "downloads" / "06_old.py").read_text() == "code"


def test_a_line_of_the_table_that_leads_nowhere_is_no_help(site, monkeypatch):
    moved = MOVED | {"chapters/00_data.html#lost": "chapters/00a_more.html#not-there"}
    monkeypatch.setattr(redirects, "table", lambda: (PUBLISHED, moved))
    assert "chapters/00_data.html#lost" in redirects.lead_on(site)


def test_the_table_tells_of_published_addresses_only():
    published, moved = redirects.table()
    for old in moved:
        page, _, anchor = old.partition("#")
        if page.endswith(".html"):
            assert page in published, old
            assert not anchor or anchor in published[page], old
