/**
 * What the renderer under every <model-viewer> of the page knows and keeps to itself: whether it can draw at all, and
 * why it did not take a file. Where a page brought a <model-viewer> that is built otherwise, nothing is known.
 */

import { Fault, outOfMemory } from "./fault.ts";
import type { ModelViewer } from "./model-viewer.ts";

interface Loader {
  load(url: string, done: unknown, progress: unknown, failed: (thrown: unknown) => void): void;
}

interface Renderer {
  readonly canRender: boolean;
  readonly threeRenderer: { getContext(): WebGL2RenderingContext } | null;
  readonly loader: object;
}

const OUT_OF_MEMORY = 0x0505;

/** Throws a Fault when what was loaded cannot have been drawn: model-viewer says `load` all the same. */
export function checkDrawn(view: ModelViewer): void {
  checkMemory(view);
  const renderer = rendererOf(view);
  if (renderer && !renderer.canRender) throw new Fault("webgl", "the renderer got no WebGL 2 context");
  if (renderer?.threeRenderer?.getContext().isContextLost())
    throw new Fault("context-lost", "the WebGL context was lost while the model loaded");
}

/** Throws a Fault when the graphics card had no room for what it was given since this was last asked. */
export function checkMemory(view: ModelViewer): void {
  const gl = rendererOf(view)?.threeRenderer?.getContext();
  if (!gl) return;
  // One answer for each kind of error there was; a lost context answers once and then nothing.
  for (let error = gl.getError(); error !== gl.NO_ERROR; error = gl.getError())
    if (error === OUT_OF_MEMORY) throw new Fault("memory", "the graphics card ran out of memory");
}

const heard = new WeakSet<object>();
const refusals = new Map<string, unknown>();

/** From here on `refusalOf` knows why a file was refused; model-viewer only writes it to the console. */
export function overhearLoader(view: ModelViewer): void {
  const loader = under(rendererOf(view)?.loader, "loader") as Loader | undefined;
  if (!loader || heard.has(loader)) return;
  heard.add(loader);
  const load = loader.load;
  loader.load = (url, done, progress, failed) =>
    load.call(loader, url, done, progress, (thrown) => {
      refusals.set(url, thrown);
      failed(thrown);
    });
}

export function refusalOf(url: string): Fault {
  const cause = refusals.get(url);
  refusals.delete(url);
  if (outOfMemory(cause)) return new Fault("memory", `no memory for the model: ${String(cause)}`, cause);
  return new Fault("model", "the renderer refused the model", cause);
}

function rendererOf(view: ModelViewer): Renderer | undefined {
  return under(view, "renderer") as Renderer | undefined;
}

/** What an object, or the classes it is of, keeps under a symbol of that description. */
function under(object: object | undefined, description: string): unknown {
  for (let face = object; face; face = Object.getPrototypeOf(face)) {
    const symbol = Object.getOwnPropertySymbols(face).find((each) => each.description === description);
    if (symbol) return (object as Record<symbol, unknown>)[symbol];
  }
  return undefined;
}
