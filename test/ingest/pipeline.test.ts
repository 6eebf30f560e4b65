// The pipeline of the ingest: order, bounds, and what the first failure does to the rest.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pipeline } from '../../src/ingest/pipeline.ts';

/** A promise that the test ends. */
function gate<T = void>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { promise, resolve, reject };
}

/** Whether the promise is settled after everything that does not wait for the test is done. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const mark = () => {
    done = true;
  };
  promise.then(mark, mark);
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

const nothing = async () => undefined;

describe('order', () => {
  it('is that of the pushes, however long each value takes, and one is handled at a time', async () => {
    const values = fc.array(fc.nat(5), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(values, fc.integer({ min: 1, max: 6 }), async (turns, width) => {
        const pipeline = new Pipeline<number>(width);
        const handled: number[] = [];
        const followed: number[] = [];
        let handling = 0;
        const wait = async (times: number) => {
          for (let i = 0; i < times; i++) await new Promise((resolve) => setImmediate(resolve));
        };
        for (const [number, times] of turns.entries()) {
          const value = wait(times).then(() => number);
          await pipeline.push(value, async (made) => {
            expect(++handling).toBe(1);
            await wait(5 - times);
            handled.push(made);
            handling--;
            return async () => {
              await wait(times);
              followed.push(made);
            };
          });
        }
        await pipeline.drain();
        expect(handled).toEqual([...turns.keys()]);
        expect(followed.toSorted((a, b) => a - b)).toEqual([...turns.keys()]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('bounds', () => {
  it.each([1, 2, 5])('%i values are made or handled at a time; what follows does not count', async (width) => {
    const pipeline = new Pipeline<number>(width);
    const gates = Array.from({ length: 2 * width + 1 }, () => gate<number>());
    const following = gate();
    let pushed = 0;
    const all = (async () => {
      for (const { promise } of gates) {
        await pipeline.push(promise, async () => () => following.promise);
        pushed++;
      }
    })();
    expect(await settled(all)).toBe(false);
    expect(pushed).toBe(width - 1);
    for (const [number, { resolve }] of gates.entries()) {
      resolve(number);
      await settled(all);
      expect(pushed).toBe(Math.min(gates.length, width + number));
      expect(pipeline.following).toBe(number + 1);
    }
    await all;
    expect(await settled(pipeline.drain())).toBe(false);
    following.resolve();
    await pipeline.drain();
    expect(pipeline.following).toBe(0);
  });

  it('a value that comes early waits for those before it, and keeps its place in the bound', async () => {
    const pipeline = new Pipeline<number>(3);
    const first = gate<number>();
    const handled: number[] = [];
    const handle = async (value: number) => void handled.push(value);
    await pipeline.push(first.promise, handle);
    await pipeline.push(Promise.resolve(2), handle);
    const third = pipeline.push(Promise.resolve(3), handle);
    expect(await settled(third)).toBe(false);
    expect(handled).toEqual([]);
    first.resolve(1);
    await third;
    await pipeline.drain();
    expect(handled).toEqual([1, 2, 3]);
  });
});

describe('the first failure', () => {
  it('of a value: nothing after it is handled, what came before is, and push and drain throw it', async () => {
    const pipeline = new Pipeline<number>(9);
    const handled: number[] = [];
    const handle = async (value: number) => void handled.push(value);
    const [first, failing] = [gate<number>(), gate<number>()];
    await pipeline.push(first.promise, handle);
    await pipeline.push(failing.promise, handle);
    await pipeline.push(Promise.resolve(3), handle);
    failing.reject(new Error('made badly'));
    first.resolve(1);
    await expect(pipeline.drain()).rejects.toThrow('made badly');
    await expect(pipeline.push(Promise.resolve(4), handle)).rejects.toThrow('made badly');
    await pipeline.settle();
    expect(handled).toEqual([1]);
  });

  it('of a handling: later ones do not begin, though their values are there', async () => {
    const pipeline = new Pipeline<number>(9);
    const began: number[] = [];
    for (const value of [1, 2, 3]) {
      await pipeline.push(Promise.resolve(value), async () => {
        began.push(value);
        if (value === 2) throw new Error('handled badly');
        return undefined;
      });
    }
    await expect(pipeline.drain()).rejects.toThrow('handled badly');
    expect(began).toEqual([1, 2]);
  });

  it('of what follows: the next push throws it, and others are followed to their end', async () => {
    const pipeline = new Pipeline<number>(1);
    const [bad, good] = [gate(), gate()];
    await pipeline.push(Promise.resolve(1), async () => () => bad.promise);
    await pipeline.push(Promise.resolve(2), async () => () => good.promise);
    bad.reject(new Error('reverted'));
    expect(await settled(bad.promise.catch(nothing))).toBe(true);
    await expect(pipeline.push(Promise.resolve(3), nothing)).rejects.toThrow('reverted');
    const end = pipeline.settle();
    expect(await settled(end)).toBe(false);
    good.resolve();
    await end;
    expect(pipeline.following).toBe(0);
  });

  it('is kept, whatever fails after it', async () => {
    const pipeline = new Pipeline<number>(9);
    await pipeline.push(Promise.resolve(1), async () => () => Promise.reject(new Error('first')));
    await settled(pipeline.settle());
    await expect(pipeline.push(Promise.reject(new Error('second')), nothing)).rejects.toThrow('first');
    await expect(pipeline.drain()).rejects.toThrow('first');
  });

  it('makes no unhandled rejection of a value that nobody handles any more', async () => {
    const pipeline = new Pipeline<number>(9);
    const late = gate<number>();
    await pipeline.push(Promise.reject(new Error('first')), nothing);
    await expect(pipeline.push(late.promise, nothing).then(() => pipeline.drain())).rejects.toThrow('first');
    late.reject(new Error('late'));
    await settled(late.promise);
  });
});

it('an empty pipeline ends at once', async () => {
  const pipeline = new Pipeline<number>(1);
  await pipeline.drain();
  await pipeline.settle();
  expect(pipeline.following).toBe(0);
});
