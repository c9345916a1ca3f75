"""Who is calling, as Keystone says: with a Keystone of our own, so that it can be counted and broken."""

import concurrent.futures

import pytest

from support.fake_keystone import FakeKeystone
from support.server import run

CHALLENGE = 'Keystone uri="https://identity.example.org/v3"'
PASTE = """[pipeline:glance-api-keystone]
pipeline = authtoken context rootapp
[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: api
[app:api]
paste.app_factory = glance.api.v2.router:API.factory
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
delay_auth_decision = false
[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory
"""


@pytest.fixture(name="identity")
def fixture_identity():
    with FakeKeystone() as keystone:
        yield keystone


@pytest.fixture(name="guarded")
def fixture_guarded(make_server, identity):
    return make_server(settings(identity)).start()


def settings(identity, **more):
    return {"paste_deploy": {"flavor": "keystone"}, "keystone_authtoken": identity.authtoken(**more)}


def ask(server, token=None, method="GET", path="/v2/images", **options):
    headers = options.pop("headers", {}) | ({"X-Auth-Token": token} if token else {})
    return server.request(method, path, headers=headers, **options)


def create(server, token, **fields):
    answer = ask(server, token, "POST", json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_token_says_whose_images_are_made_and_seen(guarded, identity):
    ann, bob = identity.give("ann"), identity.give("bob")

    image = create(guarded, ann, name="hers")

    assert image["owner"] == "ann-project"
    assert [found["id"] for found in ask(guarded, ann).json()["images"]] == [image["id"]]
    assert ask(guarded, bob).json()["images"] == []
    assert ask(guarded, bob, path=f"/v2/images/{image['id']}").status_code == 404


def test_roles_say_what_a_caller_may_do(guarded, identity):
    image = create(guarded, identity.give("ann"))

    assert ask(guarded, identity.give("ann", "reader"), "DELETE", f"/v2/images/{image['id']}").status_code == 403
    assert ask(guarded, identity.give("root", "Admin"), "DELETE", f"/v2/images/{image['id']}").status_code == 204


@pytest.mark.parametrize("method, path", [
    ("GET", "/v2/images"), ("POST", "/v2/images"), ("GET", "/v2/nothing"), ("GET", "/v2/schemas/image"),
    ("PUT", "/v2/images/0c4e2c7d-8f3c-4a77-9a52-1b8f2f0b6a11/file"), ("DELETE", "/v2/images/x")])
@pytest.mark.parametrize("token", [None, "bad", "a b", "x" * 20000])
def test_without_a_good_token_the_answer_is_401_and_says_where_to_get_one(guarded, method, path, token):
    headers = {"Content-Type": "application/octet-stream"} if path.endswith("file") else {}

    answer = ask(guarded, token, method, path, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == CHALLENGE


def test_versions_and_health_need_no_token(guarded, identity):
    assert guarded.get("/healthcheck").status_code == 200
    assert identity.validations == []


def test_other_headers_about_identity_are_not_believed(guarded, identity):
    forged = {"X-Identity-Status": "Confirmed", "X-User-Id": "root", "X-Project-Id": "root-project",
              "X-Tenant-Id": "root-project", "X-Roles": "admin", "X-Is-Admin-Project": "True",
              "OpenStack-System-Scope": "all", "X-Service-Roles": "service"}
    image = create(guarded, identity.give("root"))
    ann = identity.give("ann", "reader")

    assert ask(guarded, headers=forged).status_code == 401
    assert ask(guarded, ann, headers=forged).json()["images"] == []
    assert ask(guarded, ann, "DELETE", f"/v2/images/{image['id']}", headers=forged).status_code == 404


def test_one_token_is_validated_once_however_many_bring_it(guarded, identity):
    ann = identity.give("ann")

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ask(guarded, ann).status_code, range(100)))

    assert set(answers) == {200}
    assert identity.validations == [ann]
    assert len(identity.logins) == 1


def test_the_service_logs_in_as_configured(guarded, identity):
    ask(guarded, identity.give("ann"))

    assert identity.logins == [{"auth": {
        "identity": {"methods": ["password"], "password": {"user": {
            "name": "glance", "domain": {"id": "default"}, "password": "secret-of-glance"}}},
        "scope": {"project": {"name": "service", "domain": {"id": "default"}}}}}]


def test_a_revoked_token_is_refused_when_it_is_not_remembered(make_server, identity):
    server = make_server(settings(identity, token_cache_time=-1)).start()
    ann = identity.give("ann")

    assert ask(server, ann).status_code == 200
    del identity.tokens[ann]
    assert ask(server, ann).status_code == 401


def test_without_keystone_the_answer_is_503_but_for_those_already_known(guarded, identity):
    ann, bob = identity.give("ann"), identity.give("bob")
    ask(guarded, ann)
    identity.failure = 503

    assert ask(guarded, bob).status_code == 503
    assert ask(guarded, ann).status_code == 200
    assert ask(guarded).status_code == 401

    identity.failure = None
    assert ask(guarded, bob).status_code == 200


def test_an_upload_is_refused_before_its_data_when_the_token_is_bad(guarded, identity):
    image = create(guarded, identity.give("ann"), disk_format="raw", container_format="bare")
    path = f"/v2/images/{image['id']}/file"
    headers = {"Content-Type": "application/octet-stream"}

    assert ask(guarded, "bad", "PUT", path, headers=headers, data=b"data").status_code == 401
    assert ask(guarded, identity.give("ann"), "PUT", path, headers=headers, data=b"data").status_code == 204


def test_a_service_may_bring_its_users_expired_token(guarded, identity):
    expired, nova, other = identity.give("ann", seconds=-60), identity.give("nova", "service"), identity.give("other")

    assert ask(guarded, expired).status_code == 401
    assert ask(guarded, expired, headers={"X-Service-Token": other}).status_code == 401
    assert ask(guarded, expired, headers={"X-Service-Token": nova}).status_code == 200


def test_a_restricted_credential_does_what_its_rules_name(guarded, identity):
    rules = [{"method": "GET", "path": "/v2/images", "service": "image"}]
    token = identity.give("ann", application_credential={"id": "c", "access_rules": rules})

    assert ask(guarded, token).status_code == 200
    assert ask(guarded, token, path="/v2.9/images").status_code == 200
    assert ask(guarded, token, "POST", json={}).status_code == 401
    assert ask(guarded, token, path="/v2/schemas/image").status_code == 401


def test_anonymous_callers_may_read_if_the_operator_says_so(make_server, identity):
    server = make_server(settings(identity) | {"DEFAULT": {"allow_anonymous_access": "true"}}).start()

    assert ask(server, path="/v2/schemas/image").status_code == 200
    assert ask(server, "bad", "POST", json={}).status_code == 403


def test_a_strict_pipeline_lets_nobody_in_without_a_token(make_server, identity):
    server = make_server(settings(identity) | {"DEFAULT": {"allow_anonymous_access": "true"}})
    server.config.with_name("vitrine-paste.ini").write_text(PASTE)
    server.start()
    ann = identity.give("ann")

    assert ask(server, path="/v2/schemas/image").status_code == 401
    assert ask(server, ann).status_code == 200
    assert ask(server, ann, headers={"X-Service-Token": "bad"}).status_code == 401


def test_neither_tokens_nor_passwords_are_in_the_log(make_server, identity):
    server = make_server(settings(identity) | {"DEFAULT": {"debug": "true"}}).start()
    ann = identity.give("ann")
    ask(server, ann)
    ask(server, "bad-token")
    identity.failure = 500
    ask(server, "another-token")
    server.stop()

    log = server.log_text()
    for secret in (ann, "bad-token", "another-token", "own-token", "secret-of-glance"):
        assert secret not in log


@pytest.mark.parametrize("wrong, named", [
    ({"auth_url": None}, "auth_url"), ({"password": None}, "password"), ({"auth_type": "v3oidcpassword"}, "auth_type"),
    ({"enforce_token_bind": "required"}, "enforce_token_bind")])
def test_a_login_that_cannot_work_is_refused_at_start(make_server, identity, wrong, named):
    server = make_server(settings(identity, **wrong))

    result = run("config", "check", "--config-file", server.config)

    assert result.returncode != 0
    assert f"[keystone_authtoken] {named}" in result.stdout + result.stderr
    assert "secret-of-glance" not in result.stdout + result.stderr
