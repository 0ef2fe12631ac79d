"""Faults put into good rows on purpose: what a check is worth is what it would have caught."""

import numpy as np
import pandas as pd

MISSING_SHARE = 0.01
REPEATED_SHARE = 0.03


def plant_faults(df: pd.DataFrame, *, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Return copies of a frame, each with one fault that really happens to data.

    Parameters
    ----------
    df : pandas.DataFrame
        Payments that keep the contract: ``Time``, ``V1`` to ``V28``, ``Amount``, ``Class``; at
        least 100 rows and two frauds.
    seed : int, default 0
        Of the rows that are hit.

    Returns
    -------
    dict from str to pandas.DataFrame
        What was done, in words, and the frame that it was done to; the first is ``"nothing"``,
        the untouched frame, which no check should complain about.

    Raises
    ------
    ValueError
        If there are too few rows or frauds.

    Examples
    --------
    >>> from casebook import data
    >>> faults = plant_faults(data.load_sample().head(500))
    >>> int(faults["1 % of V14 is missing"]["V14"].isna().sum())
    5
    """
    if len(df) < 100 or df["Class"].sum() < 2:
        msg = f"df must have 100 rows and 2 frauds, got {len(df)} and {int(df['Class'].sum())}."
        raise ValueError(msg)
    rng = np.random.default_rng(seed)
    hit = rng.choice(len(df), size=max(1, round(MISSING_SHARE * len(df))), replace=False)
    again = rng.choice(len(df), size=max(1, round(REPEATED_SHARE * len(df))), replace=False)
    is_hit = np.isin(np.arange(len(df)), hit)
    twins = df.iloc[again]
    return {
        "nothing": df.copy(),
        "1 % of V14 is missing": df.assign(V14=df["V14"].mask(is_hit)),
        "V14 is the same number everywhere": df.assign(V14=df["V14"].iloc[0]),
        "V28 is a copy of V27": df.assign(V28=df["V27"]),
        "V28 is a copy of V27 with the sign turned": df.assign(V28=-df["V27"]),
        "1 % of the amounts are negative": df.assign(
            Amount=df["Amount"].mask(is_hit, -1 - df["Amount"])
        ),
        "two rows changed places in time": _swapped(df),
        "3 % of the rows were sent twice": _joined(df, twins),
        "3 % were sent twice, then labelled otherwise": _joined(
            df, twins.assign(Class=1 - twins["Class"])
        ),
        "V1 gives the label away": df.assign(V1=df["V1"].abs() + 1000.0 * df["Class"]),
        "all amounts are in cents": df.assign(Amount=df["Amount"] * 100),
    }


def _swapped(df: pd.DataFrame) -> pd.DataFrame:
    """Exchange the first and the last time."""
    times = df["Time"].to_numpy().copy()
    times[[0, -1]] = times[[-1, 0]]
    return df.assign(Time=times)


def _joined(df: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Add rows and sort by time again, each after the one it repeats."""
    joined = pd.concat([df, more]).sort_values("Time", kind="stable", ignore_index=True)
    joined.attrs.update(df.attrs)
    return joined
