"""Nodes that change one image at the same time."""

import concurrent.futures

from differential.request import V21
from shared.house import ADMIN

DATA = b"raced " * 1000
UPDATES = 8  # of each node in a round


def add_properties(server, image_id, prefix):
    """Adds one after the other, and returns those that the node said it has stored."""
    done = []
    for number in range(UPDATES):
        answer = server.request("PATCH", f"/v2/images/{image_id}", headers=ADMIN | {"Content-Type": V21},
                                json=[{"op": "add", "path": f"/{prefix}{number}", "value": "v"}])
        if answer.status_code == 200:
            done.append(f"{prefix}{number}")
    return done


def create(server, **fields):
    answer = server.request("POST", "/v2/images", headers=ADMIN,
                            json={"disk_format": "raw", "container_format": "bare"} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def show(server, image_id):
    return server.request("GET", f"/v2/images/{image_id}", headers=ADMIN).json()


def lost_updates(nodes, rounds):
    """Both nodes add properties to one image. Returns, by node, how many of its updates were lost. A node's own later
    update never loses an earlier one, so whoever lost them is the other."""
    lost = dict.fromkeys(nodes, 0)
    with concurrent.futures.ThreadPoolExecutor(len(nodes)) as threads:
        for _ in range(rounds):
            image_id = create(next(iter(nodes.values())))
            adding = {name: threads.submit(add_properties, server, image_id, f"{name}_")
                      for name, server in nodes.items()}
            done = {name: added.result() for name, added in adding.items()}
            shown = show(next(iter(nodes.values())), image_id)
            for name, added in done.items():
                assert added, f"{name} refused every update"
                lost[name] += sum(update not in shown for update in added)
    return lost


def at_once(*calls):
    """Makes the calls at the same time and returns the statuses of their answers."""
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as threads:
        return [call.result().status_code for call in [threads.submit(call) for call in calls]]


def upload(server, image_id, data=DATA):
    return server.request("PUT", f"/v2/images/{image_id}/file", data=data,
                          headers=ADMIN | {"Content-Type": "application/octet-stream"})


def delete(server, image_id):
    return server.request("DELETE", f"/v2/images/{image_id}", headers=ADMIN)


def stage(server, image_id, data=DATA):
    return server.request("PUT", f"/v2/images/{image_id}/stage", data=data,
                          headers=ADMIN | {"Content-Type": "application/octet-stream"})


def ask_for_import(server, image_id):
    return server.request("POST", f"/v2/images/{image_id}/import", headers=ADMIN,
                          json={"method": {"name": "glance-direct"}, "stores": ["alpha", "beta"]})


def download(server, image_id):
    return server.request("GET", f"/v2/images/{image_id}/file", headers=ADMIN)


def upload_by_each(nodes):
    """Two nodes take an upload to one image, of which one wins. Returns the image's id."""
    image_id = create(nodes[0])
    contents = (b"first", b"second")
    statuses = at_once(*(lambda node=node, data=data: upload(node, image_id, data)
                         for node, data in zip(nodes, contents)))
    assert sorted(statuses) == [204, 409], statuses
    assert download(nodes[0], image_id).content == contents[statuses.index(204)]
    return image_id


def delete_by_each(nodes):
    """Two nodes delete one image with data, and one wins. Returns the image's id."""
    image_id = create(nodes[0])
    assert upload(nodes[0], image_id).status_code == 204
    statuses = at_once(*(lambda node=node: delete(node, image_id) for node in nodes))
    assert sorted(statuses) == [204, 404], statuses
    return image_id
