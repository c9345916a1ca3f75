"""Every route and everything that can be wrong with a request: the answer is a 4xx, and nothing has changed."""

import contextlib
import json
import re
import sqlite3

import pytest

from bad_input.faults import FAULTS, Bad
from bad_input.routes import ROUTES, routes_of_the_program
from support.server import Server

ADMIN = {"X-Identity-Status": "Confirmed", "X-User-Id": "a", "X-Project-Id": "admins", "X-Roles": "admin,member,reader"}
STRANGER = {"X-User-Id": "s", "X-Project-Id": "strangers", "X-Roles": "member,reader"}
TIME = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}'")
CASES = [pytest.param(route, fault, id=f"{fault.__name__}: {route}") for route in ROUTES for fault, applies in FAULTS
         if applies(route)]


class Victim:
    """A server with an image in every state that a request may meet, and everything it keeps, to be compared."""

    def __init__(self, home, settings=None, caller=None):
        self.server = Server(home, settings).start()
        self.server.session.headers.update(caller or {})
        self.images = {
            "active": self.server.create_with_data(b"active", visibility="public", colour="red", tags=["t"]),
            "queued": self.server.create()["id"],
            "private": self.server.create_with_data(b"private", visibility="private"),
            "shared": self.server.create_with_data(b"shared", visibility="shared"),
            "protected": self.server.create_with_data(b"protected", protected=True),
            "deactivated": self.server.create_with_data(b"deactivated"),
            "deleted": self.server.create_with_data(b"deleted"),
            "missing": "00000000-0000-4000-8000-0123456789ab",
        }
        for method, path, body in (
                ("POST", f"{self.images['shared']}/members", {"member": "project-m"}),
                ("POST", f"{self.images['deactivated']}/actions/deactivate", None),
                ("DELETE", self.images["deleted"], None)):
            assert self.server.request(method, f"/v2/images/{path}", json=body).ok

    def ask(self, route, bad):
        """The status of the answer to the bad request for the route."""
        values = {"image_id": self.images[bad.image or route.image], "tag": "t", "member_id": "project-m",
                  "store_id": "file", "task_id": self.images["missing"]} | bad.values
        body = iter([bad.body]) if "Transfer-Encoding" in bad.headers else bad.body
        headers = {name: value for name, value in bad.headers.items() if name != "Transfer-Encoding"}
        return self.server.request(route.method, route.path.format(**values) + bad.query, data=body,
                                   headers=headers).status_code

    def everything(self, but_times=False):
        """All that it keeps: rows, blobs, and what it remembers of transfers."""
        with contextlib.closing(sqlite3.connect(self.server.database)) as database:
            rows = "\n".join(database.iterdump())
        return TIME.sub("<time>", rows) if but_times else rows, self.server.stored_files(), self.server.journal()


@pytest.fixture(scope="module")
def victim(tmp_path_factory):
    made = Victim(tmp_path_factory.mktemp("victim"))
    yield made
    made.server.stop()


@pytest.fixture(scope="module")
def guarded_victim(tmp_path_factory):
    """One that believes the headers of a guard; its images are the administrator's."""
    made = Victim(tmp_path_factory.mktemp("guarded"), {"paste_deploy": {"flavor": "trusted-auth"}}, ADMIN)
    yield made
    made.server.stop()


@pytest.mark.parametrize("route, fault", CASES)
def test_bad_input_is_refused_and_changes_nothing(victim, route, fault):
    wrong = {}
    for bad in fault(route):
        before = victim.everything(but_times=bad.is_attempt)
        status = victim.ask(route, bad)
        if not 400 <= status < 500:
            wrong[bad.what] = status
        elif victim.everything(but_times=bad.is_attempt) != before:
            wrong[bad.what] = f"{status}, and yet something changed"

    assert not wrong


@pytest.mark.parametrize("route", [route for route in ROUTES if "image_id" in route.parameters], ids=str)
def test_another_projects_image_is_not_there_and_stays_as_it_is(guarded_victim, route):
    body = json.dumps(route.good).encode() if route.takes_json else route.good
    before = guarded_victim.everything()

    status = guarded_victim.ask(route, Bad("a good request", body, {"Content-Type": route.kind} | STRANGER,
                                           image="private"))

    assert status == 404
    assert guarded_victim.everything() == before


def test_no_route_is_forgotten():
    assert {(route.method, route.path) for route in ROUTES} == routes_of_the_program()
