"""What the figures were measured on."""

import os
import platform
import re
import subprocess
from pathlib import Path

import psutil

from deploy.local import kafka, mongo


def facts() -> dict[str, object]:
    """Return the hardware, and the versions of what runs on it."""
    jar = next(iter(kafka.JARS.glob("kafka_*.jar")), Path("unknown"))
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "kafka": jar.stem.rpartition("-")[2],
        "mongod": _said([mongo.binary(), "--version"], r"db version v(\S+)"),
        "java": _said([kafka.java(), "-version"], r'version "([^"]+)"'),
    }


def _processor() -> str:
    try:
        names = re.findall(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def _said(argv: list[str], pattern: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    found = re.search(pattern, done.stdout + done.stderr)
    return found[1] if found else "unknown"
