"""What the service and the client survive: real processes, real signals, a real full disk."""

import http.client
import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from casebook.rehearsal._client import Client
from casebook.rehearsal._live import Part
from casebook.rehearsal._store import Store
from prerelease import serving
from rehearsal_shop import N, Shop, made

pytest.importorskip("fastapi")
if sys.platform == "win32":
    pytest.skip("signals of POSIX", allow_module_level=True)
MATRIX = []
"""What was tried and what came of it, shown at the end."""


@pytest.fixture(scope="module")
def artefact(tmp_path_factory):
    return made(tmp_path_factory.mktemp("artefact"))


@pytest.fixture(scope="module", autouse=True)
def table(request):
    """Print the matrix when all is done."""
    yield
    if MATRIX:
        shown = request.config.get_terminal_writer()
        shown.line()
        for row in MATRIX:
            shown.line(" | ".join(row))


@pytest.fixture
def shop(tmp_path, artefact):
    shop = Shop(tmp_path, artefact)
    yield shop
    if shop.service.process.poll() is None:
        shop.service.close()


def wait_for(condition, seconds=30):
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it does not come"
        time.sleep(0.01)


def acknowledged(shop):
    journal = shop.folder / "journal"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


@pytest.mark.parametrize("part", ["service", "client"])
def test_a_part_killed_at_any_moment_loses_and_doubles_nothing(shop, part):
    client = shop.client()
    killed = []

    def kill_at_three_moments():
        for share in (0.1, 0.4, 0.8):
            wait_for(lambda share=share: acknowledged(shop) >= share * N)
            (shop.service if part == "service" else client).kill()
            killed.append(acknowledged(shop))

    killer = threading.Thread(target=kill_at_three_moments)
    killer.start()
    again = client.ask(float(N), "")
    killer.join()
    starts = (shop.service if part == "service" else client).starts
    client.close()
    assert starts == 4
    found = shop.check()
    MATRIX.append((f"kill -9 of the {part}", f"after {killed} of {N}", f"{found} decided once", ""))
    assert again >= (1 if part == "service" else 0)


def test_a_labeller_killed_at_any_moment_gives_each_label_once(shop):
    client = shop.client()
    client.ask(float(N), "")
    client.close()
    labeller = Part(
        ["labeller", str(shop.service.port), str(shop.folder / "truth.npy")],
        shop.folder / "labeller.err",
    )
    labeller.ask(0.0, N / 2)
    labeller.process.stdin.write(json.dumps([0.0, float(N)]) + "\n")
    labeller.process.stdin.flush()
    labeller.kill()
    labeller.ask(0.0, float(N))
    labeller.close()
    shop.check()
    found = Store(shop.store).rows(
        "SELECT id, label, block FROM decisions LEFT JOIN labels USING (id) ORDER BY id"
    )
    for one, label, block in found:
        assert label == (None if block else int(one % 7 == 0))
    MATRIX.append(("kill -9 of the labeller", f"{N} payments", "accepted ones labelled once", ""))


def test_a_full_disk_decides_nothing_that_it_cannot_keep(tmp_path, artefact):
    """The disk is a limit of the kernel on the size of the file: writing beyond it fails."""
    shop = Shop(tmp_path, artefact)
    shop.service.close()
    limit = Path(shop.store).stat().st_size + 300_000
    port = shop.service.port
    words = ["service", shop.store, str(port), str(tmp_path / "service.log")]

    under = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0})); "
    under += (
        "sys.argv[0] = 'rehearsal'; runpy.run_module('casebook.rehearsal', run_name='__main__')"
    )
    command = [sys.executable, "-c", under.format(limit), *words]
    service = subprocess.Popen(command, stdin=subprocess.PIPE)
    client = Part(
        ["client", str(port), str(tmp_path / "stream.parquet"), str(tmp_path / "journal"), "0"],
        tmp_path / "client.err",
    )
    client.process.stdin.write(json.dumps([float(N), ""]) + "\n")
    client.process.stdin.flush()
    assert service.wait(60) == 1  # it ends rather than to answer what it could not keep
    before = acknowledged(shop)
    assert 0 < before < N
    shop.service._closing.clear()
    shop.service.start()  # the disk has room again
    assert json.loads(client.process.stdout.readline()) >= 1
    client.close()
    said = [line for line in shop.log().splitlines() if "database failed" in line]
    assert said
    found = shop.check()
    MATRIX.append(("full disk", f"after {before} of {N}", f"{found} decided once", said[0][24:90]))


def test_a_slow_database_delays_answers_and_changes_none(tmp_path, artefact):
    shop = Shop(tmp_path, artefact)
    shop.service._words.append("0.3")  # seconds that each commit takes longer
    shop.service.kill()
    client = shop.client()
    began = time.monotonic()
    client.ask(640.0, "")
    assert time.monotonic() - began >= 10 * 0.3
    client.close()
    found = shop.check(640)
    MATRIX.append(("slow database", "0.3 s a commit", f"{found} decided once", ""))


def test_what_the_contract_does_not_know_is_refused_with_its_reason_in_the_log(shop):
    client = Client(shop.service.port, shop.folder / "stream.parquet", shop.folder / "journal", 0)
    good = client._payment(0, "")
    inputs = good["inputs"]
    bad = {
        "missing column": good | {"inputs": {k: v for k, v in inputs.items() if k != "V3"}},
        "foreign column": good | {"inputs": inputs | {"V29": 0.0}},
        "no number": good | {"inputs": inputs | {"V3": "0.1"}},
        "no value": good | {"inputs": inputs | {"V3": None}},
        "foreign field": good | {"shop": "x"},
        "negative id": good | {"id": -1},
        "true for a number": good | {"inputs": inputs | {"V3": True}},
    }
    for name, payment in bad.items():
        with pytest.raises(ValueError, match=r"\w") as refused:
            shop.line.ask("/decisions", [payment])
        assert str(refused.value) in shop.log()
        MATRIX.append((name, "one payment", "refused", str(refused.value)[:60]))
    for text in ("NaN", "Infinity", "1e999"):
        body = json.dumps([good]).replace(json.dumps(inputs["V3"]), text, 1)
        connection = http.client.HTTPConnection("127.0.0.1", shop.service.port)
        connection.request("POST", "/decisions", body, {"Content-Type": "application/json"})
        assert connection.getresponse().status == 422, text
    [[score, block, number]] = shop.line.ask("/decisions", [good])
    assert (score, block, number) == (shop.scores[0], score >= shop.wanted["threshold"], 1)
    with pytest.raises(ValueError, match="another one before"):
        shop.line.ask("/decisions", [good | {"inputs": inputs | {"V1": 0.5}}])
    shop.service.close()
    assert Store(shop.store).rows("SELECT count(*) FROM decisions") == [(1,)]


def test_a_wrong_artefact_is_not_served(shop, artefact, tmp_path):
    where = artefact[0]
    with pytest.raises(ValueError, match="was released"):
        shop.line.ask("/releases", shop.wanted | {"number": 2, "digest": "1" * 64})
    turned = tmp_path / "turned"
    shutil.copytree(where, turned)
    content = (turned / serving.MODEL).read_bytes()
    (turned / serving.MODEL).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ValueError, match="its manifest says"):
        shop.line.ask("/releases", shop.wanted | {"number": 2, "folder": str(turned)})
    client = shop.client()
    client.ask(64.0, "")  # what was served before still is
    client.close()
    shop.check(64)
    MATRIX.append(("wrong artefact", "digest, one bit", "refused, the one before serves", ""))


def test_a_service_whose_artefact_was_changed_does_not_start(tmp_path, artefact):
    folder = tmp_path / "artefact"
    shutil.copytree(artefact[0], folder)
    shop = Shop(tmp_path, (folder, *artefact[1:]))
    shop.service.close()
    (folder / serving.MANIFEST).write_text("{}")
    words = ["service", shop.store, "1", str(tmp_path / "service.log")]
    command = [sys.executable, "-m", "casebook.rehearsal", *words]
    assert subprocess.run(command, input=b"", check=False).returncode == 1
    assert "does not start" in shop.log()
    assert "was released" in shop.log()
    MATRIX.append(("artefact changed on disk", "at the start", "does not start", ""))


def test_it_listens_on_loopback_only(shop):
    with socket.socket(type=socket.SOCK_DGRAM) as route:  # nothing is sent
        try:
            route.connect(("192.0.2.1", 9))
            address = route.getsockname()[0]
        except OSError:
            pytest.skip("this machine has no address but loopback")
    with socket.socket() as elsewhere:
        assert elsewhere.connect_ex((address, shop.service.port)) != 0


def test_no_part_outlives_who_started_it(tmp_path, artefact):
    program = (
        "import sys, os; sys.path.insert(0, 'src')\n"
        "from pathlib import Path\n"
        "from casebook.rehearsal._live import Service\n"
        "service = Service(Path(sys.argv[1])); print(service.process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, check=False
    )
    pid = int(found.stdout)

    def gone():
        try:
            return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
        except OSError:
            return True

    if not Path("/proc/self").is_dir():
        pytest.skip("no /proc to look at")
    wait_for(gone)
