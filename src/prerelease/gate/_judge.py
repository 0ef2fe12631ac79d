"""The verdict: each criterion against its evidence, and all of them together."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prerelease import _words
from prerelease._validate import nearest
from prerelease.gate._cases import Scored
from prerelease.gate._champion import beside, difference, table_of
from prerelease.gate._columns import OWN
from prerelease.gate._criteria import Criteria, Criterion
from prerelease.gate._measure import Measured, measure
from prerelease.gate._names import UNLABELLED
from prerelease.gate._read import read_criteria
from prerelease.gate._scores import names_of
from prerelease.gate._terms import of_scores
from prerelease.gate._verdict import Finding, Verdict, compared, missing, of_each, verdict_of
from prerelease.intervals import joint_level


def judge(
    data: Scored | pd.DataFrame | str | Path,
    criteria: Criteria | str | Path,
    *,
    model: Any = None,
    champion: Any = None,
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
    champion : Scored, pandas.DataFrame, str, pathlib.Path or classifier, optional
        The model that is there now, for criteria on the difference: its scores of the same rows,
        found by the `key` of the criteria's columns, or else in the same order, where time, amount
        and label must agree; or itself, to score `data`, a data frame.

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
    if champion is None:  # then rows need no key
        criteria = replace(criteria, columns=replace(criteria.columns, key=""))
    before = _words.words()
    _words.use_words(**asdict(criteria.words))
    try:
        scored = _scored(data, criteria, model)
        if hasattr(champion, "predict_proba") and isinstance(data, pd.DataFrame):
            champion = _scored_by(champion, data, criteria)
        rival = beside(scored, criteria, champion)
        both = [scored] if rival is None else [scored, rival.scored]
        ripe = [criteria.labels.of(one) for one in both]
        source = scored.frame.attrs[OWN]["name"]
        return verdict_of(
            criteria,
            [
                _on_scores(one, both if one.metric in UNLABELLED else ripe, scored, source)
                for one in criteria.criteria
            ],
            source,
            scored.frame.attrs[OWN]["sha256"],
            of_scores(scored, criteria, rival),
        )
    finally:
        _words.use_words(**asdict(before))


def _scored(data: Scored | pd.DataFrame | str | Path, criteria: Criteria, model: Any) -> Scored:
    """Return cases with their scores, however they came."""
    if model is not None:
        if not isinstance(data, pd.DataFrame):
            msg = f"model scores a data frame, got {type(data).__name__}."
            raise ValueError(msg)
        data = _scored_by(model, data, criteria)
    if isinstance(data, Scored):
        _settings_of(data, criteria)
        return data
    frame = table_of(data, criteria.columns, "data")
    return Scored(frame, criteria.costs, criteria.decision, criteria.block_seconds)


def _settings_of(scored: Scored, criteria: Criteria) -> None:
    """Refuse cases that come with other settings than the criteria file states."""
    settings = {
        "costs": (scored.costs, criteria.costs),
        "decision": (scored.decision, criteria.decision),
        "intervals": (scored, criteria),
    }
    for name in criteria.columns.segments:
        if name not in scored.frame:
            msg = f"Scored has no segments {name!r}: read it with Columns(segments=({name!r},))."
            raise ValueError(msg)
    for stated in criteria.stated or ():
        section, _, name = stated.partition(".")
        if section in settings and not ("block" in scored.frame and section == "decision"):
            ours, theirs = (getattr(one, name) for one in settings[section])
            if ours != theirs:
                msg = f"the criteria state {name} = {theirs} in [{section}], and Scored has {ours}."
                raise ValueError(msg)


def _scored_by(model: Any, data: pd.DataFrame, criteria: Criteria) -> pd.DataFrame:
    columns = criteria.columns
    return data.assign(**{columns.score: _scores_of(model, data, columns.positive)})


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


def _on_scores(criterion: Criterion, models: list[Scored], of: Scored, source: str) -> Finding:
    """Judge this model and its champion, if there is one, by their rows, which are `of` all."""
    source = f"computed from {source}"
    if not criterion.metric:
        return missing(criterion, "scores alone cannot show a claim of a chapter")
    if criterion.against and len(models) == 1:
        return missing(criterion, "it asks against a champion, and none was given (--champion)")
    if not criterion.each:
        found = _measured(criterion, models, criterion.level)
        by = "" if found.interval is None else f"; {found.interval.method}"
        return compared(criterion, found, source + by)
    names = of.frame[criterion.each].cat.categories
    level = joint_level(len(names), level=criterion.level)
    found = {}
    for name in names:
        parts = [_part(one, (one.frame[criterion.each] == name).to_numpy()) for one in models]
        found[name] = _measured(criterion, parts, level)
    return of_each(criterion, found, f"{source}; each of {len(names)} segments at level {level:g}")


def _measured(criterion: Criterion, models: list[Scored | None], level: float) -> Measured:
    if models[0] is None:
        return Measured(None, None, criterion.unit, 0, "none of its rows is old enough to count")
    options = {"k": criterion.k, "level": level}
    if criterion.against:
        return difference(*models, criterion.metric, **options)
    return measure(models[0], criterion.metric, **options)


def _part(scored: Scored, rows: NDArray[np.bool_]) -> Scored | None:
    """Return some of the rows, which were observed for as long as all; None for no row."""
    if not rows.any():
        return None
    part = replace(scored, frame=scored.frame[rows])
    if "time" in scored.frame:
        vars(part)["span"] = scored.span
    return part
