"""Look every locked version up among known vulnerabilities, and fail on any not explained here."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Vulnerability -> why it does not reach a reader of this book.
EXPLAINED: dict[str, str] = {}


def main() -> int:
    # The files are complete and exact, so nothing has to be resolved or installed again.
    audit = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps"]
    command = [*audit, "--progress-spinner=off", "--strict"]
    for vulnerability, reason in EXPLAINED.items():
        print(f"{vulnerability} is known and accepted: {reason}")
        command += ["--ignore-vuln", vulnerability]
    # torch stands apart because its file has no hashes, which pip-audit wants of all or none.
    files = [str(ROOT / "requirements" / name) for name in ("lock.txt", "torch.txt")]
    return max(
        subprocess.run([*command, "--requirement", file], check=False).returncode for file in files
    )


if __name__ == "__main__":
    sys.exit(main())
