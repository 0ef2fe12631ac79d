"""Do we ship? Criteria written beforehand, judged on the end of the interval that speaks against.

Three outcomes, and only one of them is a yes: *pass* where the whole interval is on the right
side of the bound, *fail* where all of it is on the wrong side, *insufficient evidence* where the
bound lies inside it, or where what was asked for is missing, stale or of other data. The release
passes if every criterion does.
"""

from ._cases import Decision, Scored
from ._columns import Columns
from ._criteria import Criteria as Criteria  # whatever is imported so is not for readers
from ._criteria import Criterion as Criterion
from ._judge import judge
from ._measure import measure
from ._names import units as units
from ._over_time import over_time
from ._read import read_criteria
from ._release import judge_evidence
from ._release import order as order
from ._release import served_model as served_model
from ._scores import read_scores
from ._verdict import Verdict as Verdict

__all__ = [
    "Columns",
    "Decision",
    "Scored",
    "judge",
    "judge_evidence",
    "measure",
    "over_time",
    "read_criteria",
    "read_scores",
]
