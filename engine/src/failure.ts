/** The model is at fault, not we: ends the process with exit code 2. `detail` is for the person who sent it. */
export class ModelFault extends Error {
  readonly code: string;

  constructor(code: string, detail: string) {
    super(detail);
    this.code = code;
  }
}
