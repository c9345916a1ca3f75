"""tools/check-rooms finds what goes up or sideways, and nothing else."""

import pathlib
import subprocess

import pytest

TOOL = pathlib.Path(__file__).with_name("check-rooms")


def check(source, files):
    """Writes the files (path under src/ -> text) and runs the tool on them."""
    for name, text in files.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return subprocess.run([TOOL, source], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name, text", [
    ("images/upload.cc", '#include "transfer/intake.h"\n'),
    ("images/upload.cc", '#include "images/images.h"\n#include <string>\n'),
    ("api/router.cc", '#include "http/message.h"\n'),
    ("http/session.cc", "#include <boost/asio.hpp>\n#include <boost/beast/http.hpp>\nco_return;\n"),
    ("catalog/sql.cc", "#include <soci/soci.h>\n#include <sqlite3.h>\n"),
    ("fetch/fetch.cc", "#include <curl/curl.h>\n"),
    ("stores/file_driver_test.cc", '#include "tests/contract/driver_contract.h"\n'),
    ("images/upload.cc", "// co_await is for http/ alone\n"),
    ("images/upload.cc", '/* #include "api/router.h" */\n'),
    ("images/upload.cc", 'auto text = "co_await";\n'),
])
def test_accepts(tmp_path, name, text):
    result = check(tmp_path, {name: text})

    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.parametrize("name, text, complaint", [
    ("base/text.cc", '#include "model/image.h"\n', "goes up"),
    ("stores/store.cc", '#include "catalog/catalog.h"\n', "goes sideways"),
    ("images/upload.cc", '#include "http/message.h"\n', "which only api, apps may"),
    ("images/upload.cc", '#include "upload.h"\n', "names no room"),
    ("images/upload.cc", '#include "../api/router.h"\n', "names no room"),
    ("images/upload.cc", '#include "tests/contract/driver_contract.h"\n', "names no room"),
    ("images/upload.cc", "co_await next();\n", "coroutines belong in http/"),
    ("api/router.cc", "#include <boost/beast/http.hpp>\n", "Asio and Beast belong in http/"),
    ("threads/pool.cc", "#include <boost/asio/thread_pool.hpp>\n", "Asio and Beast belong in http/"),
    ("images/upload.cc", "#include <soci/soci.h>\n", "SQL libraries belong in catalog/"),
    ("stores/http_driver.cc", "#include <curl/curl.h>\n", "libcurl belong in fetch/"),
    ("cellar/wine.cc", "\n", "not a room"),
])
def test_refuses(tmp_path, name, text, complaint):
    result = check(tmp_path, {name: text})

    assert result.returncode == 1
    assert name in result.stdout
    assert complaint in result.stdout


def test_names_the_line(tmp_path):
    result = check(tmp_path, {"base/text.h": '#pragma once\n\n#include "api/router.h"\n'})

    assert f"{tmp_path}/base/text.h:3: " in result.stdout


def test_reports_every_fault(tmp_path):
    result = check(tmp_path, {"base/a.h": '#include "api/a.h"\n', "base/b.h": '#include "api/b.h"\nco_await x;\n'})

    assert len(result.stdout.splitlines()) == 3


def test_says_so_when_there_is_nothing_to_check(tmp_path):
    result = subprocess.run([TOOL, tmp_path / "absent"], capture_output=True, text=True, check=False)

    assert result.returncode != 0
    assert "not a directory" in result.stderr
