/** Khronos gltf-validator over one file; the verdict is Python's. */
import { readFileSync } from "node:fs";
import { validateBytes } from "gltf-validator";
import { ModelFault } from "../failure.ts";

export interface InspectOrder {
  source: string;
  /** URI in the model -> path of the file that it means. */
  resources?: Record<string, string>;
}

/** All issues of one code: where it was first found, how often, and the first few places. */
interface Issue {
  code: string;
  severity: number;
  message: string;
  pointer: string;
  pointers: string[];
  count: number;
}

const MAX_ISSUES = 2000;
const MAX_POINTERS = 200;
const MAX_ROUNDS = 12;

/** One bad accessor can fill the list: what was seen is then left out of the next round, until nothing is hidden. */
export async function inspect(order: InspectOrder): Promise<object> {
  const bytes = owned(order.source);
  const found = new Map<string, Issue>();
  let truncated = true;
  for (let round = 0; truncated && round < MAX_ROUNDS; round++) {
    const seen = [...found.keys()];
    truncated = await oneRound(bytes, order.resources ?? {}, seen, found);
  }
  if (truncated)
    throw new ModelFault("too-many-errors", "The glTF validator finds too many kinds of problems to list.");
  return { issues: [...found.values()] };
}

/** In memory of its own: the validator looks at the whole block behind a Buffer, which small files share. */
function owned(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}

async function oneRound(
  bytes: Uint8Array,
  resources: Record<string, string>,
  ignoredIssues: string[],
  found: Map<string, Issue>,
): Promise<boolean> {
  const externalResourceFunction = async (uri: string) => {
    const path = resources[uri] ?? resources[decodeURIComponent(uri)];
    if (path === undefined) throw new Error("not in the upload");
    return owned(path);
  };
  try {
    const { issues } = await validateBytes(bytes, {
      maxIssues: MAX_ISSUES,
      writeTimestamp: false,
      ignoredIssues,
      externalResourceFunction,
    });
    for (const message of issues.messages) add(found, message);
    return issues.truncated;
  } catch (error) {
    throw new ModelFault("invalid", `The file is not glTF: ${String(error)}`.slice(0, 300));
  }
}

function add(
  found: Map<string, Issue>,
  {
    code,
    severity,
    message,
    pointer = "",
  }: { code: string; severity: number; message: string; pointer?: string },
): void {
  const known = found.get(code);
  if (!known) {
    found.set(code, {
      code,
      severity,
      message: message.slice(0, 300),
      pointer,
      pointers: [pointer],
      count: 1,
    });
    return;
  }
  known.count += 1;
  known.severity = Math.min(known.severity, severity);
  if (known.pointers.length < MAX_POINTERS && !known.pointers.includes(pointer)) known.pointers.push(pointer);
}
