"""Debian's glance_store as a peer on a store's data."""

import json
import os
import pathlib

from support import python_program


def glance_store(store_type, action, options, *arguments):
    """Has glance_store do something on a store with such options; returns what it prints."""
    options = {name: str(value) if isinstance(value, pathlib.Path) else value for name, value in options.items()}
    result = python_program.run("support.glance_store_peer", [store_type, action, json.dumps(options), *arguments],
                                dict(os.environ))
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()
