"""Is it the same all the time? Each metric by day or week."""

from collections.abc import Iterable
from html import escape

import numpy as np
import pandas as pd

from prerelease import _html, _words
from prerelease.gate import Scored
from prerelease.gate._measure import Measured
from prerelease.gate._names import COUNTED, UNLABELLED
from prerelease.gate._over_time import EVERY, chosen, measured, periods
from prerelease.gate._times import DAY
from prerelease.report._figures import UNKNOWN, over_time_panels, shown

DRAWN = ("alerts_per_1000", "recall", "precision", "average_precision", "saved_per_1000")
FORMS = {"hour": "%Y-%m-%d %H:%M", "day": "%Y-%m-%d", "week": "%Y-%m-%d"}


def tables_of(
    scored: Scored, known: Scored, metrics: Iterable[str], every: str
) -> dict[str, pd.DataFrame]:
    """Return each metric by period: of all cases, or of those with a label, as it needs."""
    everywhere = periods(scored, every)
    labelled = everywhere if known is scored else periods(known, every)
    tables = {
        name: measured(everywhere if name in UNLABELLED else labelled, name)
        for name in metrics
        if name not in COUNTED
    }
    index = tables["alerts_per_1000"].index
    return {
        name: table.reindex(index).fillna({"why": UNKNOWN, "rows": 0})
        for name, table in tables.items()
    }


def over_time(scored: Scored, known: Scored, found: dict[str, Measured], every: str) -> str:
    """Return the part of the page on metrics over time, whose values of all rows are `found`."""
    every = chosen(scored, every)
    tables = tables_of(scored, known, found, every)
    drawn = [name for name in DRAWN if tables[name]["value"].notna().any()]
    if not drawn:
        msg = "No metric has a value in any period."
        raise ValueError(msg)
    whole = {name: np.nan if (value := found[name].value) is None else value for name in drawn}
    shapes = {name: tables[name] for name in drawn}
    title = f"Is it the same every {every}?"
    figure = over_time_panels(shapes, whole, length=EVERY[every], title=title)
    alt = f"{', '.join(drawn)} of each {every}, with intervals, and of all rows as a line."
    return (
        shown(figure, _told(tables, whole, every), alt=alt[0].upper() + alt[1:])
        + f"<details>\n<summary>Each metric of each {every}, in numbers</summary>\n"
        + _numbers(tables, every)
        + "\n</details>"
    )


def _told(tables: dict[str, pd.DataFrame], whole: dict[str, float], every: str) -> str:
    """Say how to read the figure, and how many intervals leave out the value of all rows."""
    outside: list[bool] = []
    for name, value in whole.items():
        there = tables[name].dropna(subset=["low", "high"])
        outside += ((there["low"] > value) | (there["high"] < value)).tolist()
    days = tables["alerts_per_1000"]["days"] * DAY / EVERY[every]
    return (
        f"A dot is the value of one {every}, its bar the 95 % interval by the gate's own method, "
        "the dashed line the value of all rows; an open dot has too few cases for an interval. "
        f"Of {len(outside)} intervals {sum(outside)} leave the dashed line out; where nothing "
        f"changes, about one in twenty does by chance. The first {every} was observed for "
        f"{days.iloc[0]:.0%} of its time, the last for {days.iloc[-1]:.0%}."
    )


def _numbers(tables: dict[str, pd.DataFrame], every: str) -> str:
    """Return every value, and below them why some have no interval."""
    alerts, label = tables["alerts_per_1000"], tables["recall"]
    rows, reasons = [], []
    for i, start in enumerate(alerts.index):
        at = start.strftime(FORMS[every]) if isinstance(start, pd.Timestamp) else f"{start:,.10g} s"
        counts = [f"{int(one['rows'].iloc[i]):,}" for one in (alerts, label)]
        rows.append([at, *counts, *(_cell(table.iloc[i]) for table in tables.values())])
        why = pd.Series({name: table["why"].iloc[i] for name, table in tables.items()})
        told = [
            f"{', '.join(why.index[why == one])}: {escape(one)}." for one in why.unique() if one
        ]
        if told:
            reasons.append([at, "<br>".join(told)])
    period = every.capitalize()
    header = (period, "Rows", "With a label", *tables)
    told = _html.table(header, rows, caption=f"Metrics of each {every}")
    told = f'<div class="numbers">{told}</div>'
    if reasons:
        header = (period, "Why there is no interval")
        told += _html.table(header, reasons, caption="Why there is no interval")
    return told


def _cell(row: pd.Series) -> str:
    if pd.isna(row["value"]):
        return "none"
    return _words.with_interval(row["value"], row["low"], row["high"])
