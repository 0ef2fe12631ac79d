"""One look for every figure: palette, type, and a light and a dark version of each."""

import base64
import html
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import is_color_like, to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter

from prerelease import _validate

# Okabe and Ito's colour-blind-safe hues, darkened or lightened until each has a contrast of
# at least 3 on white and on the dark page, so that one data colour serves both versions.
COLOURS = {
    "blue": "#2f80c2",
    "orange": "#cf6a1f",
    "green": "#0e9373",
    "purple": "#b8669a",
    "grey": "#82878d",
}
INK = {"light": "#1c2733", "dark": "#e4e8ec"}
FAINT = {"light": "#d5dae0", "dark": "#3c4651"}

_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK["light"],
    "axes.grid": True,
    "axes.labelcolor": INK["light"],
    "axes.prop_cycle": mpl.cycler(color=list(COLOURS.values())),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
    # A phone shows five inches on 380 pixels: 9.5 points are then 10 pixels, still legible.
    "figure.figsize": (5.0, 3.3),
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "grid.color": FAINT["light"],
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "text.color": INK["light"],
    "xtick.color": INK["light"],
    "ytick.color": INK["light"],
}
_DOTS_PER_INCH = 200
PLAIN = FuncFormatter(lambda value, _: f"{value:,.10g}")
"""Numbers along an axis: thousands apart, no powers of ten."""


def use_style() -> None:
    """Give every figure drawn from here on this look.

    Examples
    --------
    >>> use_style()
    >>> mpl.rcParams["axes.spines.top"]
    False
    """
    mpl.rcParams.update(_STYLE)
    # `show` closes each figure; one that is drawn and looked at in a test is no leak either.
    mpl.rcParams["figure.max_open_warning"] = 0


def palette(n: int) -> list[str]:
    """Return one colour for each of `n` models."""
    _validate.integer(n, "the number of models", low=1, high=len(COLOURS))
    return list(COLOURS.values())[:n]


def note(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    shift: tuple[float, float] = (0, 0),
    *,
    along: str = "",
    **options: str,
) -> None:
    """Write small text so many points from a place, even outside the axes.

    Along "x" or "y" the place's other number goes from 0 to 1 across the axes.
    """
    places = {"x": axes.get_xaxis_transform(), "y": axes.get_yaxis_transform()}
    options = {"color": INK["light"], "fontsize": "small"} | options
    where = {"xycoords": places.get(along, "data"), "textcoords": "offset points"}
    axes.annotate(text, at, shift, **where, **options, annotation_clip=False)


def name_rows(axes: Axes, names: list[str]) -> None:
    """Name the rows of a figure from the top, without the ticks and lines of a scale."""
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def _wrap(figure: Figure) -> None:
    """Let titles and axis labels that are wider than `figure` go on in a second line."""
    long = {axes.get_title(where) for axes in figure.axes for where in ("left", "center")}
    long |= {axes.get_xlabel() for axes in figure.axes}
    for text in figure.findobj(Text):
        if text.get_text() in long - {""}:
            text.set_wrap(True)


def _recolour(artists: list[Artist], swaps: dict[str, str]) -> None:
    """Change every colour of `artists` that is a key of `swaps` to its value."""
    for artist in artists:
        for name in ("color", "edgecolor", "facecolor", "markeredgecolor", "markerfacecolor"):
            getter, setter = (getattr(artist, f"{way}_{name}", None) for way in ("get", "set"))
            if getter and setter and (new := swaps.get(_one_colour(getter()))):
                setter(new)


def _one_colour(colour: object) -> str:
    """Return as hex a colour, or the only one in the array that a collection returns."""
    if not isinstance(colour, str | tuple):
        colour = to_hex(colour[0]) if np.shape(colour)[:1] == (1,) else "none"
    known = is_color_like(colour) and colour != "none"
    return to_hex(colour, keep_alpha=True).removesuffix("ff") if known else ""


@contextmanager
def _dark(figure: Figure) -> Iterator[None]:
    """Draw `figure` in the dark page's ink for the length of a with statement."""
    swaps = {INK["light"]: INK["dark"], FAINT["light"]: FAINT["dark"]}
    artists = figure.findobj()  # its ticks as well, which were made when it was drawn in light
    # An annotation does not count its arrow among its children.
    artists += [arrow for artist in artists if (arrow := getattr(artist, "arrow_patch", None))]
    _recolour(artists, swaps)
    try:
        with mpl.rc_context({k: swaps.get(v, v) for k, v in _STYLE.items() if isinstance(v, str)}):
            yield
    finally:
        _recolour(artists, {new: old for old, new in swaps.items()})


def _webp(figure: Figure) -> str:
    """Return `figure` as the text of a lossless WebP data address."""
    buffer = io.BytesIO()
    figure.savefig(
        buffer,
        format="webp",
        dpi=_DOTS_PER_INCH,
        transparent=True,
        pil_kwargs={"lossless": True, "method": 4},
    )
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


@dataclass(frozen=True)
class Shown:
    """A figure for a page, as HTML; where there is none, its alt text."""

    data: str
    alt: str

    def __repr__(self) -> str:
        """Return the alt text."""
        return self.alt

    def _repr_html_(self) -> str:
        return self.data


def subplots(**options: Any) -> tuple[Figure, Axes]:
    """Return a new figure with its axes, drawn in memory whatever backend pyplot may have."""
    figure = Figure(**options)
    FigureCanvasAgg(figure)
    return figure, figure.subplots()


def show(figure: Figure, *, alt: str) -> Shown:
    """Return a figure for the page, once for light and once for dark, and close it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure, drawn after `use_style`.
    alt : str
        What is seen in it, as a sentence, for those who cannot see it.

    Returns
    -------
    Shown
        Two images, as the HTML in its ``data``: a page with the stylesheet shows the one that
        fits its theme, a notebook without it the light one.

    Raises
    ------
    ValueError
        If `alt` is not a sentence of at least five words.

    Examples
    --------
    >>> use_style()
    >>> figure, axes = plt.subplots()
    >>> show(figure, alt="An empty pair of axes without any data.").data.count("<img")
    2
    """
    if len(alt.split()) < 5 or not alt[0].isupper() or not alt.endswith("."):
        msg = f"alt must be a sentence of at least five words, got {alt!r}."
        raise ValueError(msg)
    _wrap(figure)
    # Where a title begins is known when the figure is laid out, and how high it is only then.
    figure.canvas.draw()
    light = _webp(figure)
    # The dark version stands where the light one does: to lay it out again takes half the time.
    figure.set_layout_engine("none")
    with _dark(figure):
        dark = _webp(figure)
    inches = figure.get_size_inches()
    width, height = (round(side * _DOTS_PER_INCH / 2) for side in inches)
    plt.close(figure)
    size = f'width="{width}" height="{height}" alt="{html.escape(alt)}"'
    # Jupyter has no stylesheet of ours: there the white ground keeps the light one legible.
    return Shown(
        f'<figure class="pr-figure" style="--pr-inches:{inches[0]:g}">'
        f'<img class="pr-light" style="background:#fff" src="{light}" {size}>'
        f'<img class="pr-dark" style="display:none" src="{dark}" {size}>'
        f"</figure>",
        alt,
    )
