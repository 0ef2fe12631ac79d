"""The teaching files: complete, without typed results, and linked."""

import pytest
import yaml
from bs4 import BeautifulSoup

from tools.environment import doctor
from tools.lint import notebooks as lint_notebooks
from tools.site import teach as site_teach
from tools.site.pages import chapter_of, is_depth
from tools.teach import editions, teaching

GUIDES = teaching.guides()
PAGES = [path.stem for path in editions.chapters()]
CHAPTERS = [page for page in PAGES if not is_depth(page)]
every_guide = pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)


def strings(value):
    """Yield every string in a nested value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def test_every_chapter_has_a_guide():
    assert set(CHAPTERS) <= set(GUIDES)


@every_guide
def test_no_result_is_typed_into_a_guide(guide):
    path = teaching.TEACH / "chapters" / f"{guide.name}.yml"
    for text in strings(yaml.safe_load(path.read_text(encoding="utf-8"))):
        assert lint_notebooks.typed_numbers(text) == [], text


@every_guide
def test_guide_says_enough_for_a_stranger(guide):
    assert len(guide.objectives) >= 4
    assert len(guide.questions) >= 3
    assert len(guide.misconceptions) >= 3
    assert len(guide.quiz) >= 3
    assert guide.when_late


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_exercise_has_a_note(name):
    labels = {
        exercise.label
        for page in PAGES
        if chapter_of(page) == chapter_of(name)
        for exercise in editions.read_chapter(editions.ROOT / "notebooks" / f"{page}.py").exercises
    }
    assert set(GUIDES[name].notes) == labels


# --- the quiz ----------------------------------------------------------------------------------


@every_guide
def test_quiz_explains_every_answer_and_needs_no_script(guide):
    markup = teaching.quiz_html(guide)
    assert "\n\n" not in markup, "Markdown would end the HTML at a blank line"
    page = BeautifulSoup(markup, "html.parser")
    assert page.find_all(["script", "input", "form"]) == []
    groups = page.select("[role=group]")
    assert len(groups) == len(guide.quiz)
    for group, question in zip(groups, guide.quiz, strict=True):
        assert page.find(id=group["aria-labelledby"]).text.split(" ", 1)[1]
        shown = group.find_all("details")
        assert len(shown) == len(question.answers) >= 3
        assert [answer.p.strong.text == "Right." for answer in shown].count(True) == 1
        for answer in shown:
            assert len(answer.p.text.split()) >= 4


def test_right_answers_do_not_stand_in_one_place():
    places = [
        [answer.right for answer in question.answers].index(True)
        for guide in GUIDES.values()
        for question in guide.quiz
    ]
    assert max(places.count(place) for place in set(places)) <= len(places) * 0.6


@pytest.mark.parametrize("name", CHAPTERS)
def test_quiz_stands_before_the_exercises(name):
    notebook = editions.jupytext.read(editions.ROOT / "notebooks" / f"{name}.py")
    site_teach.add_questions(notebook, GUIDES[name])
    text = "\n\n".join(cell.source for cell in notebook.cells)
    assert text.count("\n## Quiz\n") == text.count("\n## Exercises\n") == 1
    assert text.index("## Quiz") < text.index("## Exercises") < text.index("## Further reading")


# --- faults and links ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"minutes": {"talk": 20, "live": 15}}, "minutes must have"),
        ({"minutes": {"talk": 21, "live": 15, "quiz": 5, "exercise": 5}}, "come in fives"),
        ({"quiz": [{"question": "Why?", "answers": []}]}, "fewer than three answers"),
        (
            {"quiz": [{"question": "Why?", "answers": [{"text": "a", "why": "b"}] * 3}]},
            "0 right answers",
        ),
        ({"title": None, "name": "x"}, "must have"),
    ],
)
def test_guide_with_a_fault_is_refused(tmp_path, change, message):
    source = teaching.TEACH / "chapters" / "00_data.yml"
    raw = yaml.safe_load(source.read_text(encoding="utf-8")) | change
    path = tmp_path / "00_data.yml"
    path.write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
    with pytest.raises(teaching.TeachingError, match=message):
        teaching.read_guide(path)


def test_pages_link_only_chapters_that_this_build_has():
    with_link = site_teach.guide_page(GUIDES, {"chapters/00_data"})
    assert "](../chapters/00_data)" in with_link
    assert "](../chapters/01" not in with_link


def test_material_links_all_that_a_chapter_has_and_no_chapter_that_is_absent():
    table = BeautifulSoup(site_teach.material_table(GUIDES, {"chapters/00_data"}), "html.parser")
    (row,) = table.select("tbody tr")
    assert [link["href"] for link in row.select("a")] == [
        "../chapters/00_data.html",
        "../slides/00_data.html",
        "../downloads/attendee/00_data.ipynb",
        "../downloads/live/00_data.ipynb",
        "guide.html#the-data",
        "handouts.html#the-data",
    ]
    assert row.find_all("td")[-1].text == str(sum(GUIDES["00_data"].minutes.values()))
    assert "\n\n" not in str(table), "Markdown would end the HTML at a blank line"


def test_index_has_a_place_for_the_material():
    index = (teaching.TEACH / "index.md").read_text(encoding="utf-8")
    assert index.count(site_teach.MATERIAL) == 1


def test_notes_name_the_exercise_as_the_page_does():
    first, second, *_ = site_teach.exercise_notes(GUIDES["08_release"])
    assert first.startswith("- **Exercise 8.1: Read it off.** ")
    assert second.startswith("- **Exercise 8.2: Code it.** ")


def test_mail_to_attendees_asks_for_what_the_doctor_asks_for():
    index = (teaching.TEACH / "index.md").read_text(encoding="utf-8")
    oldest, newest = (".".join(map(str, each)) for each in (doctor.OLDEST, doctor.NEWEST))
    assert f"64-bit Python {oldest} to {newest}" in index
    assert f"4 GiB of memory and {doctor.WORKSHOP_BYTES / 1e9:.0f} GB of free disk" in index
