"""`python -m casebook.rehearsal`: the rehearsal, and each of its parts as a process."""

import json
import sys

from casebook.rehearsal import _client


def main(part: str = "run", *given: str) -> None:
    """Be one of the parts, or run them all."""
    if part == "service":
        from casebook.rehearsal._service import serve  # noqa: PLC0415 - others need no server

        store, port, log, *slow = given
        serve(store, int(port), log, slow=float(*slow or ["0"]))
    elif part == "client":
        port, stream, journal, first = given
        _client.obey(_client.Client(int(port), stream, journal, int(first)).go)
    elif part == "labeller":
        _client.obey(_client.Labeller(int(given[0]), given[1]).go)
    elif part == "watcher":
        from casebook.rehearsal._watch import Watcher  # noqa: PLC0415

        watcher = Watcher(given[0], json.loads(given[1]))
        _client.obey(lambda what, of: getattr(watcher, what)(of))
    elif part == "calm":
        from casebook.rehearsal import _calm, _run  # noqa: PLC0415

        _calm.settle(_run.pool())
    elif part == "run":
        from casebook.rehearsal import _run  # noqa: PLC0415

        raise SystemExit(_run.run(*given))
    else:
        msg = f"There is no part {part!r}: run, calm, service, client, labeller or watcher."
        raise SystemExit(msg)


if __name__ == "__main__":
    main(*sys.argv[1:])
