"""The section `identity`: what it costs to know who is calling, while Keystone has said so before."""

import shutil
import statistics

from contestants import Vitrine, running
from lists import generate, sample
from load import load
from report import print_table, say
from support.fake_keystone import FakeKeystone

IMAGES = 1000


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
                        _, rate = load(server, home, paths, options.seconds, token if server is guarded else None)
                        say(f"{kind}, {server.home.name}, round {number}: {rate:.0f} per CPU second")
                        if number > 0:
                            rates[server].append(rate)
                without, with_tokens = (statistics.median(rates[server]) for server in (open_to_all, guarded))
                rows.append((kind, f"{without:.0f}", f"{with_tokens:.0f}", f"{with_tokens / without:.2f}"))
        validations = len(keystone.validations)
    print_table("Requests per CPU second with a token that Keystone has validated before, 8 connections",
                ["", "without identity", "with a token", "×"], rows)
    print(f"\nKeystone was asked {validations} times about the token.")
