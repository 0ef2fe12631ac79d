"""The door to make_environment.py, for whatever Python a machine has: too old a one is told so.

This file keeps to what Python 2.7 can read, or that Python would answer with a SyntaxError.
"""

import sys

OLDEST, NEWEST = (3, 11), (3, 14)


def sentence_for(version):
    """Return what is wrong with a version of Python and what mends it, or None."""
    if OLDEST <= version <= NEWEST:
        return None
    return (
        "Python {}.{} is not supported: install a Python from {}.{} to {}.{} and name it, "
        "as in: make book PYTHON=python3.12"
    ).format(*(version + OLDEST + NEWEST))


if __name__ == "__main__":
    if sentence_for(tuple(sys.version_info[:2])):
        sys.exit(sentence_for(tuple(sys.version_info[:2])) + ".")
    import make_environment

    try:
        make_environment.main()
    except KeyboardInterrupt:
        sys.exit("Interrupted: run the same command again and it goes on from here.")
