// The article beside the chat: a click or Enter on a marker opens it at the highlighted sentence.
const WIDE = matchMedia("(min-width: 70rem)");

export function startReader(root) {
  const pane = root.getElementById("reader");
  let opener = null;

  async function open(link) {
    const url = new URL(link.href);
    url.searchParams.set("part", "pane");
    const response = await fetch(url).catch(() => null);
    if (!response?.ok) return void (location.href = link.href);
    pane.innerHTML = await response.text(); // made by the server's templates, which escape everything
    opener?.setAttribute("aria-expanded", "false");
    opener = link;
    link.setAttribute("aria-expanded", "true");
    pane.hidden = false;
    root.body.classList.add("reading", "quieted");
    for (const part of root.querySelectorAll("main, .side, .tools")) part.inert = !WIDE.matches;
    const quote = pane.querySelector("#quote");
    pane.scrollTop = 0;
    if (quote) pane.scrollTop = quote.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
    pane.focus({ preventScroll: true });
  }

  function close() {
    pane.hidden = true;
    root.body.classList.remove("reading");
    for (const part of root.querySelectorAll("main, .side, .tools")) part.inert = false;
    opener?.setAttribute("aria-expanded", "false");
    opener?.focus();
  }

  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-cite]");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
    if (pane && link && plain) {
      event.preventDefault();
      open(link);
    }
    if (event.target.closest("[data-close]")) close();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    root.body.classList.add("quieted"); // an open quote can be sent away, too
    if (pane && !pane.hidden) close();
  });
  for (const again of ["pointermove", "focusin"]) {
    root.addEventListener(again, (event) => {
      if (!event.target.closest?.(".marker")) root.body.classList.remove("quieted");
    });
  }
  if (!pane) root.getElementById("quote")?.focus({ preventScroll: true });
}
