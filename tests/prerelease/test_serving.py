import hashlib
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from prerelease import serving

pytest.importorskip("skops")
NAMES = [f"V{i}" for i in range(1, 29)] + ["Amount"]


@pytest.fixture(scope="module")
def trained():
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(2000, len(NAMES))), columns=NAMES)
    label = rows["V1"] + rng.normal(size=2000) > 2
    return rows, RandomForestClassifier(20, max_depth=4, random_state=0).fit(rows.to_numpy(), label)


@pytest.fixture
def artefact(trained, tmp_path):
    rows, model = trained
    return tmp_path, serving.save(model, tmp_path, rows=rows, data_digest="ab" * 32)


def test_a_fresh_process_gives_the_same_bits(trained, artefact, tmp_path):
    rows, model = trained
    folder, digest = artefact
    some = rows.head(500)
    some.to_pickle(tmp_path / "rows.pickle")
    code = (
        "import sys, numpy, pandas\nfrom prerelease import serving\n"
        "served = serving.load(sys.argv[1], digest=sys.argv[2])\n"
        "rows = pandas.read_pickle(sys.argv[1] + '/rows.pickle')\n"
        "numpy.save(sys.argv[1] + '/scores.npy', served.score(rows))\n"
    )
    subprocess.run([sys.executable, "-c", code, str(folder), digest], check=True)
    here = model.predict_proba(some.to_numpy())[:, 1]
    np.testing.assert_array_equal(np.load(tmp_path / "scores.npy"), here)


def test_one_row_scores_as_it_does_among_many(trained, artefact):
    rows, _ = trained
    served = serving.load(artefact[0], digest=artefact[1])
    alone = [served.score(rows.iloc[i : i + 1])[0] for i in range(20)]
    np.testing.assert_array_equal(alone, served.score(rows.head(20)))


def test_any_other_scikit_learn_model_is_served_alike(trained, tmp_path):
    rows, _ = trained
    y = np.arange(len(rows)) % 7 == 0
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows.to_numpy(), y)
    digest = serving.save(model, tmp_path, rows=rows, data_digest="ab" * 32)
    scores = serving.load(tmp_path, digest=digest, features=NAMES).score(rows)
    np.testing.assert_array_equal(scores, model.predict_proba(rows.to_numpy())[:, 1])


def edit_model(folder):
    content = bytearray((folder / serving.MODEL).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / serving.MODEL).write_bytes(bytes(content))


def edit_manifest(folder, **change):
    file = folder / serving.MANIFEST
    text = json.dumps(json.loads(file.read_text()) | change)
    file.write_text(text)
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_model_of_which_one_bit_changed_is_refused(artefact):
    edit_model(artefact[0])
    with pytest.raises(serving.ArtefactError, match=r"model\.skops has SHA-256 .* its manifest"):
        serving.load(artefact[0], digest=artefact[1])


def test_another_manifest_is_refused(artefact):
    edit_manifest(artefact[0], features=NAMES[::-1])
    with pytest.raises(serving.ArtefactError, match=r"manifest\.json has SHA-256 .* was released"):
        serving.load(artefact[0], digest=artefact[1])


def test_a_model_that_scores_its_own_rows_otherwise_is_refused(artefact):
    manifest = json.loads((artefact[0] / serving.MANIFEST).read_text())
    scores = [np.nextafter(float.fromhex(manifest["scores"][0]), 1).hex(), *manifest["scores"][1:]]
    versions = manifest["versions"] | {"numpy": "0.1"}
    digest = edit_manifest(artefact[0], scores=scores, versions=versions)
    with pytest.raises(serving.ArtefactError, match=r"scores 1 of 20 .*numpy 0\.1 then"):
        serving.load(artefact[0], digest=digest)


@pytest.mark.parametrize("name", [serving.MODEL, serving.MANIFEST])
def test_half_an_artefact_is_refused(artefact, name):
    (artefact[0] / name).unlink()
    with pytest.raises(serving.ArtefactError, match=f"has no {name}"):
        serving.load(artefact[0], digest=artefact[1])


class Stranger:
    """A type on nobody's list."""

    n_features_in_ = 29

    def predict_proba(self, values):
        return np.full((len(values), 2), 0.5)


def test_a_model_of_an_unknown_type_is_neither_saved_nor_loaded(trained, tmp_path, monkeypatch):
    rows, _ = trained
    with pytest.raises(serving.ArtefactError, match=r"types that are not trusted: .*Stranger"):
        serving.save(Stranger(), tmp_path, rows=rows, data_digest="ab" * 32)
    strange = f"{Stranger.__module__}.Stranger"
    with monkeypatch.context() as lax:
        lax.setattr(serving, "TRUSTED", serving.TRUSTED | {strange})
        digest = serving.save(Stranger(), tmp_path, rows=rows, data_digest="ab" * 32)
    with pytest.raises(serving.ArtefactError, match="not trusted"):
        serving.load(tmp_path, digest=digest)


def test_rows_of_another_width_are_refused_at_saving(trained, tmp_path):
    rows, model = trained
    with pytest.raises(ValueError, match="must have the 29 columns that the model takes, got 28"):
        serving.save(model, tmp_path, rows=rows[NAMES[1:]], data_digest="ab" * 32)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[NAMES[::-1]], "column 1 is 'Amount' and must be 'V1'"),
        (lambda rows: rows[NAMES[1:]], "the column 'V1' is missing"),
        (lambda rows: rows.assign(Time=0.0), "the column 'Time' is not known"),
        (lambda rows: rows.assign(V3="high"), "V3 is object, not a number"),
    ],
)
def test_rows_that_break_the_contract_are_not_scored(trained, artefact, change, message):
    served = serving.load(artefact[0], digest=artefact[1])
    with pytest.raises(serving.ArtefactError, match=message):
        served.score(change(trained[0].head(3)))


def test_a_caller_that_breaks_the_contract_gets_no_model(artefact):
    with pytest.raises(serving.ArtefactError, match=r"The caller does not keep .*'Time' is not"):
        serving.load(artefact[0], digest=artefact[1], features=[*NAMES, "Time"])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_and_infinite_values_are_not_scored(trained, artefact, value):
    served = serving.load(artefact[0], digest=artefact[1])
    rows = trained[0].head(3).copy()
    rows.loc[rows.index[1], "V2"] = value
    with pytest.raises(ValueError, match=r"V2 must be finite, got .* in row 1"):
        served.score(rows)


def test_the_manifest_says_what_the_model_was_made_of(artefact):
    manifest = serving.load(artefact[0], digest=artefact[1]).manifest
    assert manifest["data_digest"] == "ab" * 32
    assert {"scikit-learn", "numpy", "skops", "python"} <= set(manifest["versions"])


def test_without_skops_it_says_how_to_get_it(artefact, monkeypatch):
    monkeypatch.setitem(sys.modules, "skops", None)
    monkeypatch.delitem(sys.modules, "skops.io", raising=False)
    told = r'skops is not installed: pip install "prerelease\[serve]"'
    with pytest.raises(ImportError, match=told):
        serving.load(artefact[0], digest=artefact[1])


def test_a_model_of_a_package_that_is_not_there_is_refused(trained, tmp_path, monkeypatch):
    lightgbm = pytest.importorskip("lightgbm")
    rows, _ = trained
    model = lightgbm.LGBMClassifier(n_estimators=3, verbose=-1).fit(
        rows.to_numpy(), np.arange(len(rows)) % 7 == 0
    )
    digest = serving.save(model, tmp_path, rows=rows, data_digest="ab" * 32)
    assert len(serving.load(tmp_path, digest=digest).score(rows)) == len(rows)
    for name in [name for name in sys.modules if name.split(".")[0] == "lightgbm"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(serving.ArtefactError, match=r"needs lightgbm.*, which is not installed"):
        serving.load(tmp_path, digest=digest)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda rows: rows[[*NAMES[:-1], "V1"]],
            "contract of a model: the column 'V1' is there twice",
        ),
        (lambda rows: rows.assign(V2=1j), "contract of a model: V2 is complex128, not a number"),
        (lambda rows: rows.assign(V2="a"), "not a number"),
        (lambda rows: rows.assign(V2=np.nan), "V2 must be finite, got nan in row 0"),
        (lambda rows: rows.iloc[:0], "0 sample"),
    ],
)
def test_rows_that_can_be_no_contract_are_refused(trained, tmp_path, change, message):
    rows, model = trained
    with pytest.raises(ValueError, match=message):
        serving.save(model, tmp_path / "new", rows=change(rows), data_digest="ab" * 32)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("digests", [("hello", ""), ("ab" * 32, "x"), ("AB" * 32, ""), (None, "")])
def test_a_digest_is_one(trained, tmp_path, digests):
    rows, model = trained
    with pytest.raises(ValueError, match="must be a SHA-256 of 64 hexadecimal digits"):
        serving.save(model, tmp_path, rows=rows, data_digest=digests[0], criteria=digests[1])


def test_rows_with_a_column_twice_or_complex_numbers_are_not_scored(trained, artefact):
    rows, _ = trained
    served = serving.load(artefact[0], digest=artefact[1])
    with pytest.raises(serving.ArtefactError, match="the column 'V1' is there twice"):
        served.score(pd.concat([rows, rows[["V1"]]], axis=1))
    with pytest.raises(serving.ArtefactError, match="V3 is complex128, not a number"):
        served.score(rows.assign(V3=1 + 2j))
