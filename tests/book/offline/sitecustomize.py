"""Put on the path of a process to take its network away: only this machine can be reached."""

import socket

_connect = socket.socket.connect
_getaddrinfo = socket.getaddrinfo
LOCAL = {"127.0.0.1", "::1", "localhost", "", None}


def connect(self, address):
    """Connect to this machine, or fail as an unplugged network does."""
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOCAL:
        msg = f"The network is off in this test, and {address[0]} was asked for."
        raise OSError(msg)
    return _connect(self, address)


def getaddrinfo(host, *args, **kwargs):
    """Look this machine up, or fail as an unplugged network does."""
    if host not in LOCAL:
        msg = f"The network is off in this test, and {host} was looked up."
        raise socket.gaierror(msg)
    return _getaddrinfo(host, *args, **kwargs)


socket.socket.connect = connect
socket.getaddrinfo = getaddrinfo
