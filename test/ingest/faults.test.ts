// The ingest through an endpoint that misbehaves: replies lost, late, twice, in another order, cut short; rate limits;
// logs left out; answers of a node that is behind. It ends with every row stored once, and the same command, given
// again, finds everything on chain.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNonce } from '../../src/chain/state.ts';
import { CONTRACT } from '../../src/contract/abi.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { type Call, hostile, startEndpoint } from '../support/endpoint/proxy.ts';
import { type CountedFault, forgetful, lagging, rateLimited, stuck } from '../support/endpoint/proxy-faults.ts';
import { CAPACITY, expectStored, ingestAnew, openIngestLedger } from '../support/ingest-files.ts';
import type { Cast } from '../support/parties.ts';
import { sampleRows, writeCsv } from '../support/sample.ts';

const ROWS = 5 * CAPACITY + 20;

let chain: TestChain;
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-faults-'));
  file = join(folder, 'encounters.csv');
  await writeCsv(file, sampleRows(ROWS, 'faults'));
  chain = await startChain();
});
afterAll(async () => {
  await chain?.stop();
  await rm(folder, { recursive: true });
});

/** Mines a block every 50 ms, like a chain that does not wait for anybody, while `work` goes on. */
async function onBusyChain<T>(work: () => Promise<T>): Promise<T> {
  await chain.rpc.call('evm_setAutomine', [false]);
  let mining = true;
  const miner = (async () => {
    while (mining) {
      await chain.mine();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  try {
    return await work();
  } finally {
    mining = false;
    await miner;
    await chain.rpc.call('evm_setAutomine', [true]);
  }
}

/** Ingests the file twice through the fault. */
async function endsRight(ledger: Cast, { answer }: Pick<CountedFault, 'answer'>): Promise<void> {
  const endpoint = await startEndpoint(answer, chain.node.url);
  const before = await readNonce(chain.rpc, ledger.hospital.address);
  try {
    await onBusyChain(async () => {
      const first = await ingestAnew(ledger, file, { url: endpoint.url });
      expect(first).toMatchObject({ rows: ROWS, stored: ROWS, sent: ROWS, batches: 6, rejected: 0, skipped: 0 });
      await chain.mine(3); // So that no node is behind the end of the first run.
      const second = await ingestAnew(ledger, file, { url: endpoint.url });
      expect(second).toMatchObject({ rows: ROWS, stored: ROWS, sent: 0, batches: 0, rejected: 0, skipped: 0 });
    });
  } finally {
    await endpoint.stop();
  }
  await expectStored(ledger, file);
  expect(await readNonce(chain.rpc, ledger.hospital.address)).toBe(before + 6);
}

describe('stores every row once', () => {
  it.each([1, 2, 3])('although one call in six meets one of ten faults (seed %i)', async (seed) => {
    const ledger = await openIngestLedger(chain, `hostile ${seed}`);
    await endsRight(ledger, { answer: hostile(seed, 6) });
  });

  it('although a third of the calls is refused by rate limits, in the words of seven providers', async () => {
    const ledger = await openIngestLedger(chain, 'rates');
    const fault = rateLimited(4, 3);
    await endsRight(ledger, fault);
    expect(fault.struck).toBeGreaterThan(14);
  });

  it('although every other list of logs lacks some', async () => {
    const ledger = await openIngestLedger(chain, 'forgetful');
    const fault = forgetful();
    await endsRight(ledger, fault);
    expect(fault.struck).toBeGreaterThan(10);
  });

  it.each([
    [1, 2],
    [3, 3],
  ])('although a node that is %i blocks behind answers one call in %i', async (blocks, every) => {
    const ledger = await openIngestLedger(chain, `lagging ${blocks}`);
    const fault = lagging(6, every, blocks, chain.rpc);
    await endsRight(ledger, fault);
    expect(fault.struck).toBeGreaterThan(20);
  });
});

describe('a node that stays at an old block', () => {
  const getLedger = CONTRACT.getFunction('getLedger')!.selector;

  it.each([
    // The state of the ledger is asked for four times: for its epochs, twice to read it, and before the first batch is sent.
    [
      'while the ledger is read',
      'LEDGER_MOVED',
      () => {
        let asked = 0;
        return ({ method, params }: Call) =>
          method === 'eth_call' && params[0].data.startsWith(getLedger) && ++asked === 4;
      },
    ],
    [
      'until a transaction is sent',
      'NONCE_TAKEN',
      () =>
        ({ method }: Call) =>
          method === 'eth_sendRawTransaction',
    ],
  ])('%s is found out, and no fee is paid', async (when, code, waking) => {
    const ledger = await openIngestLedger(chain, `still ${when}`);
    const short = join(folder, 'short.csv');
    await writeCsv(short, sampleRows(3 * CAPACITY, 'faults'));
    await ingestAnew(ledger, short, { name: 'encounters.csv' });
    const head = Number(await chain.rpc.call('eth_blockNumber')) - 2;
    const before = await readNonce(chain.rpc, ledger.hospital.address);
    const endpoint = await startEndpoint(stuck(head, waking(), chain.rpc).answer, chain.node.url);
    // At another tip, so that the batches that are on chain would make other transactions now.
    const sending = { tipPerGas: 3_000_000_000n };
    await expect(ingestAnew(ledger, file, { url: endpoint.url, sending })).rejects.toMatchObject({ code });
    expect(await readNonce(chain.rpc, ledger.hospital.address)).toBe(before);
    const again = await ingestAnew(ledger, file, { url: endpoint.url });
    await endpoint.stop();
    expect(again).toMatchObject({ stored: ROWS, sent: ROWS - 3 * CAPACITY });
    expect(await readNonce(chain.rpc, ledger.hospital.address)).toBe(before + 3);
  });
});
