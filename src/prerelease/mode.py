"""The one switch between the full data and a quick run: ``PRERELEASE_MODE``."""

import os
from typing import Literal

VARIABLE = "PRERELEASE_MODE"
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
    """Tell whether this process runs on the packaged sample, with smaller searches.

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
    if is_quick():
        return (
            "**Quick mode.** Every number on this page comes from the packaged sample: "
            "real payments, all the frauds, but only a share of the honest payments. "
            "It shows how things work, not what they are worth. "
            "Unset `PRERELEASE_MODE` to run on all 284,807 payments."
        )
    return "**Full mode.** This page was computed from the full data, 284,807 payments."
