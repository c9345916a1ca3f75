"""Who asks, as a request looks behind the filter that checked the token."""

P, Q = "project-p", "project-q"  # P's images are asked for; those of kind "shared" are shared with Q


def headers(project, roles, **more):
    named = {"X-Identity-Status": "Confirmed", "X-User-Id": "user", "X-Roles": roles}
    return named | ({"X-Project-Id": project} if project else {}) | more


ADMIN = headers("project-a", "admin,member,reader")
PERSONAS = {
    "admin": ADMIN,
    "member": headers(P, "member,reader"),
    "reader": headers(P, "reader"),
    "service": headers("project-s", "service"),
    "other project's member": headers(Q, "member,reader"),
    "stranger": headers("project-e", "member,reader"),
    "no role": headers(P, ""),
    "no project": headers(None, "member,reader"),
    "system admin": headers(None, "admin,member,reader", **{"OpenStack-System-Scope": "all"}),
    "anonymous": {},
}

# For the policy file in which every rule wants a role of its own.
BOSS = "boss"


def role_for(rule):
    return f"may-{rule}"


def boss(rules):
    """The administrator by that file, with every role besides."""
    return headers("project-a", ",".join([BOSS, *map(role_for, rules)]))


def appointed(rules, probe):
    """The owner with every role, with every role but one that the probe is about, and with just that one; a
    stranger with every role; and who would be an administrator if the file did not say otherwise."""
    chosen = {"owner with every role": rules, "stranger with every role": rules, "administrator by default only": None}
    for rule in probe.rules:
        chosen[f"owner without {rule}"] = [other for other in rules if other != rule]
        chosen[f"owner with {rule} only"] = [rule]
    projects = {"stranger with every role": "project-e"}
    return {name: headers(projects.get(name, P),
                          "admin,member,reader" if some is None else ",".join(map(role_for, some)))
            for name, some in chosen.items()}
