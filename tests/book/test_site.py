"""The built site: needs nothing from elsewhere, opens anywhere, and everyone can use it."""

import functools
import importlib.util
import re
import shutil
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from site_pages import SITE, is_sentence, loaded, page_names, parsed, problem_with_link
from tools.site import finish as site_finish
from tools.site import inline
from tools.site.stage import PLACES

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "build" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
# The dark page has the same elements as the light one: only what depends on colour is looked at.
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]

pytestmark = [pytest.mark.site, pytest.mark.usefixtures("built_site")]
pages = page_names() or ["index.html"]
every_page = pytest.mark.parametrize("name", pages)


def load(path: Path) -> ModuleType:
    """Import a module that lies outside the package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- what can be told from the files -------------------------------------------------------


@every_page
def test_page_loads_only_files_of_the_site(name):
    assert [address for address in loaded(name) if problem_with_link(name, address)] == []
    assert [address for address in loaded(name) if re.match(r"(https?:)?//", address)] == []


@every_page
def test_links_and_anchors_resolve(name):
    addresses = {link["href"] for link in parsed(name).find_all("a", href=True)} - {"#"}
    assert [why for address in addresses if (why := problem_with_link(name, address))] == []


@every_page
def test_pictures_have_sentences_as_alternative_text(name):
    pictures = parsed(name).select("img:not(.logo__image)")
    texts = [picture.get("alt", "") for picture in pictures]
    assert [text for text in texts if not is_sentence(text)] == []


@every_page
def test_page_has_one_title_and_no_script_twice(name):
    page = parsed(name)
    assert len(page.select("main h1")) - len(page.select(".onlyprint h1")) == 1
    scripts = [str(script) for script in page.find_all("script")]
    assert len(scripts) == len(set(scripts))


def test_styles_load_only_files_of_the_site():
    for sheet in SITE.rglob("*.css"):
        for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", sheet.read_text(encoding="utf-8")):
            if not address.startswith(("data:", "#")):
                path = address.split("?")[0].split("#")[0]
                assert (sheet.parent / path).is_file(), f"{sheet.name} asks for {address}"


def test_each_notebook_is_offered_without_outputs_beside_its_source():
    sources = sorted((ROOT / "notebooks").glob("*.py"))
    assert sources
    for source in sources:
        page = f"{PLACES.get(source.stem, f'chapters/{source.stem}')}.html"
        offered = {Path(link["href"]).name for link in parsed(page).select("a[href*=downloads]")}
        assert offered == {f"{source.stem}.ipynb", f"{source.stem}.py"}
        notebook = nbformat.read(SITE / "downloads" / f"{source.stem}.ipynb", as_version=4)
        nbformat.validate(notebook)
        assert all(not cell.get("outputs") for cell in notebook.cells)
        told = any(map(inline.expressions, notebook.cells))
        assert any(cell.source == inline.NOTE for cell in notebook.cells) == told
        assert "{eval}" not in parsed(page).select_one("article").text
        assert bool(parsed(page).select(f".{inline.MARK}")) == told
        assert (SITE / "downloads" / source.name).read_bytes() == source.read_bytes()


def test_sitemap_lists_the_pages():
    root = ET.parse(SITE / "sitemap.xml").getroot()
    listed = [location.text for location in root.findall(".//{*}loc")]
    wanted = [name for name in pages if name not in ("404.html", "search.html")]
    assert len(listed) == len(wanted)
    assert all(url.endswith(name) for url, name in zip(listed, wanted, strict=True))


def test_social_card_is_a_picture_of_the_usual_size():
    header = (SITE / "_static" / "social-card.png").read_bytes()[:24]
    assert header[1:4] == b"PNG"
    size = int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")
    assert size == (1200, 630)


@pytest.fixture
def published(tmp_path) -> Path:
    """A copy of the site as it is where its address is known, below the path `book`."""
    copy = tmp_path / "book"
    shutil.copytree(SITE, copy, ignore=shutil.ignore_patterns("chapters", "api", "slides"))
    site_finish.finish(copy, "https://example.org/book/")
    return copy


def test_sitemap_has_whole_addresses_once_the_site_has_one(published):
    assert "<loc>https://example.org/book/index.html<" in (published / "sitemap.xml").read_text()
    assert "https://example.org/book/sitemap.xml" in (published / "robots.txt").read_text()


def test_launch_buttons_follow_the_address_of_the_repository():
    extension = load(ROOT / "book" / "_ext" / "prerelease_site.py")
    menu = extension.launch_buttons("00_data", "https://github.com/OWNER/NAME", "main")
    binder, colab = (button["url"] for button in menu["buttons"])
    assert binder.endswith("/gh/OWNER/NAME/main?urlpath=lab%2Ftree%2Fnotebooks%2F00_data.py")
    assert colab.endswith("/OWNER/NAME/blob/site/build/site/downloads/00_data.ipynb")


# --- what only a browser can tell ------------------------------------------------------------


@pytest.fixture(scope="module", params=[1440, 390])
def view(request: pytest.FixtureRequest, browser: Browser) -> BrowserContext:
    """A window of one width, which can reach no network."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 900}, reduced_motion="reduce"
    )
    yield context
    context.close()


def open_page(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    """Open a page with the network cut off; return it with a list of what goes wrong."""
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
    page.on(
        "console",
        lambda message: message.type == "error" and problems.append(f"console: {message.text}"),
    )

    def guard(route):
        if route.request.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:")):
            route.continue_()
        else:
            problems.append(f"asks for {route.request.url}")
            route.abort()

    page.route("**/*", guard)
    page.goto(address, wait_until="load")
    return page, problems


def axe_findings(page: Page, theme: str) -> list[str]:
    """Return what axe finds wrong, one line a rule and place."""
    rules = {"type": "tag", "values": RULES}
    if theme == "dark":
        rules = {"type": "rule", "values": RULES_OF_COLOUR}
    run = "rules => axe.run({runOnly: rules, resultTypes: ['violations'], preload: false})"
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in page.evaluate(run, rules)["violations"]
        for node in violation["nodes"]
    ]


def layout_findings(page: Page) -> list[str]:
    """Return whether the page is too wide, and whether each figure is shown exactly once."""
    problems = []
    root = "document.documentElement"
    overflow = page.evaluate(f"() => {root}.scrollWidth - {root}.clientWidth")
    if overflow > 0:
        problems.append(f"is {overflow} pixels too wide")
    # Figures come when they are scrolled to; here all of those that are shown come now.
    shown = "i => getComputedStyle(i).display != 'none'"
    fetch = f"""all => Promise.all(all.filter({shown}).map(i => {{
      i.loading = 'eager';
      return i.decode().catch(() => null);
    }}))"""
    page.eval_on_selector_all(".pr-figure img", fetch)
    shown += " && i.naturalWidth"
    once = f"all => all.every(f => [...f.querySelectorAll('img')].filter({shown}).length == 1)"
    if not page.eval_on_selector_all(".pr-figure", once):
        problems.append("does not show each figure exactly once")
    return problems


@pytest.mark.browser
@every_page
def test_page_opens_from_a_folder_fits_and_is_accessible(view, name):
    page, problems = open_page(view, (SITE / name).as_uri())
    page.add_script_tag(path=str(AXE))
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function("t => document.documentElement.dataset.theme == t", arg=theme)
        found = layout_findings(page) + axe_findings(page, theme)
        problems += [f"{theme}: {problem}" for problem in found]
    page.close()
    assert not problems, "\n".join([name, *problems])


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder as GitHub Pages would: what is missing is answered with a 404.html."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            """Keep the test's output readable."""

        def send_error(self, code, *_):
            body = next(folder.glob("*/404.html")).read_bytes()
            self.send_response(code)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    handler = functools.partial(Handler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{web.server_port}"
        web.shutdown()


@pytest.fixture(scope="module")
def server() -> str:
    """The site below a path of its own on a local web server."""
    with serve(SITE.parent) as root:
        yield f"{root}/site"


@pytest.fixture
def window(browser: Browser) -> BrowserContext:
    """A window of the usual size."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("start", ["server", "folder"])
def test_search_finds_a_word(window, server, start):
    root = server if start == "server" else SITE.as_uri()
    page, problems = open_page(window, f"{root}/search.html?q=calibration")
    page.wait_for_selector("#search-results li a")
    found = page.eval_on_selector_all("#search-results li a", "all => all.map(a => a.href)")
    assert any("glossary" in address for address in found)
    page.wait_for_selector("#search-results li p.context")
    excerpts = page.eval_on_selector_all(
        "#search-results p.context", "all => all.map(p => p.textContent)"
    )
    assert any("calibration" in text.lower() for text in excerpts)
    assert problems == []


@pytest.mark.browser
def test_search_dialog_opens_by_keyboard_and_leads_to_results(window, server):
    page, problems = open_page(window, f"{server}/glossary.html")
    page.keyboard.press("Control+k")
    page.locator("#pst-search-dialog input").fill("prevalence")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    assert "/site/search.html?q=prevalence" in page.url
    assert problems == []


@pytest.mark.browser
@pytest.mark.parametrize("suffix", [".ipynb", ".py"])
def test_download_menu_hands_over_the_file(window, server, suffix):
    page, _ = open_page(window, f"{server}/index.html")
    page.locator(".dropdown-download-buttons > button").click()
    with page.expect_download() as download:
        page.locator(f".dropdown-download-buttons a[href$='{suffix}']").click()
    expected = (SITE / "downloads" / f"index{suffix}").read_bytes()
    assert Path(download.value.path()).read_bytes() == expected


@pytest.mark.browser
def test_theme_button_goes_through_light_and_dark(window, server):
    page, _ = open_page(window, f"{server}/index.html")
    seen = set()
    for _click in range(3):
        page.locator(".theme-switch-button:visible").first.click()
        seen.add(page.evaluate("() => document.documentElement.dataset.theme"))
    assert seen == {"light", "dark"}


@pytest.mark.browser
def test_missing_page_at_any_depth_leads_back_to_the_book(window, published):
    with serve(published.parent) as root:
        page, problems = open_page(window, f"{root}/book/no/such/page.html")
        assert page.locator("article h1").inner_text().startswith("This page does not exist")
        page.get_by_role("link", name="the first page").click()
        assert page.url == f"{root}/book/index.html"
        assert [problem for problem in problems if "404" not in problem] == []
