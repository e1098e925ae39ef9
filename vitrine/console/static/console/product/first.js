/** The first picture: camera and light as they are on the screen, kept in `metadata.view`, which element and studio read. */

import { complain, need, say } from "../page.js";
import { ask, productPath } from "../service.js";
import { word } from "../words.js";
import { frameOf, mainModel, open, short } from "./bench.js";
import { refresh } from "./parts.js";
import { renewViewer } from "./points.js";
import { product, save } from "./state.js";

/** scene.json's orbit is this part of the distance that frames the model. */
const USUAL_DISTANCE = 1.05;
const NEAR = 1e-4;

export async function start(place, signal) {
  const { view, bench } = await open(need("[data-stage]", place), mainModel().url, signal);
  const usual = {
    radius: view.getCameraOrbit().radius,
    target: view.getCameraTarget(),
    fov: view.getFieldOfView(),
  };
  const exposure = need("[data-exposure]", place);
  const rooms = [...place.querySelectorAll("[name=room]")];
  const wear = (first) => {
    Object.assign(view, {
      exposure: first.exposure ?? 1,
      environmentImage: first.environmentImage ?? "legacy",
    });
    bench.resetCamera(view, first);
    view.jumpCameraToGoal();
    exposure.value = String(view.exposure);
    for (const room of rooms) room.checked = room.value === view.environmentImage;
  };
  wear(bench.firstOf(product().metadata.view));
  exposure.addEventListener("input", () => {
    view.exposure = Number(exposure.value);
  });
  for (const room of rooms) {
    room.addEventListener("change", () => {
      view.environmentImage = room.value;
    });
  }
  need("[data-usual]", place).addEventListener("click", () => {
    wear({});
    keep(undefined);
  });
  need("[data-save]", place).addEventListener("click", () => keep(chosen(view, bench, usual)));
}

/** The distance as a part of the one that frames the model, so that it holds for the next model too. */
function chosen(view, bench, usual) {
  const { orbit, target, fov } = frameOf(view, bench);
  const [theta, phi] = orbit.split(" ");
  const part = (100 * USUAL_DISTANCE * view.getCameraOrbit().radius) / usual.radius;
  const now = view.getCameraTarget();
  const moved = ["x", "y", "z"].some(
    (axis) => Math.abs(now[axis] - usual.target[axis]) > NEAR * usual.radius,
  );
  return {
    orbit: `${theta} ${phi} ${short(part, 2)}%`,
    ...(moved && { target }),
    ...(Math.abs(view.getFieldOfView() - usual.fov) > 0.01 && { fov }),
    ...(view.exposure !== 1 && { exposure: view.exposure }),
    ...(view.environmentImage !== "legacy" && { room: view.environmentImage }),
  };
}

async function keep(view) {
  try {
    if (!(await save({ "metadata.view": view }))) return;
    await cook({});
    renewViewer();
  } catch (problem) {
    complain(problem);
  }
}

/** Cooks what is shown once more, as it was wished for then. */
export async function cook(more) {
  const { id, version, wishes } = product();
  await ask("POST", productPath(id, "optimize"), { ...wishes, version, ...more });
  await refresh();
  say(word("version-queued"));
}
