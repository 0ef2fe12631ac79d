"""The model of the release on the real payments, fitted once for the tests of a process."""

from functools import cache

import pytest

from casebook import data, models, split


@cache
def chosen():
    """Return it, fitted on the training rows as a frame: seconds of every test that needs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRERELEASE_MODE", "full")
        patch.delenv("PRERELEASE_DATA", raising=False)
        train, _ = split.development(data.load())
    return models.chosen().fit(train[[*models.INPUTS]], train["Class"])
