"""Monitoring beyond one machine: counts by time and bin, and all that follows from them alone.

One query makes the counts, on whatever holds the rows: DuckDB here, Spark on a cluster. A profile
is small and adds up, today's beside yesterday's, and everything else works on profiles, without
the rows. It needs the extra `scale`.
"""

from ._compare import drift, rate_change
from ._contract import Contract
from ._count import profile
from ._measure import cost, measure
from ._profile import Profile, add, read
from ._watch import watch

__all__ = [
    "Contract",
    "Profile",
    "add",
    "cost",
    "drift",
    "measure",
    "profile",
    "rate_change",
    "read",
    "watch",
]
