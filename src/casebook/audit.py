"""The ML Test Score: how ready everything around the model is, answered honestly."""

import tomllib
from pathlib import Path

import pandas as pd

from prerelease import _validate

ANSWERS = Path(__file__).with_name("ml_test_score.toml")
SECTIONS = ("data", "model", "infrastructure", "monitoring")
TESTS_A_SECTION = 7
DONE = (0, 0.5, 1)
MEANING = (
    (0, "more of a research project than a production system"),
    (1, "not totally untested, but serious holes are possible"),
    (2, "a first pass at production has been made, and more investment may be needed"),
    (3, "reasonably tested, though more of those tests could be automated"),
    (5, "strong levels of automated testing and monitoring"),
)


def ml_test_score(path: str | Path = ANSWERS) -> pd.DataFrame:
    """Return the answers to the 28 tests of the ML Test Score.

    Parameters
    ----------
    path : str or pathlib.Path
        A TOML file of ``[[test]]`` tables with ``section``, ``name``, ``done`` (0, 0.5 by hand
        or 1 automated) and ``how``; by default this project's own answers.

    Returns
    -------
    pandas.DataFrame
        One row a test, in the order of the file.

    Raises
    ------
    ValueError
        If a section has not its seven tests, or an answer is none of the three.

    References
    ----------
    Breck, Cai, Nielsen, Salib and Sculley (2017). The ML test score: a rubric for ML production
    readiness and technical debt reduction. IEEE Big Data, 1123-1132.

    Examples
    --------
    >>> ml_test_score().groupby("section").size().unique().tolist()
    [7]
    """
    content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    table = pd.DataFrame(content.get("test", []), columns=["section", "name", "done", "how"])
    for row in table.to_dict("records"):
        _validate.choice(row["section"], "section", SECTIONS)
        _validate.text(row["name"], "name")
        _validate.text(row["how"], f"how of {row['name']!r}")
        _validate.choice(row["done"], f"done of {row['name']!r}", DONE)
    counts = table.groupby("section").size().reindex(SECTIONS, fill_value=0)
    if (wrong := counts != TESTS_A_SECTION).any():
        section = counts.index[wrong][0]
        msg = f"The section {section!r} must have {TESTS_A_SECTION} tests, got {counts[section]}."
        raise ValueError(msg)
    return table


def final_score(table: pd.DataFrame) -> tuple[float, str]:
    """Return the final score, and what its authors say of such a one.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `ml_test_score`.

    Returns
    -------
    score : float
        The least of the four sections' sums: a chain is as strong as its weakest link.
    meaning : str
        In words.

    Examples
    --------
    >>> import pandas as pd
    >>> final_score(pd.DataFrame({"section": ["data", "model"], "done": [0.5, 7.0]}))[0]
    0.5
    """
    score = float(table.groupby("section")["done"].sum().min())
    return score, [words for least, words in MEANING if score >= least][-1]
