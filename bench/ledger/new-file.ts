// A new file comes to a ledger that is there: everything that its ingest does before it sends, in a process of its own, so
// that the memory is that ingest's. The time is from the start of the process, as for one who waits.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface NewFile {
  rpc: string;
  /** 20 bytes. */
  contract: Uint8Array;
  ledgerId: Uint8Array;
  /** The hospital's. SECRET: not for a command line. */
  seed: Uint8Array;
  /** Path of the CSV, in the preset synthea-encounters. */
  file: string;
}

export interface Ready {
  /** Until the ledger is read and opened, the file read, and its batches dealt. */
  seconds: number;
  /** High-water mark of resident memory. */
  maxRssMiB: number;
}

export async function ingestNewFile(newFile: NewFile): Promise<Ready> {
  const script = fileURLToPath(new URL('./new-file-process.js', import.meta.url));
  const child = fork(script, { serialization: 'advanced' });
  child.send(newFile);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the ingest of the new file ended with code ${code} and said nothing`);
  });
  const [ready] = (await Promise.race([once(child, 'message'), ended])) as [Ready];
  await ended.catch(() => undefined);
  return ready;
}
