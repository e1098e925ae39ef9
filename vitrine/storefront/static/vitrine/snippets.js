/** Tabs and copy buttons of the snippets, wherever they stand: on their own page, or in the console's dialog. */

const COPIED_MS = 2_500;

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (tab) {
    event.preventDefault();
    open(tab);
  }
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (!tab) return;
  const tabs = [...tab.parentElement.querySelectorAll("[role=tab]")];
  const at = tabs.indexOf(tab);
  const goals = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 };
  if (event.key === " ") tab.click();
  else if (!(event.key in goals)) return;
  event.preventDefault();
  if (event.key === " ") return;
  const goal = tabs.at(goals[event.key] % tabs.length);
  open(goal);
  goal.focus();
});

function open(chosen) {
  for (const tab of chosen.parentElement.querySelectorAll("[role=tab]")) {
    const isChosen = tab === chosen;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
  }
}

async function copy(button) {
  const code = button.closest(".snippet").querySelector("code");
  const copied = await written(code);
  const { copy: before, copied: done, marked } = button.dataset;
  button.textContent = copied ? done : marked;
  button.closest(".snippets").querySelector("[data-said]").textContent = button.textContent;
  setTimeout(() => {
    button.textContent = before;
  }, COPIED_MS);
}

/** Without https there is no clipboard for scripts: then the code is marked, to be copied by hand. */
async function written(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(code);
    return false;
  }
}
