"""One page about a reader's own scores, with its figures, in a file that needs no other."""

from ._page import build

__all__ = ["build"]
