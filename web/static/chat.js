// Asking without leaving the page: the answer streams in, and the server's own HTML of the turn replaces it.
import { eventsOf } from "./events.js";

const OWN_FIELDS = ["question", "conversation"];
const MARKER = /\[(\d{1,3})\]/g;

export function startChat(composer) {
  const words = composer.dataset;
  const turns = document.getElementById("turns");
  const status = document.getElementById("status");
  const box = composer.elements.question;
  const askButton = document.getElementById("ask");
  const stopButton = document.getElementById("stop");
  let running = null;

  async function ask(question) {
    if (running || !question.trim()) return;
    const form = new FormData(composer);
    form.set("question", question);
    running = new AbortController();
    const pending = addPending(question);
    box.value = "";
    setBusy(true);
    say(words.searching);
    try {
      await receive(form, pending, running.signal);
      say(words.answered, "done");
    } catch (error) {
      const stopped = error.name === "AbortError";
      say(stopped ? words.stopped : error.problem || words.lost);
      leaveUnfinished(pending, question);
    } finally {
      running = null;
      setBusy(false);
    }
  }

  async function receive(form, pending, signal) {
    const headers = { Accept: "text/event-stream" };
    const response = await fetch("/ask", { method: "POST", body: new URLSearchParams(form), headers, signal });
    if (!response.ok) throw refusal(await response.json().catch(() => ({})));
    let text = "";
    for await (const { event, data } of eventsOf(response.body)) {
      if (event === "passages") say(words.found.replace("{count}", data.count));
      if (event === "delta") show(pending, (text += data.text));
      if (event === "error") throw refusal(data);
      if (event === "turn") return finish(pending, data);
    }
    throw new Error("the stream ended early");
  }

  function say(text, state = "") {
    status.dataset.state = state; // that an answer is complete is told, not shown: one sees it
    status.textContent = text;
  }

  function addPending(question) {
    document.getElementById("welcome")?.remove();
    const turn = document.createElement("article");
    turn.className = "turn pending";
    const heading = document.createElement("h2");
    heading.className = "question";
    heading.dir = "auto";
    heading.textContent = question;
    const answer = document.createElement("div");
    answer.className = "answer";
    answer.dir = "auto";
    turn.append(heading, answer);
    turns.append(turn);
    turn.scrollIntoView({ block: "start" });
    return turn;
  }

  function show(turn, text) {
    const answer = turn.querySelector(".answer");
    answer.replaceChildren();
    text.split(MARKER).forEach((part, index) => {
      if (index % 2 === 0) return answer.append(part);
      const mark = document.createElement("sup");
      mark.className = "marker";
      mark.textContent = part;
      answer.append(mark);
    });
  }

  function finish(pending, turn) {
    const holder = document.createElement("template");
    holder.innerHTML = turn.html; // made by the server's templates, which escape everything
    const finished = holder.content.firstElementChild;
    pending.replaceWith(finished);
    finished.scrollIntoView({ block: "start" });
    composer.elements.conversation.value = turn.conversation;
    box.placeholder = words.follow;
    const begun = !location.pathname.startsWith("/c/");
    history.replaceState(null, "", `/c/${turn.conversation}${chosen()}`);
    if (begun) addRecent(turn);
  }

  // the filters stand in the address, so that a reload keeps them
  function chosen() {
    const fields = [...new FormData(composer)].filter(([name, value]) => value && !OWN_FIELDS.includes(name));
    return fields.length ? `?${new URLSearchParams(fields)}` : "";
  }

  function addRecent(turn) {
    document.querySelectorAll("nav [aria-current]").forEach((link) => link.removeAttribute("aria-current"));
    const link = document.createElement("a");
    link.href = `/c/${turn.conversation}`;
    link.dir = "auto";
    link.textContent = turn.title;
    link.setAttribute("aria-current", "page");
    const item = document.createElement("li");
    item.append(link);
    document.getElementById("recent")?.prepend(item);
    document.title = turn.title;
  }

  function leaveUnfinished(pending, question) {
    pending.classList.remove("pending");
    const retry = document.createElement("button");
    retry.type = "button";
    retry.textContent = words.retry;
    retry.addEventListener("click", () => {
      pending.remove();
      ask(question);
    });
    pending.append(retry);
  }

  function setBusy(busy) {
    const focused = [askButton, stopButton].includes(document.activeElement);
    askButton.hidden = busy;
    stopButton.hidden = !busy;
    if (focused || document.activeElement === document.body) (busy ? stopButton : box).focus();
  }

  // where there is a keyboard one may type at once; on a phone the screen's keyboard would cover the page
  const empty = document.getElementById("welcome") && matchMedia("(hover: hover) and (min-width: 48rem)").matches;
  if (empty) box.focus({ preventScroll: true });
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(box.value);
  });
  box.addEventListener("keydown", (event) => {
    // while an input method composes Chinese, Enter only accepts its suggestion
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  stopButton.addEventListener("click", () => running?.abort());
  document.querySelector(".suggestions")?.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(event.submitter.value);
  });
  turns.addEventListener("click", (event) => {
    const turn = event.target.closest("[data-retry]")?.closest(".turn");
    if (turn) ask(turn.querySelector(".question").textContent);
  });
}

function refusal(problem) {
  return Object.assign(new Error("refused"), { problem: problem.detail });
}
