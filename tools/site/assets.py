"""Fetch the site's fonts and scripts from npm, and lay out the files that need no Sphinx."""

import shutil

from tools.site.steps import BOOK, BUILD, ROOT, SOURCE, BuildError, copy_if_there, digest, run, step

NPM = ROOT / "build" / "npm"
MODULES = NPM / "node_modules"
FONTS = {
    "source-serif-4": ("latin-wght-normal", "latin-wght-italic"),
    "source-sans-3": ("latin-wght-normal", "latin-wght-italic"),
    "source-code-pro": ("latin-wght-normal",),
}


def fetch() -> None:
    """Install the packages of package-lock.json into the build folder, once."""
    wanted = digest([BOOK / "package.json", BOOK / "package-lock.json"])
    done = NPM / "done"
    if done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        msg = "npm was not found: install Node.js 18 or newer with npm, then run this again."
        raise BuildError(msg)
    with step("fonts and scripts from npm (about 15 s)"):
        done.unlink(missing_ok=True)
        NPM.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy2(BOOK / name, NPM / name)
        quietly = ("--ignore-scripts", "--no-audit", "--no-fund")
        run("npm", [npm, "ci", "--prefix", str(NPM), *quietly], log=BUILD / "logs" / "npm.log")
        done.write_text(wanted, encoding="utf-8")


def stage() -> None:
    """Copy our static files, the fonts and Vega to where the site takes them from."""
    shutil.copytree(BOOK / "_static", SOURCE / "static", copy_function=copy_if_there)
    fonts = SOURCE / "static" / "fonts"
    fonts.mkdir()
    for family, variants in FONTS.items():
        package = MODULES / "@fontsource-variable" / family
        for variant in variants:
            shutil.copy2(package / "files" / f"{family}-{variant}.woff2", fonts)
        shutil.copy2(package / "LICENSE", fonts / f"{family}.LICENSE.txt")
    vega = SOURCE / "extra" / "vendor" / "vega"
    vega.mkdir(parents=True)
    for name in ("vega", "vega-lite"):
        shutil.copy2(MODULES / name / "build" / f"{name}.min.js", vega)
        shutil.copy2(MODULES / name / "LICENSE", vega / f"{name}.LICENSE.txt")
