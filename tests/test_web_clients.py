"""The protocols of others over HTTP, with their own clients: OpenAI's, LangChain's, the Model Context Protocol's."""

import asyncio
from collections.abc import Iterator

import httpx
import openai
import pytest
from fakes import ARTICLES, REFUSED, FakeAssistant
from web_fixtures import serving

QUESTION = "船票是每人多少元？"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(FakeAssistant, tmp_path_factory.mktemp("server")) as base:
        yield base


@pytest.fixture
def client(base: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{base}/v1", api_key="wj_none", max_retries=0) as client:
        yield client


def asked(text: str) -> list[dict]:
    return [{"role": "user", "content": text}]


def test_the_openai_client_gets_an_answer_with_sources_in_text_and_data(client: openai.OpenAI, base: str) -> None:
    completion = client.chat.completions.create(model="wenju", messages=asked(QUESTION), temperature=0.2)
    message = completion.choices[0].message
    citation = message.model_extra["citations"][0]
    link = message.annotations[0].url_citation
    assert "3元" in message.content
    assert "[1] 白沙渡口换上电动渡船" in message.content
    assert citation["quote"] in next(article.text for article in ARTICLES if article.id == "ferry")
    assert message.content[link.start_index : link.end_index] == "[1]"
    assert httpx.get(link.url).status_code == 200
    assert completion.usage.total_tokens > 0


def test_the_openai_client_streams_the_same_text_and_the_citations_come_last(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="wenju", messages=asked(QUESTION)).choices[0].message
    chunks = list(
        client.chat.completions.create(
            model="wenju", messages=asked(QUESTION), stream=True, stream_options={"include_usage": True}
        )
    )
    spoken = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    final = next(chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason == "stop")
    assert spoken == whole.content
    assert final.choices[0].delta.model_extra["citations"] == whole.model_extra["citations"]
    assert chunks[-1].usage.completion_tokens > 0


def test_earlier_messages_are_the_history_and_system_messages_are_left_out(client: openai.OpenAI) -> None:
    messages = [
        {"role": "system", "content": "Answer in verse."},
        {"role": "user", "content": "白沙渡口的新渡船"},
        {"role": "user", "content": [{"type": "text", "text": "每天开几班？"}]},
    ]
    assert "26班" in client.chat.completions.create(model="wenju", messages=messages).choices[0].message.content


def test_a_refusal_is_told_as_data(client: openai.OpenAI) -> None:
    message = client.chat.completions.create(model="wenju", messages=asked(REFUSED)).choices[0].message
    assert message.model_extra["abstained"] is True
    assert message.model_extra["citations"] == []


def test_the_models_are_listed_and_others_are_not_found(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["wenju", "wenju-extractive"]
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-9", messages=asked(QUESTION))
    assert caught.value.code == "not_found"


def test_an_error_reaches_the_openai_client_with_its_code_and_reason(client: openai.OpenAI) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model="wenju-llm", messages=asked(QUESTION), stream=True)
    assert caught.value.code == "llm_unavailable"
    assert "WENJU_LLM" in str(caught.value)


@pytest.mark.parametrize("messages", [[], [{"role": "assistant", "content": "x"}], [{"role": "user", "content": " "}]])
def test_a_completion_needs_a_question(client: openai.OpenAI, messages: list[dict]) -> None:
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model="wenju", messages=messages)


def test_langchains_chat_openai_answers_and_streams(base: str) -> None:
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model="wenju", base_url=f"{base}/v1", api_key="wj_none", max_retries=0)
    answer = model.invoke([("human", QUESTION)])
    streamed = "".join(chunk.text for chunk in model.stream([("human", QUESTION)]))
    assert "3元" in answer.text
    assert streamed == answer.text


def test_the_mcp_client_lists_the_tools_and_searches_answers_and_reads(base: str) -> None:
    from mcp.client import Client

    async def talk() -> tuple[list[str], dict, dict, dict]:
        async with Client(f"{base}/mcp") as client:
            tools = await client.list_tools()
            found = await client.call_tool("search_articles", {"question": "图书馆藏书", "k": 1})
            answer = await client.call_tool("answer_question", {"question": QUESTION})
            article_id = answer.structured_content["citations"][0]["article"]["id"]
            article = await client.call_tool("read_article", {"article_id": article_id})
        names = [tool.name for tool in tools.tools]
        return names, found.structured_content, answer.structured_content, article.structured_content

    names, found, answer, article = asyncio.run(talk())
    citation = answer["citations"][0]
    assert names == ["search_articles", "answer_question", "read_article"]
    assert found["passages"][0]["article"]["id"] == "library"
    assert article["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_a_failing_mcp_tool_says_what_to_do(base: str) -> None:
    from mcp.client import Client

    async def talk() -> tuple[bool, str]:
        async with Client(f"{base}/mcp") as client:
            result = await client.call_tool("read_article", {"article_id": "nobody"})
        return result.is_error, result.content[0].text

    failed, text = asyncio.run(talk())
    assert failed
    assert "nobody" in text
