/** The product's page comes to life. */

import { startDetails } from "./details.js";
import { onFresh, wake } from "./parts.js";
import { follow } from "./progress.js";
import { startShare } from "./share.js";
import { startSize } from "./size.js";
import { startTools } from "./tools.js";
import { startVersions } from "./versions.js";

wake();
startTools();
startShare();
startDetails();
if ("mayWrite" in document.body.dataset) {
  startSize();
  startVersions();
}
follow();
onFresh((parts) => parts.includes("head") && follow());
