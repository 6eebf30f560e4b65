// How commands are listed: their words for help, and where each is defined, which is read only when somebody wants it. Each
// folder beside this file has its own list.ts.
import type { DefinedCommand } from '../command.ts';

/** One command. */
export interface Entry {
  /** The last word of its name. */
  name: string;
  /** For help: what it does, in half a sentence. */
  description: string;
  load(): Promise<DefinedCommand>;
}

/** Commands under a common word: "ledger open", "ledger join", … */
export interface Family {
  name: string;
  description: string;
  members: readonly Entry[];
}

/** Commands under one of help's headings. */
export interface Group {
  heading: string;
  entries: readonly (Entry | Family)[];
}
