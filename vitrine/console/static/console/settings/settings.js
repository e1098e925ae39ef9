/** The settings' pages come to life. */

import { startDialogs } from "./dialogs.js";
import { startForms } from "./forms.js";
import { startFresh, watch } from "./fresh.js";
import { startSecret } from "./secret.js";
import { tellTimes } from "./times.js";

startDialogs();
startForms();
startSecret();
startFresh();
tellTimes();
watch();
document
  .querySelector(".settings-nav [aria-current]")
  ?.scrollIntoView({ block: "nearest", inline: "center" });
