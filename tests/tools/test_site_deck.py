"""Decks of slides, made from a small page: one message a slide, and what shows it."""

import itertools
import re
from dataclasses import replace

import jupytext
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from tools.site import slides as site_slides
from tools.site.deck import sections, shown, words
from tools.teach import teaching

FIGURE = """<div class="cell"><div class="cell_output"><figure class="pr-figure">
<img class="pr-light" src="data:,{0}" width="500" height="{1}" alt="The {0} curve falls at last.">
<img class="pr-dark" src="data:,dark" alt="Dark."></figure></div></div>"""
PLAY = """<div class="cell"><div class="pr-play"><figure class="pr-figure"><img class="pr-light"
 src="data:,p" width="5" height="3" alt="A knob."></figure><script type="application/json">
{"params": [{"name": "n", "bind": {"input": "range", "name": "Rows"}}]}</script></div></div>"""
ROWS = "".join(f"<tr><td>row {letter}</td><td>{letter}</td></tr>" for letter in "abcdefgh")
CHAPTER = f"""<article><section id="t"><h1>Title<a class="headerlink">#</a></h1>
<div class="pr-in-short"><p>In short</p><p class="pr-asked">Do we ship?</p><dl>
<dt>The answer</dt><dd>No. Nobody has seen enough of it yet. That is the answer.</dd>
<dt>The decision</dt><dd>We wait for a month.</dd></dl>{FIGURE.format("first", 400)}</div>
<p><strong>Quick mode.</strong> This page was computed from the sample.</p>
<section id="the-question"><h2>The question</h2><p>Somebody asks.</p></section>
<section><h2>The wrong way most people do it</h2>
<div class="pr-wrong admonition"><p class="admonition-title">The usual line</p>
<pre>model.fit(X, y)</pre></div>
<p>One line, and three mistakes in it.</p>
{FIGURE.format("first", 250)}
{FIGURE.format("second", 250)}
<p>It falls. The curve falls by <strong>more than luck</strong>. Nobody knows why it does so.</p>
<div class="pr-quiz"><p>No slide speaks of this paragraph.</p></div>
<div class="cell"><div class="cell_input"><pre>secret_code()</pre></div></div></section>
<section><h2>Is it long?</h2><p>The figure above shows nothing. Row g is the one that matters here.
The others are ordinary.</p>
<table><thead><tr><th>what</th><th>letter</th><th>twins*</th></tr></thead>
<tbody>{ROWS.replace("</tr>", "<td>starred</td></tr>")}</tbody></table>
<section><h3>Inside</h3><p>A knob says more than ten pages of prose.</p>{PLAY}</section></section>
<section><h2>Only words</h2><p>A paragraph that stresses nothing at all. So it makes no slide.</p>
</section>
<section><h2>Kinds</h2><p>There is more. Two kinds hide behind the one word:</p>
<ul><li>This. It is the first kind.</li><li>That other kind is the second. And so on.</li></ul>
</section>
<section><h2>What to decide</h2><div class="pr-decide admonition">
<p class="admonition-title">Sign it?</p><p>We do not sign it today. It costs too much.</p></div>
<p><strong>What is not known.</strong> The weather of next week is not known. It may rain.</p>
<div class="pr-takeaway admonition"><p class="admonition-title">Take-away</p><ul>
<li>Look before you leap into it. Or fall.</li><li>Count what you have. Twice.</li></ul></div>
</section>
<section id="exercises"><h2>Exercises</h2><div class="exercise" id="data-code">
<p>Exercise 9.1: Code it</p><section><p>He says: “It is so. It was.” How long would
<code>it</code> take? Set the figure above.</p></section></div></section></section></article>"""
ANSWERS = tuple(teaching.Answer(f"{word}.", "It is so.", word == "B") for word in "ABC")
ASKED = teaching.Question("Would you sign that, then?", ANSWERS, "Is it long?")
GUIDE = replace(teaching.guides()["00_data"], during=(ASKED,), slides=())
# What would be a riddle on a slide.
BANNED = re.compile(r"see the page|chapter's page|\b(above|below)\b|the table|this page", re.I)


def deck_of(chapter=CHAPTER, **changes):
    return site_slides.deck_of(
        "09_nine", BeautifulSoup(chapter, "html.parser"), replace(GUIDE, **changes)
    )


@pytest.fixture(scope="module")
def slides():
    return deck_of()


def one(slides, eyebrow):
    """Return the slide with an eyebrow."""
    return next(slide for slide in slides if slide.eyebrow == eyebrow)


def text(markup):
    return " ".join(BeautifulSoup(markup, "html.parser").get_text(" ").split())


def test_titles_are_sentences_and_no_two_are_alike(slides):
    titles = [slide.title for slide in slides[1:]]
    assert len(set(titles)) == len(titles)
    for title in titles:
        assert re.fullmatch(r"[A-Z“].*[.!?]”?", title), title


def test_no_slide_points_to_another_place(slides):
    for slide in slides:
        assert not BANNED.search(f"{slide.title} {text(slide.shown)} {text(slide.punch)}"), slide


def test_first_slides_have_the_question_and_the_answer(slides):
    title, short, *_ = slides
    assert (title.eyebrow, title.title) == ("Chapter 09", "Title")
    assert text(title.shown) == "Do we ship? Quick mode. Computed from the sample."
    assert title.say == ["Somebody asks."]
    assert short.title == "Nobody has seen enough of it yet."
    assert text(short.punch) == "No. That is the answer. The decision: We wait for a month."
    assert "data:,first" in short.shown


def test_code_of_the_wrong_way_has_what_is_wrong_with_it_as_title(slides):
    wrong = one(slides, "The usual line")
    assert wrong.title == "One line, and three mistakes in it."
    assert "model.fit(X, y)" in wrong.shown
    assert "the word at which it goes wrong" in wrong.draw


def test_section_shows_its_last_new_figure_under_the_sentence_that_the_page_stresses(slides):
    figure = one(slides, "The wrong way most people do it")
    assert figure.title == "The curve falls by more than luck."
    assert re.findall("data:,([a-z]+)", figure.shown) == ["second"]
    assert text(figure.punch) == "Nobody knows why it does so."


def test_high_figure_is_marked_so_that_its_title_stands_beside_it():
    for height, marked in ((400, False), (500, True)):
        block = BeautifulSoup(FIGURE.format("one", height), "html.parser")
        kind, markup = shown.picture(block)
        assert kind == "tall"
        assert ('class="high"' in markup) is marked


def test_prose_is_in_the_notes_and_code_and_quiz_are_nowhere(slides):
    figure = one(slides, "The wrong way most people do it")
    assert figure.say[-1].startswith("It falls. The curve falls by more than luck.")
    assert not any("secret_code" in str(slide) or "No slide" in str(slide) for slide in slides)


def test_long_table_keeps_the_row_of_which_the_prose_speaks_and_says_so(slides):
    table = BeautifulSoup(one(slides, "Is it long?").shown, "html.parser")
    assert [row.td.text for row in table.select("tbody tr")] == [f"row {x}" for x in "abcdg"]
    assert table.caption.text == "5 of 8 rows"
    assert [head.text for head in table.select("th")] == ["what", "letter"], "a footnote is missing"


def test_rows_that_share_a_cell_are_not_torn_apart():
    rows = "<tr><td rowspan='3'>both</td><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr>" * 2
    block = BeautifulSoup(f"<div><table><tbody>{rows}</tbody></table></div>", "html.parser").div
    _, markup = shown.table(block, "")
    assert len(BeautifulSoup(markup, "html.parser").select("tr")) == 3


def test_guide_may_name_a_sentence_of_a_list_that_stands_beside_a_figure():
    said = "There is a third answer. It says less than the other two do."
    listed = f"<ul><li>{said}</li><li>So it is.</li></ul>"
    chapter = CHAPTER.replace("<p>It falls.", f"{listed}<p>It falls.")
    of = "The wrong way most people do it"
    named = one(deck_of(chapter, slides=({"of": of, "title": "a third"},)), of)
    assert (named.title, named.kind) == ("There is a third answer.", "figure")
    assert text(named.punch) == "It says less than the other two do."
    assert one(deck_of(chapter), of).title == "The curve falls by more than luck."


def test_title_that_ends_its_paragraph_has_beside_it_what_led_to_it():
    chapter = CHAPTER.replace("</strong>. Nobody knows why it does so.", "</strong>.")
    of = "The wrong way most people do it"
    assert one(deck_of(chapter), of).punch == "", "“It falls.” cannot stand alone"
    chapter = chapter.replace("It falls.", "It falls. The line stays.")
    assert text(one(deck_of(chapter), of).punch) == "The line stays."


def test_guide_may_name_a_sentence_of_the_quotation():
    said = "<blockquote><div><p>We saw it once. Nobody promises that.</p></div></blockquote>"
    chapter = f"<article><section><h1>T</h1><section><h2>Quote</h2><p>To all:</p>{said}</section>"
    hints = ({"of": "Quote", "title": "we saw it"},)
    quoted = one(deck_of(f"{chapter}</section></article>", slides=hints), "Quote")
    assert (quoted.title, quoted.kind) == ("Nobody promises that.", "quote")


def test_table_that_nobody_could_read_is_left_out():
    rows = f"<tr><td>{'long ' * 60}</td><td>{'words ' * 60}</td></tr>" * 3
    block = BeautifulSoup(f"<div><table><tbody>{rows}</tbody></table></div>", "html.parser").div
    assert shown.table(block, "") is None


def test_wide_table_loses_its_last_columns():
    cells = "".join(f"<td>{number}</td>" for number in range(9))
    block = BeautifulSoup(f"<table><tbody><tr>{cells}</tr></tbody></table>", "html.parser")
    _, markup = shown.table(block, "")
    assert text(markup) == "0 1 2 3 4 5"


def test_figure_to_play_with_brings_its_script_and_names_its_knobs(slides):
    play = one(slides, "Inside")
    assert play.kind == "play"
    assert BeautifulSoup(play.shown, "html.parser").select_one("[data-prevent-swipe] script")
    assert play.draw == "with the knobs: first “Rows”."
    page = site_slides.deck("09_nine", BeautifulSoup(CHAPTER, "html.parser"), GUIDE)
    assert page.count('src="../_static/play.js"') == 1
    assert "mathjax" not in page


def test_question_follows_its_section_and_its_answer_is_only_in_the_notes(slides):
    place = slides.index(one(slides, "What would you do?"))
    assert slides[place - 1].eyebrow == "Is it long?"
    asked = slides[place]
    assert asked.title == ASKED.question
    assert text(asked.shown) == "A. B. C."
    assert asked.say[0] == "Right: B. It is so."
    assert len(asked.say) == 3


def test_words_make_a_slide_only_if_the_page_stresses_them_or_the_guide_asks_for_it(slides):
    assert not any(slide.eyebrow == "Only words" for slide in slides)
    named = one(deck_of(slides=({"of": "Only words", "ask": "Why?"},)), "Only words")
    assert named.title == "A paragraph that stresses nothing at all."
    assert named.ask == "Why?"
    assert one(slides, "What is not known").title == "The weather of next week is not known."


def test_sentence_that_announces_a_list_is_its_title(slides):
    kinds = one(slides, "Kinds")
    assert kinds.title == "Two kinds hide behind the one word."
    assert [item.text for item in BeautifulSoup(kinds.shown, "html.parser").select("li")] == [
        "This. It is the first kind.",
        "That other kind is the second.",
    ]


def test_box_has_its_decision_as_title(slides):
    assert one(slides, "Sign it?").title == "We do not sign it today."
    assert text(one(slides, "Sign it?").shown) == "It costs too much."
    assert text(one(slides, "Take-away").shown) == "Count what you have."


def test_exercise_has_a_sentence_of_its_task_as_title_and_the_note_of_the_guide(slides):
    last = slides[-1]
    assert last.eyebrow == "Your turn: Exercise 9.1: Code it"
    assert last.title == "How long would it take?"
    assert text(last.shown) == "He says: “It is so. It was.” Set the figure."
    assert GUIDE.notes["data-code"] in last.say


def test_guide_chooses_a_title_among_the_sentences_of_the_page():
    hints = ({"of": "The wrong way most people do it", "title": "knows why", "draw": "a line."},)
    figure = one(deck_of(slides=hints), "The wrong way most people do it")
    assert figure.title == "Nobody knows why it does so."
    assert figure.draw == "a line."


def test_notes_say_ask_and_draw(slides):
    for slide in slides:
        notes = BeautifulSoup(site_slides.notes(slide), "html.parser").select("p")
        heads = [note.text.split(":")[0] for note in notes]
        assert heads[0] == "Say", slide
        assert "Ask" in heads or slide.kind == "exercise", slide
        assert "Draw" in heads or slide.kind not in {"figure", "tall", "table", "play"}, slide


@pytest.mark.parametrize("name", teaching.guides())
def test_what_the_guide_says_of_slides_is_said_of_sentences_that_the_page_can_write(name):
    notebook = jupytext.read(teaching.ROOT / "notebooks" / f"{name}.py", fmt="py:percent")
    text = " ".join(cell.source for cell in notebook.cells)
    plain = re.sub(r"\{\w+\}|[*`_]", "", text).lower()
    for hint in teaching.guides()[name].slides:
        assert set(hint) <= {"of", "title", "ask", "draw"}
        assert hint["of"] == "In short" or hint["of"].lower() in plain
        assert hint.get("title", "").lower() in plain


# --- how many ------------------------------------------------------------------------------------

KINDS = (*sections.KEPT, "box", "quiz")


@given(st.lists(st.sampled_from(KINDS), max_size=30), st.integers(0, 30))
def test_a_deck_keeps_its_boxes_and_questions_and_loses_words_before_figures(kinds, most):
    slides = [sections.Slide(f"{number}.", kind=kind) for number, kind in enumerate(kinds)]
    kept = sections.short_enough(slides, most)
    lost = [slide for slide in slides if slide not in kept]
    fixed = sum(kind not in sections.KEPT for kind in kinds)
    assert len(kept) <= max(most, fixed)
    assert not lost or len(kept) == max(most, fixed), "more is lost than must be"
    assert kept == [slide for slide in slides if slide in kept], "the order changed"
    ranks = {kind: rank for rank, kind in enumerate(sections.KEPT)}
    for gone, stays in itertools.product(lost, kept):
        assert ranks[gone.kind] <= ranks.get(stays.kind, len(ranks))


def test_a_deck_is_no_longer_than_its_talk():
    minutes = {**GUIDE.minutes, "talk": 5}
    kinds = [slide.kind for slide in deck_of(minutes=minutes)]
    assert len([kind for kind in kinds[:-5] if kind != "exercise"]) < len(deck_of()) - 5
    assert "list" not in kinds


# --- sentences -----------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["It is 0.5.", "B is!", "“Is it?”", "No: 3."]), max_size=9),
       st.integers(0, 60))  # fmt: skip
def test_only_whole_sentences_are_shown_and_no_question_is_left_open(parts, longest):
    told = words.shown(" ".join(parts), longest)
    assert len(told) <= longest
    assert words.split(told) == parts[: len(words.split(told))]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("So two days cannot tell that.", "Two days cannot tell that."),
        ("But: “so it is” is a sentence.", "“So it is” is a sentence."),
        ("So far the model decides all.", "So far the model decides all."),
        ("Two kinds hide behind one word:", "Two kinds hide behind one word."),
        ("The head is short enough: " + "long " * 30 + "tail.", "The head is short enough."),
    ],
)
def test_title_is_freed_from_what_ties_it(said, title):
    sentence = words.Sentence(said)
    assert sentence.title == title
    assert sentence.fits


@pytest.mark.parametrize(
    "said",
    [
        "The figure above shows it all.",
        "Why that is has a page of its own.",
        "In the table stands the rest of it.",
        "Is that a whole sentence, too?",
        "lower case begins a name of code.",
        "“The quotation ends in another sentence.",
        "Too short.",
        "Do the calls prove it? →.",
    ],
)
def test_some_sentences_are_no_titles(said):
    assert not words.Sentence(said).fits


@pytest.mark.parametrize("said", ["Ask for recall above nine in ten.", "All lie below the median."])
def test_a_bound_is_no_place(said):
    assert words.Sentence(said).fits
