"""Lay out what is printed: stub."""


def pages(guides):
    return {}
