"""Python programs of others, in processes that have imported them already: to import them takes ten times as long as most
of what they are asked to do."""

import functools
import importlib
import multiprocessing
import multiprocessing.forkserver
import os
import pathlib
import subprocess
import sys
import tempfile
from unittest import mock

# What they would import, the modules that they look up by name included.
IMPORTED = ["boto3", "glance_store._drivers.rbd", "glance_store._drivers.s3", "glance_store._drivers.swift",
            "glance_store._drivers.vmware_datastore", "glance_store.location", "glanceclient.shell",
            "glanceclient.v2.shell", "keystoneauth1.identity", "keystoneauth1.loading", "openstack.connection",
            "openstack.image.v2._proxy", "openstackclient.identity.v3.project", "openstackclient.image.client",
            "openstackclient.image.v2.image", "openstackclient.shell"]
WRITTEN = os.O_WRONLY | os.O_CREAT | os.O_APPEND


class PythonProgram:
    """A run of the module's main(). `streams`: its standard streams, each a path and the flags of open(2)."""

    def __init__(self, module, words, environment, streams):
        words = [module.split(".", maxsplit=1)[0], *map(str, words)]
        self.process = _forks().Process(target=_run, args=(module, words, environment, streams))
        self.process.start()

    def is_running(self):
        return self.process.is_alive()

    def wait(self, timeout):
        """Returns the exit status; a process that takes longer is killed."""
        self.process.join(timeout)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
            raise subprocess.TimeoutExpired(self.process.name, timeout)
        return self.process.exitcode


def run(module, words, environment, stdin=os.devnull, timeout=120):
    """Runs the module's main() to its end, as subprocess.run() would the program."""
    with tempfile.TemporaryDirectory() as directory:
        output, complaints = (pathlib.Path(directory, name) for name in ("stdout", "stderr"))
        program = PythonProgram(module, words, environment,
                                [(stdin, os.O_RDWR), (output, WRITTEN), (complaints, WRITTEN)])
        status = program.wait(timeout)
        return subprocess.CompletedProcess(words, status, output.read_text(), complaints.read_text())


@functools.cache
def _forks():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTED)
    # Some look for the user's configuration while they are imported.
    with mock.patch.dict(os.environ, HOME="/nonexistent"):
        multiprocessing.forkserver.ensure_running()
    return context


def _run(module, words, environment, streams):
    for number, (path, flags) in enumerate(streams):
        opened = os.open(path, flags)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (open(number, mode, encoding="utf-8", closefd=False)
                                         for number, mode in enumerate("rww"))
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = words
    sys.exit(importlib.import_module(module).main())
