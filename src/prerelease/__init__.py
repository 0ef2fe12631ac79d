"""What must be right before a model goes to production, as a small tested package."""

from prerelease._words import use_words, words

__all__ = ["use_words", "words"]
__version__ = "0.1.0"
