// Sending on a chain that mines when told: order, window, limits, fees, replacement, nonces, reorganisations. The
// chain's own transactions are the oracle: each request executed exactly once, in order.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toBigInt, toHex, uint256, utf8 } from '../../../src/bytes.ts';
import { accountOf, addressText } from '../../../src/chain/account.ts';
import { type EmbeddedNode, fund, startNode } from '../../../src/chain/embedded-node.ts';
import { quantity, Rpc } from '../../../src/chain/rpc.ts';
import { createSender, type SenderOptions } from '../../../src/chain/sending/sender.ts';
import { readBalance, readNonce } from '../../../src/chain/state.ts';
import type { Sender, TransactionRequest } from '../../../src/chain/types.ts';
import { ETHER, keyOf } from '../../support/chain.ts';
import { drawBytes } from '../../support/ledger.ts';

const GWEI = 10n ** 9n;
let node: EmbeddedNode;
let rpc: Rpc;
let senders: Sender[] = [];
beforeAll(async () => {
  node = await startNode({ manualMining: true });
  rpc = new Rpc(node.url);
});
afterAll(() => node?.stop());
afterEach(() => {
  for (const sender of senders) sender.close();
  senders = [];
});

let accounts = 0;
/** A key that no other test uses. */
async function freshKey(wei = 1000n * ETHER): Promise<Uint8Array> {
  const key = keyOf(`sender ${++accounts}`);
  await fund(node.url, accountOf(key), wei);
  return key;
}
async function open(options: Partial<SenderOptions> = {}): Promise<Sender> {
  const sender = await createSender({
    rpc,
    privateKey: options.privateKey ?? (await freshKey()),
    pollInterval: 20,
    ...options,
  });
  senders.push(sender);
  return sender;
}
const mine = (blocks = 1) => rpc.call('anvil_mine', [quantity(blocks)]);
/** A block every 100 ms, until nothing is in flight. */
async function mineUntilIdle(sender: Sender): Promise<void> {
  const timer = setInterval(() => void mine(), 100);
  await sender.idle();
  clearInterval(timer);
}
const target = accountOf(keyOf('target'));
const note = (text: string | number): TransactionRequest => ({ to: target, data: utf8(`${text}`) });
const chainsNonce = ({ address }: Sender) => readNonce(rpc, address);

interface Mined {
  from: string;
  nonce: string;
  input: string;
  maxFeePerGas: string;
  maxPriorityFeePerGas: string;
  gas: string;
}
/** What the chain executed of an account: its calldata as text, by block and place. */
async function executed(sender: Sender): Promise<string[]> {
  const texts: string[] = [];
  const head = Number(await rpc.call('eth_blockNumber'));
  for (let block = 0; block <= head; block++) {
    const { transactions } = await rpc.call<{ transactions: Mined[] }>('eth_getBlockByNumber', [quantity(block), true]);
    for (const { from, input } of transactions) {
      if (from === toHex(sender.address)) texts.push(Buffer.from(input.slice(2), 'hex').toString());
    }
  }
  return texts;
}
const pending = async (sender: Sender): Promise<Mined[]> => {
  const pool = await rpc.call<{ pending: Record<string, Record<string, Mined>> }>('txpool_content');
  return Object.values(pool.pending[addressText(sender.address)] ?? pool.pending[toHex(sender.address)] ?? {});
};

describe('a sender', () => {
  it('puts transactions on chain in order, and no more in flight than its window', async () => {
    const sender = await open({ window: 3 });
    const submitted: Promise<unknown>[] = [];
    let broadcast = 0;
    for (let i = 0; i < 8; i++) {
      const departed = sender.submit(note(i)).then(({ settled }) => {
        broadcast++;
        return settled;
      });
      submitted.push(departed);
    }
    for (const expected of [3, 6, 8]) {
      await expect.poll(() => broadcast).toBe(expected);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(broadcast).toBe(expected);
      expect(sender.stats().inFlight).toBe(expected === 8 ? 2 : 3);
      await mine();
    }
    await Promise.all(submitted);
    await sender.idle();
    expect(await executed(sender)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(String));
    expect(sender.stats()).toMatchObject({ inFlight: 0, settled: 8, replaced: 0, reorganised: 0 });
  });

  it('accounts for the gas and the fees that the chain took', async () => {
    const sender = await open();
    const before = await readBalance(rpc, sender.address);
    const first = sender.send(note('a'));
    const second = sender.send({ ...note('b'), value: 5n });
    await expect.poll(() => sender.stats().inFlight).toBe(2);
    await mine();
    const receipts = await Promise.all([first, second]);
    const { gasUsed, fees } = sender.stats();
    expect(gasUsed).toBe(receipts[0]!.gasUsed + receipts[1]!.gasUsed);
    expect(before - (await readBalance(rpc, sender.address))).toBe(fees + 5n);
  });

  it('waits for as many blocks as it is told', async () => {
    const sender = await open({ confirmations: 4 });
    let settled = false;
    const sent = sender.send(note('deep')).then(() => {
      settled = true;
    });
    await expect.poll(() => sender.stats().inFlight).toBe(1);
    for (let block = 1; block <= 3; block++) {
      await mine();
      await new Promise((resolve) => setTimeout(resolve, 80));
      expect(settled).toBe(false);
    }
    await mine();
    await sent;
  });

  it('waits for finality, if told, and then for nothing else', async () => {
    const sender = await open({ confirmations: 'finalized', maxUnsettled: 2 });
    const sent = [sender.send(note(1)), sender.send(note(2)), sender.send(note(3))];
    await expect.poll(() => sender.stats().inFlight).toBe(2);
    await mine(40);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(sender.stats()).toMatchObject({ inFlight: 2, settled: 0 }); // The third has no room while these are unsettled.
    await mine(40);
    await Promise.all(sent.slice(0, 2));
    await expect.poll(() => sender.stats().inFlight).toBe(1);
    await mine(80);
    await Promise.all(sent);
  });

  it('goes on where the account stands, waiting for what it sent earlier', async () => {
    const privateKey = await freshKey();
    const first = await open({ privateKey });
    await first.submit(note('earlier'));
    let opened = false;
    const opening = open({ privateKey }).then((sender) => {
      opened = true;
      return sender;
    });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(opened).toBe(false);
    await mine();
    const second = await opening;
    const sent = second.send(note('later'));
    await expect.poll(() => second.stats().inFlight).toBe(1);
    await mine();
    await sent;
    expect(await executed(second)).toEqual(['earlier', 'later']);
  });

  it('outbids what it sent earlier, if that is never mined', async () => {
    const privateKey = await freshKey();
    const first = await open({ privateKey });
    await first.submit(note('stuck'));
    first.close();
    const second = await open({ privateKey, replaceAfter: 10 });
    const sent = second.send(note('instead'));
    await expect.poll(() => second.stats().inFlight).toBe(1);
    await mine();
    await sent;
    expect(await executed(second)).toEqual(['instead']);
  });
});

describe('limits are checked before anything is sent', () => {
  it('on bytes: 131,072 of the signed transaction', async () => {
    const sender = await open();
    // All but the calldata takes some 117 bytes, a few less where an integer is short.
    const fits = { to: target, data: drawBytes('fits', 131_072 - 120), gas: 6_000_000n };
    const sent = sender.send(fits);
    await expect.poll(() => sender.stats().inFlight).toBe(1);
    await mine();
    const { transactionHash } = await sent;
    const raw = await rpc.call<string>('eth_getRawTransactionByHash', [transactionHash]);
    expect((raw.length - 2) / 2).toBeLessThanOrEqual(131_072);
    expect((raw.length - 2) / 2).toBeGreaterThan(131_050);
    const larger = { ...fits, data: drawBytes('fits', fits.data.length + 20) };
    await expect(sender.send(larger)).rejects.toMatchObject({
      code: 'TRANSACTION_TOO_LARGE',
      details: { maximum: 131_072 },
    });
    await expect(sender.send({ ...fits, data: new Uint8Array(200_000) })).rejects.toThrow(
      /takes 200000 bytes; at most 131072/,
    );
    expect(await chainsNonce(sender)).toBe(1);
    expect(await pending(sender)).toEqual([]);
  });

  it('on gas: 16,777,216 of one transaction, and never below the floor', async () => {
    const sender = await open();
    await expect(sender.send({ ...note('x'), gas: 16_777_217n })).rejects.toThrow(
      /takes 16777217 gas; at most 16777216/,
    );
    await expect(sender.send({ ...note('x'), execution: 20_000_000n })).rejects.toMatchObject({
      code: 'TRANSACTION_GAS_CAP',
    });
    const sent = sender.send({ to: target, data: drawBytes('floor', 1000), gas: 30_000n });
    await expect.poll(() => sender.stats().inFlight).toBe(1);
    await mine();
    expect((await sent).gasUsed).toBeGreaterThan(30_000n);
    const dear = await open({ prices: 'eip-7976' });
    const priced = dear.submit({ ...note('abcd'), execution: 0n });
    await expect.poll(() => dear.stats().inFlight).toBe(1);
    expect((await pending(dear)).map(({ gas }) => Number(gas))).toEqual([21_000 + 4 * 64]);
    await mine();
    await (await priced).settled;
  });

  it('on what the account has', async () => {
    const privateKey = await freshKey(1000n);
    const sender = await open({ privateKey });
    const refused = sender.send({ ...note('poor'), gas: 30_000n });
    await expect(refused).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS', details: { balance: 1000n } });
    await expect(refused).rejects.toThrow(
      `account ${addressText(sender.address)} has 0.000000000000001 ether; this transaction may take up to 0.`,
    );
    // The nonce was not used up.
    await fund(node.url, sender.address, ETHER);
    const sent = sender.send(note('rich'));
    await expect.poll(() => sender.stats().inFlight).toBe(1);
    await mine();
    await sent;
    expect(await chainsNonce(sender)).toBe(1);
  });
});

describe('fees', () => {
  it('are twice the base fee and the tip, under the cap', async () => {
    await rpc.call('anvil_setNextBlockBaseFeePerGas', [quantity(10n * GWEI)]);
    await mine();
    const sender = await open({ maxPriorityFeePerGas: 3n * GWEI });
    await sender.submit(note('fees'));
    const [transaction] = await pending(sender);
    const { baseFeePerGas } = await rpc.call<{ baseFeePerGas: string }>('eth_getBlockByNumber', ['latest', false]);
    expect(BigInt(transaction!.maxFeePerGas)).toBe(2n * BigInt(baseFeePerGas) + 3n * GWEI);
    expect(BigInt(transaction!.maxPriorityFeePerGas)).toBe(3n * GWEI);
    const capped = await open({ maxFeePerGas: 11n * GWEI, maxPriorityFeePerGas: 20n * GWEI });
    await capped.submit(note('capped'));
    const [offered] = await pending(capped);
    expect([BigInt(offered!.maxFeePerGas), BigInt(offered!.maxPriorityFeePerGas)]).toEqual([11n * GWEI, 11n * GWEI]);
    await mine();
  });

  it('rise by an eighth or more when blocks pass the transaction by, and the same request is executed once', async () => {
    const sender = await open({ replaceAfter: 100 });
    const sent = [sender.send(note('one')), sender.send(note('two'))];
    await expect.poll(() => sender.stats().inFlight).toBe(2);
    const before = (await pending(sender)).map(({ maxFeePerGas }) => BigInt(maxFeePerGas));
    // A block that these fees do not reach.
    await rpc.call('anvil_setNextBlockBaseFeePerGas', [quantity(3n * before[0]!)]);
    await mine();
    await expect.poll(() => sender.stats().replaced, { timeout: 5000 }).toBeGreaterThanOrEqual(1);
    await expect
      .poll(async () => BigInt((await pending(sender))[0]!.maxFeePerGas))
      .toBeGreaterThanOrEqual((before[0]! * 9n) / 8n);
    await mineUntilIdle(sender);
    await Promise.all(sent);
    expect(await executed(sender)).toEqual(['one', 'two']);
  });

  it('do not rise while no block passes', async () => {
    const sender = await open({ replaceAfter: 20 });
    await sender.submit(note('quiet'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sender.stats().replaced).toBe(0);
    await mine();
    await sender.idle();
  });

  it('never pass the cap: the transaction waits, and in the end is given up by name', async () => {
    await rpc.call('anvil_setNextBlockBaseFeePerGas', [quantity(GWEI)]);
    await mine();
    const sender = await open({ maxFeePerGas: 4n * GWEI, maxPriorityFeePerGas: 1n, replaceAfter: 50, patience: 1500 });
    const sent = sender.send(note('cheap'));
    await expect.poll(() => sender.stats().inFlight).toBe(1);
    await rpc.call('anvil_setNextBlockBaseFeePerGas', [quantity(100n * GWEI)]);
    await mine();
    const given = await sent.catch((error: unknown) => error);
    expect(given).toMatchObject({ code: 'NOT_MINED', details: { nonce: 0, cap: 4n * GWEI } });
    await expect(sender.send(note('after'))).rejects.toBe(given);
    expect(await executed(sender)).toEqual([]);
  });

  it('that are out of date when they are offered are asked for again', async () => {
    await rpc.call('anvil_setNextBlockBaseFeePerGas', [quantity(GWEI)]);
    await mine();
    const sender = await open({ maxPriorityFeePerGas: 1n });
    const first = sender.send(note('then'));
    await expect.poll(() => sender.stats().inFlight).toBe(1);
    await mine();
    await first;
    const { baseFeePerGas } = await rpc.call<{ baseFeePerGas: string }>('eth_getBlockByNumber', ['latest', false]);
    await rpc.call('anvil_setNextBlockBaseFeePerGas', [quantity(20n * BigInt(baseFeePerGas))]);
    await mine();
    const second = sender.send({ ...note('now'), gas: 40_000n });
    await expect.poll(() => sender.stats().inFlight).toBe(1);
    expect(BigInt((await pending(sender))[0]!.maxFeePerGas)).toBeGreaterThan(20n * BigInt(baseFeePerGas));
    await mine();
    await second;
  });

  it('below what nodes take are refused by name when the cap is below it', async () => {
    await rpc.call('anvil_setNextBlockBaseFeePerGas', [quantity(50n * GWEI)]);
    await mine();
    const sender = await open({ maxFeePerGas: 2n, maxPriorityFeePerGas: 1n, patience: 600 });
    await expect(sender.send({ ...note('x'), gas: 50_000n })).rejects.toMatchObject({
      code: expect.stringMatching(/FEE_CAP|NOT_MINED/),
    });
  });
});

describe('nonces', () => {
  it('that another transaction of the account used are passed over, when it is mined', async () => {
    const privateKey = await freshKey();
    const sender = await open({ privateKey });
    const foreign = await open({ privateKey });
    const first = foreign.send(note('foreign'));
    await expect.poll(() => foreign.stats().inFlight).toBe(1);
    await mine();
    await first;
    const sent = sender.send(note('own'));
    await expect.poll(() => sender.stats().inFlight, { timeout: 15_000 }).toBe(1);
    await mine();
    await sent;
    const next = await sender.submit(note('next'));
    expect(next.nonce).toBe(2);
    await mine();
    await next.settled;
    expect(await executed(sender)).toEqual(['foreign', 'own', 'next']);
  });

  it('are not used up by a refusal', async () => {
    const sender = await open();
    const contract = drawBytes('no contract', 20);
    await rpc.call('anvil_setCode', [toHex(contract), '0x60006000fd']); // revert(0, 0)
    await expect(sender.send({ to: contract, data: new Uint8Array(0) })).rejects.toMatchObject({ code: 'RPC_ERROR' });
    const sent = sender.send(note('fine'));
    await expect.poll(() => sender.stats().inFlight).toBe(1);
    await mine();
    await sent;
    expect(await executed(sender)).toEqual(['fine']);
  });

  it('of a transaction that fails on chain are used up, and it alone is rejected', async () => {
    const sender = await open();
    const contract = drawBytes('reverts', 20);
    await rpc.call('anvil_setCode', [toHex(contract), '0x60006000fd']);
    const burner = drawBytes('burns', 20);
    await rpc.call('anvil_setCode', [toHex(burner), '0x5b600056']); // An endless loop.
    const results = [
      sender.send(note('before')),
      sender.send({ to: contract, data: new Uint8Array(0), gas: 50_000n }),
      sender.send({ to: burner, data: new Uint8Array(0), gas: 50_000n }),
      sender.send(note('after')),
    ];
    const outcomes = Promise.allSettled(results);
    await expect.poll(() => sender.stats().inFlight).toBe(4);
    await mine();
    const [, reverted, burnt] = await outcomes;
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect((reverted as PromiseRejectedResult).reason).toMatchObject({
      code: 'TRANSACTION_FAILED',
      message: expect.stringMatching(/it reverted$/),
    });
    expect((burnt as PromiseRejectedResult).reason.message).toMatch(/ran out of its 50000 gas$/);
    expect(sender.stats().settled).toBe(4);
  });
});

describe('reorganisations', () => {
  /** Takes the last `depth` blocks out of the chain; anvil forgets their transactions. */
  const reorganise = (depth: number) => rpc.call('anvil_reorg', [depth, []]);

  it('are followed until every transaction is settled, each once', async () => {
    const sender = await open({ confirmations: 3, rebroadcastAfter: 50 });
    const sent = [0, 1, 2, 3].map((i) => sender.send(note(i)));
    await expect.poll(() => sender.stats().inFlight).toBe(4);
    await mine();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await reorganise(1);
    expect(await chainsNonce(sender)).toBe(0);
    await expect.poll(async () => (await pending(sender)).length, { timeout: 5000 }).toBe(4);
    expect(sender.stats()).toMatchObject({ settled: 0, reorganised: 4 });
    await mine(3);
    await Promise.all(sent);
    expect(await executed(sender)).toEqual(['0', '1', '2', '3']);
  });

  it('into another block with the same transactions are seen by its hash', async () => {
    const sender = await open({ confirmations: 2 });
    const sent = sender.send(note('moved'));
    await expect.poll(() => sender.stats().inFlight).toBe(1);
    const [transaction] = await pending(sender);
    expect(toBigInt(uint256(BigInt(transaction!.nonce)))).toBe(0n);
    await mine();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const old = await rpc.call<{ hash: string; transactions: string[] }>('eth_getBlockByNumber', ['latest', false]);
    const raw = await rpc.call<string>('eth_getRawTransactionByHash', [old.transactions[0]]);
    await rpc.call('anvil_reorg', [1, [[raw, 0]]]);
    const now = await rpc.call<{ hash: string; transactions: string[] }>('eth_getBlockByNumber', ['latest', false]);
    expect(now.hash).not.toBe(old.hash);
    expect(now.transactions).toEqual(old.transactions);
    await mine();
    expect((await sent).blockHash).toBe(now.hash);
    expect(sender.stats().reorganised).toBe(1);
  });
});

describe('closing', () => {
  it('rejects what is in flight and what comes later, and idle then resolves', async () => {
    const sender = await open({ window: 1 });
    const flying = sender.send(note('flying'));
    const waiting = sender.send(note('waiting'));
    await expect.poll(() => sender.stats().inFlight).toBe(1);
    sender.close();
    await expect(flying).rejects.toMatchObject({ code: 'SENDER_CLOSED' });
    await expect(waiting).rejects.toMatchObject({ code: 'SENDER_CLOSED' });
    await expect(sender.send(note('late'))).rejects.toThrow(addressText(sender.address));
    await sender.idle();
    await mine();
  });

  it('arguments out of range are refused', async () => {
    const privateKey = keyOf('x');
    await expect(createSender({ rpc, privateKey, window: 0 })).rejects.toThrow(/window is 0/);
    await expect(createSender({ rpc, privateKey, confirmations: 0 })).rejects.toThrow(/confirmations is 0/);
    await expect(createSender({ rpc, privateKey, chainId: 1n })).rejects.toThrow(
      /serves chain 31337; it must be chain 1$/,
    );
    await expect(createSender({ rpc, privateKey: new Uint8Array(32) })).rejects.toThrow(/private key/);
  });
});
