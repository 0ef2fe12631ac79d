"""What each benchmark found, in tables and sentences for the page of benchmarks."""

from collections.abc import Callable, Sequence

from tools.site.reports import table


def spread(row: dict, key: str, digits: int) -> str:
    """Return a median and its range."""
    middle, low, high = (f"{row[key + end]:.{digits}f}" for end in ("", "_min", "_max"))
    return f"{middle} [{low}, {high}]"


def measured_on(found: dict) -> str:
    """Return the last line of a section: machine and versions."""
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    return f"Measured on: {found['machine']}; {versions}."


def loading_in_words(found: dict) -> str:
    """Return what benchmarks/data_load.py measured."""
    header = ["Reader", "Seconds, median [range]", "Times as fast as pandas.read_csv [range]"]
    header += ["Peak memory (MiB)", "Exact"]
    rows = [
        [
            row["reader"],
            spread(row, "seconds", 3),
            spread(row, "times_faster", 1),
            f"{row['peak_mib']:,.0f}",
            "yes" if row["exact"] else "no",
        ]
        for row in found["readers"]
    ]
    return (
        f"{table(header, rows)}\n"
        f"Every reader reads the same {found['csv_bytes']:,} bytes, in {found['rounds']} rounds. "
        "The clock starts after the imports and stops with the table in memory; the files are in "
        "the page cache. *Exact* says whether every number is the double-precision number "
        "nearest to its text in the file. *Warm* is the usual case: the file was verified and "
        f"cached by an earlier call.\n\n{measured_on(found)}"
    )


def intervals_in_words(found: dict) -> str:
    """Return what benchmarks/intervals.py measured."""
    speed = [
        [
            row["way"],
            spread(row, "seconds", 3),
            spread(row, "times_faster", 0) if row["way"] != "imports only" else "",
            f"{row['peak_mib']:,.0f}",
        ]
        for row in found["speed"]
    ]
    header = ["Way", "Seconds, median [range]", "Times as fast as the loop [range]"]
    covered = [
        [
            row["world"],
            row["scheme"],
            row["method"],
            f"{row['coverage']:.3f} [{row['coverage_low']:.3f}, {row['coverage_high']:.3f}]",
            f"{row['half_width']:.3f}",
        ]
        for row in found["coverage"]
    ]
    columns = ["Scores", "Resampling", "Method", "Coverage [95 % interval]", "Half width"]
    return (
        f"{table([*header, 'Peak memory (MiB)'], speed)}\n"
        "1,000 resamples of 56,962 rows with 75 frauds, as many as the test rows have; one thread, "
        f"{found['rounds']} rounds.\n\n"
        "How often does an interval that promises 95 % hold the true average precision? In each "
        f"of these worlds it is known, and {found['simulations']:,} data sets were drawn:\n\n"
        f"{table(columns, covered)}\n{measured_on(found)}"
    )


def drift_in_words(found: dict) -> str:
    """Return what benchmarks/drift.py measured."""
    rows = [
        [
            row["way"],
            spread(row, "seconds", 3),
            spread(row, "slower_than_four", 1),
            spread(row, "slower_than_ks", 1),
            f"{row['peak_mib']:,.0f}",
            f"{row['times_the_memory']:.2f}",
        ]
        if row["seconds"] is not None
        else [row["way"], "not installed", "", "", "", ""]
        for row in found["speed"]
    ]
    header = ["Way", "Seconds, median [range]", "Times as slow as our four statistics [range]"]
    header += ["Times as slow as our KS alone [range]", "Peak memory (MiB)", "Times ours"]
    agreement = [
        [row["statistic"], f"{row['largest_difference']:.1e}"] for row in found["agreement"]
    ]
    return (
        f"{table(header, rows)}\n{aim_in_words(found['speed'])}\n\n"
        f"The first 200,000 payments against the other {found['n_current']:,}, 30 features, "
        f"{found['rounds']} rounds, one thread. The clock runs from the tables in memory to the "
        "result in memory; each tool's sampling is off. Deepchecks draws figures unless it is "
        "told not to, so both are measured. Where a statistic is the same one, this is how far "
        "results are apart:\n\n"
        f"{table(['Statistic, and whose', 'Largest difference over 30 features'], agreement)}\n"
        f"{measured_on(found)}"
    )


def aim_in_words(rows: Sequence[dict], aim: float = 20) -> str:
    """Say plainly against which ways the aim of a scan 20 times as fast is missed."""
    others = [row for row in rows if row["seconds"] is not None and "prerelease" not in row["way"]]
    missed = [row for row in others if row["slower_than_four"] < aim]
    if not missed:
        return f"The aim, four statistics {aim:.0f} times as fast as each of the others, is met."
    told = "; ".join(f"{row['way']} ({row['slower_than_four']:.1f} times)" for row in missed)
    return (
        f"The aim is four statistics {aim:.0f} times as fast as each of the others. "
        f"It is missed against: {told}."
    )


def scale_in_words(found: dict) -> str:
    """Return what benchmarks/scale.py measured."""
    rows = [
        [f"{row['rows']:,}", row["command"], f"{row['seconds']:.1f}", f"{row['peak_mib']:,.0f}"]
        for row in found["commands"]
    ]
    return (
        f"{table(['Rows', 'Command', 'Seconds', 'Peak memory (MiB)'], rows)}\n"
        "A month of cases, one in 600 of them positive, all scores different; the reference is as "
        "large. Parquet, where CSV is not named; each command in a fresh process, imports "
        f"included.\n\n{goals_in_words(found)}\n\n{measured_on(found)}"
    )


def profiles_in_words(found: dict) -> str:
    """Return what benchmarks/profiles.py measured."""
    rows = [
        [
            f"{row['rows']:,}",
            row["way"],
            *(
                "not tried: it does not fit" if row[name] is None else f"{row[name]:,.{digits}f}"
                for name, digits in (("seconds", 1), ("cpu_seconds", 1), ("peak_mib", 0))
            ),
        ]
        for row in found["ways"]
    ]
    counted = [row for row in found["ways"] if row["way"] == "count and write"]
    most, fewest = counted[-1], counted[0]
    times = most["cpu_seconds"] / fewest["cpu_seconds"]
    met = "met" if most["peak_mib"] <= found["goal_mib"] else "missed"
    header = ["Rows", "Way", "Seconds", "Seconds of processors", "Peak memory (MiB)"]
    return (
        f"{table(header, rows)}\n"
        "A million cases a day, made of the real payments; each column in 20 bins or more, and "
        f"each hour by itself. The profile of {most['rows']:,} rows takes "
        f"{most['profile_mib']:.1f} MiB, the rows {most['rows_mib']:,.0f} MiB as Parquet (they "
        f"repeat, so they pack well). {most['rows'] / fewest['rows']:,.0f} times the rows take "
        f"{times:.0f} times the work of processors. Goal: {found['goal_mib']:,} MiB, {met}. "
        "*All that follows* is reading the profile, drift of all columns with hours matched, "
        f"average precision and cost with intervals.\n\n{spark_in_words(found['spark'])}\n\n"
        f"{measured_on(found)}"
    )


def spark_in_words(found: dict) -> str:
    """Say what a local Spark counted beside DuckDB, or why it did not."""
    if "why_not" in found:
        return f"Spark did not count: {found['why_not']}."
    same = "the same" if found["equal"] else "**not** the same"
    return (
        f"A local Spark {found['versions']['pyspark']} on the first {found['rows']:,} rows, by the "
        f"same expressions: all {found['counts']:,} counts are {same}. It took "
        f"{found['Spark_seconds']:.0f} s beside {found['spark_starts']:.0f} s to start, DuckDB "
        f"{found['DuckDB_seconds']:.1f} s. On one machine Spark is a test, not a gain."
    )


def goals_in_words(found: dict) -> str:
    """Say plainly which goals for the largest number of rows are met."""
    most = max(row["rows"] for row in found["commands"])
    told = []
    for row in found["commands"]:
        if row["rows"] == most and row["command"] in found["goals"]:
            seconds, memory = found["goals"][row["command"]]
            met = row["seconds"] <= seconds and row["peak_mib"] <= memory
            told.append(
                f"`{row['command']}`: {seconds} s and {memory:,} MiB, {'met' if met else 'missed'}"
            )
    return f"Goals for {most:,} rows on two idle cores, by command. {'; '.join(told)}."


def serving_in_words(found: dict) -> str:
    """Return what benchmarks/serving.py measured, and plainly whether the goal is met."""
    header = ["Payments a second, asked", "Answered", "Median (ms)", "99 of 100 within (ms)"]
    rows = [
        [f"{row['rate']:,}", f"{row['a_second']:,.0f}", f"{row['p50']:,}", f"{row['p99']:,}"]
        for row in found["rates"]
    ]
    rate, most = found["goal"]
    kept = [row["rate"] for row in found["rates"] if row["p99"] <= most]
    at = next(row for row in found["rates"] if row["rate"] == rate)
    met = "met" if at["p99"] <= most else "missed"
    limit = f"The highest rate at which that holds is {max(kept):,}." if kept else ""
    return (
        f"{table(header, rows)}\n"
        "One payment a request, each committed to a DuckDB file before it is answered; the load "
        "tool (loadtest) runs on the same cores, sends evenly and waits for no answer; "
        "its milliseconds are rounded down. "
        f"The goal of {rate:,} a second, 99 of 100 within {most} ms, is {met}. {limit}"
        f"\n\n{measured_on(found)}"
    )


def passes_in_words(found: dict) -> str:
    """Return what benchmarks/passes.py measured."""
    kinds = {
        "metric": ["Metric"],
        "positives, bursts": ["Positives", "Bursts last"],
        "amounts, bursts": ["Amounts", "Bursts last"],
    }
    parts = [passes_table(found["tables"][by], by.split(", "), kinds[by]) for by in kinds]
    return (
        f"{found['simulations']:,} data sets were drawn in each of many worlds whose true values "
        "are known, and each was judged by the gate with the bound set exactly at the true value, "
        "from both sides. A pass there is a wrong one: at a level of 95 % one in 40 (2.5 %) is "
        "allowed. *Power* is the price: the share of passes against a bound that lies so much "
        "further off that a rule which knew the distribution of the estimate would pass 85 % of "
        "the time. *Bootstrap* is the usual one, percentiles over whole blocks of ten minutes, "
        "which passes more often where it may because it does so where it must not.\n\n"
        f"{parts[0]}\nBy the number of positives to be expected and by bursts, in which cases "
        f"share four fifths of their variance:\n\n{parts[1]}\n"
        "Metrics of money alone, by amounts: the card data's own, or log-normal with this sigma:"
        f"\n\n{parts[2]}\n"
        f"{above_in_words(found['tables']['metric'])}\n\n{measured_on(found)}"
    )


def passes_table(rows: Sequence[dict], names: Sequence[str], header: Sequence[str]) -> str:
    """Return wrong passes and power, by what is in the first columns."""
    percent = [
        [
            *(str(row[name]) for name in names),
            f"{row['wrong']:.1%} [{row['wrong_low']:.1%}, {row['wrong_high']:.1%}]",
            f"{row['worst']:.1%}",
            *(f"{row[name]:.0%}" for name in ("doubtful", "power")),
            f"{row['bootstrap_wrong']:.1%}",
            f"{row['bootstrap_power']:.0%}",
        ]
        for row in rows
    ]
    told = ["Passes wrongly [95 % interval]", "Worst", "Insufficient", "Power"]
    beside = ["Bootstrap: passes wrongly", "Bootstrap: power"]
    return table([*header, *told, *beside], percent)


def above_in_words(rows: Sequence[dict]) -> str:
    """Say plainly in how many cells more than one in 40 pass wrongly."""
    cells, above = (sum(row[name] for row in rows) for name in ("cells", "above"))
    worst = max(rows, key=lambda row: row["worst"])
    told = f"The worst is {worst['worst']:.1%}, of `{worst['metric']}`."
    if not above:
        return f"In none of {cells:,} cells are wrong passes clearly above one in 40. {told}"
    return (
        f"In {cells:,} cells, each judged from two sides, wrong passes are clearly above one in 40 "
        f"{above:,} times; by chance alone that would be some {2 * cells / 40:.0f} times. {told}"
    )


SECTIONS: dict[str, tuple[str, str, Callable[[dict], str]]] = {
    "data_load": (
        "Loading the data",
        "How long does it take to have the data in memory?",
        loading_in_words,
    ),
    "intervals": (
        "Intervals",
        "How long does a bootstrap interval of average precision take, beside a loop over "
        "scikit-learn's function, and does it keep its promise?",
        intervals_in_words,
    ),
    "drift": (
        "Drift",
        "How long does a scan of all features for drift take, beside Deepchecks and Evidently?",
        drift_in_words,
    ),
    "passes": (
        "Is a pass a pass?",
        "How often does the gate pass a model that is exactly at its bound?",
        passes_in_words,
    ),
    "scale": (
        "Ten million rows on the command line",
        "How long do `prerelease gate` and `prerelease report` take, and how much memory?",
        scale_in_words,
    ),
    "serving": (
        "The service of the rehearsal",
        "How many payments a second does it decide, and how long does each wait?",
        serving_in_words,
    ),
    "profiles": (
        "A hundred million rows, counted",
        "How long does `prerelease.profiles` take to count rows, how much memory, and does Spark "
        "count the same?",
        profiles_in_words,
    ),
}
