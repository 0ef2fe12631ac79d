"""What must be right before a model goes to production, as a small tested package."""

from prerelease._words import use_words, words

__all__ = ["use_words", "words"]
__version__ = "0.1.0"

_OF_THE_BOOK = (
    *("boosting", "checks", "conventions", "coverage", "data", "leaks", "mode", "models"),
    *("monitoring", "profile", "progress", "published", "race", "recipes", "retraining"),
    *("search", "streams"),
)
_GONE = {
    "audit": "its questions and answers stand in the book's chapter on the release",
    **{name: f"it is casebook.{name} now, of the book's repository" for name in _OF_THE_BOOK},
}


def __getattr__(name: str) -> object:
    """Say where a module is now that was here before the library and the book were parted."""
    if name in _GONE:  # no AttributeError: `from prerelease import …` would hide what it says
        msg = f"prerelease has no module {name!r}: {_GONE[name]}."
        raise ImportError(msg)
    msg = f"module 'prerelease' has no attribute {name!r}"
    raise AttributeError(msg)
