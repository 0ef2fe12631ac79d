"""Questions during the talk: one source, the same in page and notebooks, each at its place."""

from dataclasses import replace

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.site import teach as site_teach
from tools.teach import editions, teaching

GUIDES = teaching.guides()
SOURCES = {path.stem: path for path in editions.chapters() if path.stem in GUIDES}
ANSWERS = tuple(teaching.Answer(f"{word}.", "It is so, you see.", word == "B") for word in "ABC")
LONGEST = 90  # words of a question with all answers and reasons
every_guide = pytest.mark.parametrize("name", SOURCES)


def asking(*after):
    """Return a guide that asks after some headings."""
    during = tuple(teaching.Question(f"After {title}?", ANSWERS, title) for title in after)
    return replace(GUIDES["00_data"], during=during)


def sources(notebook):
    return [cell.source for cell in notebook.cells]


@every_guide
def test_each_chapter_asks_two_short_questions_with_one_right_answer(name):
    assert len(GUIDES[name].during) == 2
    for question in GUIDES[name].during:
        said = [question.question, *(f"{one.text} {one.why}" for one in question.answers)]
        assert len(" ".join(said).split()) <= LONGEST
        assert question.question.endswith("?")
        assert 3 <= len(question.answers) <= 4


def test_right_answers_do_not_stand_in_one_place():
    questions = [question for guide in GUIDES.values() for question in guide.during]
    places = [[one.right for one in question.answers].index(True) for question in questions]
    assert max(map(places.count, set(places))) <= len(places) * 0.6


@every_guide
@pytest.mark.parametrize("edition", ["page", *editions.EDITIONS])
def test_page_and_notebooks_ask_the_same_after_its_section(name, edition):
    if edition == "page":
        notebook = editions.jupytext.read(SOURCES[name], fmt="py:percent")
    else:
        notebook = editions.edition_of(editions.read_chapter(SOURCES[name]), edition)
    before = "".join("".join(sources(notebook)).split())
    site_teach.add_questions(notebook, GUIDES[name])
    nbformat.validate(notebook)
    text = "\n\n".join(sources(notebook))
    for number, question in enumerate(GUIDES[name].during):
        asked = teaching.during_html(GUIDES[name], number)
        assert text.count(asked) == 1
        headings = list(site_teach.HEADING.finditer(text[: text.index(asked)]))
        assert headings[-1]["title"] == question.after
        assert site_teach.HEADING.match(text.split(asked)[1].lstrip())
        text = text.replace(asked, "")
    without_quiz = text.replace(teaching.quiz_markdown(GUIDES[name]), "")
    assert "".join(without_quiz.split()) == before, "something was lost or moved"


def test_a_cell_with_two_sections_is_cut_between_them():
    notebook = new_notebook(cells=[
        new_markdown_cell("# T\n\n## A\n\nOf a.\n\n### B\n\nOf b."), new_code_cell("1"),
        new_markdown_cell("Still b.\n\n## C\n\nOf c."),
    ])  # fmt: skip
    guide = asking("A", "B", "C")
    site_teach.ask_during(notebook, guide)
    first, second, third = (teaching.during_html(guide, number) for number in range(3))
    assert sources(notebook) == [
        "# T\n\n## A\n\nOf a.", first, "### B\n\nOf b.", "1", "Still b.", second,
        "## C\n\nOf c.", third,
    ]  # fmt: skip
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_a_question_after_no_heading_of_the_page_is_refused():
    notebook = new_notebook(cells=[new_markdown_cell("## A heading"), new_code_cell("## B")])
    with pytest.raises(teaching.TeachingError, match=r"00_data.yml asks .* after 'B', which is no"):
        site_teach.ask_during(notebook, asking("B"))


@every_guide
def test_an_answer_opens_without_script_and_says_what_it_reveals(name):
    markup = teaching.during_html(GUIDES[name], 0)
    assert "\n\n" not in markup, "Markdown would end the HTML at a blank line"
    page = BeautifulSoup(markup, "html.parser")
    (group,) = page.select("[role=group]")
    assert page.find(id=group["aria-labelledby"]).text.endswith(GUIDES[name].during[0].question)
    told = [(one.summary.text, one.p.text) for one in group.select("details")]
    for answer in GUIDES[name].during[0].answers:
        assert (answer.text, f"{'Right' if answer.right else 'No'}. {answer.why}") in told
