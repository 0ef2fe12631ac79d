"""Compile pyproject.toml into the exact, hashed versions in requirements/.

Run it with `make lock` after changing a dependency. One universal file serves
every supported Python and system. torch and what only its GPU build needs are
left out of it: torch is installed from requirements/torch.txt, from whichever
place has the CPU build, so its hash differs from one place to the next.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
GPU_ONLY = re.compile(r"^(nvidia-|cuda-|triton\b|torch==)")
HEADER = "# Made by `make lock` from pyproject.toml: do not edit.\n"


def compile_all(python: str) -> str:
    """Resolve every extra for `python` and newer, on every system."""
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet"),
        *("--extra", "dev", "--python-version", python, "--universal"),
        *("--generate-hashes", "--no-header", "--no-annotate"),
    ]
    return subprocess.run(command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout


def blocks(compiled: str) -> list[str]:
    """Split into one string a requirement, its hashes included."""
    return re.findall(r"^\S.*\n(?:[ ]+--hash.*\n)*", compiled, flags=re.MULTILINE)


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = re.match(r">=(\d+\.\d+)", project["requires-python"])[1]
    found = blocks(compile_all(oldest))
    files = {
        "lock.txt": [block for block in found if not GPU_ONLY.match(block)],
        "torch.txt": [block.split()[0] + "\n" for block in found if block.startswith("torch==")],
        "uv.txt": [block for block in found if block.startswith("uv==")],
    }
    for name, content in files.items():
        (REQUIREMENTS / name).write_text(HEADER + "".join(content), encoding="utf-8")
        print(f"requirements/{name}: {len(content)} packages")


if __name__ == "__main__":
    main()
