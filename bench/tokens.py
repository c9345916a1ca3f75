"""The section `identity`: what it costs to know who is calling, while Keystone has said so before."""

import re
import shutil
import statistics
import subprocess

from contestants import Vitrine, running
from lists import generate, sample
from report import print_table, say
from support.fake_keystone import FakeKeystone

IMAGES = 1000


def ask_for(server, home, paths, token, seconds):
    """Asks for the paths in turn as fast as answers come; returns the requests that a CPU second answers."""
    script = home / "tokens.lua"
    listed = ",".join(f'"{path}"' for path in paths)
    headers = f"{{['X-Auth-Token'] = '{token}'}}" if token else "nil"
    script.write_text(f"local paths = {{{listed}}}\nlocal n = 0\nrequest = function()\n  n = n % #paths + 1\n"
                      f"  return wrk.format('GET', paths[n], {headers})\nend\n")
    before = server.cpu_seconds()
    output = subprocess.run(["wrk", "-t1", "-c8", f"-d{seconds}s", "-s", script, server.url("")], capture_output=True,
                            text=True, check=True).stdout
    used = server.cpu_seconds() - before
    assert "Non-2xx" not in output, output
    return int(re.search(r"(\d+) requests in", output)[1]) / used


def identity(options, home):
    """Both servers run at once and are asked in turns, an administrator's token by the one that wants tokens."""
    with FakeKeystone() as keystone:
        token = keystone.give("ann", "admin", "member", "reader")
        open_to_all = Vitrine(home / "open").sync()
        guarded = Vitrine(home / "guarded", {"paste_deploy": {"flavor": "keystone"},
                                             "keystone_authtoken": keystone.authtoken()})
        generate(open_to_all.database, IMAGES)
        shutil.copy(open_to_all.database, guarded.database)
        with running(open_to_all, guarded):
            kinds = {"show": [f"/v2/images/{image_id}" for image_id in sample(open_to_all, "id")],
                     "list of 25": ["/v2/images"]}
            rows = []
            for kind, paths in kinds.items():
                rates = {open_to_all: [], guarded: []}
                for number in range(options.rounds + 1):
                    for server in rates:
                        rate = ask_for(server, home, paths, token if server is guarded else None, options.seconds)
                        say(f"{kind}, {server.home.name}, round {number}: {rate:.0f} per CPU second")
                        if number > 0:
                            rates[server].append(rate)
                without, with_tokens = (statistics.median(rates[server]) for server in (open_to_all, guarded))
                rows.append((kind, f"{without:.0f}", f"{with_tokens:.0f}", f"{with_tokens / without:.2f}"))
        validations = len(keystone.validations)
    print_table("Requests per CPU second with a token that Keystone has validated before, 8 connections",
                ["", "without identity", "with a token", "×"], rows)
    print(f"\nKeystone was asked {validations} times about the token.")
