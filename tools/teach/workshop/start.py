"""Open the attendee's notebooks in JupyterLab, in quick mode, on the payments in this folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = HERE / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
# JupyterLab would ask whether it may fetch news.
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}


def main() -> None:
    """Start JupyterLab in this folder, with its settings and caches in this folder too."""
    if not PYTHON.exists():
        sys.exit("Nothing is installed yet: run install.py first.")
    places = {
        "PRERELEASE_MODE": "quick",
        "PRERELEASE_DATA_DIR": str(HERE / "data"),
        "PRERELEASE_LEDGER": str(HERE / "work" / "ledger.jsonl"),
        "PRERELEASE_EVIDENCE": str(HERE / "work" / "evidence"),
        "PRERELEASE_STUDIES": str(HERE / "work" / "studies"),
        "JUPYTER_CONFIG_DIR": str(HERE / "work" / "jupyter"),
        "IPYTHONDIR": str(HERE / "work" / "ipython"),
        "MPLCONFIGDIR": str(HERE / "work" / "matplotlib"),
    }
    settings = HERE / "work" / "jupyter" / "labconfig"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "default_setting_overrides.json").write_text(json.dumps(QUIET), encoding="utf-8")
    command = [str(PYTHON), "-m", "jupyter", "lab", "--LabApp.default_url=/lab/tree/attendee"]
    try:
        subprocess.run([*command, *sys.argv[1:]], cwd=HERE, env=os.environ | places, check=False)
    except KeyboardInterrupt:
        print("Closed.")


if __name__ == "__main__":
    main()
