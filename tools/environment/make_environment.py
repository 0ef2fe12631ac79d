"""Make the environment in .venv from requirements/, or say in one sentence why it cannot be.

It runs on a bare Python, by way of bootstrap.py, so it uses the standard library alone. It is safe
to interrupt: the stamp that says "done" is written last, and a second run goes on where the first
ended.
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements"
STAMP = VENV / "made-from"
FREE_BYTES_NEEDED = 6e9


def sentence_for_missing(needs_node: bool) -> str | None:
    """Return what is wrong with this machine and what mends it, or None."""
    try:
        import ensurepip  # noqa: F401, PLC0415  (Debian packs it apart from Python)
        import venv  # noqa: F401, PLC0415
    except ImportError:
        return "Python's venv module is missing: on Debian, apt-get install python3-venv"
    if needs_node and not (shutil.which("node") and shutil.which("npm")):
        return "Node.js and npm are missing: on Debian, apt-get install nodejs npm"
    made = STAMP.exists()
    if not made and (free := shutil.disk_usage(ROOT).free) < FREE_BYTES_NEEDED:
        return (
            f"The disk has {free / 1e9:.1f} GB free and the environment needs "
            f"{FREE_BYTES_NEEDED / 1e9:.0f} GB while it is made: free some space"
        )
    return None


def wanted() -> str:
    """Return a digest of all that decides what is in the environment."""
    digest = hashlib.sha256(f"{sys.version} {platform.machine()} {ROOT}".encode())
    projects = (ROOT / "pyproject.toml", ROOT / "src" / "pyproject.toml")
    for file in (*sorted(REQUIREMENTS.glob("*.txt")), *projects, Path(__file__)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command: str, **environment: str) -> int:
    """Run a command in the environment being made and return its exit code."""
    return subprocess.run(
        [str(venv_python()), "-m", *command],
        cwd=ROOT,
        env=os.environ | environment,
        check=False,
    ).returncode


def must(what: str, code: int) -> None:
    if code != 0:
        sys.exit(
            f"{what} failed (exit code {code}): see the lines above. Most often the network or "
            "the disk is the cause: mend that and run the same command again, it goes on from here."
        )


def is_usable() -> bool:
    """Tell whether .venv is there, has pip, and is of the very Python that runs this."""
    if not venv_python().exists():
        return False
    command = [str(venv_python()), "-c", "import pip, sys; print(sys.version)"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == sys.version.strip()


def torch_source() -> list[str]:
    """Return uv's option that finds the CPU build of torch on this machine.

    A folder of wheels that pip was told of (PIP_FIND_LINKS) may hold it; otherwise uv asks
    PyTorch's own index for it. The default wheel for Linux is a GPU build of several GB.
    """
    version = (REQUIREMENTS / "torch.txt").read_text(encoding="utf-8").split("==")[-1].strip()
    tag = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    for folder in os.environ.get("PIP_FIND_LINKS", "").split():
        if any(Path(folder).glob(f"torch-{version}*-{tag}-*.whl")):
            return ["--find-links", folder]
    return ["--torch-backend", "cpu"]


def install() -> bool:
    """Install everything; return whether torch, which the book can do without, is there."""
    if not is_usable():
        shutil.rmtree(VENV, ignore_errors=True)
        code = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False).returncode
        must("Making .venv", code)
    uv_settings = {"UV_CACHE_DIR": str(VENV / "uv-cache")}
    if not sys.stderr.isatty():
        uv_settings["UV_NO_PROGRESS"] = "1"
    pip = ("pip", "--no-cache-dir", "--disable-pip-version-check", "install", "--quiet")
    hashed = ("--require-hashes", "-r")
    must("Installing uv", run(*pip, *hashed, "requirements/uv.txt"))
    install_with_uv = ("uv", "--quiet", "pip", "install", "--python", str(venv_python()))
    must(
        "Installing the locked packages",
        run(*install_with_uv, "--no-deps", *hashed, "requirements/lock.txt", **uv_settings),
    )
    must(
        "Installing the library and the casebook",
        run(*install_with_uv, "--no-deps", "--editable", ".", "--editable", "./src", **uv_settings),
    )
    torch_from = (*torch_source(), "--no-deps", "-r", "requirements/torch.txt")
    has_torch = run(*install_with_uv, *torch_from, **uv_settings) == 0
    shutil.rmtree(VENV / "uv-cache", ignore_errors=True)
    return has_torch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--needs", choices=["node"], help="check that this is there too")
    if problem := sentence_for_missing(parser.parse_args().needs == "node"):
        sys.exit(problem + ".")
    stamp = wanted()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == stamp:
        return
    print("Making the environment in .venv: one to three minutes, 3 GB.", flush=True)
    start = time.monotonic()
    has_torch = install()
    if has_torch:
        STAMP.write_text(stamp, encoding="utf-8")
    else:
        print(
            "torch's CPU build could not be had (see above). The rest works without it, and the "
            "TabNet pages say that it is missing; the next run tries again.",
            flush=True,
        )
    print(f"Environment ready after {time.monotonic() - start:.0f} s.", flush=True)
