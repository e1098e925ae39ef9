/** The library comes to life. */

import { startBulk } from "./bulk.js";
import { startCards } from "./cards.js";
import { startFinding } from "./finding.js";
import { startLayout } from "./layout.js";
import { startProgress } from "./progress.js";
import { startScrolling } from "./scrolling.js";
import { startSelecting } from "./selecting.js";
import { startTurntables } from "./turntable.js";
import { startUploads } from "./uploads.js";
import { startViews } from "./views.js";

document.documentElement.classList.add("scripted");
startSelecting();
startScrolling();
startFinding();
startLayout();
startBulk();
startProgress();
startCards();
startTurntables();
if ("mayWrite" in document.body.dataset) {
  startViews();
  startUploads();
}
