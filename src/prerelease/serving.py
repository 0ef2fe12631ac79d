"""The model as it is served: saved without pickle, checked before it scores.

An artefact is a folder of two files: the model in the format of skops, and a manifest that says
what the model is: its digest, the columns that it takes, the versions that it was made with,
and a few rows with the scores that it gave them. Loading refuses what does not fit.
"""

import hashlib
import json
import platform
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from prerelease import __version__, _validate

__all__ = ["ArtefactError", "fingerprint", "load", "save"]

MODEL, MANIFEST = "model.skops", "manifest.json"
TRUSTED = {"lightgbm.basic.Booster", "lightgbm.sklearn.LGBMClassifier", "sklearn.tree._tree.Tree"}
TRUSTED |= {"collections.OrderedDict"}
"""Types beyond those that skops itself knows which a model may be made of."""
PACKAGES = ("lightgbm", "scikit-learn", "numpy", "pandas", "scipy", "skops")
PROBES = 20


class ArtefactError(RuntimeError):
    """An artefact that must not score: what about it is not as it was released."""


@dataclass(frozen=True, eq=False)
class Served:
    """A model that was loaded, and the manifest that it was checked against.

    Parameters
    ----------
    model : classifier
        With ``predict_proba``.
    manifest : dict
        What `save` wrote.
    """

    model: Any
    manifest: dict[str, Any]

    @property
    def features(self) -> tuple[str, ...]:
        """The columns that it takes, in their order."""
        return tuple(self.manifest["features"])

    def score(self, rows: pd.DataFrame) -> NDArray[np.float64]:
        """Return the score of each row.

        Parameters
        ----------
        rows : pandas.DataFrame
            Exactly the columns of `features`, in that order, finite numbers.

        Returns
        -------
        ndarray of shape (n,)
            From 0 to 1, higher is more suspect.

        Raises
        ------
        ArtefactError
            If the columns differ in name, order or type.
        ValueError
            If a value is missing or infinite.
        """
        problem = _order(self.features, list(map(str, rows.columns)))
        if not problem:
            problem = _no_numbers(rows)
        if problem:
            msg = f"The rows do not keep the contract of the model: {problem}."
            raise ArtefactError(msg)
        return _score(self.model, _finite(rows))


def save(
    model: Any, folder: str | Path, *, rows: pd.DataFrame, data_digest: str, criteria: str = ""
) -> str:
    """Write a fitted model and its manifest.

    Parameters
    ----------
    model : classifier
        Fitted on `rows`' columns as an array, with ``predict_proba``.
    folder : str or pathlib.Path
        Made if it is not there.
    rows : pandas.DataFrame
        Some rows of training data: their columns are the contract, and the first few are kept
        with their scores, to be scored again at each loading.
    data_digest : str
        SHA-256 of the data that it was trained on.
    criteria : str, default ""
        SHA-256 of the criteria that it was released by.

    Returns
    -------
    str
        SHA-256 of the manifest, which holds that of the model: the one digest to write down.

    Raises
    ------
    ArtefactError
        If the model is made of types that `load` would refuse.
    ValueError
        If the model does not take as many columns as `rows` has, if a column is there twice or a
        value is no finite number, or if a digest is not one.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.linear_model import LogisticRegression
    >>> rows = pd.DataFrame({"age": [0.0, 1.0] * 30, "income": np.arange(60.0)})
    >>> model = LogisticRegression().fit(rows.to_numpy(), [0, 1] * 30)
    >>> folder = tempfile.mkdtemp()
    >>> digest = save(model, folder, rows=rows, data_digest="0" * 64)
    >>> scores = load(folder, digest=digest).score(rows)
    >>> bool((scores == model.predict_proba(rows.to_numpy())[:, 1]).all())
    True
    """
    skops = _validate.extra("skops.io", "serve")
    names = [str(name) for name in rows.columns]
    if problem := _order(names, names) or _no_numbers(rows):
        msg = f"rows cannot be the contract of a model: {problem}."
        raise ValueError(msg)
    _validate.digest(data_digest, "data_digest")
    if criteria:
        _validate.digest(criteria, "criteria")
    probes = _finite(rows)[:PROBES]
    content = skops.dumps(model)
    _trusted(content)
    expected = getattr(model, "n_features_in_", rows.shape[1])
    if expected != rows.shape[1]:
        msg = f"rows must have the {expected} columns that the model takes, got {rows.shape[1]}."
        raise ValueError(msg)
    manifest = {
        "model": hashlib.sha256(content).hexdigest(),
        "features": names,
        "dtype": "float64",
        "probes": [[value.hex() for value in row] for row in probes.tolist()],
        "scores": [value.hex() for value in _score(model, probes).tolist()],
        "data_digest": data_digest,
        "criteria": criteria,
        "versions": versions(),
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL).write_bytes(content)
    text = (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode()
    (folder / MANIFEST).write_bytes(text)
    return hashlib.sha256(text).hexdigest()


def load(folder: str | Path, *, digest: str, features: Sequence[str] | None = None) -> Served:
    """Return a model, if it is the one that was released.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where `save` wrote it.
    digest : str
        What `save` returned: the release, not the folder, says which model is meant.
    features : sequence of str, optional
        The columns that the caller is going to send, in their order.

    Returns
    -------
    Served
        ``model``, ``manifest`` and ``features``; ``score(rows)`` gives the score of each row, and
        refuses rows that do not have exactly these columns, in this order, all finite numbers.

    Raises
    ------
    ArtefactError
        If a file is missing, a digest differs, the model holds a type that is not trusted, the
        columns are others, or it scores its own rows otherwise than it did when it was saved.

    Examples
    --------
    >>> load("nowhere", digest="0" * 64)
    Traceback (most recent call last):
        ...
    prerelease.serving.ArtefactError: nowhere has no manifest.json.
    """
    manifest_file, model_file = (Path(folder) / name for name in (MANIFEST, MODEL))
    for file in (manifest_file, model_file):
        if not file.is_file():
            msg = f"{folder} has no {file.name}."
            raise ArtefactError(msg)
    text, content = manifest_file.read_bytes(), model_file.read_bytes()
    if (found := hashlib.sha256(text).hexdigest()) != digest:
        msg = f"{manifest_file} has SHA-256 {found}, and {digest} was released."
        raise ArtefactError(msg)
    manifest = json.loads(text)
    if (found := hashlib.sha256(content).hexdigest()) != manifest["model"]:
        msg = f"{model_file} has SHA-256 {found}, and its manifest says {manifest['model']}."
        raise ArtefactError(msg)
    if features is not None and (problem := _order(manifest["features"], list(features))):
        msg = f"The caller does not keep the contract of the model: {problem}."
        raise ArtefactError(msg)
    try:
        skops = _validate.extra("skops.io", "serve")
        model = skops.loads(content, trusted=_trusted(content))
    except ModuleNotFoundError as error:
        msg = f"The model needs {error.name}, which is not installed."
        raise ArtefactError(msg) from error
    _same_scores(model, manifest)
    return Served(model, manifest)


def fingerprint(score: ArrayLike) -> str:
    """Return which model this is, by what it says of rows that all models are asked about.

    Parameters
    ----------
    score : array-like of shape (n,)
        A model's scores, of the same rows for all models that are to be told apart.

    Returns
    -------
    str
        Twelve digits of the SHA-256 of the scores, bit by bit.

    Examples
    --------
    >>> fingerprint([0.1, 0.2]) == fingerprint([0.1, 0.2000000001])
    False
    """
    return hashlib.sha256(np.ascontiguousarray(score, dtype="<f8").tobytes()).hexdigest()[:12]


def versions() -> dict[str, str]:
    """Return the versions of this package, of Python and of what models are made with."""
    found = {"prerelease": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _no_numbers(rows: pd.DataFrame) -> str:
    """Say which column holds no real numbers, or return nothing."""
    for name, kind in rows.dtypes.items():
        if not pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_complex_dtype(kind):
            return f"{name} is {kind}, not a number"
    return ""


def _finite(rows: pd.DataFrame) -> NDArray[np.float64]:
    values = rows.to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        msg = f"{rows.columns[column]} must be finite, got {values[row, column]} in row {row}."
        raise ValueError(msg)
    return values


def _score(model: Any, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(model.predict_proba(values), dtype=np.float64)[:, 1]


def _trusted(content: bytes) -> list[str]:
    """Return the types to be trusted, or refuse those that are not on the list."""
    there = _validate.extra("skops.io", "serve").get_untrusted_types(data=content)
    if strange := sorted(set(there) - TRUSTED):
        msg = f"The model is made of types that are not trusted: {', '.join(strange)}."
        raise ArtefactError(msg)
    return there


def _same_scores(model: Any, manifest: dict[str, Any]) -> None:
    """Refuse a model that has other opinions here than where it was saved."""
    probes = np.array([[float.fromhex(value) for value in row] for row in manifest["probes"]])
    then = np.array([float.fromhex(value) for value in manifest["scores"]])
    now = _score(model, probes)
    if np.array_equal(now, then):
        return
    was, here = manifest["versions"], versions()
    others = (name for name in was if here.get(name) != was[name])
    changed = "; ".join(f"{name} {was[name]} then, {here.get(name)} now" for name in others)
    msg = (
        f"The model scores {int((now != then).sum())} of {len(then)} known rows otherwise than "
        f"when it was saved ({changed or 'with the same versions'})."
    )
    raise ArtefactError(msg)


def _order(features: Sequence[str], names: list[str]) -> str:
    """Say how columns differ from a contract, or return nothing."""
    if twice := [name for name in names if names.count(name) > 1]:
        return f"the column {twice[0]!r} is there twice"
    if missing := [name for name in features if name not in names]:
        return f"the column {missing[0]!r} is missing"
    if extra := [name for name in names if name not in features]:
        return f"the column {extra[0]!r} is not known"
    if names != list(features):
        first = next(i for i, name in enumerate(names) if name != features[i])
        return f"column {first + 1} is {names[first]!r} and must be {features[first]!r}"
    return ""
