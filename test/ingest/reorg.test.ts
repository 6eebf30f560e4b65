// Reorganisations under the ingest: blocks are taken out of the chain, and their transactions with them (anvil forgets
// them, where a real node puts them back into its pool), while batches are pending and after some are settled.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pause, quantity } from '../../src/chain/rpc.ts';
import { readNonce } from '../../src/chain/state.ts';
import { ContractViews } from '../../src/contract/views.ts';
import type { IngestProgress } from '../../src/ingest/ingest.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { randomFrom } from '../support/endpoint/proxy.ts';
import { CAPACITY, expectStored, ingestAnew, openIngestLedger } from '../support/ingest-files.ts';
import { sampleRows, writeCsv } from '../support/sample.ts';

const BATCHES = 12;
const ROWS = (BATCHES - 1) * CAPACITY + 50;
const CONFIRMATIONS = 3;
/** Gas of a block: room for two batches. */
const BLOCK_GAS = 12_000_000;

let chain: TestChain;
let views: ContractViews;
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-reorg-'));
  file = join(folder, 'encounters.csv');
  await writeCsv(file, sampleRows(ROWS, 'reorg'));
  chain = await startChain();
  views = new ContractViews(chain.rpc, chain.address);
});
afterAll(async () => {
  await chain?.stop();
  await rm(folder, { recursive: true });
});

const reorganise = (depth: number) => chain.rpc.call('anvil_reorg', [depth, []]);

/** Mines block after block while `work` goes on, and lets `between` do something after each; ends when both have. */
async function minedAlong<T>(work: () => Promise<T>, between: () => Promise<void>): Promise<T> {
  await chain.rpc.call('evm_setAutomine', [false]);
  await chain.rpc.call('evm_setBlockGasLimit', [quantity(BLOCK_GAS)]);
  let mining = true;
  const miner = (async () => {
    while (mining) {
      await chain.mine();
      await between();
      await pause(30);
    }
  })();
  try {
    return await work();
  } finally {
    mining = false;
    await miner;
    await chain.rpc.call('evm_setBlockGasLimit', [quantity(60_000_000)]);
    await chain.rpc.call('evm_setAutomine', [true]);
  }
}

const SENDING = { confirmations: CONFIRMATIONS, window: 6, rebroadcastAfter: 200 };

describe('a reorganisation', () => {
  it.each([1, 2, 3])(
    'of blocks that nothing is settled in yet loses nothing, again and again (seed %i)',
    async (seed) => {
      const ledger = await openIngestLedger(chain, `shallow ${seed}`);
      const before = await readNonce(chain.rpc, ledger.hospital.address);
      const random = randomFrom(seed);
      /** How many batches each reorganisation took out. */
      const removed: number[] = [];
      const stored = await minedAlong(
        () => ingestAnew(ledger, file, { sending: SENDING }),
        async () => {
          const { nextBatch } = await views.getLedger(ledger.ledgerId);
          if (nextBatch === 0 || removed.length >= 8 || random() < 0.5) return;
          const depth = 1 + Math.floor((CONFIRMATIONS - 1) * random());
          await reorganise(depth);
          const { nextBatch: kept } = await views.getLedger(ledger.ledgerId);
          removed.push(nextBatch - kept);
        },
      );
      expect(removed.filter((batches) => batches > 0).length).toBeGreaterThan(1);
      expect(stored).toMatchObject({ rows: ROWS, stored: ROWS, sent: ROWS, batches: BATCHES, rejected: 0 });
      await expectStored(ledger, file);
      expect(await readNonce(chain.rpc, ledger.hospital.address)).toBe(before + BATCHES);
    },
  );

  it('of blocks in which batches were settled ends the run, and the same command stores what is missing', async () => {
    const ledger = await openIngestLedger(chain, 'deep');
    const before = await readNonce(chain.rpc, ledger.hospital.address);
    let confirmed = 0;
    let kept: number | undefined;
    const onProgress = (progress: IngestProgress) => {
      confirmed = progress.confirmed / CAPACITY;
    };
    /** Number of batches after each block. */
    const history: [block: number, batches: number][] = [];
    const cutOff = await minedAlong(
      () =>
        ingestAnew(ledger, file, { onProgress, sending: { ...SENDING, replaceAfter: 500 } }).catch((error) => error),
      async () => {
        if (kept !== undefined) return;
        const settled = confirmed;
        const head = Number(await chain.rpc.call('eth_blockNumber'));
        history.push([head, (await views.getLedger(ledger.ledgerId)).nextBatch]);
        if (settled < 2) return;
        // Removes the block of the last settled batch, and all blocks after it.
        const [block] = history.find(([, batches]) => batches >= settled)!;
        await reorganise(head - block + 1);
        kept = (await views.getLedger(ledger.ledgerId)).nextBatch;
        expect(kept).toBeLessThan(settled);
      },
    );
    expect(cutOff).toMatchObject({
      code: 'SETTLED_LOST',
      details: { nonce: before + kept!, confirmations: CONFIRMATIONS },
      message: expect.stringContaining('settled after 3 blocks'),
    });
    expect((await views.getLedger(ledger.ledgerId)).nextBatch).toBe(kept);

    // The transactions behind the gap are still in the pool. Once the gap is filled they are mined, and come between.
    const again = () =>
      minedAlong(
        () => ingestAnew(ledger, file, { sending: SENDING }),
        async () => undefined,
      );
    const second = await again().catch((error: unknown) => error);
    if (second instanceof Error) expect(second).toMatchObject({ code: 'NONCE_TAKEN' });
    expect(await again()).toMatchObject({ rows: ROWS, stored: ROWS, rejected: 0, skipped: 0 });
    await expectStored(ledger, file);
    expect(await readNonce(chain.rpc, ledger.hospital.address)).toBe(before + BATCHES);
  });

  it('after the run is repaired by the same command', async () => {
    const ledger = await openIngestLedger(chain, 'after');
    await ingestAnew(ledger, file);
    await chain.mine();
    const before = await readNonce(chain.rpc, ledger.hospital.address);
    await reorganise(4);
    const { nextBatch } = await views.getLedger(ledger.ledgerId);
    expect(nextBatch).toBe(BATCHES - 3);
    expect(await ingestAnew(ledger, file)).toMatchObject({ stored: ROWS, batches: 3, sent: 2 * CAPACITY + 50 });
    await expectStored(ledger, file);
    expect(await readNonce(chain.rpc, ledger.hospital.address)).toBe(before);
  });
});
