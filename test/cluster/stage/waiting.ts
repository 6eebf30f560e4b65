// Waiting for what other processes do, with an end to it.
import { pause } from '../../../src/chain/rpc.ts';

/** Asks until it is so. Throws after so many seconds, with `what` in the message. */
export async function until(what: string, seconds: number, done: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 1000 * seconds;
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await pause(250);
  }
}
