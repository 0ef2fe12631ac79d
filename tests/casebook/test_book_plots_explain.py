"""The figure of readings of importance shows what it is given."""

import numpy as np
import pandas as pd

from casebook.plots.explain import rank_matrix
from prerelease.intervals import Interval


def test_a_rank_matrix_says_each_pair_once_with_its_interval():
    one, half = (
        Interval(*ends, level=0.95, method="", n=10)
        for ends in ((1.0, 1.0, 1.0), (0.5, 0.25, 0.75))
    )
    names = ["gain", "SHAP", "shuffled"]
    table = pd.DataFrame([[half] * 3] * 3, index=names, columns=names)
    table.loc["gain", "SHAP"] = one  # above the diagonal: not drawn
    axes = rank_matrix(table, title="Do they agree?").axes[0]
    assert [text.get_text() for text in axes.texts] == ["0.50", "0.25 to 0.75"] * 3
    assert [label.get_text() for label in axes.get_yticklabels()] == ["SHAP", "shuffled"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["gain", "SHAP"]
    drawn = axes.images[0].get_array()
    assert np.ma.getmaskarray(np.ma.masked_invalid(drawn)).tolist() == [[False, True], [False] * 2]
