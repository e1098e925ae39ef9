/** A card's picture turns when the pointer comes to the card, or the keyboard into it. */

const GLANCE_MS = 150; // a pointer on its way elsewhere fetches nothing

const still = matchMedia("(prefers-reduced-motion: reduce)");
let current = null; // one at a time: {card, timer}

export function startTurntables() {
  const found = document.querySelector("#found");
  found.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType !== "touch") begin(target.closest(".card"));
  });
  found.addEventListener("pointerout", ({ relatedTarget }) => {
    if (current && !current.card.contains(relatedTarget)) end();
  });
  found.addEventListener("focusin", ({ target }) => {
    if (target.matches(":focus-visible")) begin(target.closest(".card"));
  });
  found.addEventListener("focusout", ({ relatedTarget }) => {
    if (current && !current.card.contains(relatedTarget) && !current.card.matches(":hover")) end();
  });
  still.addEventListener("change", end);
}

function begin(card) {
  if (!card || card === current?.card) return;
  end();
  const stage = card.querySelector("[data-turntable]");
  if (stage && !still.matches) current = { card, timer: setTimeout(() => turn(card, stage), GLANCE_MS) };
}

function end() {
  if (!current) return;
  clearTimeout(current.timer);
  current.card.classList.remove("turning");
  current = null;
}

async function turn(card, stage) {
  const strip = stage.querySelector(".turntable img") ?? lay(stage);
  try {
    await strip.decode();
  } catch {
    return; // the picture stays as it is
  }
  if (current?.card === card) card.classList.add("turning");
}

function lay(stage) {
  const frame = document.createElement("span");
  frame.className = "turntable";
  const strip = document.createElement("img");
  strip.alt = "";
  strip.src = stage.dataset.turntable;
  frame.append(strip);
  stage.append(frame);
  return strip;
}
