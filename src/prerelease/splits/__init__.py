"""Splits that ask what production will ask: learn from the past, be judged on what follows."""

from ._book import KINDS, TRAIN_END, VALID_END, development, digest, open_test

__all__ = ["KINDS", "TRAIN_END", "VALID_END", "development", "digest", "open_test"]
