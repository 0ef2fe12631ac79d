"""Figures: each module draws the data frames that a module of the package returns."""

from prerelease.plots._style import COLOURS, INK, show, use_style

__all__ = ["COLOURS", "INK", "show", "use_style"]
