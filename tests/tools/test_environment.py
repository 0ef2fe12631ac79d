"""The environment files agree with each other and with what is installed."""

import ast
import importlib.util
import os
import re
import runpy
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import prerelease
from tools.environment import bootstrap, doctor
from tools.site.steps import files_under

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirement_lines(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", "")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def locked(name="lock.txt"):
    return [Requirement(line.split("--hash")[0].strip()) for line in requirement_lines(name)]


def test_every_locked_version_is_exact_and_hashed():
    for line in requirement_lines("lock.txt"):
        requirement = Requirement(line.split("--hash")[0].strip())
        assert [part.operator for part in requirement.specifier] == ["=="], line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line


def test_requirement_files_hold_no_address():
    for file in (ROOT / "requirements").iterdir():
        assert "://" not in file.read_text(encoding="utf-8")


def test_gpu_libraries_are_not_locked():
    names = {requirement.name for requirement in locked()}
    assert not [name for name in names if name.startswith(("nvidia", "cuda", "triton"))]


def test_conda_environment_has_the_locked_versions():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    pip = next(part["pip"] for part in conda if isinstance(part, dict))
    pins = {str(Requirement(line)) for line in pip if not line.startswith("--")}
    assert {line for line in pip if line.startswith("--")} == {"--editable .", "--editable ./src"}
    assert pins == {str(requirement) for requirement in locked()}
    torch = next(part for part in conda if isinstance(part, str) and "torch" in part)
    assert torch.split("=")[1] == str(locked("torch.txt")[0].specifier).removeprefix("==")


def test_conda_python_is_a_supported_one():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    python = next(part for part in conda if isinstance(part, str) and part.startswith("python="))
    supported = Requirement(f"python{PROJECT['requires-python']}").specifier
    assert supported.contains(python.split("=")[1] + ".0")


def declared():
    """All requirements of pyproject.toml, but for `kaggle`: the reader's choice, in no lock."""
    extras = PROJECT["optional-dependencies"]
    names = extras.keys() - {"kaggle"}
    lines = [*PROJECT["dependencies"], *(line for name in sorted(names) for line in extras[name])]
    return [Requirement(line) for line in lines if not line.startswith("prerelease[")]


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_every_declared_dependency_is_locked_within_its_bounds(requirement):
    name = canonicalize_name(requirement.name)
    found = [
        pin for pin in (*locked(), *locked("torch.txt")) if canonicalize_name(pin.name) == name
    ]
    assert found
    for pin in found:
        assert requirement.specifier.contains(str(pin.specifier).removeprefix("=="))


def test_the_library_has_lower_bounds_alone_and_the_book_its_caps():
    extras = PROJECT["optional-dependencies"]
    library = [*PROJECT["dependencies"]]
    for extra in ("conformal", "explain", "scale", "serve"):
        library += extras[extra]
    for line in (PROJECT["requires-python"], *library):
        assert re.search(r"^[\w\[\]-]*>=[\d.]+$", line), f"{line} is not a lower bound alone"
    capped = {Requirement(line).name for line in extras["chapters"] if "<" in line}
    assert {"numpy", "pandas", "plotly", "scikit-learn", "setuptools"} <= capped


def test_the_casebook_has_the_version_of_the_library_and_what_the_chapters_need():
    casebook = tomllib.loads((ROOT / "src" / "pyproject.toml").read_text(encoding="utf-8"))
    assert casebook["project"]["dependencies"] == ["prerelease[chapters]"]
    assert casebook["project"]["requires-python"] == PROJECT["requires-python"]
    assert casebook["tool"]["setuptools"]["dynamic"]["version"]["attr"] == "prerelease.__version__"
    assert prerelease.__version__ == PROJECT["version"]


def imported():
    """Yield every name that a file of the project imports, with the folder of the file."""
    for top in ("src", "tools", "tests", "benchmarks", "notebooks", "book/_ext"):
        for file in [path for path in files_under(ROOT / top) if path.suffix == ".py"]:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    yield from ((alias.name.split(".")[0], top) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    yield node.module.split(".")[0], top


def test_every_import_is_of_a_declared_dependency():
    scripts = ("tests/*", "tools/environment", "benchmarks")  # import each other by name
    own = {
        *("prerelease", "casebook", "tools"),
        *(file.stem for folder in scripts for file in ROOT.glob(f"{folder}/*.py")),
    }
    # On other computers only: notebooks on Colab; and what comes with the book's builder.
    own |= {"google", "docutils", "markdown_it", "sphinx"}
    own |= {"pyspark"}  # in build/spark alone
    of_module = metadata.packages_distributions()
    names = {canonicalize_name(requirement.name) for requirement in declared()}
    missing = {
        (module, top)
        for module, top in imported()
        if module not in sys.stdlib_module_names | own
        and not {canonicalize_name(name) for name in of_module.get(module, [])} & names
    }
    assert missing == set()


def test_what_is_installed_is_what_is_locked():
    for requirement in locked():
        if requirement.marker is None or requirement.marker.evaluate():
            assert f"=={metadata.version(requirement.name)}" == str(requirement.specifier)


def test_torch_is_the_cpu_build():
    found = importlib.util.find_spec("torch")
    if found is None:
        pytest.skip("torch's CPU build could not be had when the environment was made")
    # What `torch.version` is; to import all of torch takes seconds.
    assert runpy.run_path(str(Path(found.origin).with_name("version.py")))["cuda"] is None


def test_workflows_are_clean_and_cover_every_python_of_the_library():
    zizmor = Path(sys.executable).with_name("zizmor.exe" if os.name == "nt" else "zizmor")
    command = [str(zizmor), "--quiet", "--offline", "--no-progress", ".github/workflows"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    pythons = workflow["jobs"]["systems"]["strategy"]["matrix"]["python"]
    prefix = "Programming Language :: Python :: "
    assert pythons == [
        name.removeprefix(prefix) for name in PROJECT["classifiers"] if name.startswith(prefix)
    ]
    assert tuple(map(int, pythons[0].split("."))) == bootstrap.OLDEST
    assert tuple(map(int, pythons[-1].split("."))) == bootstrap.NEWEST
    assert (doctor.OLDEST, doctor.NEWEST) == (bootstrap.OLDEST, bootstrap.NEWEST)
