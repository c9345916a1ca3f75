"""The disk images of tests/support/disk_images.h, good and evil, as files with what is expected of each."""

import json
import pathlib
import subprocess

from support.server import BINARY

MAKER = BINARY.parent / "disk_images"


class Sample:
    """One of them."""

    def __init__(self, directory, row):
        self.name = row["name"]
        self.path = pathlib.Path(directory) / row["file"]
        self.formats = row["formats"].split(",")
        self.virtual_size = row["virtual_size"] or None
        self.failures = [name for name in row["failures"].split(",") if name]
        self.has_fault = row["has_fault"]

    @property
    def data(self):
        return self.path.read_bytes()

    @property
    def is_good(self):
        return len(self.formats) == 1 and not self.failures and not self.has_fault


def make_samples(directory):
    """Writes them into a directory; returns them by name."""
    made = subprocess.run([str(MAKER), str(directory)], capture_output=True, text=True, timeout=60, check=True)
    samples = [Sample(directory, row) for row in json.loads(made.stdout)]
    return {sample.name: sample for sample in samples}
