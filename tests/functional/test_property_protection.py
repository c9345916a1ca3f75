"""Custom properties that only some may create, read, update or delete."""

import pytest

from support.server import wait_until

V2_1 = "application/openstack-images-v2.1-json-patch"
V2_0 = "application/openstack-images-v2.0-json-patch"
OPEN = "create = @\nread = @\nupdate = @\ndelete = @\n"
RULES = f"""
[^x_billing]
create = admin, Billing
read = admin, billing, member
update = billing
delete = !
[^x_secret]
create = admin
read = admin
update = admin
delete = admin
[^x_blind]
create = @
read = admin
update = @
delete = @
[^x_none]
create =
read = @
update =
delete =
[^open]
{OPEN}"""
POLICIES = f"""
[^x_billing]
create = accountants
read = @
update = accountants
delete = !
[.*]
{OPEN}"""


@pytest.fixture(name="rules")
def rules_fixture(tmp_path):
    path = tmp_path / "protections.conf"
    path.write_text(RULES)
    return path


@pytest.fixture(name="server")
def server_fixture(make_server, rules):
    return make_server(settings(rules)).start()


def settings(rules, **more):
    return {"DEFAULT": {"property_protection_file": rules} | more, "paste_deploy": {"flavor": "trusted-auth"}}


class Client:
    """Somebody of project p with these roles."""

    def __init__(self, server, *roles, **headers):
        self.server = server
        self.headers = {"X-Identity-Status": "Confirmed", "X-User-Id": "u", "X-Project-Id": "p",
                        "X-Roles": ",".join(roles)} | headers

    def ask(self, method, path, **options):
        options["headers"] = self.headers | options.get("headers", {})
        return self.server.request(method, path, **options)

    def create(self, **fields):
        return self.ask("POST", "/v2/images", json=fields)

    def show(self, image_id):
        return self.ask("GET", f"/v2/images/{image_id}").json()

    def patch(self, image_id, *steps, media_type=V2_1):
        return self.ask("PATCH", f"/v2/images/{image_id}", json=steps, headers={"Content-Type": media_type})

    def status_of_patch(self, image_id, operation, key, value="new"):
        step = {"op": operation, "path": f"/{key}"} | ({} if operation == "remove" else {"value": value})
        return self.patch(image_id, step).status_code


@pytest.fixture(name="admin")
def admin_fixture(server):
    return Client(server, "admin", "member", "reader")


@pytest.fixture(name="member")
def member_fixture(server):
    return Client(server, "member", "reader")


@pytest.fixture(name="image_id")
def image_fixture(admin):
    answer = admin.create(x_billing_code="1", x_secret="s", x_blind="b", open="o")
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def custom(document):
    return {key: value for key, value in document.items() if key.startswith(("x_", "open"))}


def test_properties_are_shown_to_those_who_may_read_them(admin, member, image_id):
    assert custom(admin.show(image_id)) == {"x_billing_code": "1", "x_secret": "s", "x_blind": "b", "open": "o"}
    assert custom(member.show(image_id)) == {"x_billing_code": "1", "open": "o"}


def test_lists_show_no_more_than_a_single_image_does(member, image_id):
    listed, = member.ask("GET", "/v2/images").json()["images"]

    assert listed == member.show(image_id)


def test_an_image_is_made_with_the_properties_that_its_maker_may_create(member):
    assert member.create(open="o", x_blind="b").status_code == 201
    for name in ("x_billing_code", "x_secret", "x_none", "nobody_wrote_a_rule_for_this"):
        answer = member.create(**{name: "1"})
        assert answer.status_code == 403 and name in answer.text
    assert len(member.ask("GET", "/v2/images").json()["images"]) == 1, "refused images are not there"


def test_the_answer_to_a_creation_shows_no_more_than_its_maker_may_read(member):
    assert custom(member.create(open="o", x_blind="b").json()) == {"open": "o"}


def test_who_may_change_what(admin, member, server, image_id):
    billing = Client(server, "member", "reader", "billing")

    assert member.status_of_patch(image_id, "replace", "x_billing_code") == 403
    assert admin.status_of_patch(image_id, "replace", "x_billing_code") == 403
    assert billing.status_of_patch(image_id, "replace", "x_billing_code", "2") == 200
    assert billing.status_of_patch(image_id, "add", "x_billing_code", "3") == 200
    assert billing.status_of_patch(image_id, "remove", "x_billing_code") == 403
    assert member.status_of_patch(image_id, "add", "x_billing_name") == 403
    assert billing.status_of_patch(image_id, "add", "x_billing_name") == 200
    assert member.status_of_patch(image_id, "remove", "open") == 200
    assert custom(admin.show(image_id)) == {"x_billing_code": "3", "x_billing_name": "new", "x_secret": "s",
                                            "x_blind": "b"}


def test_the_roles_of_a_service_count_too(server, image_id):
    through_service = Client(server, "member", "reader", **{"X-Service-Roles": "billing"})

    assert through_service.status_of_patch(image_id, "replace", "x_billing_code") == 200


def test_what_cannot_be_read_is_as_good_as_absent(admin, member, image_id):
    assert member.status_of_patch(image_id, "replace", "x_secret") == 409
    assert member.status_of_patch(image_id, "remove", "x_secret") == 409
    assert member.status_of_patch(image_id, "add", "x_secret") == 403

    assert admin.show(image_id)["x_secret"] == "s"


def test_a_change_of_something_else_keeps_what_cannot_be_read(admin, member, image_id):
    assert member.status_of_patch(image_id, "replace", "name") == 200
    assert custom(member.patch(image_id, {"op": "replace", "path": "/open", "value": "p"}).json()) == {
        "x_billing_code": "1", "open": "p"}

    assert custom(admin.show(image_id)) == {"x_billing_code": "1", "x_secret": "s", "x_blind": "b", "open": "p"}


def test_what_may_be_created_blindly_replaces_what_is_there(admin, member, image_id):
    assert member.status_of_patch(image_id, "add", "x_blind", "mine") == 200

    assert admin.show(image_id)["x_blind"] == "mine"


def test_a_patch_with_one_forbidden_step_changes_nothing(admin, member, image_id):
    before = admin.show(image_id)

    answer = member.patch(image_id, {"op": "replace", "path": "/open", "value": "changed"},
                          {"op": "add", "path": "/open2", "value": "new"},
                          {"op": "replace", "path": "/x_billing_code", "value": "free"})

    assert answer.status_code == 403
    assert admin.show(image_id) == before


def test_the_older_dialect_is_under_the_same_rules(member, image_id):
    def status(step):
        return member.patch(image_id, step, media_type=V2_0).status_code

    assert status({"add": "/open", "value": "x"}) == 409
    assert status({"replace": "/open", "value": "x"}) == 200
    assert status({"add": "/x_billing_name", "value": "x"}) == 403
    assert status({"replace": "/x_billing_code", "value": "x"}) == 403
    assert status({"remove": "/x_secret"}) == 409


def test_a_changed_file_counts_from_the_next_request_on(server, rules, member, image_id):
    assert "x_secret" not in member.show(image_id)

    rules.write_text(f"[.*]\n{OPEN}")
    assert member.show(image_id)["x_secret"] == "s"

    rules.write_text("[a(]\n")
    assert member.show(image_id)["x_secret"] == "s", "what was read before stays"
    wait_until(lambda: "[a(] is no regular expression" in server.log_text(), "the fault to be logged")


def test_the_other_format_asks_the_policy(make_server, rules):
    rules.write_text(POLICIES)
    server = make_server(settings(rules, property_protection_rule_format="policies"))
    policy = server.home / "policy.yaml"
    policy.write_text("accountants: role:billing\n")
    server.start()
    member, billing = Client(server, "member", "reader"), Client(server, "member", "reader", "billing")
    image_id = billing.create(x_billing_code="1").json()["id"]

    assert member.create(x_billing_code="1").status_code == 403
    assert member.status_of_patch(image_id, "replace", "x_billing_code") == 403
    assert billing.status_of_patch(image_id, "replace", "x_billing_code", "2") == 200
    assert billing.status_of_patch(image_id, "remove", "x_billing_code") == 403
    assert member.show(image_id)["x_billing_code"] == "2"

    policy.write_text("accountants: role:member\n")
    assert member.status_of_patch(image_id, "replace", "x_billing_code", "3") == 200


def test_where_nobody_is_asked_who_he_is_only_what_is_open_to_all_can_be_touched(make_server, rules):
    server = make_server(settings(rules) | {"paste_deploy": {}}).start()

    assert custom(server.create(open="o")) == {"open": "o"}
    assert server.request("POST", "/v2/images", json={"x_secret": "s"}).status_code == 403


@pytest.mark.parametrize("text, format_of_rules, fault", [
    ("[a(]\n" + OPEN, "roles", "[a(] is no regular expression"),
    ("[a]\ncreate = @\n", "roles", "[a] does not say who may read"),
    ("[a]\ncreate = @,!\nread = @\nupdate = @\ndelete = @\n", "roles", "create is for everybody (@) and for nobody"),
    ("[a]\ncreate = x,y\nread = @\nupdate = @\ndelete = @\n", "policies", "create names several rules"),
    ("[a]\ncreate = x\nread = @\nupdate = @\ndelete = @\n", "policies", "The policy has no rule x"),
])
def test_a_file_that_cannot_be_used_keeps_the_service_from_starting(make_server, rules, text, format_of_rules, fault):
    rules.write_text(text)
    server = make_server(settings(rules, property_protection_rule_format=format_of_rules)).sync()
    server.launch()

    assert server.wait() != 0
    assert fault in server.log_text()


def test_a_file_that_is_not_there_keeps_the_service_from_starting(make_server, tmp_path):
    server = make_server(settings(tmp_path / "nowhere.conf")).sync()
    server.launch()

    assert server.wait() != 0
    assert "property_protection_file: there is no such file" in server.log_text()
