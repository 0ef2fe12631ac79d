"""A dress rehearsal: the release at work on a stream of payments, watched, stopped, replaced.

`make rehearsal` runs it with real parts and writes a record; the page reads the committed one.
"""

from ._record import ANSWERED_BY, limits, logbook, read, saved, signals

__all__ = ["ANSWERED_BY", "limits", "logbook", "read", "saved", "signals"]
