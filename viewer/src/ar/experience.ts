/** Everything AR says and shows beyond its button: hints in a session, the QR code, the call, what to do instead. */

import type { ModelViewer } from "../model-viewer.ts";
import { answer, type Call } from "./answer.ts";
import { copier } from "./copier.ts";
import { openDesk } from "./desk.ts";
import css from "./experience.css";
import { guide } from "./guide.ts";
import type { Loan } from "./tools.ts";
import { arWordsFor } from "./words.ts";

export interface Experience {
  /** Hints and a way out in every WebXR session of `view`; `again` starts another one. */
  guide(view: ModelViewer, again: () => void): void;
  /** Shows `address` as a code for a phone; `local` when no phone can follow it. */
  desk(address: string, local: boolean): Promise<void>;
  /** Offers AR, large, to somebody who followed such a code. */
  answer(call: Call): void;
  /** Says that there was no camera; `another` when another kind of AR stands ready. */
  refused(another: boolean): void;
  /** A button that copies `address`. */
  copier(address: string): HTMLElement;
}

export async function makeExperience(loan: Loan): Promise<Experience> {
  const words = await arWordsFor(loan.language);
  const tools = { ...loan, words };
  loan.adoptStyles(loan.host.root, css);
  return {
    guide: (view, again) => guide(tools, view, again),
    desk: (address, local) => openDesk(tools, address, local),
    answer: (call) => answer(tools, call),
    refused(another) {
      if (another) loan.notice.say(words.refusedNext);
      else loan.notice.say(words.refused, { label: words.reload, press: () => location.reload() });
    },
    copier: (address) => copier(tools, address),
  };
}
