"""Make the workshop's environment in .venv: with a network, or from the folder `wheels`."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip(*arguments: str) -> None:
    """Run pip in the environment, or end with one sentence."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    if (HERE / "wheels").is_dir():
        command += ["--no-index", "--find-links", str(HERE / "wheels")]
    if subprocess.run([*command, *arguments], cwd=HERE, check=False).returncode:
        sys.exit("It did not work: see the lines above, mend the network or the disk, try again.")


def main() -> None:
    """Make the environment, and let the doctor look at it."""
    print("Making the environment in .venv: some minutes, about 1.5 GB.", flush=True)
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip("--require-hashes", "--no-deps", "-r", "package/requirements.txt")
    pip("--no-deps", "--force-reinstall", *map(str, (HERE / "package").glob("*.whl")))
    sys.exit(subprocess.run([sys.executable, str(HERE / "doctor.py")], check=False).returncode)


if __name__ == "__main__":
    main()
