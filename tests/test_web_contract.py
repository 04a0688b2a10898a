"""The running server against its own OpenAPI: hundreds of generated requests, no 5xx, no breach of the contract."""

from collections.abc import Iterator

import pytest
import schemathesis
from fakes import FakeAssistant
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from web_fixtures import serving

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    with serving(lambda: FakeAssistant(llm=True), tmp_path_factory.mktemp("contract")) as base:
        yield schemathesis.openapi.from_url(f"{base}/openapi.json")


def test_generated_requests_are_answered_as_the_openapi_says(api: schemathesis.BaseSchema) -> None:
    operations = [found.ok() for found in api.get_all_operations()]
    assert len(operations) >= 10
    for operation in operations:
        check(operation)


def check(operation: schemathesis.schemas.APIOperation) -> None:
    """Send generated requests, good ones and bad ones, to one operation."""
    breakable = operation.body or operation.query  # nothing can be wrong with a request that says nothing
    for mode in schemathesis.GenerationMode if breakable else [schemathesis.GenerationMode.POSITIVE]:

        @settings(
            max_examples=20,
            deadline=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: schemathesis.Case) -> None:
            case.validate_response(case.call(timeout=20), checks=CHECKS)

        send()
