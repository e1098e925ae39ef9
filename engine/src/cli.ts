/**
 * `node cli.ts COMMAND`: an order as JSON on stdin, a report as JSON on stdout.
 * Exit code 0: done. 2: the model is at fault, the report says why. Anything else: we are.
 */
import { readFileSync, writeSync } from "node:fs";
import { ModelFault } from "./failure.ts";

type Command = (order: never) => Promise<object>;

const commands: Record<string, () => Promise<Command>> = {
  inspect: async () => (await import("./commands/inspect.ts")).inspect,
  convert: async () => (await import("./commands/convert.ts")).convert,
  optimize: async () => (await import("./commands/optimize.ts")).optimize,
  pack: async () => (await import("./commands/pack.ts")).pack,
};

async function main(): Promise<number> {
  const name = process.argv[2] ?? "";
  const command = commands[name];
  if (!command) {
    process.stderr.write(`No command "${name}". There are: ${Object.keys(commands).join(", ")}.\n`);
    return 64;
  }
  const order = JSON.parse(readFileSync(0, "utf8")) as never;
  try {
    answer(await (await command())(order));
    return 0;
  } catch (error) {
    if (!(error instanceof ModelFault)) throw error;
    answer({ code: error.code, detail: error.message });
    return 2;
  }
}

function answer(report: object): void {
  let bytes = Buffer.from(JSON.stringify(report));
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(1, bytes));
}

process.exit(await main());
