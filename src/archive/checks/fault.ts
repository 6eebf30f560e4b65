// What is wrong with an archive, and the end of its verification at the first such thing.

/** What is wrong with an archive. */
export interface Fault {
  /** What it concerns, in words: "batch 3". */
  about: string;
  what: string;
}

/** Ends the verification. */
export class FaultFound extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.what);
    this.fault = fault;
  }
}

/** Throws FaultFound if a check has found something. */
export function expectNone(about: string, what: string | null): void {
  if (what !== null) throw new FaultFound({ about, what });
}
