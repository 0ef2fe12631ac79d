"""Streams of payments longer than the data: real rows dealt to days, with a change of known date.

Two days of data cannot show what happens to a model in its third week. So short stretches of
the real hours are dealt, like cards, to the days of a longer stream, and bursts of fraud as a
whole. Every payment in it is a real one, at its real second of the day, and occurs at most once:
a model can never meet again a payment that it has learnt. What is made up is the order of the
days, and a change on a known day.
"""

from casebook.streams._deal import DAY
from casebook.streams._many import HOW_MANY, deal, fewer
from casebook.streams._pool import pool
from casebook.streams._stream import KINDS, Shift, Stream, build

__all__ = ["DAY", "HOW_MANY", "KINDS", "Shift", "Stream", "build", "deal", "fewer", "pool"]
