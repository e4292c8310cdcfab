"""docs/deploy.md is true: it shows the files of deploy/, which fit each other, the image and the program.

What compose.postgresql.yaml starts runs in tests/packaging/test_company.py; the files' shapes are checked by .ci/run.
"""

import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from sandbox.config import Settings
from sandbox.server import STOP_SECONDS
from sandbox.store.postgresql.sessions import CONNECTIONS
from tests.conftest import need
from tests.packaging.test_container import commands, environment

ROOT = Path(__file__).parent.parent.parent
GUIDES = [ROOT / "docs" / "deploy.md", ROOT / "docs" / "deploy.zh-CN.md"]
KUBERNETES = ROOT / "deploy" / "kubernetes"
pytestmark = pytest.mark.skipif(not GUIDES[0].exists(), reason="the docs are not installed; run it in a checkout")

_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\((?!http)([^)#]+)\)")
_FILE = re.compile(r"`([\w-]+\.yaml)`[^\n]*\n(?:[^`\n][^\n]*\n)*\n```yaml\n(.*?)```", re.DOTALL)


def block(kind: str, saying: str) -> str:
    """The block of this kind that says something."""
    return next(str(text) for named, text in _BLOCK.findall(GUIDES[0].read_text()) if named == kind and saying in text)


def manifest(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((KUBERNETES / f"{name}.yaml").read_text()))


def pods() -> dict[str, Any]:
    return dict(manifest("deployment")["spec"]["template"])


def container() -> dict[str, Any]:
    return dict(pods()["spec"]["containers"][0])


def test_both_languages_show_the_same() -> None:
    english, chinese = (_BLOCK.findall(guide.read_text()) for guide in GUIDES)
    assert english == chinese


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_everything_linked_is_there(guide: Path) -> None:
    assert [link for link in _LINK.findall(guide.read_text()) if not (guide.parent / link).exists()] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_files_for_kubernetes_are_shown_as_they_are(guide: Path) -> None:
    assert dict(_FILE.findall(guide.read_text())) == {path.name: path.read_text() for path in KUBERNETES.iterdir()}


def test_the_commands_for_compose_set_all_that_it_must_be_given(tmp_path: Path) -> None:
    need("openssl", "openssl")
    lines = "".join(line for line in block("sh", "> .env").splitlines(keepends=True) if ".env" in line)
    subprocess.run(["bash", "-euc", lines], cwd=tmp_path, check=True)
    made = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    asked = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.postgresql.yaml").read_text()))
    assert asked < made.keys()
    assert all(re.fullmatch("[0-9a-f]{48}", made[name]) for name in asked)


def test_every_setting_that_is_named_is_one() -> None:
    files = (*GUIDES, ROOT / "compose.postgresql.yaml", *KUBERNETES.iterdir())
    named = set(re.findall(r"WXPAY_SANDBOX_[A-Z_]+", "".join(path.read_text() for path in files)))
    known = {f"WXPAY_SANDBOX_{name.upper()}" for name in Settings.__dataclass_fields__}
    assert named <= known


def test_the_secret_has_what_the_deployment_takes_from_it() -> None:
    made = set(re.findall(r"--from-literal=([\w-]+)=", block("sh", "create secret")))
    name = block("sh", "create secret").split("generic ")[1].split()[0]
    taken = [one["valueFrom"]["secretKeyRef"] for one in container()["env"] if "valueFrom" in one]
    assert {(one["name"], one["key"]) for one in taken} == {(name, key) for key in made}


def test_whatever_names_the_pods_means_them() -> None:
    labels = pods()["metadata"]["labels"]
    assert manifest("deployment")["spec"]["selector"]["matchLabels"] == labels
    assert manifest("service")["spec"]["selector"] == labels
    assert manifest("network-policy")["spec"]["podSelector"]["matchLabels"] == labels
    (spread,) = pods()["spec"]["topologySpreadConstraints"]
    assert spread["labelSelector"]["matchLabels"] == labels
    ((name, value),) = labels.items()
    assert f"label: {name}={value}\n" in block("yaml", "scrape_configs")


def test_ports_lead_from_the_ingress_to_those_of_the_image() -> None:
    named = {one["name"]: one["containerPort"] for one in container()["ports"]}
    assert [str(port) for port in named.values()] == list(commands("EXPOSE")[0].value)
    service = manifest("service")
    assert {one["targetPort"]: one["port"] for one in service["spec"]["ports"]} == named
    (rule,) = manifest("ingress")["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert path["backend"]["service"] == {"name": service["metadata"]["name"], "port": {"name": "http"}}
    (public,) = [one["value"] for one in container()["env"] if one["name"] == "WXPAY_SANDBOX_PUBLIC_URL"]
    assert urlsplit(public).hostname == rule["host"]


def test_kubernetes_sets_no_variable_that_is_a_setting() -> None:
    assert pods()["spec"]["enableServiceLinks"] is False


def test_it_runs_as_the_images_user_and_writes_where_it_may() -> None:
    assert str(pods()["spec"]["securityContext"]["runAsUser"]) == commands("USER")[-1].value[0]
    places = {one["mountPath"] for one in container()["volumeMounts"]}
    assert places == {environment()["WXPAY_SANDBOX_DATA_DIR"], "/tmp"}


def test_it_has_time_to_stop() -> None:
    waits = int(container()["lifecycle"]["preStop"]["exec"]["command"][1])
    assert waits + 2 * STOP_SECONDS < pods()["spec"]["terminationGracePeriodSeconds"]
    assert STOP_SECONDS < 2  # as the guide says


def test_the_connections_of_a_process_are_counted() -> None:
    said = (f"a process has {CONNECTIONS + 1}, and", f"一个进程 {CONNECTIONS + 1} 个")
    assert [guide.name for guide, one in zip(GUIDES, said, strict=True) if one not in guide.read_text()] == []
