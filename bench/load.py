"""Requests as fast as answers come, by wrk."""

import re
import subprocess


def write_script(script, paths, request):
    """A script of wrk's that takes the paths in turn; `request` is Lua, with the path as paths[n]."""
    listed = ",".join(f'"{path}"' for path in paths)
    script.write_text(f"local paths = {{{listed}}}\nlocal n = 0\nrequest = function()\n  n = n % #paths + 1\n"
                      f"  return wrk.format({request})\nend\n")


def load(server, home, paths, seconds=10, token=None):
    """Asks for the paths in turn as fast as answers come; returns requests per second and per CPU second."""
    script = home / "paths.lua"
    write_script(script, paths, f"'GET', paths[n], {{['X-Auth-Token'] = '{token}'}}" if token else "'GET', paths[n]")
    before = server.cpu_seconds()
    output = subprocess.run(["wrk", "-t1", "-c8", f"-d{seconds}s", "-s", script, server.url("")], capture_output=True,
                            text=True, check=True).stdout
    used = server.cpu_seconds() - before
    # uwsgi closes each connection after its answer, which wrk counts as an error of reading.
    assert "Non-2xx" not in output and not re.search(r"(connect|write|timeout) [1-9]", output), output
    done = int(re.search(r"(\d+) requests in", output)[1])
    return done / seconds, done / used
