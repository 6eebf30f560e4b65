// What the program says of its waits: each with what can be done, once and then at growing intervals, whatever the digits.
import { describe, expect, it } from 'vitest';
import type { Wait } from '../../../src/chain/waiting/wait.ts';
import { Repetition, subjectOf, waitInWords } from '../../../src/cli/text/waits.ts';

const GWEI = 10n ** 9n;
const NOW = 1_800_000_000_000;
const words = (wait: Wait) => waitInWords(wait, NOW);

describe('a wait in words', () => {
  it('for the base fee names the option and both numbers', () => {
    expect(words({ kind: 'fee-cap', baseFee: 120n * GWEI, cap: 100n * GWEI, until: NOW + 900_000 })).toBe(
      'The base fee is 120 gwei, above --max-fee, which is 100 gwei: waiting for it to fall, for 15 min at most. To go on now, stop this and give a higher --max-fee.',
    );
  });

  it('for finality names the block, how many to go, and about how long', () => {
    const settling = { kind: 'settling', block: 1234, final: true } as const;
    expect(words({ ...settling, missing: 34, seconds: 408 })).toBe(
      'Waiting for block 1234, which has the transaction, to become final: 34 blocks to go, about 6 min 48 s.',
    );
    expect(words({ ...settling, missing: 1, seconds: undefined })).toContain('final: 1 block to go.');
    expect(words({ ...settling, final: false, missing: 1, seconds: 12 })).toContain(
      '1 more block after it, about 12 s',
    );
  });

  it('for an endpoint names its host, the reason, and the option', () => {
    const wait = {
      kind: 'endpoint',
      host: 'node:8545',
      reason: 'connection refused; is it running?',
      since: NOW,
    } as const;
    expect(words(wait)).toMatch(
      /^No answer from node:8545 since \d\d:\d\d:\d\d \(connection refused; is it running\?\); trying again\. --rpc /,
    );
    expect(words({ kind: 'quiet', host: 'node', until: NOW + 59_600 })).toContain('going on in 1 min');
  });

  it('for transactions counts them', () => {
    const mining = {
      kind: 'mining',
      nonce: 7,
      offered: 5n * GWEI,
      baseFee: 2n * GWEI,
      since: NOW,
      until: NOW,
    } as const;
    expect(words({ ...mining, transactions: 1 })).toContain(
      'to take the transaction with nonce 7. It offers up to 5 gwei',
    );
    expect(words({ ...mining, transactions: 3 })).toContain('to take 3 transactions, the first with nonce 7.');
    const account = { kind: 'account', account: '0xAB', until: NOW + 60_000 } as const;
    expect(words({ ...account, transactions: 1 })).toContain('1 earlier transaction of account 0xAB');
  });
});

describe('a wait is said', () => {
  it('at once, after 10 s, then after pauses that double, up to ten minutes', () => {
    const repetition = new Repetition();
    const said: number[] = [];
    for (let second = 0; second <= 3600; second++) if (repetition.isDue('a', NOW + 1000 * second)) said.push(second);
    expect(said).toEqual([0, 10, 30, 70, 150, 310, 630, 1230, 1830, 2430, 3030]);
  });

  it('anew when it was not heard of for more than a minute, and apart from others', () => {
    const repetition = new Repetition();
    expect([0, 5, 66].map((second) => repetition.isDue('a', NOW + 1000 * second))).toEqual([true, false, true]);
    expect(repetition.isDue('b', NOW + 66_000)).toBe(true);
  });

  it('as the same one although its digits change, and as another for another host', () => {
    const lag = { kind: 'block', host: 'a', head: 1, block: 3 } as const;
    expect(subjectOf({ ...lag, head: 2 })).toBe(subjectOf(lag));
    expect(subjectOf({ ...lag, host: 'b' })).not.toBe(subjectOf(lag));
  });
});
