"""Put a workshop into one folder and two zip files: `make workshop`.

build/workshop/prerelease-workshop is for the attendees: notebooks, slides, site, all payments, the
library and the casebook, an installer, the doctor, and a digest of each file. The instructor's
notebooks, with all solutions, go into a zip of their own. With --wheels the packages themselves are
put in too, for computers like this one: then even the installation needs no network.

The payments go in as the package's own cache, which is believed by the digest of its values, and
is half as large as the CSV that they were read from.
"""

import argparse
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import filelock

from casebook import data
from tools.environment import doctor
from tools.environment.wheels import CASEBOOK, LIBRARY, build_wheels
from tools.site import teach as site_teach
from tools.site.steps import BUILD, ROOT, SITE, BuildError, files_under, say, step
from tools.teach import editions, teaching

WORKSHOP = BUILD / "workshop"
NAME = "prerelease-workshop"
LICENCES = (ROOT / "LICENSE", ROOT / "LICENSE-TEXT", ROOT / "src/casebook/data/LICENSE-DATA")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same files make the same zip


def download_wheels(folder: Path) -> None:
    """Fetch the locked packages for computers like this one."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    requirements = str(ROOT / "requirements" / "workshop.txt")
    options = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", requirements)
    subprocess.run([*command, *options, "--dest", str(folder)], check=True)


def verified_values() -> Path:
    """Return the file that holds the values of all payments, made if it is not there yet."""
    place = data.where()
    if place.kind == "sample":
        msg = "A workshop gets all payments: unset PRERELEASE_DATA, which asks for the sample."
        raise BuildError(msg)
    try:
        data.load()
    except data.DataError as error:
        raise BuildError(str(error)) from None
    if not place.cache.is_file():
        msg = f"The payments cannot be kept in {place.cache.parent}, so they cannot be put in."
        raise BuildError(msg)
    return place.cache


def write_sums(folder: Path) -> int:
    """Write the digest of each file; return how many there are."""
    lines = [
        f"{doctor.sha256(str(path))}  {path.relative_to(folder).as_posix()}\n"
        for path in files_under(folder)
    ]
    (folder / doctor.SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
    return len(lines)


def zip_folder(folder: Path, target: Path) -> None:
    """Zip a folder, in order and without times."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files_under(folder):
            entry = zipfile.ZipInfo(str(Path(folder.name) / path.relative_to(folder)), EPOCH)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            # More effort takes three times as long for the payments, and gains one percent.
            level = 1 if path.suffix == ".arrow" else None
            archive.writestr(entry, path.read_bytes(), compresslevel=level)


def make(wheels: bool) -> None:
    """Make the bundle anew, from the site as it is."""
    if not (BUILD / "site-made-from").is_file():
        msg = "There is no whole site to put in: run make book, or make workshop."
        raise BuildError(msg)
    values = verified_values()
    shutil.rmtree(WORKSHOP, ignore_errors=True)
    folder, instructor = WORKSHOP / NAME, WORKSHOP / "prerelease-instructor"
    (folder / "data").mkdir(parents=True)
    with step("notebooks"):
        owners = {"attendee": folder, "live": folder, "instructor": instructor}
        site_teach.write_editions({name: owners[name] / name for name in editions.EDITIONS})
    with step("site, slides, payments"):
        shutil.copytree(SITE, folder / "site")
        for path in (values, *LICENCES[2:]):
            shutil.copy2(path, folder / "data")
        for path in (ROOT / "tools" / "teach" / "workshop").glob("*.*"):
            shutil.copy2(path, folder)
        shutil.copy2(Path(doctor.__file__), folder)
        for path in LICENCES:
            shutil.copy2(path, folder)
    with step("package"):
        build_wheels(folder / "package", LIBRARY, CASEBOOK)
        shutil.copy2(ROOT / "requirements" / "workshop.txt", folder / "package/requirements.txt")
    if wheels:
        with step("wheels (some hundred MB)"):
            download_wheels(folder / "wheels")
    with step("digests and zip files"):
        count = write_sums(folder)
        for part in (folder, instructor):
            zip_folder(part, WORKSHOP / f"{part.name}.zip")
    size = (WORKSHOP / f"{NAME}.zip").stat().st_size / 1e6
    say(f"[book] {count} files, {size:.0f} MB zipped: {WORKSHOP / NAME}.zip")


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the bundle of a workshop.")
    parser.add_argument("--wheels", action="store_true", help="put the packages themselves in too")
    try:
        with filelock.FileLock(BUILD / "book.lock", timeout=0):
            make(parser.parse_args().wheels)
    except filelock.Timeout:
        say("[book] the site is being built in this folder: wait for it.")
        return 1
    except (BuildError, editions.EditionError, teaching.TeachingError) as error:
        say(f"[book] {error}")
        return 1
    except subprocess.CalledProcessError as error:
        say(f"[book] {error.cmd[2]} {error.cmd[4]} failed: see the lines above.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
