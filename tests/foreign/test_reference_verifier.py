"""The published verifier of web pages (`@dfinity/response-verification`) agrees with our gateway, page by page."""

from collections.abc import Iterator

import pytest

from candid.principal import to_text
from support.certified_pages import BAD, GOOD, Case
from support.http_client import Server, serving
from support.javascript_agent import AgentError, JavaScriptAgent, javascript_agent
from support.web_pages import PageCanister


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--seed", "verifier") as running:
        yield running


@pytest.fixture(scope="module")
def pages(server: Server) -> PageCanister:
    return PageCanister.new(server.client())


@pytest.fixture(scope="module")
def node(server: Server) -> Iterator[JavaScriptAgent]:
    with javascript_agent(server.url) as agent:
        yield agent


def verdict(node: JavaScriptAgent, pages: PageCanister, case: Case) -> str:
    """The version by which the verifier accepts a page. Raises AgentError."""
    request, page = case.request, case.page
    return node.tell(
        "verifyPage",
        canister=to_text(pages.id),
        rootKey=pages.client.root_key.hex(),
        request={
            "method": request.method,
            "url": request.url,
            "certificate_version": [2],
            "headers": request.headers,
            "body": request.body.hex(),
        },
        response={"status_code": page.status, "headers": page.headers, "body": page.body.hex()},
    )


@pytest.mark.parametrize("name", GOOD)
def test_what_we_accept_the_reference_accepts(node: JavaScriptAgent, pages: PageCanister, name: str) -> None:
    assert verdict(node, pages, GOOD[name](pages)) == ("1" if name.startswith("version 1") else "2")


@pytest.mark.parametrize("name", BAD)
def test_what_we_refuse_the_reference_refuses(node: JavaScriptAgent, pages: PageCanister, name: str) -> None:
    with pytest.raises(AgentError):
        verdict(node, pages, BAD[name](pages))
