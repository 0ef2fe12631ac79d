"""The one switch between a full run and a quick one, of the same rows: ``PRERELEASE_MODE``."""

import os
from typing import Literal

VARIABLE = "PRERELEASE_MODE"
FOR_THE_SITE = "PRERELEASE_SITE"
"""Set while the site is built: interactive figures are then drawn by the site's own script."""
Mode = Literal["full", "quick"]


def current() -> Mode:
    """Return the mode this process runs in.

    Returns
    -------
    {"full", "quick"}
        ``"full"`` unless the environment variable ``PRERELEASE_MODE`` says otherwise.

    Raises
    ------
    ValueError
        If the variable is set to anything but ``full`` or ``quick``.

    Examples
    --------
    >>> import os
    >>> os.environ["PRERELEASE_MODE"] = "quick"
    >>> current()
    'quick'
    """
    value = os.environ.get(VARIABLE, "").strip().lower() or "full"
    if value not in ("full", "quick"):
        msg = f"{VARIABLE} must be 'full' or 'quick', got {value!r}."
        raise ValueError(msg)
    return value


def is_quick() -> bool:
    """Tell whether this process makes less effort: fewer resamples, trials, streams and seeds.

    Returns
    -------
    bool
        True in quick mode.

    Examples
    --------
    >>> import os
    >>> os.environ["PRERELEASE_MODE"] = "full"
    >>> is_quick()
    False
    """
    return current() == "quick"


def banner() -> str:
    """Return the sentence with which each page says what its outputs were made from.

    Returns
    -------
    str
        Markdown, one paragraph.

    Examples
    --------
    >>> import os
    >>> os.environ["PRERELEASE_MODE"] = "quick"
    >>> banner().split('.')[0]
    '**Quick mode'
    """
    if os.environ.get("PRERELEASE_DATA", "").strip() == "sample":
        rows = "the packaged sample of payments (how things work, not what they are worth)"
    else:
        rows = "all 284,807 payments"
    if is_quick():
        return (
            f"**Quick mode.** This page was computed from {rows}, with less effort than the "
            "book: fewer resamples, trials, streams and seeds. So its intervals are rougher, and "
            "what is a mean over these may move within them. What is counted, and what one model "
            "scores, is as in the book. Unset `PRERELEASE_MODE` to compute it as the book does."
        )
    return f"**Full mode.** This page was computed from {rows}."
