// Replies that no contract gives: arbitrary and altered bytes in the place of every event's log and every view's result end in
// a value of the right shape or in a typed error, never in a TypeError or RangeError.
import { AbiCoder, type FunctionFragment, type ParamType } from 'ethers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import type { RawLog } from '../../src/chain/types.ts';
import { CONTRACT, decodeEvent } from '../../src/contract/abi.ts';
import { ContractViews } from '../../src/contract/views.ts';
import { MIStoreError } from '../../src/errors.ts';

const place = { blockNumber: 5, blockHash: '0xbb', transactionHash: '0xcc', logIndex: 3 } as const;
const EVENTS = CONTRACT.fragments
  .filter(({ type }) => type === 'event')
  .map((fragment) => CONTRACT.getEvent((fragment as FunctionFragment).name)!)
  .filter(({ name }) => name !== 'EIP712DomainChanged');

/** A value of an ABI type, as ethers encodes it. */
function anyValue(type: ParamType): fc.Arbitrary<unknown> {
  if (type.isArray()) return fc.array(anyValue(type.arrayChildren), { maxLength: 3 });
  if (type.isTuple()) return fc.tuple(...type.components.map(anyValue));
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  if (type.type === 'address') return bytes(20).map(toHex);
  if (type.type === 'bool') return fc.boolean();
  if (type.type === 'string') return fc.string();
  if (type.type === 'bytes') return fc.uint8Array({ maxLength: 100 });
  const size = Number(/\d+$/.exec(type.type)![0]);
  if (type.type.startsWith('bytes')) return bytes(size);
  return fc.oneof(fc.bigInt(0n, 200n), fc.bigInt(0n, 2n ** BigInt(size) - 1n));
}

const encodingOf = (types: readonly ParamType[]) =>
  fc.tuple(...types.map(anyValue)).map((values) => AbiCoder.defaultAbiCoder().encode(types, values));

/** Numbers that lengths, offsets and enumerations may be mistaken about. */
const EXTREMES = [
  0n,
  1n,
  31n,
  32n,
  33n,
  64n,
  255n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 64n,
  2n ** 255n,
  2n ** 256n - 1n,
];
const word = (value: bigint) => value.toString(16).padStart(64, '0');

/** Valid encodings with one thing changed, and anything else. */
const spoilt = (types: readonly ParamType[]) =>
  fc.oneof(
    encodingOf(types),
    fc
      .tuple(encodingOf(types), fc.nat(), fc.constantFrom(...EXTREMES))
      .map(([hex, at, value]) => replaced(hex, 64 * (at % Math.max(1, Math.floor(hex.length / 64))), word(value))),
    fc.tuple(encodingOf(types), fc.nat(), fc.constantFrom('ff', '00', '80')).map(([hex, at, byte]) => {
      return replaced(hex, 2 * (at % Math.max(1, Math.floor(hex.length / 2))), byte);
    }),
    fc.tuple(encodingOf(types), fc.nat()).map(([hex, length]) => hex.slice(0, length % (hex.length + 1))),
    fc.tuple(encodingOf(types), fc.uint8Array({ maxLength: 70 })).map(([hex, more]) => hex + toHex(more).slice(2)),
    fc.uint8Array({ maxLength: 300 }).map(toHex),
    fc.string(),
  );
const replaced = (hex: string, at: number, piece: string) => {
  const digits = hex.slice(2);
  return `0x${digits.slice(0, at)}${piece}${digits.slice(at + piece.length)}`.slice(0, hex.length);
};

describe('a malformed log', () => {
  it.each(EVENTS.map((event) => [event.name, event] as const))('of %s is an event or a typed error', (name, event) => {
    const plain = event.inputs.filter(({ indexed }) => !indexed);
    const indexed = event.inputs.filter((input) => input.indexed);
    const topics = fc.oneof(
      fc.constant(indexed.map(() => `0x${word(1n)}`)),
      fc.array(
        fc.oneof(
          fc.constantFrom(...EXTREMES).map((value) => `0x${word(value)}`),
          spoilt([]),
          fc.string(),
        ),
        {
          maxLength: 5,
        },
      ),
    );
    const outcomes = { event: 0, error: 0 };
    fc.assert(
      fc.property(topics, spoilt(plain), (rest, data) => {
        const log = { address: '0xaa', topics: [event.topicHash, ...rest], data, ...place } as RawLog;
        try {
          const decoded = decodeEvent(log)!;
          expect(decoded.event).toBe(name);
          for (const input of event.inputs) expect(decoded, input.name).toHaveProperty(input.name);
          outcomes.event++;
        } catch (error) {
          if (!(error instanceof MIStoreError)) throw error;
          expect(error.message).toContain(name);
          outcomes.error++;
        }
      }),
      { numRuns: 400 },
    );
    expect(Math.min(outcomes.event, outcomes.error)).toBeGreaterThan(0);
  });

  it('with another first topic is not an event, whatever the topic is', () => {
    const first = fc.oneof(
      fc.string(),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex),
      fc.constantFrom(...EVENTS.flatMap(({ name, topicHash }) => [name, topicHash.slice(0, -1), `${topicHash}0`])),
      fc.constantFrom('Registered(', 'Registered(address,bytes)', '(', ',', 'register(bytes)', 'toString', '__proto__'),
    );
    fc.assert(
      fc.property(first, (topic) => {
        expect(decodeEvent({ address: '0xaa', topics: [topic], data: '0x', ...place } as RawLog)).toBeNull();
      }),
    );
  });
});

describe('a malformed result', () => {
  const address = new Uint8Array(20);
  const id = new Uint8Array(32);
  const calls: Record<string, (views: ContractViews) => Promise<unknown>> = {
    kemKeyHash: (views) => views.kemKeyHash(address),
    channelOpened: (views) => views.channelOpened(address, address),
    getLedger: (views) => views.getLedger(id),
    getServers: (views) => views.getServers(id),
    seatOf: (views) => views.seatOf(id, address),
    digestOf: (views) => views.digestOf(id, 1),
    getBatch: (views) => views.getBatch(id, 0),
    complaintsOf: (views) => views.complaintsOf(id, 0),
    queryState: (views) => views.queryState(id),
    isOpen: (views) => views.isOpen(id),
    queryWord: (views) => views.queryWord(id),
    feeOf: (views) => views.feeOf(id),
    owed: (views) => views.owed(address),
    minimumFee: (views) => views.minimumFee(address),
  };
  /** Methods that are not views of the contract, and a view whose reply has the same form. */
  const LIKE: Record<string, string> = { isOpen: 'getLedger', queryWord: 'digestOf' };

  it('is tried for every view', () => {
    const methods = Object.getOwnPropertyNames(ContractViews.prototype).filter((name) => name !== 'constructor');
    expect(Object.keys(calls).sort()).toEqual(methods.sort());
  });

  it.each(Object.entries(calls))('of %s is a value or a typed error', async (name, call) => {
    const { outputs } = CONTRACT.getFunction(LIKE[name] ?? name)!;
    const reply = fc.oneof({ weight: 4, arbitrary: spoilt(outputs) }, fc.jsonValue());
    const outcomes = { value: 0, error: 0 };
    await fc.assert(
      fc.asyncProperty(reply, async (result) => {
        const views = new ContractViews(Object.assign(new Rpc('http://test'), { call: async () => result }), address);
        try {
          expect(holes(await call(views))).toEqual([]);
          outcomes.value++;
        } catch (error) {
          if (!(error instanceof MIStoreError)) throw error;
          outcomes.error++;
        }
      }),
      { numRuns: 400 },
    );
    expect(Math.min(outcomes.value, outcomes.error)).toBeGreaterThan(0);
  });

  /** Names of fields without a value, anywhere in it. */
  function holes(value: unknown, name = 'result'): string[] {
    if (value === undefined || value === null || Number.isNaN(value)) return [name];
    if (typeof value !== 'object' || value instanceof Uint8Array) return [];
    return Object.entries(value).flatMap(([key, part]) => holes(part, `${name}.${key}`));
  }
});
