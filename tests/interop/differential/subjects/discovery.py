"""Schemas, and what the service says of itself."""

from differential.request import get

STEPS = [
    *[get(f"the schema of {name}", f"/v2/schemas/{name}") for name in ("image", "images", "member", "members", "task",
                                                                       "tasks")],
    get("a schema in another version", "/v2.3/schemas/image"),
    get("a schema with a query", "/v2/schemas/image?x=y"),
    get("import methods", "/v2/info/import"),
    get("stores", "/v2/info/stores"),
    get("stores in detail", "/v2/info/stores/detail"),
    get("usage", "/v2/info/usage"),
]
