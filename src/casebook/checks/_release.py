"""Chapter 07: a sixth criterion."""

from typing import Any

from prerelease.gate import Verdict

from ._feedback import check, need

_BOUND = 0.5


@check
def sixth_criterion(sixth: Any, *, rows: int) -> str:
    """Look at the answer to “Code it” of chapter 07.

    Parameters
    ----------
    sixth : prerelease.gate.Verdict
        From judging the last candidate by a file of one criterion.
    rows : int
        How many payments were scored.

    Returns
    -------
    Feedback
        Whether the answer is right, and if not, what to look at.

    Examples
    --------
    >>> print(sixth_criterion("pass", rows=10))
    Not yet. `sixth` should be the verdict that `gate.judge_scores` returns.
    """
    need(
        isinstance(sixth, Verdict),
        "`sixth` should be the verdict that `gate.judge_scores` returns.",
    )
    count = len(sixth.findings)
    need(count == 1, f"The file should hold one criterion, and it holds {count}.")
    criterion = sixth.findings[0].criterion
    need(
        criterion.metric == "precision",
        f"The criterion is about {criterion.metric or criterion.claim}, and it should be about "
        "how many alerts are right.",
    )
    need(
        criterion.side == "at_least",
        "The criterion asks for at most: few right alerts would pass it.",
    )
    need(
        criterion.bound <= 1,
        "The bound is above one, and precision is a share: no model could pass.",
    )
    need(criterion.bound == _BOUND, "The bound is not one half.")
    need(
        sixth.findings[0].n <= rows,
        "The verdict rests on other rows than those of the last candidate.",
    )
    return "And yet it was written after the results were known: what may it be used for?"
