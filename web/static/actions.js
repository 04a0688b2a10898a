// Copying an answer with its sources, and rating it without leaving the page.
export function startActions(root) {
  const composer = root.getElementById("composer");
  const status = root.getElementById("status");

  root.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await copy(button.dataset.copy);
    status.textContent = composer.dataset.copied;
  });
  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("form.rate");
    if (!form || !composer) return;
    event.preventDefault();
    const data = new URLSearchParams(new FormData(form));
    data.set("rating", event.submitter.value);
    const response = await fetch(form.action, { method: "POST", body: data }).catch(() => null);
    if (!response?.ok) return void (status.textContent = composer.dataset.lost);
    status.textContent = composer.dataset.thanks;
    form.closest("details")?.removeAttribute("open");
  });
  root.addEventListener("toggle", (event) => event.target.open && event.target.scrollIntoView({ block: "nearest" }), true);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.target.closest("details.drop[open]")?.removeAttribute("open");
  });
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = document.createElement("textarea"); // plain HTTP on another machine has no clipboard API
  box.value = text;
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}
