"""What a page loads before it shows: one stylesheet, figures as files, scripts that wait."""

import base64

import pytest
from bs4 import BeautifulSoup

from tools.site import assets, lighten
from tools.site.steps import BuildError

PICTURES = [base64.b64encode(words).decode() for words in (b"light", b"dark", b"light")]
PAGE = """<html data-theme="auto"><head><link href="../_static/one.css?v=1" rel="stylesheet"/>
<link href="../_static/deep/two.css" rel="stylesheet"/>
<script src="../_static/documentation_options.js?v=2"></script><script>OPTIONS.a = 1;</script>
<script src="../_static/first.js"></script></head>
<body><article class="used">é{figures}</article></body></html>""".replace(
    "{figures}", "".join(f'<img src="data:image/webp;base64,{one}"/>' for one in PICTURES)
)


@pytest.fixture
def site(tmp_path):
    for name, text in {
        "_static/one.css": '@charset "UTF-8"; @import "deep/base.css"; .used { color: red; }',
        "_static/deep/base.css": "article { cursor: url(b.png) } .idle { color: blue; } "
        "html[data-theme=dark] { color: grey; }",
        "_static/deep/two.css": "article { background: url(../pictures/a.svg) }",
        "_static/documentation_options.js": "const OPTIONS = {};",
        "_static/state.js": "root.dataset.theme = 'dark'",
        "pages/page.html": PAGE,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    fonts = tmp_path / "_static" / "fonts"
    fonts.mkdir()
    assets.fetch()
    for name in lighten.IN_TEXT:
        family = name.partition("-latin")[0]
        file = assets.MODULES / "@fontsource-variable" / family / "files" / name
        (fonts / name).write_bytes(file.read_bytes())
        face = f'@font-face {{ font-family: x; src: url("fonts/{name}") }} p {{ font-family: x }}'
        with (tmp_path / "_static" / "one.css").open("a", encoding="utf-8") as sheet:
            sheet.write(face)
    return tmp_path


def bundled(site):
    lighten.bundle(site, lighten.sheets_of(site, ["pages/page.html"]))
    return (site / lighten.STYLES).read_text(encoding="utf-8")


def test_rules_that_a_page_or_a_script_needs_stay_and_others_go(site):
    text = bundled(site)
    assert ".used" in text
    assert "data-theme" in text
    assert ".idle" not in text


def test_addresses_still_lead_to_where_they_led(site):
    text = bundled(site)
    assert 'url("pictures/a.svg")' in text
    assert 'url("deep/b.png")' in text, "of what is imported, from where that lies"


def test_typefaces_of_the_text_come_along_smaller_than_their_files(site):
    text = bundled(site)
    assert 'url("fonts/' not in text
    whole = sum((site / "_static" / "fonts" / name).stat().st_size for name in lighten.IN_TEXT)
    assert len(text) < whole


def test_stylesheets_that_went_into_the_one_are_deleted(site):
    bundled(site)
    assert not (site / "_static" / "deep" / "two.css").exists()


def test_missing_stylesheet_stops_the_build(site):
    (site / "_static" / "deep" / "two.css").unlink()
    with pytest.raises(BuildError, match=r"_static/deep/two\.css, which is missing"):
        bundled(site)


def test_pages_of_different_styles_stop_the_build(site):
    other = PAGE.replace("one.css", "three.css")
    (site / "pages" / "other.html").write_text(other, encoding="utf-8")
    with pytest.raises(BuildError, match=r"pages/page\.html and pages/other\.html"):
        lighten.sheets_of(site, ["pages/page.html", "pages/other.html"])


def test_without_node_the_build_says_what_to_install(site, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BuildError, match=r"install Node\.js"):
        bundled(site)


def test_scripts_wait_in_their_order_and_settings_come_first(site):
    page = BeautifulSoup(PAGE, "html.parser")
    lighten.let_scripts_wait(page, site)
    settings, more, first = page.head.select("script")
    assert settings.string == "const OPTIONS = {};"
    assert more.string == "OPTIONS.a = 1;"
    assert first.has_attr("defer")


def test_figures_become_files_named_by_what_they_hold(site):
    page = BeautifulSoup(PAGE, "html.parser")
    lighten.take_out_figures(page, site, root="../")
    images = page.select("img")
    assert images[0]["src"] == images[2]["src"] != images[1]["src"]
    assert [image.has_attr("loading") for image in images] == [False, True, True]
    held = [(site / "pages" / image["src"]).resolve().read_bytes() for image in images]
    assert held == [b"light", b"dark", b"light"]


def test_page_takes_one_stylesheet():
    page = BeautifulSoup(PAGE, "html.parser")
    lighten.one_stylesheet(page, root="../")
    assert [link["href"] for link in page.select("link")] == ["../_static/styles.css"]
