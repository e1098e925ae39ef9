/** The product's true size, drawn round the model: three lines with what they measure. */

import { node, svg } from "../dom.ts";
import type { ModelViewer } from "../model-viewer.ts";
import { framesDrawn } from "../progressive.ts";
import { languageOf } from "../words.ts";
import { lengthText, unitFor } from "./measure.ts";
import type { Feature, Item, Tools } from "./tools.ts";

type Point = readonly [x: number, y: number];
/** Each -1 or 1: which end of the box along that axis. */
type Corner = readonly [x: number, y: number, z: number];

const SIDES = [-1, 1] as const;
const CORNERS: readonly Corner[] = SIDES.flatMap((x) =>
  SIDES.flatMap((y) => SIDES.map((z) => [x, y, z] as const)),
);
const TICK_PX = 5;
const EDGE_PX = 7;
/** How far the label stands beyond the line, in distances of the line from the model. */
const LABEL = 1.4;

/** `sheet` lies over the view and takes no touch. Null for a product whose size is not known. */
export function dimensions(tools: Tools): (Feature & { readonly sheet: HTMLElement }) | null {
  const { host, view, words, notice, signal, told } = tools;
  const sizes = host.product.dimensions_m;
  if (sizes?.length !== 3 || !sizes.every((size) => size > 0)) return null;
  const sheet = node("div", { class: "measures", part: "dimensions", "aria-hidden": "true" });
  sheet.hidden = true;
  const anchors = CORNERS.map((corner) => node("i", { slot: nameOf(corner), class: "anchor" }));
  const texts = (): string[] => {
    const language = languageOf(host.element);
    const unit = unitFor(host.element.getAttribute("units"), language, navigator.languages);
    return sizes.map((size) => lengthText(size, unit, language));
  };
  const draw = (): void => {
    if (!sheet.hidden) drawInto(sheet, view, texts());
  };
  // The listener runs before the frame is drawn, and with the camera of the frame before; this comes just after.
  view.addEventListener("camera-change", () => queueMicrotask(draw), { signal });
  const resized = new ResizeObserver(() => framesDrawn().then(draw));
  resized.observe(view);
  signal.addEventListener("abort", () => resized.disconnect());
  const refresh = async (): Promise<void> => {
    if (sheet.hidden) return;
    putAnchors(view, anchors);
    await framesDrawn();
    draw();
  };
  const press = (): void => {
    sheet.hidden = !sheet.hidden;
    const [width, height, depth] = texts();
    if (!sheet.hidden) {
      notice.tell(`${words.width} ${width}, ${words.height} ${height}, ${words.depth} ${depth}`);
    }
    refresh();
    told("dimensions");
  };
  const items = (): Item[] => [
    { label: words.dimensions, sign: "dimensions", checked: !sheet.hidden, press },
  ];
  return { sheet, refresh, items };
}

function nameOf([x, y, z]: Corner): string {
  return `hotspot-corner${x}${y}${z}`;
}

/** model-viewer tells where on the screen a point of the model is; its box's corners are such points. */
function putAnchors(view: ModelViewer, anchors: readonly HTMLElement[]): void {
  const center = view.getBoundingBoxCenter();
  const size = view.getDimensions();
  for (const [at, [x, y, z]] of CORNERS.entries()) {
    const place = [center.x + (x * size.x) / 2, center.y + (y * size.y) / 2, center.z + (z * size.z) / 2];
    const anchor = anchors[at];
    if (!anchor) continue;
    const position = place.map((each) => `${each}m`).join(" ");
    if (anchor.isConnected) view.updateHotspot({ name: anchor.slot, position });
    else {
      anchor.dataset.position = position;
      view.append(anchor);
    }
  }
}

/** Width and depth along the foot on the side of the camera, height along the outline's right. */
function edgesFor(theta: number): readonly (readonly [Corner, Corner])[] {
  const x = Math.sin(theta) >= 0 ? 1 : -1;
  const z = Math.cos(theta) >= 0 ? 1 : -1;
  // Of the two corners on the outline, the one to the right: the camera's right is (cos, 0, -sin).
  const right = x * Math.cos(theta) + z * Math.sin(theta) > 0;
  const [sideX, sideZ] = right ? [x, -z] : [-x, z];
  const width = [[-1, -1, z] as const, [1, -1, z] as const] as const;
  const height = [[sideX, -1, sideZ] as const, [sideX, 1, sideZ] as const] as const;
  const depth = [[x, -1, -1] as const, [x, -1, 1] as const] as const;
  return [width, height, depth];
}

function drawInto(sheet: HTMLElement, view: ModelViewer, texts: readonly string[]): void {
  const middle = centerOf(CORNERS.map((corner) => pointOf(view, corner)).filter((each) => each !== null));
  const drawing = svg("svg", { class: "drawing" });
  const labels: HTMLElement[] = [];
  for (const [at, [from, to]] of edgesFor(view.getCameraOrbit().theta).entries()) {
    const [a, b] = [pointOf(view, from), pointOf(view, to)];
    // An edge seen from its end has no length to show.
    if (!a || !b || Math.hypot(a[0] - b[0], a[1] - b[1]) < 4 * TICK_PX) continue;
    const [start, end] = movedOut(a, b, middle);
    drawing.append(svg("path", { d: pathOf(start, end) }));
    labels.push(labelAt(further(centerOf([a, b]), centerOf([start, end])), texts[at] ?? "", view));
  }
  sheet.replaceChildren(drawing, ...labels);
}

function pointOf(view: ModelViewer, corner: Corner): Point | null {
  const found = view.queryHotspot(nameOf(corner));
  return found && [found.canvasPosition.x, found.canvasPosition.y];
}

function centerOf(points: readonly Point[]): Point {
  const sum = points.reduce<Point>((all, each) => [all[0] + each[0], all[1] + each[1]], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}

/** A little away from the model, so that the line does not lie on it. */
function movedOut(a: Point, b: Point, middle: Point): [Point, Point] {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const across: Point = [(a[1] - b[1]) / length, (b[0] - a[0]) / length];
  const [x, y] = centerOf([a, b]);
  const out = (x - middle[0]) * across[0] + (y - middle[1]) * across[1] < 0 ? -2 : 2;
  const by = [across[0] * out * TICK_PX, across[1] * out * TICK_PX] as const;
  return [
    [a[0] + by[0], a[1] + by[1]],
    [b[0] + by[0], b[1] + by[1]],
  ];
}

/** The line with a short stroke across either end. */
function pathOf([ax, ay]: Point, [bx, by]: Point): string {
  const length = Math.hypot(bx - ax, by - ay);
  const [x, y] = [((ay - by) / length) * TICK_PX, ((bx - ax) / length) * TICK_PX];
  const tick = (px: number, py: number): string => `M${px - x} ${py - y}L${px + x} ${py + y}`;
  return `M${ax} ${ay}L${bx} ${by}${tick(ax, ay)}${tick(bx, by)}`;
}

/** Beyond the line, as seen from the edge of the model that it measures. */
function further(edge: Point, line: Point): Point {
  return [line[0] + (line[0] - edge[0]) * LABEL, line[1] + (line[1] - edge[1]) * LABEL];
}

/** Kept inside the frame. CSS centres it on the point. */
function labelAt([x, y]: Point, text: string, { clientWidth, clientHeight }: ModelViewer): HTMLElement {
  const made = node("span", { class: "size", part: "dimension" }, text);
  const room = 8 * text.length * 0.5 + EDGE_PX; // half of about 8 px a letter
  made.style.left = `${Math.min(Math.max(x, room), clientWidth - room)}px`;
  made.style.top = `${Math.min(Math.max(y, 2 * EDGE_PX), clientHeight - 2 * EDGE_PX)}px`;
  return made;
}
