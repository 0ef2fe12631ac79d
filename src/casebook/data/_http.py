"""Downloading over HTTP: bounded in time and size, resumed where the server can."""

import http.client
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from ._errors import SourceError, TransientError
from ._progress import bar
from ._retry import FIRST_WAIT, retry

_CHUNK = 1 << 18
_PASSING = {408, 425, 429}  # these and all from 500 on may pass; other answers will not


@dataclass
class Download:
    """One download, over as many connections as it takes.

    Parameters
    ----------
    url : str
        Where from.
    part : pathlib.Path
        Where to; what an earlier connection brought is kept and continued.
    n_bytes : int
        The size of the file: more is refused, less is asked for again.
    timeout : float
        Seconds to wait for the connection, and for each answer on it.
    seconds : float
        Seconds for the whole download.
    """

    url: str
    part: Path
    n_bytes: int
    timeout: float = 10.0
    seconds: float = 900.0
    _deadline: float = field(init=False, default=0.0)

    def run(self, *, wait: float = FIRST_WAIT) -> None:
        """Download the file.

        Parameters
        ----------
        wait : float
            Seconds before the second connection; each further wait is three times as long.

        Raises
        ------
        SourceError
            If the server says no, sends something of another size, or cannot be reached.
        """
        self._deadline = time.monotonic() + self.seconds
        with bar(self.n_bytes) as progress:
            retry(lambda: self._connect(progress), wait=wait)

    def _connect(self, progress: tqdm) -> None:
        """Ask for what is missing over one connection, and write it."""
        have = 0
        with suppress(FileNotFoundError):
            have = self.part.stat().st_size
        request = urllib.request.Request(self.url, headers={"User-Agent": "prerelease"})
        if have:
            request.add_header("Range", f"bytes={have}-")
        try:
            response = urllib.request.build_opener().open(request, timeout=self.timeout)
        except urllib.error.HTTPError as error:
            error.close()
            kind = TransientError if error.code in _PASSING or error.code >= 500 else SourceError
            msg = f"{self.url} answers {error.code} {error.reason}."
            raise kind(msg) from error
        except (OSError, http.client.HTTPException) as error:
            msg = f"{self.url} cannot be reached ({getattr(error, 'reason', error)})."
            raise TransientError(msg) from error
        with response:
            resumed = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            with self.part.open("ab" if have and resumed else "wb") as target:
                progress.update(target.tell() - progress.n)
                while chunk := self._read(response):
                    target.write(chunk)
                    progress.update(len(chunk))
                    if target.tell() > self.n_bytes:
                        msg = f"{self.url} sends more than {self.n_bytes:,} bytes: another file."
                        raise SourceError(msg)
                got = target.tell()
            promised = response.headers.get("Content-Length")
        if got < self.n_bytes:
            msg = f"{self.url} sent {got:,} bytes of {self.n_bytes:,}."
            whole = not resumed and promised is not None and int(promised) == got
            raise (SourceError if whole else TransientError)(msg)

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        """Return the next bytes of an answer."""
        if time.monotonic() > self._deadline:
            msg = f"{self.url} took more than {self.seconds:.0f} s."
            raise SourceError(msg)
        try:
            return response.read1(_CHUNK)
        except (OSError, http.client.HTTPException) as error:
            msg = f"{self.url} broke off ({error})."
            raise TransientError(msg) from error
