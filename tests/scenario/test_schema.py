"""The JSON Schema and the reader are of one mind: what an editor underlines is what the sandbox refuses."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from jsonschema import Draft202012Validator

from sandbox.config import shipped
from sandbox.scenario.files import read_text
from sandbox.scenario.shapes import schema
from tests.scenario.broken import BROKEN
from tests.scenario.generated import Definition, definitions

BEYOND_A_SCHEMA = {
    "an err_code",
    "an nth",
    "a reason without an error",
    "a slow answer without seconds",
    "fail and fault at once",
    "an endpoint that does not exist",
    "an endpoint in other letters",
    "an err_code as APIv3 has it",
    "an err_code that is nearly APIv3's",
    "what comes before a break",
    "no name",
    "two coupons that pay the rest",
    "a key twice",
    "a negative span",
    "too long a span",
    "copies over too long a span",
    "no effect",
    "rules about several fields",
    "use beside what it says itself",
    "not YAML",
    "a key that is a list",
    "a file that holds itself",
    "an empty file",
}
"""Mistakes in what keys mean together, and in the YAML itself."""

FILES = sorted(shipped("scenarios").glob("*.yaml"))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_built_in_file_is_valid(file: Any, validator: Draft202012Validator) -> None:
    for document in yaml.safe_load_all(file.read_text()):
        assert [error.message for error in validator.iter_errors(document)] == [], document["name"]


@pytest.mark.parametrize("name", sorted(BROKEN.keys() - BEYOND_A_SCHEMA))
def test_what_the_reader_refuses_the_schema_refuses(name: str, validator: Draft202012Validator) -> None:
    documents = list(yaml.safe_load_all(BROKEN[name][0]))
    assert not all(validator.is_valid(document) for document in documents)


@pytest.mark.slow
@given(definitions())
def test_what_the_reader_takes_the_schema_takes(definition: Definition) -> None:
    read_text(yaml.safe_dump(definition, allow_unicode=True), "x", "")
    errors = [error.message for error in Draft202012Validator(schema()).iter_errors(definition)]
    assert errors == []


def test_every_key_of_the_reader_stands_in_the_schema() -> None:
    properties = schema()["$defs"]["ScenarioShape"]["properties"] if "$ref" in schema() else schema()["properties"]
    assert set(properties) == {
        "name", "title", "description", "good_merchant", "how_to_see", "group", "when", "use", "payer", "api",
        "refund", "transfer", "share", "bill", "notify", "signed_by",
    }  # fmt: skip
