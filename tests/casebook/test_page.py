"""The box that stands first on a page."""

import matplotlib.pyplot as plt
import pytest
from bs4 import BeautifulSoup

from casebook.page import in_short
from prerelease.plots import show

SAID = {"question": "Do we ship?", "answer": "No: 8 of 9 < all.", "decision": "We wait."}


def test_box_holds_question_answer_decision_and_picture_in_this_order():
    figure = show(plt.figure(), alt="An empty figure with nothing on it.")
    box = BeautifulSoup(in_short(**SAID, figure=figure).data, "html.parser")
    assert [part.text for part in box.select(".pr-asked, dd")] == [*SAID.values()]
    assert [part.name for part in box.div.find_all(recursive=False)] == ["p", "p", "dl", "figure"]
    assert box.select("img")[0]["alt"] == "An empty figure with nothing on it."


def test_without_html_the_box_is_its_text():
    assert repr(in_short(**SAID)) == "Do we ship? No: 8 of 9 < all. We wait."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": "We ship."}, "question must end in a question mark, got 'We ship.'"),
        ({"answer": "Not yet."}, "answer must give the number that decides, got 'Not yet.'"),
        ({"decision": " "}, "decision is empty"),
    ],
)
def test_a_box_that_says_too_little_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        in_short(**SAID | change)
