"""Who may do what: keys, sign-in, limits, foreign pages and foreign hosts, over HTTP and on the command line."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fakes import FakeAssistant
from web_fixtures import PASSWORD, serving

from qa.settings import Settings
from web import accounts
from web.envelope import JsonLines
from web.limits import Limits
from web.problems import Problem
from web.store import FILE, MIGRATIONS, Store

ASKED = {"question": "清河县种了多少亩梨树？"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guarded")


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    with serving(FakeAssistant, folder, auth=True) as base:
        yield base


@pytest.fixture(scope="module")
def store(base: str, folder: Path) -> Iterator[Store]:
    store = Store(folder / FILE)
    accounts.add_user(store, "reader", PASSWORD, "reader")
    accounts.add_user(store, "keeper", PASSWORD, "maintainer")
    yield store
    store.close()


def bearer(store: Store, *scopes: accounts.Scope) -> dict[str, str]:
    return {"Authorization": f"Bearer {accounts.create_key(store, 'a bot', scopes)[1]}"}


@contextmanager
def signed_in(base: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, follow_redirects=True, headers={"Accept": "text/html"}) as client:
        client.post("/login", data={"name": name, "password": PASSWORD})
        yield client


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WENJU_DATA": str(folder), **more}
    return subprocess.run(
        [sys.executable, "-m", "qa", *arguments], capture_output=True, text=True, env=environment, timeout=60
    )


def test_without_a_key_the_api_asks_for_one_in_every_protocol(base: str) -> None:
    for path in ("/api/v1/answer", "/api/v1/search", "/v1/chat/completions", "/mcp"):
        body = {"messages": [{"role": "user", "content": "x"}]} if path.startswith("/v1/") else ASKED
        response = httpx.post(base + path, json=body)
        assert (response.status_code, response.json()["code"]) == (401, "unauthorized"), path
        assert response.headers["www-authenticate"] == "Bearer"
    assert httpx.get(f"{base}/api/v1/articles").status_code == 401
    assert httpx.get(f"{base}/metrics").status_code == 401


def test_the_probes_need_no_key(base: str) -> None:
    assert httpx.get(f"{base}/health").status_code == 200
    assert httpx.get(f"{base}/ready").status_code == 200


def test_a_key_opens_what_its_scopes_say_and_nothing_else(base: str, store: Store) -> None:
    ask, read, admin = bearer(store, "ask"), bearer(store, "read"), bearer(store, "admin")
    assert httpx.post(f"{base}/api/v1/answer", json=ASKED, headers=ask).status_code == 200
    assert httpx.get(f"{base}/api/v1/articles", headers=read).status_code == 200
    forbidden = httpx.post(f"{base}/api/v1/answer", json=ASKED, headers=read)
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "forbidden")
    assert httpx.get(f"{base}/api/v1/articles", headers=ask).status_code == 403
    assert httpx.get(f"{base}/metrics", headers=ask).status_code == 403
    assert httpx.get(f"{base}/metrics", headers=admin).status_code == 200


def test_the_openai_and_mcp_clients_send_the_key_as_bearer(base: str, store: Store) -> None:
    body = {"messages": [{"role": "user", "content": ASKED["question"]}]}
    assert httpx.post(f"{base}/v1/chat/completions", json=body, headers=bearer(store, "ask")).status_code == 200


def test_a_revoked_and_a_made_up_key_open_nothing(base: str, store: Store) -> None:
    number, key = accounts.create_key(store, "soon gone", ["ask"])
    headers = {"Authorization": f"Bearer {key}"}
    assert httpx.post(f"{base}/api/v1/answer", json=ASKED, headers=headers).status_code == 200
    assert accounts.revoke_key(store, number)
    assert httpx.post(f"{base}/api/v1/answer", json=ASKED, headers=headers).status_code == 401
    made_up = {"Authorization": "Bearer wj_" + "x" * 43}
    assert httpx.post(f"{base}/api/v1/answer", json=ASKED, headers=made_up).status_code == 401


def test_a_key_is_kept_as_a_hash_and_its_use_is_noted(base: str, store: Store, folder: Path) -> None:
    headers = bearer(store, "ask")
    httpx.post(f"{base}/api/v1/answer", json=ASKED, headers=headers)
    secret = headers["Authorization"].removeprefix("Bearer ")
    # read by another process: closing the file in this one would drop SQLite's locks under the running server
    search = "import pathlib, sys; print([p for p in pathlib.Path(sys.argv[1]).iterdir()"
    search += " if sys.argv[2].encode() in p.read_bytes()])"
    found = subprocess.run([sys.executable, "-c", search, folder, secret], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
    assert accounts.keys(store)[-1].used is not None


def test_keys_are_made_listed_and_revoked_on_the_command_line(folder: Path, base: str, store: Store) -> None:
    made = run(folder, "keys", "create", "weekly bot", "--scope", "ask")
    key = made.stdout.strip()
    assert key.startswith("wj_")
    headers = {"Authorization": f"Bearer {key}"}
    assert httpx.post(f"{base}/api/v1/answer", json=ASKED, headers=headers).status_code == 200
    listed = run(folder, "keys", "list").stdout
    line = next(line for line in listed.splitlines() if "weekly bot" in line)
    assert key not in listed
    assert run(folder, "keys", "revoke", line.split()[0]).returncode == 0
    assert httpx.post(f"{base}/api/v1/answer", json=ASKED, headers=headers).status_code == 401
    assert run(folder, "keys", "revoke", "nobody").returncode == 2
    assert run(folder, "keys", "create", "x", "--scope", "everything").returncode == 2


def test_users_are_added_listed_and_removed_on_the_command_line(folder: Path, store: Store) -> None:
    assert run(folder, "users", "add", "guest", "--password", PASSWORD).returncode == 0
    assert "guest  reader" in run(folder, "users", "list").stdout
    assert run(folder, "users", "add", "guest", "--password", "short").returncode == 2
    assert run(folder, "users", "remove", "guest").returncode == 0
    assert "guest" not in run(folder, "users", "list").stdout


def test_a_page_sends_those_who_are_not_signed_in_to_the_form_and_back(base: str, store: Store) -> None:
    sent = httpx.get(f"{base}/articles?q=x", headers={"Accept": "text/html"})
    assert sent.headers["location"] == "/login?back=%2Farticles%3Fq%3Dx"
    with httpx.Client(base_url=base, headers={"Accept": "text/html"}) as client:
        back = client.post("/login", data={"name": "reader", "password": PASSWORD, "back": "/articles?q=x"})
        assert back.headers["location"] == "/articles?q=x"
        cookie = back.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert client.get("/articles").status_code == 200
        client.post("/logout")
        assert client.get("/articles").status_code == 303


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_signing_in_never_leads_to_another_site(base: str, store: Store, back: str) -> None:
    response = httpx.post(f"{base}/login", data={"name": "reader", "password": PASSWORD, "back": back})
    assert response.headers["location"] == "/"


def test_a_wrong_name_and_a_wrong_password_look_the_same(base: str, store: Store) -> None:
    wrong_name = httpx.post(f"{base}/login", data={"name": "nobody-1", "password": PASSWORD})
    wrong_word = httpx.post(f"{base}/login", data={"name": "keeper", "password": "wrong"})
    assert wrong_name.status_code == wrong_word.status_code == 401
    assert wrong_name.text == wrong_word.text
    with store.write() as connection:
        connection.execute("DELETE FROM attempts")


def test_readers_see_no_feedback_and_no_reports_and_maintainers_do(base: str, store: Store) -> None:
    with signed_in(base, "reader") as reader, signed_in(base, "keeper") as keeper:
        assert reader.get("/feedback").status_code == reader.get("/reports").status_code == 403
        assert keeper.get("/feedback").status_code == keeper.get("/reports").status_code == 200
        assert "/feedback" not in reader.get("/").text


def test_nobody_reads_changes_or_deletes_another_users_conversation(base: str, store: Store) -> None:
    with signed_in(base, "reader") as reader, signed_in(base, "keeper") as keeper:
        url = reader.post("/ask", data=ASKED).url.path
        assert reader.get(url).status_code == 200
        assert keeper.get(url).status_code == keeper.get(f"{url}.md").status_code == 404
        assert keeper.post(f"{url}/rename", data={"title": "mine"}).status_code == 404
        assert keeper.post(f"{url}/delete").status_code == 404
        assert ASKED["question"] not in keeper.get("/conversations").text
        assert reader.get(url).status_code == 200


def test_a_new_password_ends_open_sessions(base: str, store: Store) -> None:
    accounts.add_user(store, "changing", PASSWORD, "reader")
    with signed_in(base, "changing") as client:
        assert client.get("/articles").url.path == "/articles"
        accounts.add_user(store, "changing", PASSWORD + "!", "reader")
        assert client.get("/articles").url.path == "/login"


def test_signing_in_is_throttled_even_for_the_right_password(tmp_path: Path) -> None:
    with serving(FakeAssistant, tmp_path, auth=True) as base:
        store = Store(tmp_path / FILE)
        accounts.add_user(store, "reader", PASSWORD, "reader")
        for _ in range(accounts.ATTEMPTS):
            assert httpx.post(f"{base}/login", data={"name": "reader", "password": "guess"}).status_code == 401
        assert httpx.post(f"{base}/login", data={"name": "reader", "password": PASSWORD}).status_code == 429
        store.close()


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_what_a_foreign_page_makes_a_browser_send_is_refused(base: str, store: Store, headers: dict[str, str]) -> None:
    with signed_in(base, "keeper") as keeper:
        for path in ("/ask", "/logout", "/preferences", "/feedback", "/c/x/delete", "/api/v1/answer", "/mcp"):
            assert keeper.post(path, data=ASKED, headers=headers | {"Accept": "*/*"}).status_code == 403, path
        assert keeper.get("/articles").url.path == "/articles"


def test_an_origin_that_is_allowed_may_call_the_api_and_others_get_no_cors_headers(tmp_path: Path) -> None:
    with serving(FakeAssistant, tmp_path, cors=["https://bot.example"]) as base:
        good = httpx.post(f"{base}/api/v1/answer", json=ASKED, headers={"Origin": "https://bot.example"})
        bad = httpx.get(f"{base}/api/v1/info", headers={"Origin": "https://evil.example"})
        assert good.headers["access-control-allow-origin"] == "https://bot.example"
        assert good.status_code == 200
        assert "access-control-allow-origin" not in bad.headers


def test_without_auth_a_foreign_host_name_is_refused(tmp_path: Path) -> None:
    with serving(FakeAssistant, tmp_path) as base:
        rebound = httpx.get(f"{base}/api/v1/info", headers={"Host": "evil.example"})
        assert (rebound.status_code, rebound.json()["code"]) == (403, "forbidden")
        assert httpx.get(f"{base}/api/v1/info", headers={"Host": "localhost:1"}).status_code == 200


def test_too_many_requests_are_told_when_to_come_back(tmp_path: Path) -> None:
    with serving(FakeAssistant, tmp_path, rate_limit=3) as base:
        answers = [httpx.post(f"{base}/api/v1/search", json=ASKED) for _ in range(5)]
        assert [response.status_code for response in answers[:3]] == [200, 200, 200]
        assert (answers[4].status_code, answers[4].json()["code"]) == (429, "rate_limited")
        assert 1 <= int(answers[4].headers["retry-after"]) <= 20


def test_a_bucket_refills_with_time_and_names_do_not_share_it() -> None:
    now = [0.0]
    limits = Limits(2, clock=lambda: now[0])
    limits.take("a")
    limits.take("a")
    limits.take("b")
    with pytest.raises(Problem) as caught:
        limits.take("a")
    assert caught.value.headers["Retry-After"] == "30"
    now[0] = 30.0
    limits.take("a")


def test_every_response_carries_the_security_headers_and_no_page_an_inline_script(base: str, store: Store) -> None:
    with signed_in(base, "keeper") as keeper:
        for path in ("/", "/articles", "/articles/pear", "/conversations", "/feedback", "/reports", "/docs", "/none"):
            response = keeper.get(path)
            policy = response.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert response.headers["x-content-type-options"] == "nosniff"
            assert response.text.count("<script") == response.text.count('<script type="module" src="/static/') == 1
            assert "style=" not in response.text
            assert " onclick" not in response.text


def test_binding_beyond_loopback_without_auth_is_refused_in_one_sentence(tmp_path: Path) -> None:
    refused = run(tmp_path, "serve", "--host", "0.0.0.0", "--port", "0")
    assert refused.returncode == 2
    assert "--insecure" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_port_in_use_is_one_sentence(base: str, tmp_path: Path) -> None:
    refused = run(tmp_path, "serve", "--port", base.rpartition(":")[2])
    assert refused.returncode == 2
    assert "--port" in refused.stderr


@pytest.mark.parametrize("damage", ["no folder", "no database"])
def test_a_store_that_cannot_be_used_is_one_sentence(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "data"
    if damage == "no folder":
        folder.write_text("a file stands here")
    else:
        folder.mkdir()
        (folder / FILE).write_text("not a database " * 100)
    refused = run(folder, "serve", "--port", "0")
    assert refused.returncode == 2
    assert "WENJU_DATA" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_log_names_route_and_request_but_never_the_question(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="web.access"), serving(FakeAssistant, tmp_path) as base:
        httpx.post(f"{base}/api/v1/answer", json=ASKED, headers={"X-Request-ID": "log-1"})
        httpx.get(f"{base}/", params={"q": ASKED["question"]})
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "web.access"]
    answer = next(json.loads(line) for line in lines if '"log-1"' in line)
    assert (answer["route"], answer["status"]) == ("/api/v1/answer", 200)
    assert "梨树" not in "".join(lines)


def test_a_maintainer_may_have_the_questions_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="web"), serving(FakeAssistant, tmp_path, log_questions=True) as base:
        httpx.post(f"{base}/api/v1/answer", json=ASKED)
    assert any("梨树" in record.getMessage() for record in caplog.records)


def test_an_older_store_is_migrated_and_keeps_its_rows(tmp_path: Path) -> None:
    store = Store(tmp_path / FILE)
    accounts.add_user(store, "reader", PASSWORD, "reader")
    store.close()
    again = Store(tmp_path / FILE)
    assert [name for name, _, _ in accounts.users(again)] == ["reader"]
    assert again.read().execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
    again.close()


def test_settings_of_the_server_come_from_the_environment() -> None:
    settings = Settings.load({"WENJU_AUTH": "1", "WENJU_CORS": "https://a.example, https://b.example"})
    assert settings.auth
    assert settings.cors == ("https://a.example", "https://b.example")
