/** The script a page includes: `<script type="module" src="…/viewer/vitrine-viewer.js"></script>`. */

import type { Details } from "./host.ts";
import { VitrineViewer } from "./placeholder.ts";

declare global {
  interface HTMLElementTagNameMap {
    "vitrine-viewer": VitrineViewer;
  }
  interface HTMLElementEventMap {
    "vitrine-stage": CustomEvent<Details["vitrine-stage"]>;
    "vitrine-error": CustomEvent<Details["vitrine-error"]>;
    "vitrine-ar": CustomEvent<Details["vitrine-ar"]>;
    "vitrine-interaction": CustomEvent<Details["vitrine-interaction"]>;
    "vitrine-ar-action": CustomEvent<Details["vitrine-ar-action"]>;
  }
}

if (!customElements.get("vitrine-viewer")) customElements.define("vitrine-viewer", VitrineViewer);

export type { Details } from "./host.ts";
export type { Words } from "./words.ts";
export { VitrineViewer };
