"""What a desk of people saves, by what a look costs, how often they err and how many they are."""

import altair
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from casebook.interactive._play import Playable, play, slider
from prerelease.costs import CostModel
from prerelease.plots._style import COLOURS, INK, subplots
from prerelease.uncertainty import ReviewDesk

QUESTION = "What does your desk save?"
MOST_LOOKS, CHEAPEST = 20, 1.0
BLOCKS_AN_HOUR = 6
Floats = NDArray[np.float64]


def desk_saves(
    payments: pd.DataFrame, incumbent: ArrayLike, *, costs: CostModel, desk: ReviewDesk, looks: int
) -> Playable:
    """Return the euros that looks by people save, by the prices of the desk and its hands.

    Parameters
    ----------
    payments : pandas.DataFrame
        ``Time`` (seconds), ``Amount`` (euros), ``Class`` and ``score``, a probability.
    incumbent : array-like of bool, shape (n,)
        What the rule that is compared with blocks.
    costs : CostModel
        What accepting and blocking cost.
    desk : ReviewDesk
        Its fee and the share that it misses are set at first; what else it holds stays.
    looks : int
        An hour, at most, at first; up to 20.

    Returns
    -------
    Playable
        The interval is that of a sum over blocks of ten minutes: to second order, the percentile
        interval of the chapters.

    Examples
    --------
    >>> rows = pd.DataFrame({"Time": [0.0, 60.0], "Amount": [90.0, 10.0], "Class": [1, 0],
    ...                      "score": [0.2, 0.1]})
    >>> shown = desk_saves(rows, [False, False], costs=CostModel(), desk=ReviewDesk(), looks=2)
    >>> [one["name"] for one in shown.spec["params"]]
    ['fee', 'missed', 'looks']
    """
    knobs = (
        slider("fee", "A look costs (€)", desk.fee, (CHEAPEST, 20, 1)),
        slider("missed", "Share of frauds that people let go", desk.missed_share, (0, 0.5, 0.05)),
        slider("looks", "Looks an hour, at most", looks, (0, MOST_LOOKS, 1)),
    )
    table = rows_that_matter(payments, incumbent, costs, desk)
    blocks = int(np.ptp(payments["Time"] // 600)) + 1
    every = [{"k": k, "p": 0, "a": 0, "f": 0, "b": -6, "g": 0} for k in range(MOST_LOOKS + 1)]
    base = (
        altair.Chart(altair.Data(values=table.to_dict("records") + every))
        .transform_calculate(**formulas(costs, desk), hour=f"floor(datum.b / {BLOCKS_AN_HOUR})")
        .transform_window(
            rank="row_number()",
            groupby=["hour"],
            sort=[altair.SortField("gain", order="descending")],
            frame=[None, 0],
        )
        .transform_fold(["g", "took"], as_=["part", "euros"])
        .transform_filter("datum.part == 'g' || datum.gain > 0")
        .transform_calculate(
            at="datum.part == 'took' ? datum.rank : isValid(datum.k) ? datum.k : 0",
            look="datum.part == 'took' ? 1 : 0",
        )
    )
    curve = base.transform_aggregate(euros="sum(euros)", groupby=["at"]).transform_window(
        saved="sum(euros)", sort=[altair.SortField("at")], frame=[None, 0]
    )
    here = (
        base.transform_filter("datum.at <= looks")
        .transform_aggregate(euros="sum(euros)", look="sum(look)", groupby=["b"])
        .transform_calculate(square="pow(datum.euros, 2)", cube="pow(datum.euros, 3)")
        .transform_aggregate(
            saved="sum(euros)", square="sum(square)", cube="sum(cube)", look="sum(look)"
        )
        .transform_calculate(looks="looks", **ends(blocks))
    )
    x = altair.X("at:Q", title="looks an hour, at most", scale=altair.Scale(domain=[0, MOST_LOOKS]))
    y = altair.Y("saved:Q", title="euros saved against one threshold")
    told = {
        -22: "format(datum.look, ',') + ' looks: ' + format(datum.saved, ',.0f') + ' € saved'",
        -6: "format(datum.low, ',.0f') + ' to ' + format(datum.high, ',.0f') + (datum.low > 0 ? "
        "': cheaper' : datum.high < 0 ? ': more expensive' : ': could be luck')",
    }
    orange = {"color": COLOURS["orange"]}
    point = altair.X("looks:Q")
    # All layers draw from the same rows, so that these stand on the page once.
    chart = altair.layer(
        curve.transform_filter(f"datum.at <= {MOST_LOOKS}")
        .mark_line(color=COLOURS["blue"], interpolate="step-after", strokeWidth=2.5)
        .encode(x=x, y=y),
        here.transform_calculate(saved="0").mark_rule(strokeDash=[4, 3]).encode(y=y),
        here.mark_rule(strokeWidth=3, **orange).encode(x=point, y=altair.Y("low:Q"), y2="high:Q"),
        here.mark_point(filled=True, size=110, opacity=1, **orange).encode(x=point, y=y),
        *(
            here.transform_calculate(told=line)
            .mark_text(align="left", baseline="bottom", fontWeight="bold")
            .encode(text="told:N", x=altair.value(0), y=altair.value(height))
            for height, line in told.items()
        ),
    )
    title = altair.TitleParams(QUESTION, offset=30)
    chart = chart.add_params(*knobs).properties(height=280, title=title)
    path = saved_by_looks(table, desk.fee, desk.missed_share, costs, desk)
    alt = (
        f"Euros saved against one threshold by the looks an hour, at {desk.fee:g} euros a look: "
        f"{path[0]:,.0f} with none, {path[looks]:,.0f} with at most {looks}, {path[-1]:,.0f} with "
        f"at most {MOST_LOOKS}."
    )
    return play(chart, _picture(path, looks), alt=alt)


def formulas(costs: CostModel, desk: ReviewDesk) -> dict[str, str]:
    """Return what each payment costs, and what a look at it saves, as the chart computes it.

    ``gain`` is what a look is expected to save, ``took`` what it did save; ``fee`` and ``missed``
    are set by the reader.
    """
    miss = f"({costs.miss_fee:g} + {1 - costs.recovery_share:g} * datum.a)"
    hit = f"{costs.review - costs.catch_gain:g}"
    alarm = f"({costs.review + costs.goodwill:g} + {costs.margin_share:g} * datum.a)"
    refused = f"{desk.refused_share:g} * ({costs.goodwill:g} + {costs.margin_share:g} * datum.a)"
    held = f"(fee + {refused} + {(1 - desk.refused_share) * desk.wait:g})"
    seen = f"(fee + missed * {miss} - (1 - missed) * {costs.catch_gain:g})"
    return {
        "accept": f"datum.p * {miss}",
        "block": f"datum.p * {hit} + (1 - datum.p) * {alarm}",
        "blocked": "(datum.block <= datum.accept) * 1",
        "paid": f"datum.blocked * (datum.f * {hit} + (1 - datum.f) * {alarm}) + "
        f"(1 - datum.blocked) * datum.f * {miss}",
        "gain": f"min(datum.accept, datum.block) - datum.p * {seen} - (1 - datum.p) * {held}",
        "took": f"datum.paid - datum.f * {seen} - (1 - datum.f) * {held}",
    }


def ends(blocks: int) -> dict[str, str]:
    """Return the ends of the interval of a sum over so many blocks, as the chart computes them.

    A percentile interval of a bootstrap leans to where the sum is skewed; to second order by
    (z² - 1) / 6 of the skewness, here with z = 1.96 and up to a skewness of 2.
    """
    return {
        "mean": f"datum.saved / {blocks}",
        "spread": f"sqrt(max(datum.square - {blocks} * pow(datum.mean, 2), 1e-9))",
        "third": f"datum.cube - 3 * datum.mean * datum.square + {2 * blocks} * pow(datum.mean, 3)",
        "lean": "0.474 * max(min(datum.third / pow(datum.spread, 3), 2), -2)",
        "low": "datum.saved + datum.spread * (datum.lean - 1.96)",
        "high": "datum.saved + datum.spread * (datum.lean + 1.96)",
    }


def computed(
    table: pd.DataFrame, fee: float, missed: float, costs: CostModel, desk: ReviewDesk
) -> pd.DataFrame:
    """Return what the chart's own formulas say of each payment."""
    values = {name: table[name].to_numpy(dtype=float) for name in table}
    names = {"min": np.minimum, "fee": fee, "missed": missed}
    for name, formula in formulas(costs, desk).items():
        values[name] = eval(formula.replace("datum.", ""), {**names, **values})
    return table.assign(**values)


def rows_that_matter(
    payments: pd.DataFrame, incumbent: ArrayLike, costs: CostModel, desk: ReviewDesk
) -> pd.DataFrame:
    """Return the payments that some desk would look at, or that two ways decide differently.

    Columns: probability, amount, fraud, block of ten minutes, and what two ways by amount saved
    against the incumbent.
    """
    table = pd.DataFrame(
        {
            "p": [float(f"{score:.5g}") for score in payments["score"]],
            "a": payments["Amount"].to_numpy(),
            "f": payments["Class"].to_numpy().astype(int),
            "b": (payments["Time"] // 600).to_numpy().astype(int),
        }
    )
    best = computed(table, CHEAPEST, 0.0, costs, desk)
    fraud, amount = table["f"].to_numpy() == 1, table["a"].to_numpy()
    block = np.asarray(incumbent, dtype=bool)
    was = np.where(block, costs.block_cost(fraud, amount), costs.accept_cost(fraud, amount))
    table["g"] = (was - best["paid"].to_numpy()).round(2)
    return table[(best["gain"].to_numpy() > 0) | (table["g"].to_numpy() != 0)]


def saved_by_looks(
    table: pd.DataFrame, fee: float, missed: float, costs: CostModel, desk: ReviewDesk
) -> Floats:
    """Return the euros saved with at most 0, 1, 2 … looks an hour."""
    rows = computed(table, fee, missed, costs, desk)
    hour = rows["b"] // BLOCKS_AN_HOUR
    rank = rows.groupby(hour)["gain"].rank(method="first", ascending=False)
    looked = rows["gain"] > 0
    at = rank[looked].clip(upper=MOST_LOOKS + 1).astype(int)
    steps = np.bincount(at, rows["took"][looked], MOST_LOOKS + 2)
    return rows["g"].sum() + np.cumsum(steps)[:-1]


def _picture(path: Floats, looks: int) -> Figure:
    figure, axes = subplots()
    axes.step(np.arange(len(path)), path, where="post", color=COLOURS["blue"])
    axes.plot(looks, path[looks], "o", color=COLOURS["orange"], ms=9)
    axes.axhline(0, color=INK["light"], lw=1.2, ls="--")
    axes.set(title=QUESTION, xlim=(0, MOST_LOOKS), xlabel="looks an hour, at most")
    axes.set_ylabel("euros saved against one threshold")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    return figure
