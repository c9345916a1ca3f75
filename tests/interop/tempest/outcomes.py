"""Runs tempest's tests of the image API in a process of its own, and prints what became of each as a line of JSON.

    outcomes.py [PART]…      only tests whose name has one of these parts

The environment names tempest's configuration as tempest wants it: TEMPEST_CONFIG_DIR.
"""

import json
import logging
import pathlib
import re
import sys
import unittest

import tempest

ROOT = pathlib.Path(tempest.__file__).resolve().parents[1]
ATTRIBUTES = re.compile(r"\[.*\]$")
OF_CLASS = re.compile(r"(setUp|tearDown)Class \((.*)\)")


class Printer(unittest.TestResult):
    """Says "passed", "failed" or "skipped" and why; what befalls a whole class is said of the class."""

    def _say(self, test, outcome, detail=""):
        name = ATTRIBUTES.sub("", OF_CLASS.sub(r"\2", test.id())).removeprefix("tempest.api.image.")
        print(json.dumps({"test": name, "outcome": outcome, "detail": detail}), flush=True)

    # pylint: disable=invalid-name
    def addSuccess(self, test, details=None):
        self._say(test, "passed")

    def addError(self, test, err=None, details=None):
        self._say(test, "failed", _text(self, test, err, details))

    addFailure = addError

    def addSkip(self, test, reason=None, details=None):
        self._say(test, "skipped", reason or _text(self, test, None, details))

    def addExpectedFailure(self, test, err=None, details=None):
        self._say(test, "failed", _text(self, test, err, details))

    def addUnexpectedSuccess(self, test, details=None):
        self._say(test, "failed", "expected to fail by tempest itself")


def _text(result, test, error, details):
    if error:
        return result._exc_info_to_string(error, test)  # pylint: disable=protected-access
    return "\n".join(content.as_text() for name, content in (details or {}).items() if name in ("traceback", "reason"))


def _tests(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _tests(test)
        else:
            yield test


def main():
    logging.disable(logging.CRITICAL)
    found = unittest.TestLoader().discover(str(ROOT / "tempest/api/image"), top_level_dir=str(ROOT))
    parts = sys.argv[1:]
    chosen = [test for test in _tests(found) if not parts or any(part in test.id() for part in parts)]
    unittest.TestSuite(chosen).run(Printer())


if __name__ == "__main__":
    main()
