/** The products' page comes to life. */

import { startCards } from "./cards.js";
import { startMore } from "./more.js";
import { startProgress } from "./progress.js";
import { startUploads } from "./uploads.js";

startMore();
startProgress();
startCards();
if ("mayWrite" in document.body.dataset) startUploads();
