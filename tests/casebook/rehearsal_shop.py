"""A service with a release and a client with payments for it, as real processes."""

import numpy as np
import pandas as pd

from casebook import data, models, release
from casebook.rehearsal._client import Line
from casebook.rehearsal._live import Part, Service
from casebook.rehearsal._store import Store
from casebook.release import INPUTS
from prerelease import serving

N = 3_000


def made(folder):
    """Return a model as it is released, payments, and its scores of them."""
    rows = data.load_sample()
    model = release.fitted(models.chosen(n_estimators=40), rows)
    digest = serving.save(model, folder, rows=rows[INPUTS], data_digest="0" * 64)
    payments = rows[INPUTS].iloc[:N].reset_index(drop=True)
    return folder, digest, payments, release.scores_of(model, payments)


class Shop:
    """A service with a release, and a client with payments for it."""

    def __init__(self, folder, artefact, store=""):
        self.folder, (where, digest, payments, self.scores) = folder, artefact
        payments.assign(time=np.arange(float(N))).to_parquet(folder / "stream.parquet")
        np.save(folder / "truth.npy", np.arange(N) % 7 == 0)
        self.store = store or str(folder / "decisions.duckdb")
        self.service = Service(folder, store)
        self.line = Line(self.service.port)
        self.wanted = {"number": 1, "time": 0.0, "folder": str(where), "digest": digest}
        self.wanted |= {"threshold": float(np.quantile(self.scores, 0.9)), "why": "first"}
        self.line.ask("/releases", self.wanted)

    def client(self):
        stream, journal = self.folder / "stream.parquet", self.folder / "journal"
        words = ["client", str(self.service.port), str(stream), str(journal), "0"]
        return Part(words, self.folder / "client.err")

    def log(self):
        return (self.folder / "service.log").read_text()

    def check(self, n=N):
        """Nothing lost, doubled or scored wrongly; what was acknowledged is what is stored."""
        self.service.close()
        rows = Store(self.store).rows("SELECT id, score, block FROM decisions ORDER BY id")
        ids, scores, block = (np.array(column) for column in zip(*rows, strict=True))
        assert ids.tolist() == list(range(n))
        assert (scores == self.scores[:n]).all()
        assert (block == (self.scores[:n] >= self.wanted["threshold"])).all()
        journal = pd.read_csv(
            self.folder / "journal", sep=" ", header=None, float_precision="round_trip"
        )
        assert journal[0].tolist() == list(range(n))
        assert (journal[1].to_numpy() == scores).all()
        assert (journal[2].to_numpy() == block).all()
        return len(ids)
