"""Figures that a reader can turn the knobs of: Altair's, with a picture for where none can run.

The arithmetic stands in the chart's own transforms, so that a page needs no kernel. On the site a
script draws the chart in place of the picture when it is scrolled to; on paper and without
JavaScript the picture stays.
"""

from casebook.interactive._certificate import certified_recall
from casebook.interactive._desk import desk_saves
from casebook.interactive._gate import gate_answers
from casebook.interactive._payment import why_this_payment
from casebook.interactive._play import Playable, play, slider
from casebook.interactive._prices import threshold_prices
from casebook.interactive._rehearsal import answers_pay
from casebook.interactive._retraining import retraining_pays
from casebook.interactive._search import search_gain, spreads
from casebook.interactive._significance import significance
from casebook.interactive._width import interval_width

__all__ = [
    "Playable",
    "answers_pay",
    "certified_recall",
    "desk_saves",
    "gate_answers",
    "interval_width",
    "play",
    "retraining_pays",
    "search_gain",
    "significance",
    "slider",
    "spreads",
    "threshold_prices",
    "why_this_payment",
]
