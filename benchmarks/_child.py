"""Run one way once, and say what it took: the child of `_timing.measure`.

It needs the standard library alone, as it also runs in the environments of other tools.
Arguments: a JSON object of program texts (setup, call, after), then what the program finds in
`sys.argv`. The clock runs over `call` only; memory is the peak of the process until its end.
"""

import json
import sys
import time


def peak_mib() -> float:
    """Return the peak of this process's memory so far, in MiB."""
    try:
        with open("/proc/self/status", encoding="utf-8") as status:  # noqa: PTH123
            return int(status.read().split("VmHWM:")[1].split()[0]) / 1024
    except OSError:
        import resource  # noqa: PLC0415 - not on Linux: macOS counts bytes

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    program = {part: compile(text, part, "exec") for part, text in json.loads(sys.argv[1]).items()}
    del sys.argv[1]
    names = {"__name__": "__main__"}
    exec(program["setup"], names)
    start = time.perf_counter()
    exec(program["call"], names)
    seconds = time.perf_counter() - start
    result = {"seconds": seconds, "peak_mib": peak_mib()}
    exec(program["after"], names)
    print("RESULT" + json.dumps(result | names.get("found", {})))
