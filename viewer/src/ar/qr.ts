/** A QR code as SVG. A file of its own: only who asks for a code pays for the library. */

import { encode } from "uqr";

const SVG = "http://www.w3.org/2000/svg";
/** The empty border that the standard asks for, in modules. */
const QUIET = 4;

/** Black on white whatever the page's colours are: cameras read it best so. */
export function drawCode(text: string, label: string): SVGSVGElement {
  const { size, data } = encode(text, { ecc: "M", border: QUIET });
  const squares = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")));
  const made = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({
    viewBox: `0 0 ${size} ${size}`,
    role: "img",
    "aria-label": label,
    "shape-rendering": "crispEdges",
  })) {
    made.setAttribute(name, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", squares.join(""));
  made.append(path);
  return made;
}
