/**
 * The embedded product and the page around it talk by postMessage.
 *
 * In, from the page around it only: {vitrine: "rotate", degrees}, {vitrine: "reset"}, {vitrine: "zoom", by},
 * {vitrine: "variant", name}, {vitrine: "play"}, {vitrine: "pause"}, {vitrine: "ar"}.
 * Out, to the page around it: {vitrine: "ready", detail: {product}} once this listens, then {vitrine: "stage" | "error" |
 * "interaction" | "ar", detail} as the element's own events tell it. Whatever else comes is left alone.
 */

const viewer = document.querySelector("vitrine-viewer");
const around = window.parent;

/** The 3D view inside the element; null until there is one. */
const view = () => viewer.shadowRoot?.querySelector("model-viewer.view") ?? null;

/** Where the camera stood before anybody moved it. */
let first = null;

const COMMANDS = {
  rotate({ degrees = 30 }) {
    const { theta, phi, radius } = view().getCameraOrbit();
    view().cameraOrbit = `${theta + (number(degrees, 360) * Math.PI) / 180}rad ${phi}rad ${radius}m`;
  },
  zoom({ by = 1 }) {
    view().zoom(number(by, 50));
  },
  reset() {
    if (first) Object.assign(view(), first);
  },
  variant({ name = null }) {
    if (name === null || view().availableVariants.includes(name)) view().variantName = name;
  },
  play() {
    view().play();
  },
  pause() {
    view().pause();
  },
  ar() {
    viewer.shadowRoot?.querySelector("[part~=ar]")?.click();
  },
};

function number(value, most) {
  return Number.isFinite(value) ? Math.max(-most, Math.min(most, value)) : 0;
}

function tell(vitrine, detail) {
  // Nothing secret is in it: the product is published, and any page may frame it.
  if (around !== window) around.postMessage({ vitrine, detail }, "*");
}

for (const name of ["stage", "error", "interaction", "ar"]) {
  viewer.addEventListener(`vitrine-${name}`, ({ detail }) => tell(name, detail));
}

viewer.addEventListener("vitrine-stage", () => {
  if (first || !view()) return;
  const { cameraOrbit, cameraTarget, fieldOfView } = view();
  first = { cameraOrbit, cameraTarget, fieldOfView };
});

addEventListener("message", ({ source, data }) => {
  if (source !== around || typeof data !== "object" || data === null) return;
  const command = Object.hasOwn(COMMANDS, data.vitrine) ? COMMANDS[data.vitrine] : null;
  if (command && (view() || data.vitrine === "ar")) command(data);
});

tell("ready", { product: viewer.getAttribute("product") });
