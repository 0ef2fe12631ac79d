import base64
import io
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from prerelease.plots import COLOURS, INK, show, use_style

PAGE = {"light": "#ffffff", "dark": "#14181d"}


def luminance(colour):
    """Relative luminance as WCAG 2 defines it."""
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    high, low = sorted([luminance(one), luminance(other)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.fixture
def figure():
    use_style()
    figure, axes = plt.subplots()
    axes.plot([0, 1], [0, 1], color=COLOURS["blue"])
    axes.annotate(
        "here", (0.5, 0.5), (0.6, 0.2), arrowprops={"arrowstyle": "->", "color": INK["light"]}
    )
    axes.set(title="Does it rise?", xlabel="time (s)", ylabel="cost (€)")
    return figure


def images(shown):
    found = re.findall(r"base64,([^\"]+)", shown.data)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(text)))) for text in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", sorted(COLOURS))
def test_every_data_colour_stands_out_on_both_pages(name, theme):
    assert contrast(COLOURS[name], PAGE[theme]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_on_its_page(theme):
    assert contrast(INK[theme], PAGE[theme]) >= 7


def test_text_is_dark_on_the_light_page_and_light_on_the_dark_page(figure):
    light, dark = images(show(figure, alt="A blue line rises from zero to one."))
    assert light.shape == dark.shape
    for image, ink, other in [(light, "light", "dark"), (dark, "dark", "light")]:
        pixels = image[image[..., 3] == 255][:, :3]
        has = {
            key: (pixels == np.round(255 * np.array(to_rgb(INK[key])))).all(axis=1).any()
            for key in INK
        }
        assert has[ink]
        assert not has[other]


def test_data_keep_their_colour_in_both_versions(figure):
    blue = np.round(255 * np.array(to_rgb(COLOURS["blue"])))
    for image in images(show(figure, alt="A blue line rises from zero to one.")):
        assert (image[image[..., 3] == 255][:, :3] == blue).all(axis=1).any()


def test_background_is_transparent(figure):
    for image in images(show(figure, alt="A blue line rises from zero to one.")):
        assert image[0, 0, 3] == 0


def test_figure_is_closed_and_alt_text_is_escaped(figure):
    shown = show(figure, alt='The line called "rise" goes from zero to one.')
    assert not plt.fignum_exists(figure.number)
    assert shown.data.count('alt="The line called &quot;rise&quot;') == 2


@pytest.mark.parametrize(
    "alt", ["", "too short.", "no capital starts this sentence.", "No full stop ends this"]
)
def test_alt_text_must_be_a_sentence(figure, alt):
    with pytest.raises(ValueError, match="alt must be a sentence"):
        show(figure, alt=alt)
    plt.close(figure)


def test_long_title_and_label_are_not_cut(figure):
    long = "and what is the longest question that can be asked of a figure as narrow as this one?"
    figure.axes[0].set(title=long, xlabel=long)
    for image in images(show(figure, alt="A blue line rises from zero to one.")):
        opaque = image[..., 3] > 0
        for edge in (opaque[0], opaque[-1], opaque[:, 0], opaque[:, -1]):
            assert not edge.any()


def test_style_is_the_same_after_a_figure_was_shown(figure):
    before = dict(mpl.rcParams)
    show(figure, alt="A blue line rises from zero to one.")
    assert dict(mpl.rcParams) == before
