"""Make the packaged sample from the verified CSV, bit for bit the same each time.

The sample is made of lines of the CSV, verbatim: the header, every fraud, and every k-th honest
payment by position, so that it is spread over the two days as the payments are.

    python tools/data/make_sample.py            # writes src/casebook/data/sample.{csv.xz,json}
    python tools/data/make_sample.py --check    # only compares; exit code 1 if they differ
"""

import argparse
import hashlib
import io
import json
import lzma
import sys
from pathlib import Path

from casebook import data
from casebook.data._cache import checksum
from casebook.data._facts import FULL
from casebook.data._files import digest
from casebook.data._parse import parse_csv

EVERY = 20  # 3.6 MB; the package allows itself 4
# The best preset saves 7 % and takes ten times as long; a test packs the sample each time.
PRESET = 1
HERE = Path(data.__file__).parent


def choose(lines: list[bytes], every: int = EVERY) -> bytes:
    """Return the text of the sample, from all lines of the CSV."""
    header, *rows = lines
    honest = 0
    chosen = [header]
    for row in rows:
        if row.endswith(b',"1"\n'):
            chosen.append(row)
            continue
        if honest % every == 0:
            chosen.append(row)
        honest += 1
    return b"".join(chosen)


def pack(text: bytes, every: int = EVERY) -> tuple[bytes, str]:
    """Return the compressed sample and the record that is kept next to it."""
    packed = lzma.compress(text, format=lzma.FORMAT_XZ, preset=PRESET)
    df = parse_csv(io.BytesIO(text))
    record = {
        "made_by": "tools/data/make_sample.py",
        "rule": f"all frauds, and every {every}th honest payment by position from the first",
        "every": every,
        "from_sha256": FULL.sha256,
        "n_rows": len(df),
        "n_frauds": int(df["Class"].sum()),
        "csv_bytes": len(text),
        "csv_sha256": hashlib.sha256(text).hexdigest(),
        "xz_bytes": len(packed),
        "xz_sha256": hashlib.sha256(packed).hexdigest(),
        "checksum": checksum(df),
        "licence": data.LICENCE,
    }
    return packed, json.dumps(record, indent=2) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the packaged sample from the full CSV.")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--csv", type=Path, default=data.folder() / "creditcard.csv")
    options = parser.parse_args()
    if digest(options.csv) != FULL.sha256:
        print(f"{options.csv} is not the published file.", file=sys.stderr)
        return 1
    packed, record = pack(choose(options.csv.read_bytes().splitlines(keepends=True)))
    made = {HERE / "sample.csv.xz": packed, HERE / "sample.json": record.encode()}
    if options.check:
        different = [p.name for p, content in made.items() if p.read_bytes() != content]
        print(f"differ: {', '.join(different)}" if different else "the sample is reproduced")
        return int(bool(different))
    for path, content in made.items():
        path.write_bytes(content)
        print(f"{path}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
