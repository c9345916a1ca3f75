"""As much of Keystone as an image service asks for, in this process: quick to start, to break and to count."""

import datetime
import http.server
import json
import threading
import urllib.parse

ENDPOINT = "image-endpoint"  # whose limits there are


class FakeKeystone:
    """Knows the tokens in `tokens`, each with what Keystone would say of it, and counts what it is asked. While
    `failure` is a status, that is every answer. `registered_limits` are those of every project by name, unless
    `project_limits` has others for its id. `catalog` is everybody's."""

    def __init__(self):
        self.tokens = {}
        self.failure = None
        self.logins = []
        self.validations = []
        self.registered_limits = {}
        self.project_limits = {}
        self.catalog = [{"type": "image", "endpoints": []}]
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}/v3"

    def authtoken(self, **more):
        """What a service is told in its group keystone_authtoken."""
        return {"www_authenticate_uri": "https://identity.example.org/v3", "auth_url": self.url,
                "auth_type": "password", "username": "glance", "password": "secret-of-glance",
                "user_domain_id": "default", "project_name": "service", "project_domain_id": "default",
                "service_type": "image", "http_request_max_retries": 0} | more

    def oslo_limit(self, **more):
        """What a service is told in its group oslo_limit."""
        return {"auth_url": self.url, "auth_type": "password", "username": "glance", "password": "secret-of-glance",
                "user_domain_id": "default", "system_scope": "all", "endpoint_id": ENDPOINT,
                "connect_retries": 0} | more

    def give(self, name, *roles, seconds=3600, **more):
        """Makes a token for the user and the project of that name, and returns it."""
        domain = {"id": "default", "name": "Default"}
        token = f"token-of-{name}-{len(self.tokens)}"
        self.tokens[token] = {
            "user": {"id": f"{name}-user", "name": name, "domain": domain},
            "project": {"id": f"{name}-project", "name": name, "domain": domain},
            "roles": [{"id": role, "name": role} for role in roles or ("member", "reader")],
            "audit_ids": [token], "methods": ["password"], "expires_at": _time(seconds)} | more
        return token

    def page_about_limits(self, path, query):
        """What Keystone answers to these questions; nothing to others."""
        if path == "/v3/limits/model":
            return {"model": {"name": "flat"}}
        if path == f"/v3/endpoints/{ENDPOINT}":
            return {"endpoint": {"id": ENDPOINT, "service_id": "image-service", "region_id": "here"}}
        if query.get("service_id") != ["image-service"] or query.get("region_id") != ["here"]:
            return None
        if path == "/v3/registered_limits":
            return {"registered_limits": [{"resource_name": name, "default_limit": limit}
                                          for name, limit in self.registered_limits.items()]}
        if path == "/v3/limits":
            own = self.project_limits.get(query["project_id"][0], {})
            return {"limits": [{"resource_name": name, "resource_limit": limit} for name, limit in own.items()]}
        return None

    def _handler(self):
        keystone = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                keystone.logins.append(request)
                own = {"user": {"id": "glance"}, "roles": [], "expires_at": _time(3600), "catalog": []}
                self._answer(201, {"token": own}, {"X-Subject-Token": "own-token"})

            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                query = urllib.parse.parse_qs(url.query, keep_blank_values=True)
                if url.path == "/v3/auth/tokens":
                    self._validate(query)
                elif self.headers.get("X-Auth-Token") != "own-token":
                    self._answer(401, {})
                else:
                    page = keystone.page_about_limits(url.path, query)
                    self._answer(404 if page is None else 200, page or {})

            def _validate(self, query):
                subject = self.headers.get("X-Subject-Token", "")
                keystone.validations.append(subject)
                found = keystone.tokens.get(subject)
                if self.headers.get("X-Auth-Token") != "own-token":
                    self._answer(401, {})
                elif not found:
                    self._answer(404, {})
                elif found["expires_at"] < _time(0) and "allow_expired" not in query:
                    self._answer(404, {})
                else:
                    catalog = {} if "nocatalog" in query else {"catalog": keystone.catalog}
                    self._answer(200, {"token": found | catalog})

            def _answer(self, status, body, headers=None):
                if keystone.failure:
                    status, body = keystone.failure, {}
                data = json.dumps(body).encode()
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        return Handler


def _time(seconds):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
