// Sending through endpoints that lose, delay, repeat, reorder and refuse, onto chains that forget and reorganise: at
// the end every batch is on chain once and in order, or the caller has a typed error.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addressText } from '../../../../src/address.ts';
import { utf8 } from '../../../../src/bytes.ts';
import { accountOf } from '../../../../src/chain/account.ts';
import { fund } from '../../../../src/chain/embedded-node.ts';
import { quantity, Rpc } from '../../../../src/chain/rpc.ts';
import { createSender, type SenderOptions } from '../../../../src/chain/sending/sender.ts';
import { readNonce } from '../../../../src/chain/state.ts';
import type { Sender } from '../../../../src/chain/types.ts';
import { MIStoreContract } from '../../../../src/contract/client.ts';
import { EventReader } from '../../../../src/contract/events.ts';
import { ETHER, keyOf, startChain, type TestChain } from '../../../support/chain.ts';
import { type Endpoint, hostile, startEndpoint } from '../../../support/endpoint/proxy.ts';
import { makeBatch, openLedger, type TestLedger } from '../../../support/ledger.ts';

let chain: TestChain;
let endpoint: Endpoint;
let senders: Sender[] = [];
beforeAll(async () => {
  chain = await startChain();
  endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
});
afterAll(async () => {
  await endpoint?.stop();
  await chain?.stop();
});
afterEach(() => {
  endpoint.answer = (_, forward) => forward();
  for (const sender of senders) sender.close();
  senders = [];
});

const QUICK = { pollInterval: 50, rebroadcastAfter: 150, replaceAfter: 1000, patience: 30_000 };

/** The hospital of a ledger, whose every call goes through the endpoint. */
async function through(
  ledger: TestLedger,
  name: string,
  options: Partial<SenderOptions> = {},
  retries = 6,
): Promise<[MIStoreContract, Sender]> {
  const rpc = new Rpc(endpoint.url, { timeout: 1000, retries });
  const answer = endpoint.answer;
  endpoint.answer = (_, forward) => forward();
  const sender = await createSender({ rpc, privateKey: keyOf(`${name} hospital`), ...QUICK, ...options });
  senders.push(sender);
  const contract = await MIStoreContract.connect({ rpc, address: chain.address, sender });
  endpoint.answer = answer;
  expect(contract.account).toEqual(ledger.hospital.account);
  return [contract, sender];
}

/** Appends `count` batches in a pipeline and checks the chain, directly, for all of them. */
async function appendAll(ledger: TestLedger, hospital: MIStoreContract, count: number): Promise<void> {
  const { nextBatch: first, nextRecordId } = await ledger.hospital.getLedger(ledger.ledgerId);
  const batches = Array.from({ length: count }, (_, i) => makeBatch(ledger, first + i, nextRecordId + i, ['Ann']));
  const settled = [];
  for (const { call } of batches) settled.push((await hospital.submitBatch(call)).settled);
  const written = await Promise.all(settled);
  const events = [];
  for await (const event of new EventReader({ rpc: chain.rpc, address: chain.address }).readBatches(
    ledger.ledgerId,
    first,
  )) {
    events.push(event);
  }
  expect(events.map(({ index }) => index)).toEqual(batches.map(({ index }) => index));
  events.forEach((event, i) => {
    const { previous: _, ...call } = batches[i]!.call;
    expect(event).toMatchObject({ ...call, root: batches[i]!.tree.root });
  });
  expect(written.map(({ transactionHash }) => transactionHash)).toEqual(
    events.map(({ transactionHash }) => transactionHash),
  );
  expect(await ledger.hospital.getLedger(ledger.ledgerId)).toMatchObject({ nextBatch: first + count });
}

const isSend = ({ method }: { method: string }) => method === 'eth_sendRawTransaction';

describe('an endpoint that misbehaves', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'in one of ten ways for every fourth call still stores every batch once (seed %i)',
    async (seed) => {
      const name = `hostile ${seed}`;
      const ledger = await openLedger(chain, name, { threshold: 1, seats: 1 });
      const [hospital] = await through(ledger, name, { window: 4 }, 12);
      endpoint.answer = hostile(seed, 4);
      await appendAll(ledger, hospital, 15);
    },
  );

  it('by losing the reply to every transaction, which is mined at once', async () => {
    const ledger = await openLedger(chain, 'lost replies', { threshold: 1, seats: 1 });
    const seen = new Set<string>();
    endpoint.answer = async (call, forward) => {
      const answer = await forward();
      if (!isSend(call) || seen.has(call.params[0])) return answer;
      seen.add(call.params[0]);
      return 'drop';
    };
    const [hospital, sender] = await through(ledger, 'lost replies');
    await appendAll(ledger, hospital, 5);
    // Each transaction was signed once: its second broadcast, of the same bytes, was told that the nonce is used.
    expect(seen.size).toBe(5);
    expect(sender.stats()).toMatchObject({ settled: 5, replaced: 0 });
  });

  it('by losing every transaction and every reply, until it is asked again', async () => {
    const ledger = await openLedger(chain, 'lost requests', { threshold: 1, seats: 1 });
    const tries = new Map<string, number>();
    endpoint.answer = (call, forward) => {
      if (!isSend(call)) return forward();
      const raw = call.params[0];
      tries.set(raw, (tries.get(raw) ?? 0) + 1);
      return tries.get(raw)! > 1 ? forward() : 'drop';
    };
    const [hospital, sender] = await through(ledger, 'lost requests', {}, 0);
    await appendAll(ledger, hospital, 5);
    expect([...tries.values()]).toEqual([2, 2, 2, 2, 2]);
    expect(sender.stats().rebroadcast).toBeGreaterThanOrEqual(5);
  });

  it('by taking transactions and forgetting them', async () => {
    const ledger = await openLedger(chain, 'forgotten', { threshold: 1, seats: 1 });
    const tries = new Map<string, number>();
    endpoint.answer = (call, forward) => {
      if (!isSend(call)) return forward();
      const raw = call.params[0];
      tries.set(raw, (tries.get(raw) ?? 0) + 1);
      return tries.get(raw)! > 2 ? forward() : { result: `0x${'0'.repeat(64)}` };
    };
    const [hospital] = await through(ledger, 'forgotten');
    await appendAll(ledger, hospital, 4);
  });

  it('by having no room, or finding the nonce too far ahead, for a while', async () => {
    const ledger = await openLedger(chain, 'full', { threshold: 1, seats: 1 });
    const refusals = [
      { code: -32000, message: 'txpool is full' },
      { code: -32000, message: 'nonce too high' },
      { code: -32000, message: 'account limit exceeded: too many pending transactions' },
    ];
    endpoint.answer = (call, forward) => (isSend(call) && refusals.length > 0 ? { error: refusals.pop()! } : forward());
    const [hospital] = await through(ledger, 'full');
    await appendAll(ledger, hospital, 3);
    expect(refusals).toEqual([]);
  });

  it('by telling receipts late', async () => {
    const ledger = await openLedger(chain, 'late', { threshold: 1, seats: 1 });
    const asked = new Map<string, number>();
    endpoint.answer = (call, forward) => {
      if (call.method !== 'eth_getTransactionReceipt') return forward();
      asked.set(call.params[0], (asked.get(call.params[0]) ?? 0) + 1);
      return asked.get(call.params[0])! > 4 ? forward() : { result: null };
    };
    const [hospital] = await through(ledger, 'late');
    await appendAll(ledger, hospital, 4);
  });

  it('by answering from nodes that stand at different blocks', async () => {
    const ledger = await openLedger(chain, 'unequal', { threshold: 1, seats: 1 });
    let turn = 0;
    endpoint.answer = async (call, forward) => {
      const answer = await forward();
      if (call.method === 'eth_getTransactionCount' && turn++ % 2 === 0) {
        const lagging = Math.max(0, Number((answer as { result: string }).result) - 2);
        return { result: quantity(lagging) };
      }
      return answer;
    };
    const [hospital, sender] = await through(ledger, 'unequal', { confirmations: 2 });
    const mining = setInterval(() => void chain.mine(), 50);
    await appendAll(ledger, hospital, 6);
    clearInterval(mining);
    expect(sender.stats().reorganised).toBe(0);
  });

  it('by receipts of other transactions: they are not taken', async () => {
    const ledger = await openLedger(chain, 'swapped', { threshold: 1, seats: 1 });
    let wrong = 3;
    endpoint.answer = async (call, forward) => {
      const answer = (await forward()) as { result: object | null };
      if (call.method !== 'eth_getTransactionReceipt' || answer.result === null || wrong-- <= 0) return answer;
      return { result: { ...answer.result, transactionHash: `0x${'7'.repeat(64)}` } };
    };
    const [hospital] = await through(ledger, 'swapped');
    await appendAll(ledger, hospital, 2);
    expect(wrong).toBeLessThan(0);
  });

  it('by knowing no eth_maxPriorityFeePerGas', async () => {
    const ledger = await openLedger(chain, 'old node', { threshold: 1, seats: 1 });
    endpoint.answer = (call, forward) =>
      call.method === 'eth_maxPriorityFeePerGas' ? { error: { code: -32601, message: 'method not found' } } : forward();
    const [hospital] = await through(ledger, 'old node');
    await appendAll(ledger, hospital, 1);
  });
});

describe('what cannot be helped', () => {
  const noted = (text: string) => ({ to: accountOf(keyOf('target')), data: utf8(text) });

  it('an endpoint that is gone: given up after the patience, with its cause', async () => {
    const privateKey = keyOf('gone');
    await fund(chain.node.url, accountOf(privateKey), ETHER);
    const rpc = new Rpc(endpoint.url, { timeout: 500, retries: 0 });
    const sender = await createSender({ rpc, privateKey, ...QUICK, patience: 700 });
    senders.push(sender);
    endpoint.answer = (call, forward) => (isSend(call) ? { result: '0x' } : forward());
    const first = await sender.submit({ ...noted('a'), gas: 40_000n });
    endpoint.answer = () => 'drop';
    const fault = await first.settled.catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'NOT_MINED', details: { nonce: 0 }, cause: { code: 'CONNECTION_FAILED' } });
    await expect(sender.send(noted('b'))).rejects.toBe(fault);
    await sender.idle();
  });

  it('an endpoint that is gone before the fees are known: told at once', async () => {
    const privateKey = keyOf('gone early');
    const rpc = new Rpc(endpoint.url, { timeout: 500, retries: 0 });
    const sender = await createSender({ rpc, privateKey, ...QUICK });
    senders.push(sender);
    endpoint.answer = () => 'drop';
    await expect(sender.send({ ...noted('a'), gas: 40_000n })).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
  });

  it('a foreign transaction with the same nonce: the one that lost says so', async () => {
    const privateKey = keyOf('shared');
    await fund(chain.node.url, accountOf(privateKey), ETHER);
    // What this sender broadcasts is swallowed; meanwhile another one's is mined.
    endpoint.answer = (call, forward) => (isSend(call) ? { result: '0x' } : forward());
    const sender = await createSender({ rpc: endpoint.url, privateKey, ...QUICK, pollInterval: 500 });
    senders.push(sender);
    const { nonce, settled } = await sender.submit({ ...noted('loser'), gas: 40_000n });
    const foreign = await createSender({ rpc: chain.rpc, privateKey });
    senders.push(foreign);
    await foreign.send(noted('winner'));
    await expect(settled).rejects.toMatchObject({
      code: 'NONCE_TAKEN',
      details: { nonce, address: addressText(sender.address) },
    });
    endpoint.answer = (_, forward) => forward();
    await sender.send(noted('next'));
    expect(await readNonce(chain.rpc, sender.address)).toBe(2);
  }, 40_000);

  it('a refusal of unknown kind: the node’s words, and the sender goes on', async () => {
    const privateKey = keyOf('refused');
    await fund(chain.node.url, accountOf(privateKey), ETHER);
    const sender = await createSender({ rpc: endpoint.url, privateKey, ...QUICK });
    senders.push(sender);
    endpoint.answer = (call, forward) =>
      isSend(call) ? { error: { code: -32000, message: 'sanctioned address' } } : forward();
    await expect(sender.send(noted('x'))).rejects.toThrow(
      'the node refuses eth_sendRawTransaction: sanctioned address (-32000)',
    );
    endpoint.answer = (_, forward) => forward();
    await sender.send(noted('y'));
    expect(await readNonce(chain.rpc, sender.address)).toBe(1);
  });
});
