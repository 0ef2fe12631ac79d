"""Compile pyproject.toml into the exact, hashed versions in requirements/ and environment.yml.

Run it with `make lock` after changing a dependency; `make lock LOCK_OPTIONS=--keep` keeps every
version that is locked already. One universal file serves every supported Python and system. torch
and what only its GPU build needs are left out of it: torch is installed from
requirements/torch.txt, from whichever place has the CPU build, so its hash differs from one place
to the next.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
GPU_ONLY = re.compile(r"^(nvidia-|cuda-|triton\b|torch==)")
AS_LOCKED = ("--constraint", str(REQUIREMENTS / "lock.txt"))
HEADER = "# Made by `make lock` from pyproject.toml: do not edit.\n"
CONDA = """\
name: prerelease
channels:
  - conda-forge
dependencies:
  - python=3.12
  - make
  - nodejs=20
  - pytorch-cpu={torch}
  - pip
  - pip:
{pins}
      - --editable .
      - --editable ./src
"""


def compile_extra(extra: str, python: str, *options: str) -> str:
    """Resolve an extra for `python` and newer, on every system."""
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet"),
        *("--extra", extra, "--python-version", python, "--universal"),
        *("--generate-hashes", "--no-header", "--no-annotate", *options),
    ]
    done = subprocess.run(command, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"The extra {extra!r} could not be resolved: see the lines above.")
    return done.stdout


def blocks(compiled: str) -> list[str]:
    """Split into one string a requirement, its hashes included."""
    return re.findall(r"^\S.*\n(?:[ ]+--hash.*\n)*", compiled, flags=re.MULTILINE)


def conda_environment(found: list[str]) -> str:
    """Return environment.yml: conda's torch for the CPU, all else pinned as in the lock."""
    pins = [
        block.removesuffix("\n").split(" \\\n")[0] for block in found if not GPU_ONLY.match(block)
    ]
    torch = next(block.split()[0] for block in found if block.startswith("torch=="))
    return CONDA.format(
        torch=torch.split("==")[1],
        pins="\n".join(f'      - "{pin}"' for pin in pins),
    )


def lock_workshop(python: str) -> None:
    """Write the part of the lock that a workshop needs, at the versions of the whole."""
    found = blocks(compile_extra("workshop", python, *AS_LOCKED))
    file = REQUIREMENTS / "workshop.txt"
    file.write_text(HEADER + "".join(found), encoding="utf-8")
    print(f"requirements/{file.name}: {len(found)} packages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="keep the versions that are locked")
    keep = AS_LOCKED if parser.parse_args().keep else ()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = re.match(r">=(\d+\.\d+)", project["requires-python"])[1]
    found = blocks(compile_extra("dev", oldest, *keep))
    files = {
        "lock.txt": [block for block in found if not GPU_ONLY.match(block)],
        "torch.txt": [block.split()[0] + "\n" for block in found if block.startswith("torch==")],
        "uv.txt": [block for block in found if block.startswith("uv==")],
    }
    for name, content in files.items():
        (REQUIREMENTS / name).write_text(HEADER + "".join(content), encoding="utf-8")
        print(f"requirements/{name}: {len(content)} packages")
    lock_workshop(oldest)
    (ROOT / "environment.yml").write_text(HEADER + conda_environment(found), encoding="utf-8")


if __name__ == "__main__":
    main()
