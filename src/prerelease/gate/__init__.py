"""Do we ship? Criteria written beforehand, judged on the end of the interval that speaks against.

Three outcomes, and only one of them is a yes: *pass* where the whole interval is on the right
side of the bound, *fail* where all of it is on the wrong side, *insufficient evidence* where the
bound lies inside it, or where what was asked for is missing, stale or of other data. The release
passes if every criterion does.
"""

from ._criteria import (
    Card,
    Columns,
    Criteria,
    CriteriaError,
    Criterion,
    Decision,
    nearest,
    read_criteria,
)
from ._judge import (
    Finding,
    Verdict,
    found_in_words,
    judge_evidence,
    judge_scores,
    served_model,
)
from ._measure import METRICS, Measured, Scored, measure
from ._names import UNITS
from ._order import order
from ._page import decision, page
from ._scores import ScoresError, read_scores
from ._versus import versus

__all__ = [
    "METRICS",
    "UNITS",
    "Card",
    "Columns",
    "Criteria",
    "CriteriaError",
    "Criterion",
    "Decision",
    "Finding",
    "Measured",
    "Scored",
    "ScoresError",
    "Verdict",
    "decision",
    "found_in_words",
    "judge_evidence",
    "judge_scores",
    "measure",
    "nearest",
    "order",
    "page",
    "read_criteria",
    "read_scores",
    "served_model",
    "versus",
]
