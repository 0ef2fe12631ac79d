"""How fast a scan for drift is: this package against Deepchecks and Evidently, in one run.

    python benchmarks/drift.py                 # prints two tables, in about 5 minutes
    python benchmarks/drift.py --json out.json # also writes the raw numbers

Reference: the first 200,000 payments; current: the other 84,807; all 30 features. Each way
runs in a fresh process on one thread, and the ways take turns. The clock runs from the two
tables in memory to the result in memory; imports are done before. The sampling of each tool is
switched off (``n_samples=None``; Evidently has none). Deepchecks draws figures unless it is told
not to, so it is measured both with and without them.

Evidently cannot share this project's environment. It is installed, with exact versions, into one
of its own under build/; where that cannot be done, the table says so.

The second table compares statistics that are the same statistic, feature by feature.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon
from tqdm import tqdm

import _timing
from casebook import data
from casebook.adapters import deepchecks
from prerelease import drift

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "build" / "peers"
REQUIREMENTS = ROOT / "requirements" / "peers.txt"
N_REFERENCE = 200_000
OURS = "prerelease, four statistics"
OURS_KS = "prerelease, KS only"
TABLES = f"""
import os, sys, warnings
warnings.simplefilter("ignore")
os.environ.update(DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY="1", DO_NOT_TRACK="1")
import pandas as pd
df = pd.read_parquet(sys.argv[1])
reference, current = df.iloc[:{N_REFERENCE}].copy(), df.iloc[{N_REFERENCE}:].copy()
features = [name for name in df.columns if name != "Class"]
"""
PRERELEASE = "from prerelease import drift"
DEEPCHECKS = """
from casebook.adapters.deepchecks import numpy_1_names
kept = numpy_1_names()  # a name, or it is collected and takes numpy's names with it
kept.__enter__()
from deepchecks.tabular import Dataset
from deepchecks.tabular.checks import FeatureDrift
sides = [Dataset(part, label="Class", cat_features=[]) for part in (reference, current)]
"""
EVIDENTLY = """
from evidently import Report
from evidently.presets import DataDriftPreset
"""
WAYS = {
    OURS: (PRERELEASE, "drift.scan(reference, current, features=features)"),
    OURS_KS: (PRERELEASE, "drift.scan(reference, current, features=features, statistics=['ks'])"),
    "Deepchecks FeatureDrift (KS), as it comes": (
        DEEPCHECKS,
        "FeatureDrift(n_samples=None).run(*sides)",
    ),
    "Deepchecks FeatureDrift (KS), no figures": (
        DEEPCHECKS,
        "FeatureDrift(n_samples=None).run(*sides, with_display=False)",
    ),
    "Deepchecks FeatureDrift (EMD), no figures": (
        DEEPCHECKS,
        "FeatureDrift(n_samples=None, numerical_drift_method='EMD')"
        ".run(*sides, with_display=False)",
    ),
    **{
        f"Evidently DataDriftPreset ({name})": (
            EVIDENTLY,
            f"Report([DataDriftPreset(columns=features{option})])"
            ".run(current[features], reference[features])",
        )
        for name, option in (
            ("as it comes: Wasserstein", ""),
            ("KS", ", num_method='ks'"),
            ("PSI", ", num_method='psi'"),
            ("Jensen-Shannon", ", num_method='jensenshannon'"),
        )
    },
}


def peers_python() -> Path | None:
    """Return the Python of Evidently's own environment, made if need be; None if it cannot be."""
    python = PEERS / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    made = PEERS / "made-from.txt"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if python.exists() and made.exists() and made.read_text(encoding="utf-8") == wanted:
        return python
    environment = dict(os.environ)
    if links := environment.get("PIP_FIND_LINKS"):
        environment.setdefault("UV_FIND_LINKS", links)
    uv = [sys.executable, "-m", "uv"]
    try:
        subprocess.run(
            [*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(PEERS)],
            check=True,
            env=environment,
        )
        subprocess.run(
            [
                *(*uv, "pip", "install", "--quiet", "--python", str(python)),
                *("--require-hashes", "--requirement", str(REQUIREMENTS)),
            ],
            check=True,
            env=environment,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"Evidently could not be installed, so it is not measured: {error}", file=sys.stderr)
        return None
    made.write_text(wanted, encoding="utf-8")
    return python


def speed(rounds: int, table: Path) -> list[dict]:
    """Let all ways take turns; return one row each, ratios to this package within each round."""
    peers = peers_python()

    def run(name: str) -> dict:
        setup, call = WAYS[name]
        python = peers if setup is EVIDENTLY else sys.executable
        return _timing.measure(
            call, table, setup=TABLES + setup, python=python, environment=_timing.ONE_THREAD
        )

    here = [name for name, way in WAYS.items() if peers is not None or way[0] is not EVIDENTLY]
    runs = _timing.take_turns(here, rounds, run)
    ours = _timing.taken(runs[OURS])["peak_mib"]
    rows = []
    for name, results in runs.items():
        row = {"way": name, **_timing.taken(results)}
        row |= _timing.ratio("slower_than_four", results, runs[OURS])
        row |= _timing.ratio("slower_than_ks", results, runs[OURS_KS])
        rows.append(row | {"times_the_memory": row["peak_mib"] / ours})
    missing = [name for name in WAYS if name not in here]
    return rows + [{"way": name, "seconds": None} for name in missing]


def agreement(df) -> list[dict]:
    """Return the largest difference, over all features, of statistics that are the same one."""
    reference, current = df.iloc[:N_REFERENCE], df.iloc[N_REFERENCE:]
    features = [name for name in df.columns if name != "Class"]
    ours = drift.scan(reference, current, features=features)
    gaps = {"KS, scipy": 0.0, "Wasserstein, scipy": 0.0, "Jensen-Shannon, scipy": 0.0}
    for name in tqdm(features, desc="agreement"):
        x, y = reference[name].to_numpy(), current[name].to_numpy()
        cuts = np.unique(np.quantile(x, np.arange(1, 10) / 10, method="inverted_cdf"))
        counts = [np.bincount(np.searchsorted(cuts, v), minlength=len(cuts) + 1) for v in (x, y)]
        found = {
            "KS, scipy": (ours.loc[name, "ks"], stats.ks_2samp(x, y, method="asymp").statistic),
            "Wasserstein, scipy": (
                ours.loc[name, "wasserstein"],
                stats.wasserstein_distance(x, y),
            ),
            "Jensen-Shannon, scipy": (ours.loc[name, "js"], jensenshannon(*counts, base=2)),
        }
        for key, (own, other) in found.items():
            gaps[key] = max(gaps[key], abs(own - other) / max(1.0, abs(other)))
    checked = deepchecks.validation(
        reference, current, only=["FeatureDrift"], settings={"FeatureDrift": {"n_samples": None}}
    )["value"][0]
    gaps["KS, Deepchecks"] = max(
        abs(ours.loc[name, "ks"] - found["Drift score"]) for name, found in checked.items()
    )
    return [{"statistic": name, "largest_difference": float(gap)} for name, gap in gaps.items()]


def table(report: dict) -> str:
    """Return the report as two Markdown tables."""
    told = ", ".join(f"{name} {number}" for name, number in report["versions"].items())
    lines = [
        f"30 features, {N_REFERENCE:,} against {report['n_current']:,} rows, "
        f"{report['rounds']} rounds, one thread, {report['machine']}, {told}",
        "",
        f"| way | median s [min, max] | times slower than {OURS} [min, max] "
        f"| than {OURS_KS} [min, max] | peak MiB | times {OURS} |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for row in report["speed"]:
        if row["seconds"] is None:
            lines.append(f"| {row['way']} | not installed | | | | |")
            continue
        lines.append(
            f"| {row['way']} | {_timing.shown(row, 'seconds', 3)} "
            f"| {_timing.shown(row, 'slower_than_four', 1)} "
            f"| {_timing.shown(row, 'slower_than_ks', 1)} "
            f"| {row['peak_mib']:.0f} | {row['times_the_memory']:.2f} |"
        )
    lines += ["", "| same statistic | largest difference over 30 features |", "|---|--:|"]
    lines += [
        f"| {row['statistic']} | {row['largest_difference']:.1e} |" for row in report["agreement"]
    ]
    return "\n".join(lines)


def peer_versions() -> dict[str, str]:
    """Return the version of Evidently that is measured."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ")[0].split("==") for line in lines if line.startswith("evidently=="))


def main() -> int:
    options = _timing.parser("Measure the scan for drift against its peers.", 3).parse_args()
    df = data.load()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "payments.parquet"
        df.to_parquet(file)
        measured = speed(options.rounds, file)
    report = {
        "rounds": options.rounds,
        "n_current": len(df) - N_REFERENCE,
        **_timing.surroundings("numpy", "scipy", "deepchecks"),
        "speed": measured,
        "agreement": agreement(df),
    }
    report["versions"] |= peer_versions()
    _timing.finish(report, table(report), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
