"""Our policy rules beside oslo.policy's: the same verdicts for random rules, credentials and targets.

Where oslo.policy raises an exception the service would answer 500; ours denies. It also denies, on purpose,

- a rule with a word that is no check (`admin or role:x`): oslo.policy takes the word for a check that fails;
- a rule that leads back to itself: oslo.policy answers as long as it happens not to follow it;
- what is behind a `not` in both cases, so that a mistake opens nothing.
"""

import json
import random
import subprocess

import pytest
from glance import policies
from oslo_config import cfg
from oslo_policy import opts, policy

from support.server import BINARY

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # oslo.policy's about tokens of another scope

JUDGE = BINARY.parent / "policy_judge"
SEED = 20
RULE_SETS = 400
QUESTIONS = 25

TEXTS = ["p", "q", "public", "Member", "3", "None", "True", "d/1", "100%"]
VALUES = [*TEXTS, None, True, False, 0, 3, -7, 20, 2.0, 1.5, 0.1, 1e16, 12345678901234567]
NAMES = ["one", "two", "three", "four", "get_image", "publicize_image"]
UNKNOWN_NAMES = ["nowhere", "default"]
KEYS = ["owner", "visibility", "size", "protected", "hw.model", "role"]
CREDENTIALS = ["user_id", "project_id", "domain_id", "is_admin_project", "level", "missing"]
ROLES = ["admin", "member", "reader", "service"]
LITERALS = ["'public'", '"p"', "''", "True", "False", "None", "3", "-7", "+20", "2.0", "1.50", "1e16", ".1", "'d/1'"]
PATHS = ["token.user.id", "token.user.missing", "token.groups.name", "token.list", "token.missing.id", "lists"]


def any_case(word, chance):
    return "".join(chance.choice((letter.lower(), letter.upper())) for letter in word)


def random_value(chance):
    """The right side of a check: texts and values of the target."""
    pieces = chance.choices([f"%({chance.choice(KEYS)})s", chance.choice(TEXTS[:-1]), "%%", "/"], [8, 3, 1, 1],
                            k=chance.choice((1, 1, 1, 2, 3)))
    return "".join(pieces)


def random_check(chance, references):
    kind = chance.choice(("constant", "role", "role", "rule", "credential", "credential", "literal", "path"))
    if kind == "constant":
        return chance.choice("@!")
    if kind == "rule":
        return f"rule:{chance.choice(references or UNKNOWN_NAMES)}"
    if kind == "role":
        return f"role:{chance.choice((any_case(chance.choice(ROLES), chance), '%(role)s'))}"
    left = chance.choice({"credential": CREDENTIALS, "literal": LITERALS, "path": PATHS}[kind])
    return f"{left}:{random_value(chance)}"


def random_expression(chance, references, depth):
    if depth == 0:
        return random_check(chance, references)
    parts = [random_expression(chance, references, chance.randrange(depth)) for _ in range(chance.randint(1, 4))]
    blank = chance.choice((" ", "  ", "\n", "\t"))
    text = parts[0]
    for part in parts[1:]:
        text += blank + any_case(chance.choice(("and", "or")), chance) + blank + part
    wrapped = chance.choice((text, f"({text})", f"( {text} )", f"not ({text})"))
    return wrapped if chance.random() < 0.7 else f"{any_case('not', chance)} {wrapped}"


def random_list(chance, references):
    def checks():
        return [random_check(chance, references) for _ in range(chance.randint(0, 3))]

    return [chance.choice((checks(), random_check(chance, references))) for _ in range(chance.randint(0, 3))]


def random_rule(chance, references):
    if chance.random() < 0.15:
        return random_list(chance, references)
    return chance.choice(("", random_expression(chance, references, 3), random_expression(chance, references, 2)))


def random_rules(chance):
    """Each refers only to those before it."""
    rules = {}
    for name in NAMES:
        rules[name] = random_rule(chance, [*rules, *UNKNOWN_NAMES])
    rules["default"] = chance.choice(("", "!", "role:reader"))
    return rules


def random_credentials(chance):
    credentials = {
        "user_id": chance.choice(TEXTS), "project_id": chance.choice((*TEXTS, None)),
        "roles": chance.sample(ROLES, chance.randint(0, 3)), "is_admin_project": chance.choice((True, False)),
        "domain_id": chance.choice((None, None, None, "", "d")),
        "system_scope": chance.choice((None, None, None, "all")),
        "level": chance.choice(VALUES), "lists": chance.choices(VALUES, k=chance.randint(0, 3)),
        "token": {"user": {"id": chance.choice(VALUES)}, "list": chance.choices(TEXTS, k=2),
                  "groups": [{"name": chance.choice(VALUES)}, {"name": chance.choice(VALUES)}]},
    }
    if chance.random() < 0.1:
        del credentials["roles"]
    if credentials["system_scope"]:
        credentials["system"] = credentials["system_scope"]
    return credentials


def random_target(chance):
    return {key: chance.choice(VALUES) for key in KEYS if chance.random() < 0.9}


def random_question(chance, names):
    return {"rule": chance.choice(names), "credentials": random_credentials(chance), "target": random_target(chance)}


def ask_ours(tasks):
    lines = "".join(json.dumps(task) + "\n" for task in tasks)
    result = subprocess.run([JUDGE], input=lines, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


class Oslo:
    """oslo.policy with rules of one's own, and with those of Debian's Glance if `defaults` are given."""

    def __init__(self, task, defaults=()):
        conf = cfg.ConfigOpts()
        conf([], default_config_files=[], default_config_dirs=[])
        opts._register(conf)  # pylint: disable=protected-access
        for name, value in (("enforce_scope", True), ("enforce_new_defaults", task["enforce_new_defaults"])):
            conf.set_override(name, value, group="oslo_policy")
        self.enforcer = policy.Enforcer(conf, use_conf=False)
        self.enforcer.suppress_default_change_warnings = True
        self.enforcer.suppress_deprecation_warnings = True
        self.enforcer.register_defaults(defaults)
        rules = {name: policy.RuleDefault(name, rule).check for name, rule in task["rules"].items()}
        for default in defaults:
            # pylint: disable-next=protected-access
            check = self.enforcer._handle_deprecated_rule(default) if default.deprecated_rule else default.check
            rules.setdefault(default.name, check)
        self.enforcer.set_rules(policy.Rules(rules, "default"))

    def allows(self, question):
        """None where it raises an exception."""
        try:
            return bool(self.enforcer.enforce(question["rule"], question["target"], dict(question["credentials"])))
        except Exception:  # pylint: disable=broad-exception-caught
            return None


def compared(tasks, defaults=()):
    """Every question with our verdict and oslo.policy's."""
    for task, answer in zip(tasks, ask_ours(tasks), strict=True):
        oslo = Oslo(task, defaults)
        for question, ours in zip(task["questions"], answer["allowed"], strict=True):
            yield task["rules"], question, ours, oslo.allows(question), answer["faults"]


def scopes_of_ours(rules):
    """The rules of the service that the task replaces keep their scope; oslo.policy is told of it."""
    return [policy.RuleDefault(name, "!", scope_types=["project"]) for name in ("get_image", "publicize_image")
            if name in rules]


def test_rules_mean_the_same():
    chance = random.Random(SEED)
    tasks = []
    for _ in range(RULE_SETS):
        names = [*NAMES, *UNKNOWN_NAMES]
        tasks.append({"rules": random_rules(chance), "enforce_new_defaults": True,
                      "questions": [random_question(chance, names) for _ in range(QUESTIONS)]})

    verdicts = set()
    for rules, question, ours, oslos, faults in compared(tasks, scopes_of_ours(NAMES)):
        assert not faults, rules
        assert oslos is not None, (rules, question)
        assert ours == oslos, (rules, question)
        verdicts.add(ours)
    assert verdicts == {True, False}


def random_soup(chance):
    """Words in an order that may mean nothing."""
    words = ["and", "or", "not", "(", ")", "((", "))", "admin", "'text'", "1x:y", "user_id:%(owner)d", "a b", ":", ""]
    checks = [random_check(chance, ["one", "three"]) for _ in range(4)]
    return " ".join(chance.choices([*words, *checks, *checks], k=chance.randint(1, 7)))


def test_what_is_not_understood_opens_nothing_that_was_closed():
    chance = random.Random(SEED)
    tasks = []
    for _ in range(2 * RULE_SETS):
        rules = {name: random_soup(chance) for name in ("one", "two", "three")}
        tasks.append({"rules": rules, "enforce_new_defaults": True,
                      "questions": [random_question(chance, list(rules)) for _ in range(5)]})

    seen = set()
    for rules, question, ours, oslos, faults in compared(tasks, list(policies.list_rules())):
        assert oslos or not ours, (rules, question)
        seen.add((ours, oslos, bool(faults)))
    assert {(True, True, True), (False, None, True), (False, False, True)} <= seen


def persona(project, *roles, **more):
    return {"user_id": "u", "project_id": project, "domain_id": None, "roles": list(roles)} | more


PERSONAS = {
    "admin": persona("a", "admin", "member", "reader"),
    "bare admin": persona("a", "admin"),
    "member": persona("p", "member", "reader"),
    "reader": persona("p", "reader"),
    "service": persona("s", "service"),
    "other member": persona("q", "member", "reader"),
    "no role": persona("p"),
    "anonymous": persona(None),
    "system admin": persona(None, "admin", "member", "reader", system_scope="all", system="all"),
    "domain admin": persona(None, "admin", "member", "reader", domain_id="d"),
}


def image_of(visibility, member=None):
    return {"project_id": "p", "owner": "p", "visibility": visibility, "member_id": member, "member": member}


TARGETS = [image_of("private"), image_of("shared"), image_of("shared", "q"), image_of("community"), image_of("public"),
           {"project_id": "p", "visibility": "public"}, {"project_id": "p"}, {}]


# Newer releases let services see the stores, too.
SINCE_DEBIANS_GLANCE = {"stores_info_detail"}


@pytest.mark.parametrize("enforce_new_defaults", [True, False])
def test_defaults_are_those_of_debians_glance(enforce_new_defaults):
    debians = list(policies.list_rules())
    questions = [{"rule": rule.name, "credentials": credentials, "target": target}
                 for rule in debians for credentials in PERSONAS.values() for target in TARGETS]
    task = {"rules": {}, "enforce_new_defaults": enforce_new_defaults, "questions": questions}

    different = {question["rule"] for _, question, ours, oslos, _ in compared([task], debians) if ours != bool(oslos)}

    assert different == SINCE_DEBIANS_GLANCE
