"""What operators learn of their policy files before a service reads them."""

import pytest

from support.server import REPOSITORY, run


@pytest.fixture
def config(tmp_path):
    """A configuration with an empty policy directory beside it, so that none of the machine's is found."""
    (tmp_path / "policy.d").mkdir()
    (tmp_path / "policy.yaml").touch()
    path = tmp_path / "glance-api.conf"
    path.write_text("[DEFAULT]\n")
    return path


def table(config, *words):
    """The verdicts by rule and kind of caller."""
    result = run("policy", "check", "--config-file", config, *words)
    assert result.returncode == 0, result.stdout + result.stderr
    lines = result.stdout.split("RULE", 1)[1].split("\n\n")[0].splitlines()
    columns = ["admin", "member", "reader", "service", "other", "no role", "anonymous"]
    assert [title.strip() for title in lines[0].split("  ") if title.strip()] == columns
    return {rule: dict(zip(columns, verdicts, strict=True)) for rule, *verdicts in map(str.split, lines[1:])}


def may(verdicts):
    return {persona for persona, verdict in verdicts.items() if verdict == "yes"}


def test_the_table_shows_who_may_do_what(config):
    rules = table(config)

    assert len(rules) == 67
    assert may(rules["get_image"]) == {"admin", "member", "reader"}
    assert may(rules["modify_image"]) == {"admin", "member"}
    assert may(rules["publicize_image"]) == {"admin"}
    assert may(rules["fetch_image_location"]) == {"admin", "service"}
    assert may(rules["get_images"]) == {"admin", "member", "reader", "other"}
    assert may(rules["add_image"]) == {"admin", "member", "other"}
    assert may(rules["default"]) == set(rules["default"])


def test_the_table_depends_on_the_visibility_of_the_image(config):
    assert may(table(config, "--visibility", "public")["download_image"]) == {"admin", "member", "other"}
    assert may(table(config, "--visibility", "shared")["modify_member"]) == {"admin", "other"}


def test_the_table_is_about_the_files_of_the_configuration(config, tmp_path):
    (tmp_path / "policy.yaml").write_text("publicize_image: role:reader\nget_image: http://policy/\n")
    (tmp_path / "policy.d" / "more.json").write_text('{"publicize_image": "role:service"}')

    rules = table(config)

    assert may(rules["publicize_image"]) == {"service"}
    assert set(rules["get_image"].values()) == {"asks"}


def test_a_broken_file_is_reported_with_its_lines_and_without_a_table(config, tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("get_image: role:a or\nget_images: '@'\nget_images: '!'\n")

    result = run("policy", "check", "--config-file", config)

    assert result.returncode == 1
    assert f"{policy}:1: error: get_image: It ends where a check is expected." in result.stdout
    assert f"{policy}:3: error: get_images stands in line 2 already." in result.stdout
    assert "RULE" not in result.stdout


def test_what_is_odd_is_a_warning(config, tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("get_imag: '!'\nget_image: rule:typo\n")

    result = run("policy", "check", "--config-file", config)

    assert result.returncode == 0
    assert f"{policy}:1: warning: get_imag is no rule of this service" in result.stdout
    assert f"{policy}:2: warning: get_image refers to rule:typo" in result.stdout


def test_the_reference_in_the_documentation_is_the_programs():
    """Made anew with: vitrine policy reference > docs/reference/policy.md"""
    page = REPOSITORY / "docs" / "reference" / "policy.md"

    assert run("policy", "reference").stdout == page.read_text()
