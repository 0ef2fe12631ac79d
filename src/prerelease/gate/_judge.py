"""The verdict: each criterion against its evidence, and all of them together."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prerelease import _words
from prerelease._output import plain
from prerelease._validate import nearest
from prerelease.gate._criteria import Criteria, Criterion
from prerelease.gate._measure import Measured, Scored, measure
from prerelease.gate._names import FAIL, INSUFFICIENT, PASS
from prerelease.gate._read import read_criteria
from prerelease.gate._scores import OWN, checked, names_of, read_scores
from prerelease.gate._terms import of_evidence, of_scores
from prerelease.gate._verdict import Finding, Verdict
from prerelease.intervals import Interval


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
        return _verdict(
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
        return _missing(criterion, "scores alone cannot show a claim of a chapter")
    found = measure(scored, criterion.metric, k=criterion.k, level=criterion.level)
    by = "" if found.interval is None else f"; {found.interval.method}"
    return _judge(criterion, found, f"computed from {source}{by}")


def judge_evidence(
    rows: pd.DataFrame,
    criteria: Criteria,
    *,
    data_digest: str,
    data: str = "the release file",
    order: str = "",
) -> Verdict:
    """Judge the rows of the release file by the criteria.

    Parameters
    ----------
    rows : pandas.DataFrame
        What `prerelease.evidence.read` returns.
    criteria : Criteria
        What is asked.
    data_digest : str
        SHA-256 of the data that the release is about: rows of other data are no evidence.
    data : str
        What to call the data.
    order : str, default ""
        Why rows of the test split cannot be believed; empty if they can.

    Returns
    -------
    Verdict
        As of `judge`. A criterion that nothing was recorded for lacks evidence.

    Examples
    --------
    >>> from prerelease import evidence
    >>> asks = Criterion(name="ranks", why="agreed", bound=0.6, side="at_least",
    ...                  unit="average precision", chapter="02", claim="average precision")
    >>> none = pd.DataFrame(columns=list(evidence.COLUMNS))
    >>> criteria = Criteria(name="A model", criteria=(asks,))
    >>> judge_evidence(none, criteria, data_digest="0" * 64).outcome
    'insufficient evidence'
    """
    about = (data_digest, served_model(rows, criteria), order)
    findings = [_against_row(criterion, rows, *about) for criterion in criteria.criteria]
    decided = of_evidence(rows, *about[1:])
    return _verdict(criteria, findings, data, data_digest, decided)


def served_model(rows: pd.DataFrame, criteria: Criteria) -> str:
    """Return which model is served: the one that the first criterion about it was measured on.

    That is its `prerelease.serving.fingerprint`; empty where nobody named it.

    Examples
    --------
    >>> asks = Criterion(name="ranks", why="agreed", bound=0.6, side="at_least",
    ...                  unit="average precision", chapter="02", claim="of it", served=True)
    >>> rows = pd.DataFrame({"chapter": ["02"], "claim": ["of it"], "model": ["ab12"]})
    >>> served_model(rows, Criteria(name="A model", criteria=(asks,)))
    'ab12'
    """
    for one in criteria.criteria:
        if one.served:
            found = rows[(rows["chapter"] == one.chapter) & (rows["claim"] == one.claim)]
            return "" if found.empty else str(found["model"].iloc[0])
    return ""


def _verdict(
    criteria: Criteria, findings: list[Finding], data: str, digest: str, decided: dict[str, str]
) -> Verdict:
    outcomes = {finding.outcome for finding in findings}
    return Verdict(
        name=plain(criteria.name),
        outcome=next((one for one in (FAIL, INSUFFICIENT) if one in outcomes), PASS),
        findings=tuple(findings),
        criteria_digest=criteria.digest,
        data_digest=digest,
        data=plain(data),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        decided={what: plain(told) for what, told in decided.items()},
    )


def _missing(criterion: Criterion, because: str, source: str = "nowhere") -> Finding:
    return Finding(criterion=criterion, outcome=INSUFFICIENT, because=because, source=source)


def _judge(criterion: Criterion, found: Measured, source: str) -> Finding:
    """Compare the whole interval with the bound."""
    if found.value is None:
        return _missing(criterion, found.doubt, source)
    counted = found.interval is None
    low, high = (found.value,) * 2 if counted else (found.interval.low, found.interval.high)
    if criterion.side == "at_least":
        inside, outside, end, speaks = low >= criterion.bound, high < criterion.bound, "lower", low
    else:
        inside, outside, end, speaks = high <= criterion.bound, low > criterion.bound, "upper", high
    outcome = PASS if inside else FAIL if outside else INSUFFICIENT
    if counted:
        because = f"counted: {_words.number(found.value)}, and {criterion.asks} was asked for"
    elif outcome == INSUFFICIENT:
        because = f"the bound lies inside the interval: its {end} end is {_words.number(speaks)}"
    else:
        side = "right" if inside else "wrong"
        because = f"the whole interval is on the {side} side of the bound"
    if outcome == PASS and found.doubt:
        outcome, because = INSUFFICIENT, found.doubt
    of_interval = {} if counted else {"low": low, "high": high, "level": found.interval.level}
    return Finding(
        criterion=criterion,
        outcome=outcome,
        because=because,
        value=found.value,
        n=found.n,
        source=source,
        **of_interval,
    )


def _against_row(
    criterion: Criterion, rows: pd.DataFrame, data_digest: str, model: str, order: str
) -> Finding:
    if not criterion.claim:
        return _missing(criterion, "it needs scores (--scores), and none were given")
    of_chapter = rows[rows["chapter"] == criterion.chapter]
    found = of_chapter[of_chapter["claim"] == criterion.claim]
    if found.empty:
        told = f"chapter {criterion.chapter} recorded no claim {criterion.claim!r}"
        claims = of_chapter["claim"].tolist()
        near = f": {nearest(criterion.claim, claims)}" if claims else ", nor any other"
        return _missing(criterion, told + near)
    row = found.iloc[0].to_dict()
    how = ", ".join(row[name] for name in ("how", "method", "because") if row[name])
    source = f"chapter {criterion.chapter}, {row['split']} rows: {how}"
    if problem := _unfit(criterion, row, data_digest, model, order):
        return _missing(criterion, problem, source)
    return _judge(criterion, _measured(row), source)


def _unfit(  # noqa: PLR0911 - each is a reason of its own
    criterion: Criterion, row: Mapping[str, Any], data_digest: str, model: str, order: str
) -> str:
    """Say why a row is no evidence for a criterion, or return nothing."""
    if row["data_digest"] != data_digest:
        return (
            f"it was measured on other data (SHA-256 {row['data_digest'][:12]}…, and the release "
            f"is about {data_digest[:12]}…)"
        )
    if row["unit"] != criterion.unit:
        return f"it was recorded in {row['unit']!r}, and {criterion.unit!r} was asked for"
    if criterion.split and row["split"] != criterion.split:
        return f"it was measured on {row['split']} rows, and {criterion.split} rows were asked for"
    if not (np.isfinite(row["low"]) or criterion.counted):
        return "it was recorded without an interval, and the criterion does not say `counted`"
    if np.isfinite(row["level"]) and row["level"] < criterion.level:
        return f"its interval has level {row['level']:g}, and {criterion.level:g} was asked for"
    if criterion.served and not (row["model"] and row["model"] == model):
        return (
            f"it was measured on the model {row['model'] or 'that nobody named'}, and served is "
            f"{model or 'one that nobody named'}"
        )
    return order if row["split"] == "test" else ""


def _measured(row: Mapping[str, Any]) -> Measured:
    interval = None
    if np.isfinite(row["low"]):
        interval = Interval(
            row["value"], row["low"], row["high"], row["level"], row["how"], int(row["n"])
        )
    doubt = "" if interval is None or interval.low < interval.high else "its interval has no length"
    return Measured(row["value"], interval, row["unit"], int(row["n"]), doubt)
