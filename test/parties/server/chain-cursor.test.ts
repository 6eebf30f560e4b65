// Where a daemon stands on a chain that is made up block by block: the settled block, what is new, and which blocks a
// reorganisation, deep or shallow, has removed.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { quantity, Rpc } from '../../../src/chain/rpc.ts';
import { ChainCursor, type Look } from '../../../src/parties/server/state/chain-cursor.ts';
import { type Endpoint, startEndpoint } from '../../support/endpoint/proxy.ts';
import { fault } from '../../support/parties.ts';

let endpoint: Endpoint;
let rpc: Rpc;
/** Name of the branch that each block is of. */
let branches: string[];

beforeAll(async () => {
  endpoint = await startEndpoint(({ params: [tag] }) => {
    const number = tag === 'latest' ? branches.length - 1 : Number(tag);
    const branch = branches[number];
    return { result: branch === undefined ? null : blockOf(number, branch) };
  });
  rpc = new Rpc(endpoint.url);
});
afterAll(() => endpoint?.stop());
beforeEach(() => {
  branches = [];
});

const blockOf = (number: number, branch: string) => ({
  number: quantity(number),
  hash: hashOf(number, branch),
  timestamp: quantity(1000 + number),
});
const hashOf = (number: number, branch: string) => `0x${branch.repeat(32)}${`${number}`.padStart(32, '0')}`;
const grow = (blocks: number, branch = 'a') => branches.push(...Array.from({ length: blocks }, () => branch));

/** Looks, and reads all that is new. */
async function step(cursor: ChainCursor): Promise<Look | null> {
  const look = await cursor.look();
  if (look !== null) cursor.advance(look.settled);
  return look;
}

describe('a cursor', () => {
  it('takes what is deep enough, each block once', async () => {
    const cursor = new ChainCursor(rpc, 2);
    grow(2);
    expect(await step(cursor)).toBeNull();
    grow(3);
    expect(await step(cursor)).toMatchObject({ settled: { number: 2, hash: hashOf(2, 'a') }, from: undefined });
    expect(await step(cursor)).toMatchObject({ settled: { number: 2 }, from: 3 });
    grow(4);
    expect(await step(cursor)).toMatchObject({ head: { number: 8 }, settled: { number: 6 }, from: 3 });
    expect(cursor.points.map(({ number }) => number)).toEqual([2, 6]);
  });

  it('asks for the head alone while it stays the same', async () => {
    const cursor = new ChainCursor(rpc, 2);
    grow(9);
    await step(cursor);
    const before = endpoint.calls.length;
    expect(await step(cursor)).toMatchObject({ from: 7 });
    expect(endpoint.calls.length).toBe(before + 1);
  });

  it('reads again what it could not read, at the same head too', async () => {
    const cursor = new ChainCursor(rpc, 0);
    grow(5);
    expect(await cursor.look()).toMatchObject({ from: undefined });
    expect(await step(cursor)).toMatchObject({ from: undefined });
    expect(await step(cursor)).toMatchObject({ from: 5 });
  });

  it('goes back to the last block that is still there', async () => {
    const cursor = new ChainCursor(rpc, 0);
    for (let round = 0; round < 6; round++) {
      grow(2);
      await step(cursor);
    }
    expect(cursor.points.map(({ number }) => number)).toEqual([1, 3, 5, 7, 9, 11]);
    branches.length = 6;
    grow(8, 'b');
    const look = await step(cursor);
    expect(look).toMatchObject({ from: 6, settled: { number: 13 } });
    expect(look!.reorganised).toEqual({ to: 5, lost: { number: 7, hash: hashOf(7, 'a') } });
    expect((await step(cursor))!.reorganised).toBeUndefined();
  });

  it('sees one of which the settled blocks have no part not at all', async () => {
    const cursor = new ChainCursor(rpc, 3);
    grow(10);
    await step(cursor);
    branches.length = 8;
    grow(4, 'b');
    expect((await step(cursor))!.reorganised).toBeUndefined();
  });

  it('begins anew where none of its blocks is left', async () => {
    const cursor = new ChainCursor(rpc, 0);
    grow(3);
    await step(cursor);
    branches = [];
    grow(5, 'b');
    const look = await step(cursor);
    expect(look).toMatchObject({ from: undefined, reorganised: { lost: { number: 2 } } });
    expect(look!.reorganised!.to).toBeUndefined();
  });

  it('waits for an endpoint that lags, and for a chain that became shorter', async () => {
    const cursor = new ChainCursor(rpc, 0);
    grow(4);
    await step(cursor);
    grow(6);
    await step(cursor);
    branches.length = 6;
    const look = await step(cursor);
    expect(look).toMatchObject({ settled: { number: 5 }, from: 10 });
    expect(look!.reorganised).toBeUndefined();
    grow(3, 'b');
    expect((await step(cursor))!.reorganised).toBeUndefined();
    grow(2, 'b');
    expect(await step(cursor)).toMatchObject({ from: 4, reorganised: { to: 3, lost: { number: 9 } } });
  });

  it('remembers 32 blocks', async () => {
    const cursor = new ChainCursor(rpc, 0);
    for (let round = 0; round < 40; round++) {
      grow(1);
      await step(cursor);
    }
    expect(cursor.points.map(({ number }) => number)).toEqual(Array.from({ length: 32 }, (_, i) => i + 8));
  });

  it('goes on from where an earlier one was', async () => {
    grow(12);
    const points = [3, 7].map((number) => ({ number, hash: hashOf(number, 'a') as `0x${string}` }));
    expect(await new ChainCursor(rpc, 2, points).look()).toMatchObject({ from: 8, settled: { number: 9 } });
    branches.fill('b', 5);
    expect(await new ChainCursor(rpc, 2, points).look()).toMatchObject({ from: 4, reorganised: { to: 3 } });
  });

  it('says that the endpoint lacks a block', async () => {
    grow(6);
    branches[3] = undefined as never;
    expect(await fault(new ChainCursor(rpc, 2).look())).toMatchObject({
      code: 'BLOCK_MISSING',
      details: { number: 3 },
    });
  });
});
