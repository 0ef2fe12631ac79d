"""Tell in ten seconds whether this computer is ready for the workshop, and what to do if not.

It runs on a bare Python, before anything is installed, in the project's folder as in the folder
that `make workshop` makes. An old Python can read it too, to be told that it is too old: so it
keeps to what Python 2.7 understands, and uses the standard library alone.
"""

from __future__ import print_function

import argparse
import ctypes
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SUMS = "SHA256SUMS"
OLDEST, NEWEST = (3, 11), (3, 14)
GIB = 2.0**30
MEMORY_NEEDED = 2 * GIB * 0.95  # a computer of 2 GiB tells of a little less
MEMORY_COMFORTABLE = 4 * GIB * 0.9
ENVIRONMENT_BYTES = 6e9  # all that builds the book
WORKSHOP_BYTES = 3e9  # what the bundle installs, and room to unpack it
ROOM_TO_WORK = 2e8
CHAPTERS_USE = ["deepchecks", "mapie", "optuna", "shap", "matplotlib", "jupytext", "jupyterlab"]
# What a chapter does first, in the environment that it will run in.
TRIAL = """
import importlib.util, sys
absent = [name for name in sys.argv[1:] if importlib.util.find_spec(name) is None]
if absent:
    sys.exit("These packages are missing: " + ", ".join(absent))
import lightgbm
from casebook import data
try:
    data.verify()
except data.DataError as error:
    print(str(error).splitlines()[0], file=sys.stderr)
    sys.exit(%d)
print("{:,}".format(len(data.load())))
"""
NO_DATA = 4  # the exit code of the trial where all works but the payments are not here, or wrong

FINE, NOTE, MEND = "fine", "note", "MEND"


def fine(what):
    """Return a finding that asks for nothing."""
    return FINE, what, ""


def note(what, remedy=""):
    """Return a finding that a reader may ignore."""
    return NOTE, what, remedy


def mend(what, remedy):
    """Return a finding that stops the chapters, and what to do about it."""
    return MEND, what, remedy


def is_bundle(folder):
    """Tell whether this is the folder that `make workshop` made, rather than the project's."""
    return os.path.exists(os.path.join(folder, SUMS))


def check_python(version=None, bits=None):
    """Look whether this Python is one that the locked packages exist for."""
    version, bits = version or sys.version_info[:2], bits or sys.maxsize.bit_length() + 1
    name = "Python %d.%d" % tuple(version)
    if not OLDEST <= tuple(version) <= NEWEST:
        wanted = "%d.%d to %d.%d" % (OLDEST + NEWEST)
        remedy = "Install a Python from %s and start the doctor with that one." % wanted
        return mend(name + " cannot run the chapters.", remedy)
    if bits < 64:
        return mend(name + " is a 32-bit build.", "Install the 64-bit build of the same Python.")
    return fine(name + ".")


def check_venv():
    """Look whether this Python can make an environment."""
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError:
        remedy = "On Debian or Ubuntu: apt-get install python3-venv. Elsewhere, reinstall Python."
        return mend("Python's venv module is missing.", remedy)
    return fine("Python can make an environment of its own.")


def check_disk(folder, needed):
    """Look whether there is room for what is still to be written."""
    if not hasattr(shutil, "disk_usage"):
        return note("This old Python cannot tell how much disk is free.")
    free = shutil.disk_usage(folder).free
    if free < needed:
        what = "The disk has %.1f GB free, and %.1f GB are needed." % (free / 1e9, needed / 1e9)
        return mend(what, "Empty the bin, or delete or move large files.")
    return fine("The disk has %.0f GB free." % (free / 1e9))


def linux_memory():
    """Return what Linux says of its memory, and of the limit of the container, in bytes."""
    with open("/proc/meminfo") as lines:
        found = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal")]
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        if os.path.exists(limit):
            with open(limit) as file:
                text = file.read().strip()
            found += [int(text)] if text.isdigit() else []
    return min(found)


def memory():
    """Return the memory of this computer in bytes, or 0 where it cannot be told."""
    try:
        if sys.platform.startswith("linux"):
            return linux_memory()
        if sys.platform == "darwin":
            return int(subprocess.check_output(["sysctl", "-n", "hw.memsize"]))
        kibibytes = ctypes.c_ulonglong()
        ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kibibytes))
        return kibibytes.value * 1024
    except (OSError, IOError, AttributeError, ValueError):
        return 0


def check_memory(has, needed=MEMORY_NEEDED):
    """Look whether there is memory enough for a chapter in quick mode."""
    if not has:
        return note("The memory could not be measured; 4 GiB are enough.")
    if has < needed:
        what = "This computer has %.1f GiB of memory; a chapter may take 2." % (has / GIB)
        return mend(what, "Use another computer, or share one with a neighbour.")
    if has < MEMORY_COMFORTABLE:
        what = "%.1f GiB of memory, of which a chapter may take 2." % (has / GIB)
        return note(what, "Close other programs before you run a chapter.")
    return fine("%.1f GiB of memory." % (has / GIB))


def check_write(folder):
    """Look whether files can be written here, as notebooks must be."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"doctor")
    except (OSError, IOError) as error:
        what = "Nothing can be written in %s (%s)." % (folder, error.strerror or error)
        remedy = "Copy all of the folder to your home folder; if it is a zip file, unpack it first."
        return mend(what, remedy)
    return fine("Files can be written in this folder.")


def check_port():
    """Look whether Jupyter can talk to the browser on this computer."""
    try:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.close()
    except (OSError, IOError) as error:
        what = "Jupyter cannot open a port on this computer (%s)." % error
        return mend(what, "A security program forbids it: ask whoever looks after this computer.")
    return fine("Jupyter can reach your browser.")


def check_tools(must):
    """Look for the programs that only the building of the book needs."""
    which = getattr(shutil, "which", lambda name: name)
    absent = [name for name in ("make", "git", "node", "npm") if not which(name)]
    if not absent:
        return fine("make, git and Node.js are there, for whoever builds the book.")
    what = "Building the book needs what is missing here: %s." % ", ".join(absent)
    remedy = "On Debian or Ubuntu: apt-get install make git nodejs npm. The chapters run without."
    return mend(what, remedy) if must else note(what, remedy)


def sha256(path):
    """Return the digest of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(2**20), b""):
            digest.update(block)
    return digest.hexdigest()


def expected_digests(folder):
    """Return the digest that each file of the folder must have, by its path."""
    if is_bundle(folder):
        with open(os.path.join(folder, SUMS)) as lines:
            pairs = [line.rstrip("\n").split("  ", 1) for line in lines]
        return dict((name, digest) for digest, name in pairs)
    place = "src/casebook/data/"
    with open(os.path.join(folder, place + "sample.json")) as file:
        return {place + "sample.csv.xz": json.load(file)["xz_sha256"]}


def check_files(folder):
    """Look whether everything arrived whole; a notebook that its user changed is no damage."""
    expected = expected_digests(folder)
    wrong = []
    for name in sorted(expected):
        path = os.path.join(folder, *name.split("/"))
        if not os.path.exists(path):
            wrong.append("%s is missing" % name)
        elif not name.endswith(".ipynb") and sha256(path) != expected[name]:
            wrong.append("%s is damaged" % name)
    if wrong:
        what = "; ".join(wrong[:3]) + ("; and more." if wrong[3:] else ".")
        return mend(what, "Copy or download the folder again, and unpack all of it.")
    if is_bundle(folder):
        return fine("All %d files are whole, the payments among them." % len(expected))
    return fine("The packaged sample of payments is whole.")


def environment_python(folder):
    """Return the Python that chapters would run in: the folder's own, or the one at work now."""
    for place in ("bin/python", "Scripts/python.exe"):
        path = os.path.join(folder, ".venv", *place.split("/"))
        if os.path.exists(path):
            return path
    return sys.executable


def how_to_install(folder):
    """Return what to type to make the environment."""
    python = "py" if os.name == "nt" else "python3"
    command = python + " install.py" if is_bundle(folder) else "make lab"
    network = "" if os.path.isdir(os.path.join(folder, "wheels")) else " with a network,"
    return "Once,%s type: %s (some minutes). Then ask the doctor again." % (network, command)


def how_to_have_the_data(folder):
    """Return what to do where the payments are not here, or are not the published ones."""
    if is_bundle(folder):
        return "Copy or download the folder again, and unpack all of it."
    return "Once, with a network, type: make data (160 MB). Then ask the doctor again."


def environment_variables(folder):
    """Return the environment that chapters run in: a workshop's folder has its own data."""
    found = dict(os.environ)
    if is_bundle(folder):
        found["PRERELEASE_DATA_DIR"] = os.path.join(folder, "data")
    return found


def check_environment(folder):
    """Look whether the environment exists, and whether the package and the data work in it."""
    python = environment_python(folder)
    try:
        process = subprocess.Popen(
            [python, "-c", TRIAL % NO_DATA] + CHAPTERS_USE,
            cwd=folder,
            env=environment_variables(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
    except (OSError, IOError) as error:  # such as an environment copied from another computer
        what = "%s cannot be started (%s)." % (python, error.strerror or error)
        return mend(what, "Remove the folder .venv, and make the environment anew.")
    rows, complaint = process.communicate()
    if process.returncode == 0:
        return fine("The environment works, and loads %s payments." % rows.strip())
    if process.returncode == NO_DATA:
        last = complaint.strip().splitlines()[-1]
        what = "The environment works, but has no payments: %s" % last
        return mend(what, how_to_have_the_data(folder))
    if "libomp" in complaint or "libgomp" in complaint:
        remedy = "On a Mac: brew install libomp. On Debian or Ubuntu: apt-get install libgomp1."
        return mend("LightGBM finds no OpenMP library.", remedy)
    last = (complaint.strip().splitlines() or ["Python ended without a word."])[-1]
    return mend("The chapters cannot run yet: %s" % last, how_to_install(folder))


def findings(folder, for_book=False):
    """Return every finding, in the order in which a person would ask."""
    found = [check_python()]
    environment = []
    if found[0][0] == FINE:
        found.append(check_venv())
        environment = [check_environment(folder)]
    works = environment and environment[0][0] == FINE
    to_install = WORKSHOP_BYTES if is_bundle(folder) else ENVIRONMENT_BYTES
    found.append(check_disk(folder, ROOM_TO_WORK if works else to_install))
    found += [check_memory(memory()), check_write(folder), check_port(), check_files(folder)]
    if for_book or not is_bundle(folder):
        found.append(check_tools(for_book))
    return found + environment


def report(found):
    """Print the findings and what follows from them; return the exit code."""
    for grade, what, remedy in found:
        print("  %s  %s" % (grade, what))
        if remedy:
            print("        -> %s" % remedy)
    wrong = len([grade for grade, _, _ in found if grade == MEND])
    if wrong:
        print("\nNot ready yet: %d thing%s to mend, see ->." % (wrong, "" if wrong == 1 else "s"))
        return 1
    print("\nReady. From here on, quick mode needs no network.")
    return 0


def main():
    parser = argparse.ArgumentParser(description="Is this computer ready for the workshop?")
    parser.add_argument("--book", action="store_true", help="ready to build the book as well?")
    options = parser.parse_args()
    folder = HERE if is_bundle(HERE) else os.path.dirname(os.path.dirname(HERE))
    print("Looking at %s" % folder)
    return report(findings(folder, for_book=options.book))


if __name__ == "__main__":
    sys.exit(main())
