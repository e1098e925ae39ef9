/** Something the report should say: `code` for programs, `detail` for people. */
export interface Notice {
  code: string;
  detail: string;
}

/** Tell Python how far we are, 0 to 1. One line of JSON on stderr. */
export function progress(part: number, doing: string): void {
  process.stderr.write(`${JSON.stringify({ progress: Math.round(part * 1000) / 1000, doing })}\n`);
}
