"""Debian's glance_store as a peer on a store's data."""

import json
import pathlib
import subprocess

PEER = pathlib.Path(__file__).with_name("glance_store_peer.py")


def glance_store(store_type, action, options, *arguments):
    """Has glance_store do something on a store with such options; returns what it prints."""
    options = {name: str(value) if isinstance(value, pathlib.Path) else value for name, value in options.items()}
    result = subprocess.run(["/usr/bin/python3", PEER, store_type, action, json.dumps(options), *map(str, arguments)],
                            capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()
