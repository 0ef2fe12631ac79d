"""Do we ship? Criteria written beforehand, judged on the end of the interval that speaks against.

Three outcomes, and only one of them is a yes: *pass* where the whole interval is on the right
side of the bound, *fail* where all of it is on the wrong side, *insufficient evidence* where the
bound lies inside it, or where what was asked for is missing, stale or of other data. The release
passes if every criterion does.
"""

from ._criteria import Columns, Criteria, Criterion, Decision, read_criteria
from ._judge import Verdict, judge_evidence, judge_scores, served_model
from ._measure import Scored, measure
from ._names import units
from ._order import order
from ._scores import read_scores

__all__ = [
    "Columns",
    "Criteria",
    "Criterion",
    "Decision",
    "Scored",
    "Verdict",
    "judge_evidence",
    "judge_scores",
    "measure",
    "order",
    "read_criteria",
    "read_scores",
    "served_model",
    "units",
]
