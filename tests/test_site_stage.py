import jupytext
import pytest

import site_stage

CARD = """\
:::{grid-item-card} [09]{.pr-number} A chapter
:class-card: pr-chapter
:link: chapters/09_a_chapter
:link-type: doc
What does it answer?
:::
"""


def test_card_of_a_chapter_that_exists_stays_as_it_is():
    assert site_stage.mark_chapters_to_come(CARD, {"chapters/09_a_chapter"}) == CARD


def test_card_of_a_chapter_to_come_is_marked_and_leads_nowhere():
    marked = site_stage.mark_chapters_to_come(CARD, {"chapters/09_another"})
    assert ":class-card: pr-chapter pr-soon\nWhat does it answer?" in marked
    assert "link" not in marked


def test_every_chapter_has_its_card_on_the_landing_page():
    landing = jupytext.read(site_stage.NOTEBOOKS / "index.py")
    text = "\n".join(cell.source for cell in landing.cells)
    linked = {card[2] for card in site_stage.CHAPTER_CARD.finditer(text)}
    assert len(linked) == text.count(":class-card: pr-chapter")
    chapters = {name for name in site_stage.notebook_names() if name != "index"}
    assert chapters <= linked


@pytest.mark.parametrize("url", ["https://example.org/OWNER", "https://example.org/a/b/c"])
def test_repository_without_owner_and_name_is_refused(monkeypatch, url):
    monkeypatch.setenv(site_stage.REPOSITORY, url)
    with pytest.raises(site_stage.BuildError, match="The repository must look like"):
        site_stage.settings()
