// A party at an endpoint whose replies to one method are damaged at random, and right otherwise: connecting, reading,
// sending and waiting end well or with a typed error, whatever the method, and never hang.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accountOf } from '../../src/chain/account.ts';
import { fund } from '../../src/chain/embedded-node.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import { createSender } from '../../src/chain/sending/sender.ts';
import { deploy, MIStoreContract } from '../../src/contract/client.ts';
import { EventReader } from '../../src/contract/events.ts';
import { signKey } from '../../src/contract/signing.ts';
import { MIStoreError } from '../../src/errors.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import { ETHER, keyOf, startChain, type TestChain } from '../support/chain.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint/proxy.ts';
import { engine, makeBatch, openLedger, type TestLedger } from '../support/ledger.ts';

let chain: TestChain;
let endpoint: Endpoint;
let ledger: TestLedger;
beforeAll(async () => {
  chain = await startChain();
  endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
  ledger = await openLedger(chain, 'malformed', { threshold: 1, seats: 2 });
  await ledger.hospital.appendBatch(makeBatch(ledger, 0, 0, ['Ann']).call);
});
afterAll(async () => {
  await endpoint?.stop();
  await chain?.stop();
});
afterEach(() => {
  endpoint.answer = (_, forward) => forward();
});

let parties = 0;
/** Everything that a party asks a node. */
async function act(): Promise<void> {
  const privateKey = keyOf(`malformed ${++parties}`);
  await fund(chain.node.url, accountOf(privateKey), ETHER);
  const rpc = new Rpc(endpoint.url, { retries: 0, timeout: 2000 });
  const waiting = { pollInterval: 20, patience: 400, replaceAfter: 200, rebroadcastAfter: 100 };
  const sender = await createSender({ rpc, privateKey, confirmations: 'finalized', unlessFinal: 1, ...waiting });
  try {
    const contract = await MIStoreContract.connect({ rpc, address: chain.address, sender });
    // Blocks soon become final.
    const mining = setInterval(() => void chain.mine(70).catch(() => undefined), 200);
    try {
      const kemKey = new Uint8Array(1216);
      await contract.register(
        kemKey,
        signKey(privateKey, { chainId: contract.chainId, contract: contract.address }, kemKey),
      );
    } finally {
      clearInterval(mining);
    }
    const events = new EventReader({ rpc, address: chain.address });
    const { terms } = await LedgerView.load({ engine, contract, events }, ledger.ledgerId);
    expect(terms.servers.length).toBe(2);
    await contract.getBatch(ledger.ledgerId, 0);
    await contract.queryState(new Uint8Array(32));
    await contract.seatOf(ledger.ledgerId, sender.address);
    for await (const _ of events.read(['Registered', 'LedgerOpened']));
    for await (const _ of events.readBatches(ledger.ledgerId));
  } finally {
    sender.close();
  }
}

const METHODS = [
  'eth_chainId',
  'eth_getBlockByNumber',
  'eth_getTransactionCount',
  'eth_getCode',
  'eth_call',
  'eth_estimateGas',
  'eth_maxPriorityFeePerGas',
  'eth_sendRawTransaction',
  'eth_getTransactionReceipt',
  'eth_getLogs',
] as const;

const hostile = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, '0x', '0xzz', '0x01', `0x${'f'.repeat(64)}`, `0x${'0'.repeat(64)}`, {}, [], { toString: 1 }),
  fc.bigInt({ min: 0n, max: 2n ** 256n }).map((n) => `0x${n.toString(16)}`),
  fc.uint8Array({ maxLength: 400 }).map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`),
);

/** The value with the part at these choices of members replaced; of encoded values, perhaps one word only. */
function damage(value: unknown, choices: readonly number[], replacement: unknown): unknown {
  const [choice, ...more] = choices;
  if (choice !== undefined && typeof value === 'string' && value.length > 66) {
    const words = value.slice(2).match(/.{1,64}/g)!;
    const word = typeof replacement === 'string' ? replacement.slice(2) : `${choice}`;
    words[choice % words.length] = word.padStart(64, '0').slice(-64);
    return `0x${words.join('')}`;
  }
  if (choice === undefined || typeof value !== 'object' || value === null) return replacement;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  const keys = Object.keys(copy);
  const key = keys[choice % Math.max(1, keys.length)];
  if (key !== undefined) copy[key] = damage(copy[key], more, replacement);
  return copy;
}

describe('an endpoint whose replies are damaged', () => {
  it('is no part of this test until it damages one: all is asked, and goes well', async () => {
    const before = endpoint.calls.length;
    await act();
    const asked = new Set(endpoint.calls.slice(before).map(({ method }) => method));
    expect([...METHODS].filter((method) => !asked.has(method))).toEqual([]);
  });

  it.each(METHODS)(
    'in %s is a typed error, or does not matter',
    async (method) => {
      const check = async (choices: number[], replacement: unknown, from: number) => {
        let number = 0;
        endpoint.answer = async (call, forward) => {
          const answer = await forward();
          if (call.method !== method || !('result' in Object(answer)) || number++ < from) return answer;
          return { result: damage((answer as { result: unknown }).result, choices, replacement) };
        };
        const error = await act().catch((reason: unknown) => reason);
        if (error !== undefined) expect(error, (error as Error).stack).toBeInstanceOf(MIStoreError);
      };
      const choices = fc.array(fc.nat(), { maxLength: 4 });
      await fc.assert(fc.asyncProperty(choices, hostile, fc.nat({ max: 3 }), check), {
        numRuns: 5,
        endOnFailure: true,
      });
    },
    240_000,
  );
});

describe('replies that are well-formed, and cannot be', () => {
  it('a deployment without an address is an error', async () => {
    const privateKey = keyOf('deploys nothing');
    await fund(chain.node.url, accountOf(privateKey), ETHER);
    endpoint.answer = async (call, forward) => {
      const answer = await forward();
      if (call.method !== 'eth_getTransactionReceipt') return answer;
      return { result: { ...(answer as { result: object }).result, contractAddress: null } };
    };
    const sender = await createSender({ rpc: endpoint.url, privateKey });
    await expect(deploy(sender)).rejects.toThrow(/^receipt: has no contractAddress, though it created a contract$/);
    sender.close();
  });
});
