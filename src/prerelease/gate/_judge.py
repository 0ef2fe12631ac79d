"""The verdict: each criterion against its evidence, and all of them together."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prerelease import _words
from prerelease._validate import nearest
from prerelease.gate._criteria import Criteria, Criterion
from prerelease.gate._finding import compared, missing, verdict_of
from prerelease.gate._measure import Scored, measure
from prerelease.gate._read import read_criteria
from prerelease.gate._scores import OWN, checked, names_of, read_scores
from prerelease.gate._terms import of_scores
from prerelease.gate._verdict import Finding, Verdict


def judge(
    data: Scored | pd.DataFrame | str | Path,
    criteria: Criteria | str | Path,
    *,
    model: Any = None,
) -> Verdict:
    """Judge scored cases by the criteria.

    Parameters
    ----------
    data : Scored, pandas.DataFrame, str or pathlib.Path
        The cases: a file that `read_scores` reads, or a data frame with the same columns.
    criteria : Criteria, str or pathlib.Path
        What is asked: a file that `read_criteria` reads, or what it returned.
    model : classifier, optional
        Fitted on a data frame: it scores those columns of `data`, a data frame, that it knows. Of
        its two ``classes_`` the one counts that the criteria call `positive`, else 1 or True.

    Returns
    -------
    Verdict
        ``outcome``, ``exit_code``, ``decision`` in a sentence and ``findings``, one for each
        criterion; with ``table()``, ``to_json()``, ``to_html()``, ``to_markdown()`` and
        ``to_junit()``. A criterion that names a claim of a chapter lacks evidence: scores cannot
        show it.

    Raises
    ------
    ValueError
        If the criteria or the data cannot be used, or `Scored` has other prices, another rule or
        other stretches than the criteria file states.

    Examples
    --------
    >>> asks = Criterion(name="enough", why="agreed", bound=2, side="at_least", unit="cases",
    ...                  metric="cases")
    >>> criteria = Criteria(name="A model", criteria=(asks,))
    >>> frame = pd.DataFrame({"time": [0.0, 9.0], "amount": 1.0, "label": [0, 1], "score": 0.5})
    >>> judge(frame, criteria).decision
    'We ship: 1 of 1 criteria pass.'
    """
    criteria = criteria if isinstance(criteria, Criteria) else read_criteria(criteria)
    before = _words.words()
    _words.use_words(**asdict(criteria.words))
    try:
        scored = _scored(data, criteria, model)
        source = scored.frame.attrs[OWN]["name"]
        return verdict_of(
            criteria,
            [_on_scores(one, scored, source) for one in criteria.criteria],
            source,
            scored.frame.attrs[OWN]["sha256"],
            of_scores(scored, criteria),
        )
    finally:
        _words.use_words(**asdict(before))


def _scored(data: Scored | pd.DataFrame | str | Path, criteria: Criteria, model: Any) -> Scored:
    """Return cases with their scores, however they came."""
    if model is not None and not isinstance(data, pd.DataFrame):
        msg = f"model scores a data frame, got {type(data).__name__}."
        raise ValueError(msg)
    if isinstance(data, Scored):
        _settings_of(data, criteria)
        return data
    if isinstance(data, pd.DataFrame):
        if model is not None:
            positive = criteria.columns.positive
            data = data.assign(**{criteria.columns.score: _scores_of(model, data, positive)})
        frame = checked(data, criteria.columns, name="a data frame")
    elif isinstance(data, str | Path):
        frame = read_scores(data, columns=criteria.columns)
    else:
        msg = f"data must be a file, a data frame or Scored, got {type(data).__name__}."
        raise ValueError(msg)
    return Scored(frame, criteria.costs, criteria.decision, criteria.block_seconds)


def _settings_of(scored: Scored, criteria: Criteria) -> None:
    """Refuse cases that come with other settings than the criteria file states."""
    settings = {
        "costs": (scored.costs, criteria.costs),
        "decision": (scored.decision, criteria.decision),
        "intervals": (scored, criteria),
    }
    for stated in criteria.stated or ():
        section, _, name = stated.partition(".")
        if section in settings and not ("block" in scored.frame and section == "decision"):
            ours, theirs = (getattr(one, name) for one in settings[section])
            if ours != theirs:
                msg = f"the criteria state {name} = {theirs} in [{section}], and Scored has {ours}."
                raise ValueError(msg)


def _scores_of(model: Any, data: pd.DataFrame, positive: str) -> NDArray[np.float64]:
    """Return the probability of the class that is looked for."""
    features, classes = (getattr(model, one, None) for one in ("feature_names_in_", "classes_"))
    if features is None or classes is None or not hasattr(model, "predict_proba"):
        msg = "model must have predict_proba and classes_, and have been fitted on a data frame."
        raise ValueError(msg)
    if missing := [name for name in features if name not in data]:
        near = nearest(missing[0], map(str, data))
        msg = f"model takes a column {missing[0]!r}, and the data frame has none: {near}"
        raise ValueError(msg)
    found, names = np.asarray(model.predict_proba(data[list(features)])), names_of(classes)
    meant = next((one for one in (positive, "1", "True") if one in names), None)
    if meant is None or len(names) != 2 or found.shape != (len(data), 2):
        msg = (
            f"model must tell {positive or '1'!r} from one other class, got classes_ "
            f"{', '.join(map(repr, names))} and probabilities of shape {found.shape}."
        )
        raise ValueError(msg)
    return found[:, names.index(meant)]


def _on_scores(criterion: Criterion, scored: Scored, source: str) -> Finding:
    if not criterion.metric:
        return missing(criterion, "scores alone cannot show a claim of a chapter")
    found = measure(scored, criterion.metric, k=criterion.k, level=criterion.level)
    by = "" if found.interval is None else f"; {found.interval.method}"
    return compared(criterion, found, f"computed from {source}{by}")
