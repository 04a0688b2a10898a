"""The chain and the retriever as a LangChain user would use them."""

import asyncio

import pytest
from qa_fixtures import settings_of, small_index

from qa.assemble import load_assistant
from qa.assistant import Assistant
from qa.chain import as_retriever, as_runnable, as_text_runnable
from qa.types import Answer

QUESTION = "清河县2023年种了多少亩梨树？"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return load_assistant(settings_of(small_index(tmp_path_factory.mktemp("chain")), threshold=0.0))


def test_the_chain_answers_a_question_and_its_steps_have_names(assistant: Assistant) -> None:
    chain = as_runnable(assistant)
    answer = chain.invoke(QUESTION)
    assert isinstance(answer, Answer)
    assert "1280亩" in answer.text
    names = [step.get_name() for step in chain.bound.steps]  # type: ignore[attr-defined]
    assert names == ["ask", "retrieve", "answer", "check"]


def test_the_chain_takes_a_conversation_of_langchain_messages(assistant: Assistant) -> None:
    from langchain_core.messages import AIMessage, HumanMessage

    history = [HumanMessage("白沙渡口的船票多少钱？"), AIMessage("每人3元。")]
    answer = as_runnable(assistant).invoke({"question": "它每天开多少班？", "history": history, "k": 4})
    assert "白沙渡口" in answer.standalone_question
    assert len(answer.passages) <= 4


def test_the_chain_composes_batches_and_runs_async(assistant: Assistant) -> None:
    from langchain_core.runnables import RunnableLambda

    texts = as_runnable(assistant) | RunnableLambda(lambda answer: answer.text)
    both = texts.batch([QUESTION, "船票多少钱一张？"])
    assert "1280亩" in both[0]
    assert "3元" in both[1]
    assert asyncio.run(texts.ainvoke(QUESTION)) == both[0]


def test_the_text_chain_streams(assistant: Assistant) -> None:
    assert "1280亩" in "".join(as_text_runnable(assistant).stream(QUESTION))


def test_the_retriever_gives_documents_with_their_articles(assistant: Assistant) -> None:
    documents = as_retriever(assistant, k=3).invoke("梨园雇了多少名果农？")
    assert "46名" in documents[0].page_content
    assert documents[0].metadata["article"]["title"] == "清河县的梨园"
    assert len(documents) <= 3


def test_the_retriever_works_in_a_chain_of_the_users_own(assistant: Assistant) -> None:
    from langchain_core.runnables import RunnablePassthrough

    chain = RunnablePassthrough.assign(context=(lambda given: given["question"]) | as_retriever(assistant))
    found = chain.invoke({"question": "图书馆为什么晚上开放？"})
    assert any("人手不够" in document.page_content for document in found["context"])
