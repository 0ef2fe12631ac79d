"""The decks of slides: made from the pages, readable from the last row, without another host."""

import pytest
from bs4 import BeautifulSoup

from site_pages import SITE
from test_site import AXE, axe_findings, open_page
from tools.site import slides as site_slides
from tools.site.pages import is_depth

CHAPTER = """\
<article><section id="t"><h1>Title<a class="headerlink">#</a></h1>
<div class="pr-overview admonition"><p>This chapter</p><p>The question: what is it?</p>
<p>You need nothing.</p></div>
<div class="cell"><div class="cell_output"><p><strong>Quick mode.</strong> From the sample.</p>
</div></div>
<section id="a"><h2>First<a class="headerlink">#</a></h2>
<p>Said before. With more.</p>
<div class="cell"><div class="cell_output"><figure class="pr-figure">
<img class="pr-light" src="data:,light" width="500" height="330"
 alt="A curve falls &quot;fast&quot;.">
<img class="pr-dark" src="data:,dark" alt="A curve falls."></figure></div></div>
<div class="cell"><div class="cell_output"><p>It falls by 1.5. Nobody knows why.</p></div></div>
<p>Said after.</p>
<div class="cell"><div class="cell_input"><pre>secret_code()</pre></div></div></section>
<section id="b"><h2>Second</h2><p>Only words here <span class="bibtex-citation">[<a>Who</a>, 2020]
</span>. They are shown.</p>
<p>Code found <span class="pr-value">7</span>. And more.</p></section>
<section id="c"><h2>Third</h2><div><table><tr><td>1</td></tr></table></div>
<div><table>{rows}</table></div></section>
<section id="d"><h2>Fourth</h2><p>A long table.</p><div><table>{rows}</table></div></section>
<section id="e"><h2>Fifth</h2><div class="cell"><div class="cell_output">
<figure class="pr-figure"><img class="pr-light" src="data:," width="400" height="400"
 alt="A tower.">
</figure></div></div><div class="cell"><div class="cell_output">
<div class="pr-decide admonition"><p>Sign it?</p></div></div></div></section>
<section id="f"><h2>Sixth?</h2><p>There are two:</p><ul><li>This.</li><li>That. And so on.</li></ul>
<section id="g"><h3>Inside</h3><p>Deep.</p></section></section>
<section id="exercises"><h2>Exercises</h2>
<div class="exercise" id="data-code"><p>Exercise 1 (Code it)</p>
<section><p>Write it.</p></section></div>
</section></section></article>
""".format(rows="<tr><td>endless</td></tr>" * 20)


def one(slides, heading):
    """Return the first slide with a heading."""
    return next(slide for slide in slides if slide.h2 and slide.h2.text == heading)


@pytest.fixture(scope="module")
def slides():
    page = BeautifulSoup(CHAPTER, "html.parser")
    text = site_slides.deck("09_nine", page, site_slides.teaching.guides()["00_data"])
    return BeautifulSoup(text, "html.parser").select(".slides > section")


def test_title_slide_has_number_title_and_question(slides):
    assert slides[0].select_one(".eyebrow").text == "Chapter 09"
    assert slides[0].h1.text == "Title"
    assert slides[0].select("p")[1].text == "What is it?"
    assert slides[0].select_one(".made").text == "Quick mode. From the sample."


def test_figure_is_shown_light_with_what_the_code_found(slides):
    figure = one(slides, "First")
    assert figure["class"] == ["slide-figure"]
    assert [image["src"] for image in figure.select("img")] == ["data:,light"]
    assert figure.img["alt"] == 'A curve falls "fast".'
    assert figure.select_one(".finding").text == "It falls by 1.5. Nobody knows why."


def test_prose_is_in_the_notes_and_code_is_nowhere(slides):
    figure = one(slides, "First")
    notes = [note.text for note in figure.select(".notes p")]
    assert notes == [
        "Said before. With more.",
        "It falls by 1.5. Nobody knows why.",
        "Said after.",
    ]
    assert not any("secret_code" in str(slide) for slide in slides)


def test_section_without_anything_to_see_shows_its_first_sentences(slides):
    text = one(slides, "Second")
    assert text["class"] == ["slide-text"]
    assert text.p.text == "Only words here. They are shown."
    assert text.select_one(".finding").text == "Code found 7. And more."


def test_list_that_a_sentence_announces_is_shown(slides):
    listed = one(slides, "Sixth?")
    assert [item.text for item in listed.select("li")] == ["This.", "That."]
    assert one(slides, "Sixth? Inside").p.text == "Deep."


def test_long_table_is_left_to_the_page(slides):
    assert "endless" not in "".join(map(str, slides))
    assert len([slide for slide in slides if slide["class"] == ["slide-table"]]) == 1
    assert "on the chapter's page" in one(slides, "Fourth").select_one(".elsewhere").text


def test_high_figure_stands_beside_its_finding_and_is_told_in_the_notes(slides):
    figure = one(slides, "Fifth")
    assert figure["class"] == ["slide-figure", "slide-tall"]
    assert figure.select_one(".notes").text == "A tower."


def test_every_slide_has_something_for_the_speaker(slides):
    assert [slide.h2 for slide in slides[1:] if not slide.select_one(".notes").text.strip()] == []
    box = next(slide for slide in slides if slide.select_one(".pr-decide"))
    assert box.select_one(".notes").text == site_slides.PROMPTS["pr-decide"]


SHORT = """<div class="pr-in-short"><p>In short</p><p class="pr-asked">Do we ship?</p>
<dl><dt>The answer</dt><dd>No: 8 of 9.</dd><dt>The decision</dt><dd>We wait.</dd></dl>{}</div>"""
PICTURE = """<figure class="pr-figure">
<img class="pr-light" src="data:," width="330" height="270" alt="A bar."></figure>"""


@pytest.mark.parametrize("picture", ["", PICTURE])
def test_a_page_that_opens_in_short_gives_the_deck_its_question_and_second_slide(picture):
    page = BeautifulSoup(CHAPTER.replace("</h1>", f"</h1>{SHORT.format(picture)}"), "html.parser")
    text = site_slides.deck("09_nine", page, None)
    title, short, *_ = BeautifulSoup(text, "html.parser").select(".slides > section")
    assert "Do we ship?" in title.text
    assert short.h2.text == "In short"
    assert bool(short.img) == bool(picture)
    assert "No: 8 of 9." in short.text
    assert "We wait." in short.text


def test_exercise_has_the_note_of_the_guide(slides):
    guide = site_slides.teaching.guides()["00_data"]
    assert guide.notes["data-code"] in slides[-1].select_one(".notes").text


def test_exercises_and_quiz_have_slides_and_answers_only_in_the_notes(slides):
    assert slides[-1].h2.text == "Your turn: Code it"
    quiz = [slide for slide in slides if slide["class"] == ["slide-quiz"]]
    assert len(quiz) >= 3
    for slide in quiz:
        note = slide.select_one(".notes").extract().text
        assert note.startswith("Right: ")
        assert "Right" not in slide.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("A is 0.5. B is.", "A is 0.5. B is."), ("Short. " + "X" * 300 + ".", "Short."), ("", "")],
)
def test_only_whole_sentences_are_shown(text, shown):
    assert site_slides.first_sentences(text) == shown


DECKS = sorted((SITE / site_slides.FOLDER).glob("*.html"))


@pytest.mark.site
@pytest.mark.usefixtures("built_site")
def test_each_chapter_has_a_deck():
    pages = sorted(path.name for path in (SITE / "chapters").glob("*.html"))
    assert [path.name for path in DECKS] == [name for name in pages if not is_depth(name)]


@pytest.mark.site
@pytest.mark.browser
@pytest.mark.usefixtures("built_site")
@pytest.mark.parametrize("path", DECKS, ids=lambda path: path.stem)
def test_every_slide_fits_and_is_accessible_and_asks_nobody(browser, path):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page, problems = open_page(context, path.as_uri())
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")
    page.add_script_tag(path=str(AXE))
    current = "(() => { const s = Reveal.getCurrentSlide(); return "
    for number in range(page.evaluate("Reveal.getTotalSlides()")):
        page.evaluate(f"Reveal.slide({number})")
        over = page.evaluate(current + "Math.max(s.scrollHeight - s.clientHeight,"
                             " s.scrollWidth - s.clientWidth)})()")  # fmt: skip
        assert over <= 2, f"slide {number} is {over} pixels too large"
        said = page.evaluate(current + "s.querySelector('.notes').textContent.trim()})()")
        assert said, f"slide {number} has no notes"
    small = page.evaluate(
        "() => [...document.querySelectorAll('.slides p, .slides li, .slides td')]"
        ".filter(e => !e.closest('.notes') && parseFloat(getComputedStyle(e).fontSize) < 22)"
        ".map(e => e.textContent)"
    )
    assert small == [], "too small for the last row"
    page.evaluate("Reveal.slide(0)")
    problems += axe_findings(page, "light")
    context.close()
    assert problems == []
