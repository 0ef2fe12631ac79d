"""One sentence where a tool is missing, or does not answer as the one that an adapter knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version


class ToolError(ImportError):
    """A tool is missing, or is another version than the one that its adapter was written for."""


@contextmanager
def contract(tool: str, known: str) -> Iterator[None]:
    """Say in one sentence if a tool is missing or has changed, for the length of a with statement.

    What goes wrong with the known version itself is told as it is.

    Parameters
    ----------
    tool : str
        The name under which it is installed.
    known : str
        The version that the adapter was written for.

    Raises
    ------
    ToolError
        If another version, or none, is installed, and something that it should have is not there.

    Examples
    --------
    >>> with contract("no-such-tool", "1.0"):
    ...     import no_such_tool
    Traceback (most recent call last):
    casebook.adapters._contract.ToolError: no-such-tool is not installed: pip install \
no-such-tool==1.0.
    """
    try:
        yield
    except (ImportError, AttributeError, TypeError, KeyError) as error:
        try:
            found = version(tool)
        except PackageNotFoundError:
            msg = f"{tool} is not installed: pip install {tool}=={known}."
            raise ToolError(msg) from error
        if found == known:
            raise
        msg = (
            f"{tool} {found} is installed, and this adapter knows {known}, which had what is "
            f"missing now ({type(error).__name__}: {error}): pip install {tool}=={known}."
        )
        raise ToolError(msg) from error
