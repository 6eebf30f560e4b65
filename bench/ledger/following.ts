// A server's daemon follows a ledger that is there: it checks every record, in a process of its own, so that the memory is that
// daemon's. Then it is started again with the cache that it wrote.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Follow {
  rpc: string;
  /** 20 bytes. */
  contract: Uint8Array;
  ledgerId: Uint8Array;
  /** The server's. SECRET: not for a command line. */
  seed: Uint8Array;
  /** Path of its cache. */
  cacheFile: string;
  /** Records of the ledger. */
  records: number;
}

export interface Followed {
  /** From the start of the process until every record is checked and the chain is read to its head. */
  seconds: number;
  /** Records that it checked itself: all the first time, none with the cache. */
  checked: number;
  /** High-water mark of resident memory. */
  maxRssMiB: number;
  /** Resident memory at each tenth of the records. */
  rssMiB: number[];
}

export async function followLedger(follow: Follow): Promise<{ first: Followed; restarted: Followed }> {
  const first = await run(follow);
  if (first.checked !== follow.records) throw new Error(`${follow.records} records, ${first.checked} checked`);
  const restarted = await run(follow);
  if (restarted.checked !== 0) throw new Error(`${restarted.checked} records were checked again`);
  return { first, restarted };
}

async function run(follow: Follow): Promise<Followed> {
  const script = fileURLToPath(new URL('./following-process.js', import.meta.url));
  const child = fork(script, { serialization: 'advanced' });
  child.send(follow);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the daemon ended with code ${code} and said nothing`);
  });
  const [followed] = (await Promise.race([once(child, 'message'), ended])) as [Followed];
  await ended.catch(() => undefined);
  return followed;
}
