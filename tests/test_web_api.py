"""The answer API over HTTP, with the fake assistant behind it."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fakes import ARTICLES, REFUSED, FakeAssistant
from web_fixtures import serving, until

from index.errors import NoIndex
from qa.ports import AssistantPort
from qa.types import Answer
from web.schemas import AnswerOut, ArticleOut, ArticlesOut, InfoOut, PassagesOut, ProblemOut


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(FakeAssistant, tmp_path_factory.mktemp("server"), data=Path(tmp_path_factory.mktemp("data"))) as base:
        yield base


@pytest.fixture
def client(base: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, timeout=20) as client:
        yield client


def events_of(text: str) -> list[tuple[str, dict]]:
    """Return the events of an event stream with their data."""
    blocks = [block.split("\n") for block in text.split("\n\n") if block.startswith("event: ")]
    return [(first.removeprefix("event: "), json.loads(second.removeprefix("data: "))) for first, second in blocks]


def problem(response: httpx.Response) -> dict:
    """Return a response's problem document after checking its form."""
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    ProblemOut.model_validate(body)
    assert body["status"] == response.status_code
    return body


def test_an_answer_cites_verbatim_what_stands_in_the_article(client: httpx.Client) -> None:
    body = client.post("/api/v1/answer", json={"question": "清河县种了多少亩梨树？"}).json()
    AnswerOut.model_validate(body)
    citation = body["citations"][0]
    article = client.get(f"/api/v1/articles/{citation['article']['id']}").json()
    ArticleOut.model_validate(article)
    assert "[1]" in body["answer"]
    assert article["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_an_english_question_is_answered_in_english(client: httpx.Client) -> None:
    body = client.post("/api/v1/answer", json={"question": "How many riders did the night tram carry?"}).json()
    assert (body["lang"], body["abstained"]) == ("en", False)


def test_a_refusal_is_an_answer_with_a_reason_and_a_confidence(client: httpx.Client) -> None:
    response = client.post("/api/v1/answer", json={"question": REFUSED})
    assert response.status_code == 200
    assert (response.json()["abstained"], response.json()["reason"]) == (True, "low_confidence")


def test_the_history_makes_a_follow_up_stand_alone(client: httpx.Client) -> None:
    history = [{"role": "user", "content": "白沙渡口的新渡船"}]
    body = client.post("/api/v1/answer", json={"question": "每天开几班？", "history": history}).json()
    assert "26班" in body["answer"]
    assert body["standalone_question"] != body["question"]


def test_a_stream_brings_passages_then_text_then_citations_then_the_whole_answer(client: httpx.Client) -> None:
    question = {"question": "白沙渡口的船票多少元？"}
    response = client.post("/api/v1/answer", json=question, headers={"Accept": "text/event-stream"})
    events = events_of(response.text)
    names = [name for name, _ in events]
    done = events[-1][1]
    assert names[0] == "passages"
    assert names[-2:] == ["citations", "done"]
    assert "".join(data["text"] for name, data in events if name == "delta") == done["answer"]
    assert events[-2][1]["citations"] == done["citations"]
    AnswerOut.model_validate(done)


def test_an_error_before_the_first_event_sets_the_status(client: httpx.Client) -> None:
    asked = {"question": "船票多少元？", "mode": "llm"}
    response = client.post("/api/v1/answer", json=asked, headers={"Accept": "text/event-stream"})
    assert response.status_code == 503
    assert problem(response)["code"] == "llm_unavailable"


def test_search_returns_passages_best_first(client: httpx.Client) -> None:
    body = client.post("/api/v1/search", json={"question": "图书馆藏书", "k": 2}).json()
    PassagesOut.model_validate(body)
    assert body["passages"][0]["article"]["id"] == "library"
    assert [passage["rank"] for passage in body["passages"]] == list(range(1, len(body["passages"]) + 1))


def test_filters_restrict_what_is_searched(client: httpx.Client) -> None:
    asked = {"question": "县里的梨和渡口的船", "filters": {"article_ids": ["ferry"]}}
    found = client.post("/api/v1/search", json=asked).json()["passages"]
    assert {passage["article"]["id"] for passage in found} == {"ferry"}


def test_articles_are_listed_page_by_page_and_the_page_past_the_end_is_empty(client: httpx.Client) -> None:
    first = client.get("/api/v1/articles", params={"per_page": 3}).json()
    past = client.get("/api/v1/articles", params={"per_page": 3, "page": 9}).json()
    ArticlesOut.model_validate(first)
    assert (len(first["articles"]), first["total"]) == (3, len(ARTICLES))
    assert (past["articles"], past["page"]) == ([], 9)


def test_articles_are_filtered_by_author_and_date(client: httpx.Client) -> None:
    by_author = client.get("/api/v1/articles", params={"author": "林舟"}).json()
    by_date = client.get("/api/v1/articles", params={"date_from": "2025"}).json()
    assert [article["id"] for article in by_author["articles"]] == ["ferry"]
    assert {article["id"] for article in by_date["articles"]} == {"ferry", "library"}


def test_info_names_what_is_served(client: httpx.Client) -> None:
    assert InfoOut.model_validate(client.get("/api/v1/info").json()).articles == len(ARTICLES)


@pytest.mark.parametrize(
    "body",
    [
        {"question": ""},
        {"question": " \n\t"},
        {"question": "长" * 2001},
        {"question": "好", "k": 0},
        {"question": "好", "k": 51},
        {"question": "好", "k": "8"},
        {"question": "好", "mode": "guess"},
        {"question": "好", "filters": {"colour": "red"}},
        {"question": "好", "filters": {"date_from": "last year"}},
        {"question": "好", "history": [{"role": "system", "content": "x"}]},
        {"question": 7},
        {"q": "好"},
        {},
        [],
        None,
    ],
)
def test_what_breaks_the_contract_is_refused_as_invalid(client: httpx.Client, body: object) -> None:
    for path in ("/api/v1/answer", "/api/v1/search"):
        response = client.post(path, json=body)
        assert response.status_code == 422
        assert problem(response)["code"] == "invalid_request"


def test_a_question_of_exactly_two_thousand_characters_is_answered(client: httpx.Client) -> None:
    assert client.post("/api/v1/answer", json={"question": "梨" * 2000}).status_code == 200


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b'{"question": "\\ud800"}', b'{"question": NaN}'])
def test_a_body_that_is_no_json_is_refused_as_invalid(client: httpx.Client, raw: bytes) -> None:
    response = client.post("/api/v1/answer", content=raw, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert problem(response)["code"] == "invalid_request"


def test_a_huge_body_is_refused(client: httpx.Client) -> None:
    response = client.post("/api/v1/answer", json={"question": "好", "history": "x" * 2_000_000})
    assert response.status_code == 413
    assert problem(response)["code"] == "invalid_request"


def test_an_unknown_path_article_and_method_end_in_problem_documents(client: httpx.Client) -> None:
    assert problem(client.get("/api/v1/nothing"))["code"] == "not_found"
    assert problem(client.get("/api/v1/articles/nobody"))["code"] == "not_found"
    wrong_method = client.get("/api/v1/answer")
    assert (wrong_method.status_code, problem(wrong_method)["code"]) == (405, "invalid_request")


def test_every_response_has_a_request_id_and_keeps_a_harmless_one(client: httpx.Client) -> None:
    assert client.get("/health").headers["x-request-id"]
    assert client.get("/nothing", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert client.get("/health", headers={"X-Request-ID": "a b"}).headers["x-request-id"] != "a b"


def test_feedback_on_a_given_answer_is_kept_and_on_an_unknown_one_refused(client: httpx.Client) -> None:
    answer = client.post("/api/v1/answer", json={"question": "图书馆藏书多少册？"}).json()
    good = client.post("/api/v1/feedback", json={"answer_id": answer["id"], "rating": 1, "comment": "好"})
    unknown = client.post("/api/v1/feedback", json={"answer_id": "nobody", "rating": -1})
    assert good.status_code == 201
    assert problem(unknown)["code"] == "not_found"
    assert client.post("/api/v1/feedback", json={"answer_id": answer["id"], "rating": 5}).status_code == 422


def test_metrics_count_answers_and_refusals(client: httpx.Client) -> None:
    client.post("/api/v1/answer", json={"question": REFUSED})
    text = client.get("/metrics").text
    assert 'wenju_answers_total{mode="extractive",outcome="low_confidence"}' in text
    assert 'route="/api/v1/answer"' in text


def test_made_up_paths_and_methods_do_not_fill_the_metrics(client: httpx.Client) -> None:
    client.request("LOCK", "/made-up-pot")
    text = client.get("/metrics").text
    assert 'method="other"' in text
    assert "LOCK" not in text
    assert "made-up" not in text


def test_the_openapi_shows_an_example_and_the_problem_shape(client: httpx.Client) -> None:
    schema = client.get("/openapi.json").json()
    shapes = schema["components"]["schemas"]
    assert shapes["SearchIn"]["examples"][0]["question"]
    assert "ProblemOut" in shapes
    assert "HTTPValidationError" not in shapes


def test_before_an_index_is_loaded_the_server_lives_and_says_why_it_is_not_ready(tmp_path: Path) -> None:
    there = threading.Event()

    def load() -> AssistantPort:
        if not there.is_set():
            raise NoIndex("There is no index yet. Run `wenju index DIR`.")
        return FakeAssistant()

    with serving(load, tmp_path, wait=False) as base:
        until(lambda: "wenju index" in httpx.get(f"{base}/ready").text)
        assert httpx.get(f"{base}/health").status_code == 200
        refused = httpx.post(f"{base}/api/v1/answer", json={"question": "好"})
        assert (refused.status_code, problem(refused)["code"]) == (503, "not_ready")
        assert refused.headers["retry-after"]
        there.set()
        until(lambda: httpx.get(f"{base}/ready").status_code == 200)


def test_a_load_that_fails_unforeseen_is_told_without_its_secrets(tmp_path: Path) -> None:
    def load() -> AssistantPort:
        raise RuntimeError("the secret detail")

    with serving(load, tmp_path, wait=False) as base:
        until(lambda: "log says why" in httpx.get(f"{base}/ready").text)
        page = httpx.get(base, headers={"Accept": "text/html", "Accept-Language": "en"})
    assert page.status_code == 503
    assert "No index is loaded yet" in page.text
    assert "secret" not in page.text


class Slow(FakeAssistant):
    """An assistant that answers only once it is allowed to."""

    go = threading.Event()

    def answer(self, question: str, **options: object) -> Answer:
        self.go.wait(20)
        return super().answer(question)


def test_more_requests_than_places_and_queue_are_refused_at_once(tmp_path: Path) -> None:
    with serving(Slow, tmp_path, max_concurrency=1, max_queue=1) as base:
        answers: list[int] = []

        def ask() -> None:
            answers.append(httpx.post(f"{base}/api/v1/answer", json={"question": "梨"}, timeout=20).status_code)

        threads = [threading.Thread(target=ask) for _ in range(5)]
        for thread in threads:
            thread.start()
        until(lambda: answers.count(503) == 3)
        refused = httpx.post(f"{base}/api/v1/answer", json={"question": "梨"})
        assert (refused.status_code, problem(refused)["code"]) == (503, "overloaded")
        assert refused.headers["retry-after"] == "1"
        Slow.go.set()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200, 200, 503, 503, 503]


class Broken(FakeAssistant):
    """An assistant with a mistake in it."""

    def answer(self, question: str, **options: object) -> Answer:
        raise RuntimeError("the secret detail")


def test_an_unforeseen_error_is_a_problem_document_that_tells_nothing(tmp_path: Path) -> None:
    with serving(Broken, tmp_path) as base:
        response = httpx.post(f"{base}/api/v1/answer", json={"question": "梨"})
        assert (response.status_code, problem(response)["code"]) == (500, "internal")
        assert "secret" not in response.text


def test_a_newer_index_is_taken_into_service_without_a_restart(tmp_path: Path) -> None:
    current = tmp_path / "index" / "current"
    current.parent.mkdir()
    current.write_text("1")

    def load() -> AssistantPort:
        return FakeAssistant(known=ARTICLES[: int(current.read_text())])

    with serving(load, tmp_path) as base:
        assert httpx.get(f"{base}/api/v1/info").json()["articles"] == 1
        newer = current.with_name("newer")
        newer.write_text("3")
        newer.replace(current)
        until(lambda: httpx.get(f"{base}/api/v1/info").json()["articles"] == 3)
