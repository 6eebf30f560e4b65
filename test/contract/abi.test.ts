// The ABI of batches on bytes against ethers, and the messages for the contract's errors against its ABI.
import { AbiCoder, Interface } from 'ethers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex, uint256 } from '../../src/bytes.ts';
import { RpcError } from '../../src/chain/errors.ts';
import type { RawLog } from '../../src/chain/types.ts';
import { CONTRACT, decodeEvent, decodeResult, encodeCall, indexedArguments, topicOf } from '../../src/contract/abi.ts';
import { decodeBatchAppended, encodeAppendBatch } from '../../src/contract/batch-abi.ts';
import { asContractError, ContractError, decodeRevert, KNOWN_ERRORS } from '../../src/contract/errors.ts';
import { topicsOf } from '../../src/contract/events.ts';
import type { BatchCall, EventName } from '../../src/contract/types.ts';
import { ArgumentError, EncodingError } from '../../src/errors.ts';
import { drawBytes } from '../support/ledger.ts';

const place = { blockNumber: 5, blockHash: '0xbb', transactionHash: '0xcc', logIndex: 3 } as const;
const ID = drawBytes('ledger', 32);
const call = (length: number): BatchCall => ({
  ledgerId: ID,
  previous: drawBytes('previous', 32),
  epoch: 2 ** 32 - 1,
  nonce: drawBytes('nonce', 16),
  source: drawBytes('source', 32),
  records: drawBytes(`records ${length}`, length),
});
const LENGTHS = [0, 1, 31, 32, 33, 63, 64, 188, 284, 1000, 130_000];

describe('appendBatch', () => {
  it.each(LENGTHS)('with %i bytes of records encodes as ethers does', (length) => {
    const { ledgerId, previous, epoch, nonce, source, records } = call(length);
    const expected = CONTRACT.encodeFunctionData('appendBatch', [ledgerId, previous, epoch, nonce, source, records]);
    expect(toHex(encodeAppendBatch(call(length)))).toBe(expected);
  });

  it('refuses arguments of a wrong length or range', () => {
    expect(() => encodeAppendBatch({ ...call(1), nonce: new Uint8Array(15) })).toThrow(/nonce is 15 bytes/);
    expect(() => encodeAppendBatch({ ...call(1), source: new Uint8Array(33) })).toThrow(/source is 33 bytes/);
    expect(() => encodeAppendBatch({ ...call(1), previous: new Uint8Array(31) })).toThrow(/previous is 31 bytes/);
    expect(() => encodeAppendBatch({ ...call(1), ledgerId: new Uint8Array(33) })).toThrow(/ledger id is 33 bytes/);
    expect(() => encodeAppendBatch({ ...call(1), epoch: -1 })).toThrow(/epoch is -1/);
    expect(() => encodeAppendBatch({ ...call(1), epoch: 0 })).toThrow(/epoch is 0/);
    expect(() => encodeAppendBatch({ ...call(1), epoch: 1.5 })).toThrow(/epoch is 1.5/);
    expect(() => encodeAppendBatch({ ...call(1), epoch: 2 ** 32 })).toThrow(/epoch is 4294967296/);
  });
});

function batchLog(length: number): RawLog {
  const { ledgerId, epoch, nonce, source, records } = call(length);
  const root = drawBytes('root', 32);
  const values = [ledgerId, 3_000_000_000, epoch, 2 ** 50, 4_000_000_000, root, nonce, source, records];
  const { data, topics } = CONTRACT.encodeEventLog('BatchAppended', values);
  return { address: '0xaa', topics, data, ...place } as RawLog;
}

describe('BatchAppended', () => {
  it.each(LENGTHS)('with %i bytes of records decodes to what was encoded', (length) => {
    const { previous: _, records: sent, ...told } = call(length);
    const { records, ...rest } = decodeBatchAppended(batchLog(length));
    expect(Buffer.compare(records, sent)).toBe(0);
    expect(rest).toEqual({
      ...told,
      index: 3_000_000_000,
      firstRecordId: 2 ** 50,
      count: 4_000_000_000,
      root: drawBytes('root', 32),
    });
    expect(decodeEvent(batchLog(length))).toEqual({ event: 'BatchAppended', ...rest, records, ...place });
  });

  it('refuses data that is cut, lengthened or points elsewhere', () => {
    const log = batchLog(100);
    const data = (change: (bytes: Uint8Array) => Uint8Array) => ({
      ...log,
      data: toHex(change(Buffer.from(log.data.slice(2), 'hex'))),
    });
    const word = (i: number, value: bigint) => (bytes: Uint8Array) => {
      bytes.set(uint256(value), 32 * i);
      return bytes;
    };
    const broken = [
      data((bytes) => bytes.slice(0, -32)),
      data((bytes) => bytes.slice(0, -1)),
      data((bytes) => Buffer.concat([bytes, new Uint8Array(32)])),
      data(() => new Uint8Array(0)),
      data((bytes) => bytes.slice(0, 256)),
      data(word(6, 256n)),
      data(word(7, 2n ** 255n)),
      data(word(7, 200n)),
      { ...log, topics: log.topics.slice(0, 2) },
      { ...log, data: `${log.data}0` as const },
      { ...log, data: log.data.replace('0x', '0y') as '0x' },
    ];
    for (const one of broken) expect(() => decodeBatchAppended(one as RawLog)).toThrow(EncodingError);
    expect(() => decodeBatchAppended(data(word(0, 2n ** 60n)))).toThrow(/epoch/);
    expect(() => decodeBatchAppended(data(word(1, 2n ** 60n)))).toThrow(/firstRecordId/);
    expect(() => decodeBatchAppended(data(word(2, 2n ** 60n)))).toThrow(/count/);
  });
});

describe('events and results', () => {
  it('of an unknown kind are left out, and garbage is refused', () => {
    expect(
      decodeEvent({ address: '0xaa', topics: [toHex(drawBytes('no event', 32))], data: '0x', ...place }),
    ).toBeNull();
    expect(decodeEvent({ address: '0xaa', topics: [], data: '0x', ...place })).toBeNull();
    expect(() => decodeEvent({ address: '0xaa', topics: [topicOf('Registered')], data: '0x', ...place })).toThrow(
      EncodingError,
    );
    expect(() => decodeResult('getLedger', '0x')).toThrow(/result of getLedger/);
    expect(() => decodeResult('getLedger', '0x1234')).toThrow(EncodingError);
  });

  it('of numbers above 2^53 - 1 are refused, not rounded', () => {
    const batch = (first: bigint) =>
      AbiCoder.defaultAbiCoder().encode(['bytes32', 'uint64', 'uint32'], [drawBytes('r', 32), first, 1]);
    expect(decodeResult('getBatch', batch(2n ** 53n - 1n))).toMatchObject([{ firstRecordId: 2 ** 53 - 1 }]);
    expect(() => decodeResult('getBatch', batch(2n ** 53n))).toThrow(/firstRecordId: 9007199254740992 is above/);
  });

  it('select by their indexed arguments', () => {
    expect(indexedArguments('QueryOpened')).toEqual([
      { name: 'queryId', type: 'bytes32' },
      { name: 'ledgerId', type: 'bytes32' },
      { name: 'insurer', type: 'address' },
    ]);
    expect(indexedArguments('ServerJoined').map(({ name }) => name)).toEqual(['ledgerId', 'seat', 'server']);
    const topics = topicsOf('ServerJoined', { ledgerId: ID, server: new Uint8Array(20).fill(0xab) });
    expect(topics).toEqual([topicOf('ServerJoined'), toHex(ID), null, `0x${'00'.repeat(12)}${'ab'.repeat(20)}`]);
  });

  it.each<[EventName, object, RegExp]>([
    ['Registered', { account: new Uint8Array(33) }, /account is 33 bytes; it must be 20 bytes/],
    ['Registered', { account: new Uint8Array(19) }, /account is 19 bytes; it must be 20 bytes/],
    ['QueryOpened', { queryId: new Uint8Array(20) }, /queryId is 20 bytes; it must be 32 bytes/],
    ['QueryOpened', { queryId: '0x12' }, /queryId is "0x12"/],
    ['ServerJoined', { seat: 0.5 }, /seat is 0.5; it must be an integer/],
    ['ServerJoined', { seat: 'one' }, /seat is "one"/],
    ['ServerJoined', { seat: -1 }, /seat is -1/],
    ['ServerJoined', { ledgerId: 5n }, /ledgerId is 5; it must be 32 bytes/],
    ['ServerJoined', { ledgerId: new Uint8Array(31) }, /ledgerId is 31 bytes; it must be 32 bytes/],
    ['ComplaintFiled', { recordId: 2 ** 53 }, /recordId is 9007199254740992/],
    ['ComplaintFiled', { recordId: -1n }, /-1; it must be from 0/],
    ['ComplaintFiled', { recordId: 2n ** 256n }, /from 0 to 256\^32/],
    ['ServerJoined', { count: 1 }, /event argument count of ServerJoined/],
  ])('of %s are not selected by %o', (name, where, message) => {
    expect(() => topicsOf(name, where as Record<string, unknown>)).toThrow(ArgumentError);
    expect(() => topicsOf(name, where as Record<string, unknown>)).toThrow(message);
  });

  it('arguments of a wrong type are a typed error', () => {
    expect(() => encodeCall('join', [ID, -1n, ID])).toThrow(/arguments of join/);
    expect(() => encodeCall('join', [ID.slice(1), 1, ID])).toThrow(/arguments of join/);
    expect(() => encodeCall('openChannel', ['0x12', new Uint8Array(1)])).toThrow(EncodingError);
    expect(() => encodeCall('openLedger', [[256, [], [], 0, '', 1, []], ID, ID])).toThrow(EncodingError);
  });
});

describe('errors of the contract', () => {
  const fragments = CONTRACT.fragments
    .filter(({ type }) => type === 'error')
    .map((fragment) => CONTRACT.getError((fragment as unknown as { name: string }).name)!);

  it('each have a message, which names every value', () => {
    const generic = ['InvalidShortString', 'StringTooLong']; // OpenZeppelin's, of a constructor that cannot fail here.
    expect(
      fragments.map(({ name }) => name).filter((name) => !KNOWN_ERRORS.includes(name) && !generic.includes(name)),
    ).toEqual([]);
    const ofSolidity = ['Error', 'Panic'];
    const names = fragments.map(({ name }) => name);
    expect(KNOWN_ERRORS.filter((name) => !names.includes(name) && !ofSolidity.includes(name))).toEqual([]);
    for (const error of fragments) {
      if (generic.includes(error.name)) continue;
      const values = error.inputs.map(({ type }, i) => {
        if (type === 'address') return `0x${`${i + 1}`.repeat(40)}`;
        if (type === 'bytes32') return `0x${`${i + 1}`.repeat(64)}`;
        return type === 'string' ? `text${i}` : BigInt(101 + i);
      });
      const decoded = decodeRevert(CONTRACT.encodeErrorResult(error, values))!;
      expect(decoded).toBeInstanceOf(ContractError);
      expect(decoded.errorName).toBe(error.name);
      expect(Object.values(decoded.args)).toEqual(values);
      expect(decoded.message).not.toMatch(/undefined|\[object/);
      // Times are in seconds of 1970 here.
      const named = (value: unknown) =>
        decoded.message.includes(`${value}`) ||
        decoded.message.includes(new Date(Number(value) * 1000).toISOString().replace('.000Z', 'Z'));
      expect(values.filter(named).length, `values in "${decoded.message}"`).toBe(error.inputs.length);
    }
  });

  it('have stable codes', () => {
    const code = (data: string) => decodeRevert(data)!.code;
    expect(code(CONTRACT.encodeErrorResult('ConsentIsRevoked', [drawBytes('q', 32)]))).toBe('CONSENT_IS_REVOKED');
    expect(code(CONTRACT.encodeErrorResult('NotAMember', [ID, `0x${'1'.repeat(40)}`]))).toBe('NOT_A_MEMBER');
    expect(code(CONTRACT.encodeErrorResult('NotTheHospital', [ID, `0x${'1'.repeat(40)}`]))).toBe('NOT_THE_HOSPITAL');
  });

  it('are found in the shapes in which nodes give them', () => {
    const data = CONTRACT.encodeErrorResult('UnknownLedger', [ID]);
    const shapes = [
      data,
      `Reverted ${data}`,
      { data },
      { originalError: { code: 3, data } },
      { result: data, other: null },
      [{ data }],
    ];
    for (const shape of shapes) {
      const fault = asContractError(new RpcError('eth_call', 3, 'execution reverted', shape));
      expect(fault).toBeInstanceOf(ContractError);
      expect((fault as ContractError).message).toBe(`the contract has no ledger ${toHex(ID)}`);
    }
    for (const shape of [undefined, null, '0x', '0x1234', 'Reverted', {}, { a: { b: 7 } }, '0xdeadbeef']) {
      const error = new RpcError('eth_call', 3, 'execution reverted', shape);
      expect(asContractError(error)).toBe(error);
    }
    const other = new TypeError('no');
    expect(asContractError(other)).toBe(other);
  });

  it("have words for Solidity's own errors too, and for a time beyond the calendar", () => {
    const own = new Interface(['error Error(string)', 'error Panic(uint256)']);
    expect(decodeRevert(own.encodeErrorResult('Error', ['out of order']))!.message).toBe(
      'the contract reverted: out of order',
    );
    expect(decodeRevert(own.encodeErrorResult('Panic', [0x11]))!.message).toBe(
      'the contract stopped with panic code 0x11',
    );
    expect(decodeRevert(CONTRACT.encodeErrorResult('ConsentExpired', [2n ** 255n, 0]))!.message).toMatch(/second 5789/);
  });

  it('of any bytes do not crash the decoder', () => {
    fc.assert(
      fc.property(fc.constantFrom(...fragments), fc.uint8Array({ maxLength: 100 }), (error, tail) => {
        const data = error.selector + Buffer.from(tail).toString('hex');
        const fault = asContractError(new RpcError('eth_call', 3, 'reverted', data));
        return fault instanceof ContractError || fault instanceof RpcError;
      }),
    );
  });
});
