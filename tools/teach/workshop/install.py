"""Make the workshop's environment in .venv: from the folder `wheels`, or with a network."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV, WHEELS = HERE / ".venv", HERE / "wheels"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip(*arguments: str) -> None:
    """Run pip in the environment, or end with one sentence."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    here = [["--no-index", "--find-links", str(WHEELS)]] if WHEELS.is_dir() else []
    for source in [*here, []]:
        if not subprocess.run([*command, *source, *arguments], cwd=HERE, check=False).returncode:
            return
        if source:
            print("What is in `wheels` does not fit this computer. Trying the network.", flush=True)
    sys.exit("It did not work: see the lines above, mend the network or the disk, try again.")


def main() -> None:
    """Make the environment, and let the doctor look at it."""
    print("Making the environment in .venv: some minutes, about 1.7 GB.", flush=True)
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip("--require-hashes", "--no-deps", "-r", "package/requirements.txt")
    pip("--no-deps", "--force-reinstall", *map(str, (HERE / "package").glob("*.whl")))
    sys.exit(subprocess.run([sys.executable, str(HERE / "doctor.py")], check=False).returncode)


if __name__ == "__main__":
    main()
