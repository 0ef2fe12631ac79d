"""Files with groups, keys, segments and a champion's scores, and what the gate makes of each."""

import numpy as np

from hostile import COLUMNS, FAIL, GOOD, INSUFFICIENT, PASS, WRONG, Hostile, csv, parquet, to

REGION = np.where(GOOD.index % 2, "north", "south")
EVERY = '\n[[criterion]]\nname = "{}"\nmetric = "{}"\n{}\neach = "{}"\nwhy = "Agreed."\n'
ENOUGH = EVERY.format("enough everywhere", "positives", "at_least = 10", "region")
RANKS = EVERY.format("ranks everywhere", "average_precision", "at_least = 0.1", "region")
CHAMPION = COLUMNS.format('champion = "now"')
AGAINST = (
    '\n[[criterion]]\nname = "better"\nmetric = "average_precision"\nat_least = {}\n'
    'against = "champion"\nwhy = "Agreed."\n'
)

OF_ROLES = {
    "segments": Hostile(to(region=REGION), PASS, "segment 'region'", asks=ENOUGH),
    "segments of numbers": Hostile(
        to(region=GOOD.index % 3), FAIL, "lowest of 3", asks=ENOUGH.replace("= 10", "= 40")
    ),
    "segments in Parquet categories": Hostile(
        parquet(lambda frame: frame.assign(region=REGION).astype({"region": "category"})),
        PASS,
        "2 of 'region'",
        name="s.parquet",
        asks=ENOUGH,
    ),
    "a segment with one row": Hostile(
        to(region=np.where(GOOD.index == 3, "lone", REGION)),
        INSUFFICIENT,
        "lone: insufficient evidence; found nothing in 1 rows",
        asks=RANKS,
    ),
    "segments that are missing": Hostile(
        to(region=np.where(GOOD.index % 2, "north", None)), PASS, "- (missing): pass", asks=ENOUGH
    ),
    "a segment that means missing": Hostile(
        to(region=np.where(GOOD.index % 2, "NA", "")), PASS, "1 of 'region'", asks=ENOUGH
    ),
    "segments that steer a console": Hostile(
        to(region=np.where(GOOD.index % 2, "\x1b[31mred", "b\nc")),
        PASS,
        r"- \x1b[31mred: pass",
        asks=ENOUGH,
    ),
    "a segment for each row": Hostile(
        to(region=GOOD.index), WRONG, "region tells 600 segments", asks=ENOUGH
    ),
    "segments that are no column": Hostile(
        csv(), WRONG, "it has no column 'region', which holds segments", asks=ENOUGH
    ),
    "segments by a role": Hostile(
        csv(), WRONG, "must not be called 'label'", asks=ENOUGH.replace("region", "label")
    ),
    "segments twice": Hostile(
        csv(lambda frame: frame.assign(region=1, more=2), header=[*GOOD, "region", "region"]),
        WRONG,
        "it has 2 columns 'region'",
        asks=ENOUGH,
    ),
    "segments in lists": Hostile(
        parquet(lambda frame: frame.assign(region=[["a"]] * 600)),
        WRONG,
        "region must hold numbers, text or dates",
        name="s.parquet",
        asks=ENOUGH,
    ),
    "groups": Hostile(to(group=GOOD.index // 3), PASS, "200 groups of 'group'"),
    "groups of half the rows": Hostile(
        to(group=GOOD.index % 2), INSUFFICIENT, "2 groups, and an interval needs 20"
    ),
    "groups that are missing": Hostile(
        to(group=np.nan), PASS, "600 rows have no group: each is a group of its own"
    ),
    "groups by a name that is not there": Hostile(
        csv(), WRONG, "no column 'customer'", settings=COLUMNS.format('group = "customer"')
    ),
    "a champion in the same table": Hostile(
        to(now=1 - GOOD["score"]), PASS, "as 'now'", settings=CHAMPION, asks=AGAINST.format(0)
    ),
    "a champion that is the model": Hostile(
        to(now=GOOD["score"]),
        INSUFFICIENT,
        "both models come to the same on every row",
        settings=CHAMPION,
        asks=AGAINST.format(-0.1),
    ),
    "a champion of whom nothing is asked": Hostile(
        to(now=0.5), PASS, "no criterion asks against it", settings=CHAMPION
    ),
    "a champion with gaps": Hostile(
        to(now=GOOD["score"].where(GOOD.index != 7)), WRONG, "now must be finite", settings=CHAMPION
    ),
    "no champion": Hostile(csv(), INSUFFICIENT, "none was given", asks=AGAINST.format(0)),
    "a champion that nothing can beat": Hostile(
        csv(), WRONG, "a difference of average_precision is from -1 to 1", asks=AGAINST.format(1)
    ),
    "a champion by another name": Hostile(
        csv(),
        WRONG,
        "against of 'better' must be one of",
        asks=AGAINST.format(0).replace('"champion"', '"chamption"'),
    ),
    "a champion with an unknown rule": Hostile(
        csv(), WRONG, "[champion] does not know 'treshold'", settings="\n[champion]\ntreshold = 1\n"
    ),
    "a key where there is no champion": Hostile(
        to(id=1), PASS, "Not used: 'id'", settings=COLUMNS.format('key = "id"')
    ),
    "columns that list segments": Hostile(
        csv(),
        WRONG,
        "[columns] does not know 'segments'",
        settings=COLUMNS.format('segments = ["region"]'),
    ),
    "each of nothing": Hostile(
        csv(), WRONG, "each of criterion 2 must be", asks=ENOUGH.replace('"region"', '""')
    ),
    "each of several": Hostile(
        csv(), WRONG, "each of criterion 2 must be", asks=ENOUGH.replace('"region"', '["a"]')
    ),
}
