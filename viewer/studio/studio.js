// The page that the studio's browser opens: the shopper's viewer without the shopper. Python calls the
// functions on `studio`; the model comes in through the file input, so that its bytes pass through no pipe.

// Anisotropic filtering on a software GL takes three quarters of a view's time and only sharpens grazing angles.
const MAX_TEXTURE_MAX_ANISOTROPY_EXT = 0x84ff;
const { getParameter } = WebGL2RenderingContext.prototype;
WebGL2RenderingContext.prototype.getParameter = function (name) {
  return name === MAX_TEXTURE_MAX_ANISOTROPY_EXT ? 1 : getParameter.call(this, name);
};

self.ModelViewerElement = {
  dracoDecoderLocation: "/draco/",
  ktx2TranscoderLocation: "/basis/",
  meshoptDecoderLocation: "/meshopt.js", // an empty file: it switches on the decoder in the bundle
};
await import("./model-viewer.js");
const ModelViewer = customElements.get("model-viewer");
ModelViewer.minimumRenderScale = 1; // a slow GL would lower the resolution by itself
ModelViewer.modelCacheSize = 0;

const viewer = document.querySelector("model-viewer");
const input = document.querySelector("#model");

let fault = null; // what the viewer last complained of: loadfailure, webglcontextlost
viewer.addEventListener("error", (event) => {
  fault = event.detail?.type ?? "error";
});

async function frames(count) {
  for (let left = count; left > 0; left--) await new Promise(requestAnimationFrame);
}

/** The camera where it was sent, without a picture. */
async function placed() {
  await viewer.updateComplete;
  viewer.jumpCameraToGoal();
  await viewer.updateComplete;
}

/** The model's own look, or that of one of its material variants. */
async function wear(colourway) {
  if ((viewer.variantName ?? null) === colourway) return;
  // By way of its own look: what a variant does not name it leaves as it finds it.
  for (const name of viewer.variantName === null || colourway === null ? [colourway] : [null, colourway]) {
    const worn = new Promise((resolve) =>
      viewer.addEventListener("variant-applied", resolve, { once: true }),
    );
    viewer.variantName = name;
    await worn;
  }
}

/** The names of the material variants that do not look as the model comes. */
function colourways() {
  const { extensions, meshes = [] } = viewer.originalGltfJson ?? {};
  const named = extensions?.KHR_materials_variants?.variants ?? [];
  const parts = meshes.flatMap(({ primitives }) => primitives);
  const changed = new Set(
    parts.flatMap(({ material, extensions: own }) =>
      (own?.KHR_materials_variants?.mappings ?? [])
        .filter((mapping) => mapping.material !== material)
        .flatMap(({ variants }) => variants),
    ),
  );
  return named.filter((_, index) => changed.has(index)).map(({ name }) => name);
}

function sendHome(scene) {
  viewer.minCameraOrbit = viewer.maxCameraOrbit = viewer.minFieldOfView = viewer.maxFieldOfView = "auto";
  viewer.cameraTarget = scene.cameraTarget ?? "auto auto auto";
  viewer.cameraOrbit = scene.cameraOrbit;
  viewer.fieldOfView = scene.fieldOfView;
}

function send({ target, theta, phi, radius, fov, reach }) {
  // The limits come with the camera: a variant whose bounds are a hair smaller must not move it.
  viewer.minCameraOrbit = "auto 0deg 0m";
  viewer.maxCameraOrbit = `auto 180deg ${reach}m`;
  viewer.minFieldOfView = "1deg";
  viewer.maxFieldOfView = "120deg";
  viewer.cameraTarget = target.map((metres) => `${metres}m`).join(" ");
  viewer.cameraOrbit = `${theta}deg ${phi}deg ${radius}m`;
  viewer.fieldOfView = `${fov}deg`;
}

function loaded(url) {
  fault = null;
  return new Promise((resolve) => {
    viewer.addEventListener("load", resolve, { once: true });
    viewer.addEventListener("error", resolve, { once: true });
    viewer.src = url;
  });
}

/** How near a shopper can come: the viewer's own limits, read by asking for more than they allow. */
async function nearest() {
  viewer.cameraOrbit = "0deg 75deg 0m";
  viewer.fieldOfView = "0deg";
  await placed();
  return { radius: viewer.getCameraOrbit().radius, fov: viewer.getFieldOfView() };
}

function cameraNow() {
  const degrees = 180 / Math.PI;
  const { theta, phi, radius } = viewer.getCameraOrbit();
  const { x, y, z } = viewer.getCameraTarget();
  const fov = viewer.getFieldOfView();
  return { target: [x, y, z], theta: theta * degrees, phi: phi * degrees, radius, fov };
}

/** Show the file in the input. Gives the first frame's camera and the nearest one, angles in degrees. */
async function open(scene) {
  viewer.classList.remove("whole"); // the pictures drawn while a model loads are not looked at
  viewer.style.width = viewer.style.height = "";
  viewer.environmentImage = scene.environmentImage;
  viewer.toneMapping = scene.toneMapping;
  viewer.exposure = scene.exposure;
  viewer.shadowSoftness = scene.shadowSoftness;
  viewer.shadowIntensity = 0;
  viewer.variantName = null;
  sendHome(scene); // the last model's camera would shape this one's framing
  const url = URL.createObjectURL(input.files[0]);
  await loaded(url);
  URL.revokeObjectURL(url);
  if (fault === "loadfailure") return { failed: fault };
  while (!viewer.modelIsVisible) await frames(1); // before that the canvas may be blank
  const near = await nearest();
  sendHome(scene);
  await placed();
  const clips = viewer.availableAnimations.length;
  if (clips > 0) {
    viewer.play();
    viewer.pause();
  }
  return { first: cameraNow(), near, clips, colourways: colourways() };
}

/** The light of `scene`; the room of it takes a moment. */
async function light({ environmentImage, exposure }) {
  viewer.exposure = exposure;
  if (viewer.environmentImage === environmentImage) return;
  const lit = new Promise((resolve) =>
    viewer.addEventListener("environment-change", resolve, { once: true }),
  );
  viewer.environmentImage = environmentImage;
  await lit;
}

/** The viewer in the picture's size: the window's, or a square of `side` px. */
async function layOut(side) {
  const asked = side === null ? "" : `${side}px`;
  if (viewer.classList.contains("whole") && viewer.style.width === asked) return;
  viewer.classList.add("whole");
  viewer.style.width = viewer.style.height = asked;
  await frames(2); // laid out, then resized
}

/** One picture as a data: URL of a PNG. `moment` is the part of the first animation that has passed, 0 to 1. */
async function shoot(usual, { camera, moment, colourway, shadow, scene: own, side_px: side }) {
  const scene = { ...usual, ...own };
  await wear(colourway);
  await light(scene);
  viewer.shadowIntensity = shadow ? scene.shadowIntensity : 0;
  if (viewer.availableAnimations.length > 0) viewer.currentTime = moment * viewer.duration;
  if (camera === null) sendHome(scene);
  else send(camera);
  await placed();
  await layOut(side);
  await frames(2);
  if (fault !== null) throw new Error(fault);
  return viewer.toDataURL("image/png"); // not toBlob: it has the scene drawn once more afterwards
}

/** The surface's point, in metres, under each pixel (x and y from the top left), null where there is none. */
function touch(pixels) {
  return pixels.map(([x, y]) => {
    const hit = viewer.positionAndNormalFromPoint(x, y);
    return hit === null ? null : [hit.position.x, hit.position.y, hit.position.z];
  });
}

/** model-viewer's own three.js scene; it shows it to nobody. */
function innerScene() {
  const symbol = Object.getOwnPropertySymbols(viewer).find(({ description }) => description === "scene");
  if (symbol === undefined) throw new Error("this model-viewer keeps its scene elsewhere");
  return viewer[symbol];
}

/** The textures of the open model by name; several may share an image. */
function texturesByName() {
  const found = new Map();
  innerScene().traverse(({ material }) => {
    for (const one of [material ?? []].flat()) {
      for (const value of Object.values(one)) {
        if (!value?.isTexture || !value.image?.width || value.name === "") continue;
        found.set(value.name, (found.get(value.name) ?? new Set()).add(value));
      }
    }
  });
  return found;
}

const sharp = new Map(); // texture -> its image before it was softened

/** The names and sizes of the open model's textures, to be softened one after another. */
function textures() {
  sharp.clear();
  return [...texturesByName()].map(([name, [{ image }]]) => [name, image.width, image.height]);
}

/** Show one texture at a part of its size; the one that was softened before is whole again. */
async function soften(name, scale) {
  for (const [texture, image] of sharp) put(texture, image);
  sharp.clear();
  for (const texture of texturesByName().get(name) ?? []) {
    const { image } = texture;
    const smaller = await createImageBitmap(image, {
      resizeWidth: Math.max(1, Math.round(image.width * scale)),
      resizeHeight: Math.max(1, Math.round(image.height * scale)),
      resizeQuality: "high",
      premultiplyAlpha: "none",
      colorSpaceConversion: "none",
    });
    sharp.set(texture, image);
    put(texture, smaller);
  }
  innerScene().queueRender();
}

function put(texture, image) {
  texture.dispose(); // its place on the GPU has another size
  texture.image = image;
  texture.needsUpdate = true;
}

/** Forget the model and all that the GPU holds of it. */
function rest() {
  sharp.clear();
  viewer.removeAttribute("src");
}

function renderer() {
  const context = document.createElement("canvas").getContext("webgl2");
  const names = context?.getExtension("WEBGL_debug_renderer_info");
  return names ? context.getParameter(names.UNMASKED_RENDERER_WEBGL) : null;
}

self.studio = { open, shoot, camera: cameraNow, touch, textures, soften, rest, renderer };
