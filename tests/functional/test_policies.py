"""Who may do what: callers from the headers of a trusted guard, and the rules of policy files."""

import contextlib
import json

import pytest

from support.server import Server, wait_until

V21 = "application/openstack-images-v2.1-json-patch"
ADMIN = {"X-User-Id": "user-a", "X-Project-Id": "admins", "X-Roles": "admin,member,reader"}
OWNER = {"X-User-Id": "user-o", "X-Project-Id": "owners", "X-Roles": "member,reader"}
READER = {"X-User-Id": "user-r", "X-Project-Id": "owners", "X-Roles": "reader"}
MEMBER = {"X-User-Id": "user-m", "X-Project-Id": "members", "X-Roles": "member,reader"}
STRANGER = {"X-User-Id": "user-s", "X-Project-Id": "strangers", "X-Roles": "member,reader"}
NOBODY = {"X-User-Id": "user-n", "X-Project-Id": "owners", "X-Roles": ""}


def ask(server, caller, method, path, **options):
    headers = ({"X-Identity-Status": "Confirmed"} | caller if caller else {}) | options.pop("headers", {})
    return server.request(method, path, headers=headers, **options)


def create(server, caller, **attributes):
    answer = ask(server, caller, "POST", "/v2/images",
                 json={"disk_format": "raw", "container_format": "bare"} | attributes)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def patch(server, caller, image_id, *steps):
    return ask(server, caller, "PATCH", f"/v2/images/{image_id}", data=json.dumps(steps),
               headers={"Content-Type": V21})


def rename(server, caller, image_id, name="new"):
    return patch(server, caller, image_id, {"op": "replace", "path": "/name", "value": name})


def name_of(server, image_id):
    return ask(server, ADMIN, "GET", f"/v2/images/{image_id}").json()["name"]


def ids_for(server, caller, query=""):
    answer = ask(server, caller, "GET", "/v2/images" + query)
    assert answer.status_code == 200, answer.text
    return {image["id"] for image in answer.json()["images"]}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server that believes the headers of a guard, with the default rules."""
    home = tmp_path_factory.mktemp("guarded")
    with started(home) as server:
        yield server


@contextlib.contextmanager
def started(home, **settings):
    """Beside the configuration lie a policy file and a directory, so that none of the machine's is found."""
    (home / "policy.d").mkdir(exist_ok=True)
    (home / "policy.yaml").touch()
    server = Server(home, {"paste_deploy": {"flavor": "trusted-auth"}} | settings).start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def ruled(tmp_path):
    """The same, and its policy file."""
    with started(tmp_path) as server:
        yield server, tmp_path / "policy.yaml"


def test_without_an_identity_there_is_no_answer(guarded):
    for caller in ({}, {"X-Identity-Status": "Invalid"} | ADMIN):
        for method, path in (("GET", "/v2/images"), ("GET", "/v2/schemas/image"), ("GET", "/v2/nowhere"),
                             ("POST", "/v2/images"), ("PUT", "/v2/images/x/file")):
            answer = guarded.request(method, path, headers=caller)
            assert answer.status_code == 401, (path, answer.text)
    assert guarded.get("/healthcheck").status_code == 200
    assert guarded.get("/").status_code == 300


def test_an_image_belongs_to_the_project_of_its_maker(guarded):
    image_id = create(guarded, OWNER)

    image = ask(guarded, OWNER, "GET", f"/v2/images/{image_id}").json()

    assert image["owner"] == "owners"
    assert ask(guarded, STRANGER, "GET", f"/v2/images/{image_id}").status_code == 404
    assert ask(guarded, READER, "GET", f"/v2/images/{image_id}").status_code == 200
    assert ask(guarded, NOBODY, "GET", f"/v2/images/{image_id}").status_code == 404


def test_only_administrators_make_images_for_others(guarded):
    answer = ask(guarded, OWNER, "POST", "/v2/images", json={"owner": "strangers"})

    assert answer.status_code == 403
    assert "add_image" in answer.text
    assert ids_for(guarded, ADMIN, "?owner=strangers&visibility=all") == set()
    create(guarded, ADMIN, owner="others")


@pytest.mark.parametrize("caller, visibility, status", [
    (OWNER, "public", 403), (OWNER, "community", 201), (ADMIN, "public", 201), (READER, "private", 403)])
def test_who_shall_see_a_new_image_is_not_for_everybody_to_say(guarded, caller, visibility, status):
    answer = ask(guarded, caller, "POST", "/v2/images", json={"visibility": visibility})

    assert answer.status_code == status


def test_those_who_may_not_change_an_image_do_not(guarded):
    image_id = create(guarded, OWNER, name="old", visibility="community")
    for caller in (READER, MEMBER, NOBODY):
        hidden = caller is NOBODY
        assert rename(guarded, caller, image_id).status_code == (404 if hidden else 403)
        for method, path in (("DELETE", ""), ("PUT", "/tags/t"), ("DELETE", "/tags/t"),
                             ("POST", "/actions/deactivate"), ("POST", "/actions/reactivate")):
            answer = ask(guarded, caller, method, f"/v2/images/{image_id}{path}")
            assert answer.status_code == (404 if hidden else 403), (caller, method, path, answer.text)
        answer = ask(guarded, caller, "PUT", f"/v2/images/{image_id}/file", data=b"x",
                     headers={"Content-Type": "application/octet-stream"})
        assert answer.status_code == (404 if hidden else 403)
    image = ask(guarded, ADMIN, "GET", f"/v2/images/{image_id}").json()
    assert (image["name"], image["tags"], image["status"]) == ("old", [], "queued")
    assert rename(guarded, OWNER, image_id).status_code == 200


def test_a_patch_with_one_forbidden_step_changes_nothing(guarded):
    image_id = create(guarded, OWNER, name="old")
    steps = [{"op": "replace", "path": "/name", "value": "new"}]
    for step in ({"op": "replace", "path": "/visibility", "value": "public"},
                 {"op": "replace", "path": "/owner", "value": "strangers"}):
        assert patch(guarded, OWNER, image_id, *steps, step).status_code == 403
        assert name_of(guarded, image_id) == "old"


def test_members_are_the_owners_business_and_answers_the_members(guarded):
    image_id = create(guarded, OWNER)
    path = f"/v2/images/{image_id}/members"
    assert ask(guarded, READER, "POST", path, json={"member": "members"}).status_code == 403
    assert ask(guarded, STRANGER, "POST", path, json={"member": "strangers"}).status_code == 404
    assert ask(guarded, OWNER, "POST", path, json={"member": "members"}).status_code == 200
    assert ask(guarded, MEMBER, "POST", path, json={"member": "strangers"}).status_code == 403
    assert ask(guarded, OWNER, "PUT", path + "/members", json={"status": "accepted"}).status_code == 403
    assert ask(guarded, MEMBER, "PUT", path + "/members", json={"status": "accepted"}).status_code == 200
    assert ask(guarded, MEMBER, "DELETE", path + "/members").status_code == 403
    assert image_id in ids_for(guarded, MEMBER)
    assert image_id not in ids_for(guarded, STRANGER)
    assert rename(guarded, MEMBER, image_id).status_code == 403


def test_a_deactivated_image_is_read_by_administrators_only(guarded):
    image_id = create(guarded, OWNER, visibility="community")
    put = ask(guarded, OWNER, "PUT", f"/v2/images/{image_id}/file", data=b"data",
              headers={"Content-Type": "application/octet-stream"})
    assert put.status_code == 204
    assert ask(guarded, READER, "GET", f"/v2/images/{image_id}/file").status_code == 403, "a reader downloads nothing"
    assert ask(guarded, STRANGER, "GET", f"/v2/images/{image_id}/file").content == b"data"
    assert ask(guarded, ADMIN, "POST", f"/v2/images/{image_id}/actions/deactivate").status_code == 204
    assert ask(guarded, OWNER, "GET", f"/v2/images/{image_id}/file").status_code == 403
    assert ask(guarded, ADMIN, "GET", f"/v2/images/{image_id}/file").content == b"data"


def test_tokens_of_a_domain_or_of_the_system_may_nothing(guarded):
    image_id = create(guarded, OWNER, visibility="community")
    for scope in ({"X-Domain-Id": "d"}, {"OpenStack-System-Scope": "all"}):
        caller = {"X-User-Id": "u", "X-Roles": "admin,member,reader"} | scope
        assert ask(guarded, caller, "GET", "/v2/images").status_code == 403
        assert ask(guarded, caller, "GET", f"/v2/images/{image_id}").status_code == 404


def test_tasks_and_details_of_stores_are_for_administrators(guarded):
    assert ask(guarded, OWNER, "GET", "/v2/tasks").status_code == 403
    assert ask(guarded, ADMIN, "GET", "/v2/tasks").status_code == 200


def test_a_change_of_the_policy_file_counts_from_the_next_request_on(ruled):
    server, file = ruled
    image_id = create(server, OWNER, name="old", visibility="community")
    assert rename(server, READER, image_id).status_code == 403

    file.write_text('"modify_image": "role:reader"\n')
    assert rename(server, READER, image_id, "strange").status_code == 200
    file.write_text('"modify_image": "!"\n"get_image": "not project_id:strangers"\n')
    assert rename(server, OWNER, image_id).status_code == 403
    assert ask(server, STRANGER, "GET", f"/v2/images/{image_id}").status_code == 404
    assert rename(server, STRANGER, image_id).status_code == 404
    assert image_id not in ids_for(server, STRANGER, "?visibility=community")
    assert name_of(server, image_id) == "strange"
    file.write_text("")
    assert rename(server, OWNER, image_id, "owned").status_code == 200


def test_a_broken_policy_file_leaves_the_last_good_rules(ruled):
    server, file = ruled
    file.write_text('"get_images": "!"\n')
    assert ask(server, OWNER, "GET", "/v2/images").status_code == 403

    file.write_text('"get_images": "role:reader\n')

    assert ask(server, OWNER, "GET", "/v2/images").status_code == 403
    wait_until(lambda: "policy.yaml:" in server.log.read_text(), "the fault is logged")
    assert ask(server, OWNER, "GET", "/v2/schemas/image").status_code == 200


def test_a_broken_policy_file_is_refused_at_start(tmp_path):
    server = Server(tmp_path)
    (tmp_path / "policy.yaml").write_text('"get_images": "role:reader"\n"get_image": "((("\n')

    with pytest.raises(AssertionError):
        server.start()

    assert "policy.yaml:2" in server.log.read_text()


def test_with_the_older_defaults_ownership_counts(tmp_path):
    with started(tmp_path, oslo_policy={"enforce_new_defaults": False}) as server:
        image_id = create(server, NOBODY, name="old", visibility="community")
        path = f"/v2/images/{image_id}/members"
        assert rename(server, STRANGER, image_id).status_code == 403
        assert rename(server, NOBODY, image_id).status_code == 200, "no role is needed"
        assert ask(server, NOBODY, "POST", "/v2/images", json={"owner": "strangers"}).status_code == 403
        shared = patch(server, NOBODY, image_id, {"op": "replace", "path": "/visibility", "value": "shared"})
        assert shared.status_code == 200
        assert ask(server, NOBODY, "POST", path, json={"member": "members"}).status_code == 200
        assert ask(server, MEMBER, "POST", path, json={"member": "strangers"}).status_code == 403
        assert ask(server, NOBODY, "PUT", path + "/members", json={"status": "accepted"}).status_code == 403
        assert ask(server, MEMBER, "PUT", path + "/members", json={"status": "accepted"}).status_code == 200


def test_callers_without_an_identity_may_read_what_the_policy_lets_everybody_read(tmp_path):
    with started(tmp_path, DEFAULT={"allow_anonymous_access": True}) as server:
        public = create(server, ADMIN, visibility="public")
        private = create(server, OWNER)
        assert ask(server, None, "GET", "/v2/images").status_code == 403
        assert ask(server, None, "GET", f"/v2/images/{public}").status_code == 404
        (tmp_path / "policy.yaml").write_text('"get_images": ""\n"get_image": ""\n"modify_image": ""\n'
                                              '"delete_image": ""\n"upload_image": ""\n')
        assert ids_for(server, None) == {public}
        assert ask(server, None, "GET", f"/v2/images/{private}").status_code == 404
        for method, path in (("POST", ""), ("DELETE", f"/{public}"), ("PUT", f"/{public}/tags/t"),
                             ("PUT", f"/{public}/file")):
            headers = {"Content-Type": "application/octet-stream"} if path.endswith("file") else {}
            answer = ask(server, None, method, "/v2/images" + path, headers=headers)
            assert answer.status_code == 403, (method, path, answer.text)
        assert rename(server, None, public).status_code == 403


def test_without_identity_only_the_rules_of_a_file_are_asked(tmp_path):
    with started(tmp_path, paste_deploy={"flavor": None}) as server:
        create(server, {}, visibility="public")
        (tmp_path / "policy.yaml").write_text('"publicize_image": "!"\n')

        answer = server.request("POST", "/v2/images", json={"visibility": "public"})

        assert answer.status_code == 403
        create(server, {}, visibility="community")


def test_no_rule_lets_a_stranger_change_an_image(ruled):
    server, policy = ruled
    rules = ("modify_image", "delete_image", "upload_image", "deactivate", "reactivate", "set_image_location")
    policy.write_text("".join(f'"{rule}": "@"\n' for rule in rules))
    image_id = create(server, ADMIN, name="old", owner="owners", visibility="public")
    before = ask(server, ADMIN, "GET", f"/v2/images/{image_id}").json()

    assert rename(server, STRANGER, image_id).status_code == 403
    for method, path in (("DELETE", ""), ("PUT", "/tags/t"), ("POST", "/actions/deactivate"),
                         ("POST", "/actions/reactivate"), ("PUT", "/file")):
        answer = ask(server, STRANGER, method, f"/v2/images/{image_id}{path}", headers={
            "Content-Type": "application/octet-stream"})
        assert answer.status_code == 403, (method, path, answer.text)

    assert ask(server, ADMIN, "GET", f"/v2/images/{image_id}").json() == before
    assert rename(server, READER, image_id).status_code == 200


def test_a_share_that_one_may_not_see_is_neither_listed_nor_changed(ruled):
    server, policy = ruled
    image_id = create(server, OWNER, visibility="shared")
    members = f"/v2/images/{image_id}/members"
    assert ask(server, OWNER, "POST", members, json={"member": "members"}).status_code == 200
    policy.write_text('"get_member": "role:admin"\n"modify_member": "@"\n')

    assert ask(server, OWNER, "GET", members).json()["members"] == []
    assert ask(server, OWNER, "GET", f"{members}/members").status_code == 404
    assert ask(server, OWNER, "DELETE", f"{members}/members").status_code == 403
    assert ask(server, MEMBER, "PUT", f"{members}/members", json={"status": "accepted"}).status_code == 403

    shown = ask(server, ADMIN, "GET", members).json()["members"]
    assert [(member["member_id"], member["status"]) for member in shown] == [("members", "pending")]


def test_tasks_are_nobodys_business_but_administrators(guarded):
    path = "/v2/tasks/00000000-0000-4000-8000-000000000000"

    assert ask(guarded, OWNER, "DELETE", path).status_code == 403
    assert ask(guarded, ADMIN, "DELETE", path).status_code == 405
