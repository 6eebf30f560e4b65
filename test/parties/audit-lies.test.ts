// Audits through a node that lies about a right ledger: what it says is compared with the contract's storage, and the
// audit names the batch.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBigInt, toHex } from '../../src/bytes.ts';
import { CONTRACT } from '../../src/contract/abi.ts';
import { createEngine } from '../../src/engine/load.ts';
import { openSite, type Site } from '../../src/ledger/site.ts';
import { audit } from '../../src/parties/audit.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import type { TestLedger } from '../support/ledger.ts';
import { type Answer, type Call, type Endpoint, startEndpoint } from '../support/proxy.ts';
import { COMMITMENT, fillLedger, SIZE } from './audited-ledger.ts';

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
  const RECORDS = 32 * 7;

  it.each([
    ['a tag', RECORDS, /root of its records is 0x\w+; the contract stores 0x/],
    ['a key', RECORDS + SIZE + 27, /root of its records/],
    ['a sign of a commitment', RECORDS + COMMITMENT(2, 1), /root of its records/],
    ['the root', 64, /the event says 0x/],
    ['the count', 63, /holds 756 bytes; 2 records have 504/],
    ['the first record', 31, /begins with record 3 according to the event; the batches before it end at 1/],
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
      const length = data.readUInt32BE(32 * 6 + 28) - 7;
      data.writeUInt32BE(length, 32 * 6 + 28);
      return data.subarray(0, RECORDS + 32 * Math.ceil(length / 32));
    });
    const { faults } = await audit(through, ledger.ledgerId);
    expect(faults).toEqual([
      { batch: 1, recordId: null, what: `holds ${3 * SIZE - 7} bytes; 3 records have ${3 * SIZE}` },
    ]);
  });

  it('about the terms is caught', async () => {
    endpoint.answer = async (call, forward) => {
      const answer = await forward();
      if (call.method !== 'eth_getLogs' || typeof answer !== 'object' || !('result' in answer)) return answer;
      // The first word of LedgerOpened is the threshold.
      const threshold = /^0x0{63}2/;
      const logs = answer.result as { topics: string[]; data: string }[];
      const opened = CONTRACT.getEvent('LedgerOpened')!.topicHash;
      return {
        result: logs.map((log) =>
          log.topics[0] === opened ? { ...log, data: log.data.replace(threshold, `0x${'0'.repeat(63)}3`) } : log,
        ),
      };
    };
    const { faults } = await audit(through, ledger.ledgerId);
    expect(faults[0]).toEqual({
      batch: null,
      recordId: null,
      what: 'it was opened with threshold 3, the contract has 2',
    });
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
