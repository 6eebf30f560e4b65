// Audits through a node that lies about a right ledger: what it says is compared with the contract's storage, and the
// audit names the batch.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBigInt, toHex } from '../../../src/bytes.ts';
import { CONTRACT } from '../../../src/contract/abi.ts';
import { createEngine } from '../../../src/engine/load.ts';
import { openSite } from '../../../src/ledger/open-site.ts';
import type { Site } from '../../../src/ledger/site.ts';
import { audit } from '../../../src/parties/audit.ts';
import { startChain, type TestChain } from '../../support/chain.ts';
import { type Answer, type Call, type Endpoint, startEndpoint } from '../../support/endpoint/proxy.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { COMMITMENT, CORRECTION, fillLedger, SIZE } from './audited-ledger.ts';

let chain: TestChain;
let endpoint: Endpoint;
/** Reads through the endpoint. */
let through: Site;
let ledger: TestLedger;

beforeAll(async () => {
  chain = await startChain();
  endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
  through = await openSite({ rpc: endpoint.url, contract: chain.address, engine: await createEngine() });
  ledger = await fillLedger(chain, 'lied about', [2, 3, 2]);
});
afterAll(async () => {
  await endpoint?.stop();
  await chain?.stop();
});

describe('a node that lies', () => {
  /** Changes the data of the BatchAppended log of batch 1. */
  const lie =
    (change: (data: Buffer) => Buffer) =>
    async (call: Call, forward: () => Promise<Answer>): Promise<Answer> => {
      const answer = await forward();
      if (call.method !== 'eth_getLogs' || typeof answer !== 'object' || !('result' in answer)) return answer;
      const index = toHex(fromBigInt(1n, 32));
      const logs = (answer.result as { topics: string[]; data: string }[]).map((log) =>
        log.topics[2] === index && log.data.length > 1000
          ? { ...log, data: `0x${change(Buffer.from(log.data.slice(2), 'hex')).toString('hex')}` }
          : log,
      );
      return { result: logs };
    };
  // Words of the data: epoch, first record, count, root, nonce, source, offset and length of the records.
  const RECORDS = 32 * 8;

  it.each([
    ['a tag', RECORDS, /root of its records is 0x\w+; the contract stores 0x/],
    ['a key', RECORDS + SIZE + 27, /root of its records/],
    ['a sign of a commitment', RECORDS + COMMITMENT(2, 1), /root of its records/],
    ['a correction', RECORDS + CORRECTION(1) + 31, /root of its records/],
    ['the epoch', 31, /root of its records/],
    ['the nonce', 128, /root of its records/],
    ['the source', 160, /root of its records/],
    ['the root', 96, /the event says 0x/],
    ['the count', 95, /holds 372 bytes; 2 records have 248/],
    ['the first record', 63, /begins with record 3 according to the event; the batches before it end at 1/],
  ])('about %s is caught at its batch', async (_, at, what) => {
    endpoint.answer = lie((data) => {
      data[at]! ^= at === RECORDS + COMMITMENT(2, 1) ? 0x80 : 1;
      return data;
    });
    const { faults } = await audit(through, ledger.ledgerId);
    const own = faults.filter(({ batch }) => batch === 1);
    expect(own[0]!.what).toMatch(what);
    expect(own[0]!.recordId).toBeNull();
  });

  it('with a batch of another length is caught', async () => {
    endpoint.answer = lie((data) => {
      const length = data.readUInt32BE(32 * 7 + 28) - 7;
      data.writeUInt32BE(length, 32 * 7 + 28);
      return data.subarray(0, RECORDS + 32 * Math.ceil(length / 32));
    });
    const { faults } = await audit(through, ledger.ledgerId);
    expect(faults).toEqual([
      { batch: 1, recordId: null, what: `holds ${3 * SIZE - 7} bytes; 3 records have ${3 * SIZE}` },
    ]);
  });

  it('about a correction that would be no scalar is caught, with the record', async () => {
    endpoint.answer = lie((data) => {
      data.fill(255, RECORDS + CORRECTION(1), RECORDS + CORRECTION(1) + 32);
      return data;
    });
    const { faults } = await audit(through, ledger.ledgerId);
    expect(faults).toMatchObject([
      { batch: 1, recordId: null, what: expect.stringMatching(/root of its records/) },
      { batch: 1, recordId: 3, what: 'its correction is not a canonical scalar' },
    ]);
  });

  it('about the terms is caught', async () => {
    endpoint.answer = async (call, forward) => {
      const answer = await forward();
      if (call.method !== 'eth_getLogs' || typeof answer !== 'object' || !('result' in answer)) return answer;
      const logs = answer.result as { topics: string[]; data: string }[];
      const opened = CONTRACT.getEvent('LedgerOpened')!.topicHash;
      // Words of the data: offset of the terms, salt; then the terms, whose first is the threshold.
      const end = 2 + 64 * 3;
      return {
        result: logs.map((log) => {
          if (log.topics[0] !== opened) return log;
          expect(log.data.slice(end - 64, end)).toBe(`${'0'.repeat(63)}2`);
          return { ...log, data: `${log.data.slice(0, end - 1)}3${log.data.slice(end)}` };
        }),
      };
    };
    await expect(audit(through, ledger.ledgerId)).rejects.toMatchObject({ code: 'FORGED_TERMS' });
  });

  it('that withholds a batch is named with it', async () => {
    endpoint.answer = async (call, forward) => {
      const answer = await forward();
      if (call.method !== 'eth_getLogs' || typeof answer !== 'object' || !('result' in answer)) return answer;
      const index = toHex(fromBigInt(2n, 32));
      return { result: (answer.result as { topics: string[] }[]).filter(({ topics }) => topics[2] !== index) };
    };
    await expect(audit(through, ledger.ledgerId)).rejects.toThrow(/batch 2 of ledger/);
  });
});
