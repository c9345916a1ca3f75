"""tools/count-results adds up test reports and never takes silence for success."""

import pathlib
import subprocess

TOOL = pathlib.Path(__file__).with_name("count-results")


def count(*paths):
    return subprocess.run([TOOL, *paths], capture_output=True, text=True, check=True).stdout.strip()


def test_adds_up_several_files(tmp_path):
    ctest, pytest = tmp_path / "ctest.xml", tmp_path / "pytest.xml"
    ctest.write_text('<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>')
    pytest.write_text('<testsuites><testsuite><testcase name="c"/><testcase name="d"><skipped/></testcase>'
                      '<testcase name="e"><error/></testcase></testsuite></testsuites>')

    assert count(ctest, pytest) == "2 2 1"


def test_counts_a_missing_file_as_a_failure(tmp_path):
    assert count(tmp_path / "absent.xml") == "0 1 0"


def test_counts_a_broken_file_as_a_failure(tmp_path):
    (tmp_path / "broken.xml").write_text("<testsuite>")

    assert count(tmp_path / "broken.xml") == "0 1 0"


def test_counts_a_file_without_tests_as_a_failure(tmp_path):
    (tmp_path / "empty.xml").write_text("<testsuites/>")

    assert count(tmp_path / "empty.xml") == "0 1 0"


def test_adds_up_a_directory(tmp_path):
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_text('<testsuites><testsuite><testcase name="a"/></testsuite></testsuites>')
    (tmp_path / "notes.txt").write_text("no report")

    assert count(tmp_path) == "2 0 0"


def test_counts_a_directory_without_reports_as_a_failure(tmp_path):
    assert count(tmp_path) == "0 1 0"
