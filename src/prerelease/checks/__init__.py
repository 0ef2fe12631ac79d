"""One line after each coding exercise: whether the answer is right, and if not, what to look at.

A check takes the answer by position and what the chapter has prepared by keyword. It says what is
wrong in words, and never the answer. In the stub of an exercise, each answer is ``...``.
"""

from ._data import risky_amounts
from ._feedback import Feedback
from ._metrics import focal_promises
from ._representative import waiting_rows

__all__ = ["Feedback", "focal_promises", "risky_amounts", "waiting_rows"]
