"""Files with odd names, text and formats, and what the gate makes of each."""

import bz2
import gzip
import json

import numpy as np
import pandas as pd
import pyarrow as pa

from hostile import (
    ALL_THERE,
    COLUMNS,
    GOOD,
    INSUFFICIENT,
    NAMES,
    PASS,
    SECONDS,
    STAMPS,
    WRONG,
    Hostile,
    arrow,
    csv,
    folder,
    inches,
    odd_parts,
    old_inches,
    parquet,
    parts,
    quoted,
    raw,
    to,
    with_note,
    zipped,
    zstd_file,
)

OF_FORMS = {
    # Names
    "columns that play no part": Hostile(
        to(customer="x", segment=3), PASS, "Not used: 'customer', 'segment'."
    ),
    "names in capitals": Hostile(
        csv(lambda frame: frame.rename(columns=NAMES)), WRONG, "did you mean 'TIME'?"
    ),
    "a column twice": Hostile(
        csv(lambda frame: pd.concat([frame, frame[["score"]]], axis=1)), WRONG, "2 columns 'score'"
    ),
    "an index in front": Hostile(csv(index=True), PASS, "Not used: ''"),
    "names that are the same": Hostile(
        csv(), WRONG, "needs a name of its own", settings=COLUMNS.format('score = "label"')
    ),
    "a number for a name": Hostile(
        csv(), WRONG, "time must be text", settings=COLUMNS.format("time = 0")
    ),
    "no header": Hostile(csv(header=False), WRONG, "has no column 'time'"),
    "spaces around names": Hostile(raw(lambda text: text.replace(b",", b" , ", 3)), PASS),
    # Text
    "semicolons": Hostile(csv(sep=";"), PASS),
    "tabs": Hostile(csv(sep="\t"), PASS, name="scores.tsv"),
    "bars": Hostile(csv(sep="|"), PASS),
    "semicolons and commas": Hostile(
        csv(sep=";", decimal=","), WRONG, 'say decimal = "," in [file]'
    ),
    "semicolons and commas, said": Hostile(
        csv(sep=";", decimal=","), PASS, settings='\n[file]\ndecimal = ","\n'
    ),
    "commas, said, and points there": Hostile(
        csv(sep=";"), WRONG, "must be", settings='\n[file]\ndecimal = ","\n'
    ),
    "a spreadsheet's first line": Hostile(
        lambda path: path.write_text("sep=;\n" + GOOD.to_csv(sep=";", index=False)), PASS
    ),
    "a mark of UTF-8": Hostile(raw(lambda text: b"\xef\xbb\xbf" + text), PASS),
    "empty lines first": Hostile(raw(lambda text: b"\n\r\n" + text), PASS),
    "lines that end as of old": Hostile(raw(lambda text: text.replace(b"\n", b"\r")), PASS),
    "line breaks in quotes": Hostile(quoted(60_000), PASS, "Not used: 'note'."),
    "a very long cell": Hostile(
        raw(lambda text: with_note(text, "it says\n" * 40_000)), PASS, "Not used: 'note'."
    ),
    "a very long name": Hostile(
        raw(lambda text: with_note(text, "short", name="n" * 200_000)),
        PASS,
        f"Not used: '{'n' * 80}…'.",
    ),
    "a very long cell, and inches": Hostile(
        raw(lambda text: with_note(text, "it says\n" * 40_000) + b'9999,1,0,"5 "inch,"\n'),
        WRONG,
        "do not match",
    ),
    "a line break in a name": Hostile(
        lambda path: GOOD.assign(x=1).rename(columns={"x": "a\nb"}).to_csv(path, index=False), PASS
    ),
    "a quote that is never closed": Hostile(inches('"5 inch', "6 inch"), WRONG),
    "quotes in many rows": Hostile(
        raw(lambda text: text.replace(b"\n", b'\n"', 8)), WRONG, 'its quotes (") do not match'
    ),
    "inches": Hostile(inches('"5 inch', '"6 inch'), WRONG, "do not match, by line 401"),
    "feet and inches": Hostile(inches('"5 inch', '6" inch'), WRONG, "do not match, by line 401"),
    "inches, and lines that end as of old": Hostile(old_inches, WRONG, "do not match, by line 401"),
    "a row too short": Hostile(
        raw(lambda text: text + b"1,2\n"), WRONG, "Expected 4 columns, got 2"
    ),
    "a file cut off": Hostile(raw(lambda text: text[:-30]), WRONG, "Expected 4 columns"),
    "an empty file": Hostile(raw(lambda text: b""), WRONG, "it is empty"),
    "only a mark": Hostile(raw(lambda text: b"\xef\xbb\xbf\r\n"), WRONG, "it is empty"),
    "only a header": Hostile(csv(lambda frame: frame[:0]), WRONG, "its header and no row"),
    "Latin-1": Hostile(
        lambda path: GOOD.assign(Größe=1).to_csv(path, index=False, encoding="latin-1"),
        WRONG,
        "no text in UTF-8",
    ),
    "bytes of value 0": Hostile(
        raw(lambda text: text[:50] + b"\0" + text[50:]), WRONG, "no text has"
    ),
    # Other formats
    "UTF-16": Hostile(csv(encoding="utf-16"), WRONG, "is text in UTF-16"),
    "gzip": Hostile(raw(gzip.compress), PASS, name="scores.csv.gz"),
    "gzip by another name": Hostile(raw(gzip.compress), PASS),
    "gzip cut off": Hostile(raw(lambda text: gzip.compress(text)[:-40]), WRONG, "cannot be read"),
    "bzip2": Hostile(raw(bz2.compress), PASS, name="scores.csv.bz2"),
    "Zstandard": Hostile(zstd_file, PASS, name="scores.csv.zst"),
    "gzip of gzip": Hostile(
        raw(lambda text: gzip.compress(gzip.compress(text))), WRONG, "neither CSV nor Parquet"
    ),
    "zip": Hostile(zipped("scores.csv"), WRONG, "is a zip archive: unpack it", name="scores.zip"),
    "a spreadsheet": Hostile(
        zipped("[Content_Types].xml"), WRONG, "is a spreadsheet (.xlsx)", name="scores.xlsx"
    ),
    "JSON": Hostile(
        lambda path: path.write_text(json.dumps(GOOD.to_dict("list"))), WRONG, "is JSON"
    ),
    "lines of JSON": Hostile(
        lambda path: GOOD.to_json(path, orient="records", lines=True), WRONG, "is JSON"
    ),
    "a page": Hostile(lambda path: path.write_text("<html><table>"), WRONG, "is HTML or XML"),
    "a pickle": Hostile(
        lambda path: GOOD.to_pickle(path, compression=None), WRONG, "neither CSV nor Parquet"
    ),
    "Feather": Hostile(GOOD.to_feather, WRONG, "neither CSV nor Parquet"),
    "Parquet by another name": Hostile(parquet(), PASS),
    "Parquet in gzip": Hostile(
        lambda path: path.write_bytes(gzip.compress(GOOD.to_parquet())),
        WRONG,
        "Parquet inside gzip",
    ),
    "Parquet cut off": Hostile(
        lambda path: path.write_bytes(GOOD.to_parquet()[:-30]), WRONG, "Parquet", name="s.parquet"
    ),
    "CSV that is called Parquet": Hostile(csv(), PASS, name="s.parquet"),
    "Parquet with an index": Hostile(
        parquet(lambda frame: frame.set_index("time")), PASS, name="s.parquet"
    ),
    "Parquet with decimals": Hostile(
        arrow(amount=lambda one: one.cast(pa.decimal128(12, 2), safe=False)), PASS, name="s.parquet"
    ),
    "Parquet with dictionaries": Hostile(
        parquet(
            lambda frame: frame.assign(label=np.where(frame["label"] == 1, "yes", "no")).astype(
                {"label": "category"}
            )
        ),
        PASS,
        name="s.parquet",
        settings=COLUMNS.format('positive = "yes"'),
    ),
    "Parquet with missing labels": Hostile(
        parquet(
            lambda frame: frame.assign(
                label=frame["label"].astype("boolean").mask(frame.index == 3)
            )
        ),
        INSUFFICIENT,
        "1 of 600 rows have no label yet",
        name="s.parquet",
    ),
    "Parquet with numbers as text": Hostile(
        parquet(lambda frame: frame.assign(score=frame["score"].astype(str))),
        WRONG,
        "score must be numbers, got text such as",
        name="s.parquet",
    ),
    "Parquet with empty labels": Hostile(
        parquet(lambda frame: frame.assign(label=np.where(frame["label"] == 1, "yes", ""))),
        INSUFFICIENT,
        "540 of 600 rows have no label yet",
        name="s.parquet",
        settings=COLUMNS.format('positive = "yes"'),
    ),
    "Parquet with lists": Hostile(
        parquet(lambda frame: frame.assign(score=[[1.0]] * 600)),
        WRONG,
        "score must be numbers",
        name="s.parquet",
    ),
    "a folder of parts": Hostile(parts, PASS, name="scores"),
    "parts of different types": Hostile(
        odd_parts(SECONDS, STAMPS), WRONG, "in different types", name="scores"
    ),
    "parts of which one has a zone": Hostile(
        odd_parts(STAMPS, STAMPS.dt.tz_localize("UTC")), WRONG, "in different types", name="scores"
    ),
    "parts of two zones": Hostile(
        odd_parts(
            STAMPS.dt.tz_localize("UTC"), STAMPS.dt.tz_localize("UTC").dt.tz_convert("Japan")
        ),
        PASS,
        name="scores",
    ),
    "parts whose times are tables": Hostile(
        odd_parts([{"s": 1}] * 600, [{"s": 1}] * 600), WRONG, "without an order", name="scores"
    ),
    "parts by other endings": Hostile(
        folder(**{"0.parquet": GOOD[:200], "1.pq": GOOD[200:400], "2/3.PARQUET": GOOD[400:]}),
        PASS,
        name="scores",
        asks=ALL_THERE,
    ),
    "parts of a job that died": Hostile(
        folder(**{"0.parquet": GOOD, "_temporary/0/0.parquet": GOOD, ".cache/0.parquet": GOOD}),
        PASS,
        "Left out of the folder: '.cache', '_temporary'.",
        name="scores",
        asks=ALL_THERE,
    ),
    "parts beside other files": Hostile(
        folder(**{"0.parquet": GOOD, "1.parquet.bak": GOOD}),
        PASS,
        "Left out of the folder: '1.parquet.bak'.",
        name="scores",
    ),
    "a Delta table": Hostile(
        folder(**{"0.parquet": GOOD, "_delta_log/0.checkpoint.parquet": GOOD}),
        WRONG,
        "it is a Delta table",
        name="scores",
    ),
    "an empty folder": Hostile(lambda path: path.mkdir(), WRONG, "folder without Parquet files"),
    "no file": Hostile(lambda path: None, WRONG, "cannot be read: No such file"),
}
