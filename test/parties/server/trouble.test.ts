// Faults that come again and again: said once whatever their numbers are, tried again after growing pauses.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MIStoreError } from '../../../src/errors.ts';
import { asFault, Trouble } from '../../../src/parties/server/daemon/trouble.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const error = (message: string, code = 'A') => new MIStoreError(code, message);

describe('trouble', () => {
  it('is said once, although its numbers and hashes change, also beside another', () => {
    const trouble = new Trouble(30_000);
    expect(trouble.add(error('no log of block 17 of 0xab12'))).toBe(true);
    expect(trouble.add(error('no log of block 18 of 0xcd'))).toBe(false);
    expect(trouble.add(error('refused'))).toBe(true);
    expect(trouble.add(error('refused', 'B'))).toBe(true);
    expect(trouble.add(error('no log of block 19 of 0xcd'))).toBe(false);
    expect(trouble.end()).toBe(true);
    expect(trouble.end()).toBe(false);
    expect(trouble.add(error('no log of block 20 of 0xab12'))).toBe(true);
  });

  it.each([
    ['the base fee is 0.5 gwei', 'the base fee is 12 gwei'],
    ['the account has 1 ether of 2,000', 'the account has 0.000001 ether of 1'],
    ['within 1 block', 'within 12 blocks'],
    ['seat 0x12ab34cd…34cd', 'seat 0x99ab34cd…34ff'],
  ])('is the same with other digits: %s, %s', (one, other) => {
    const trouble = new Trouble(30_000);
    expect([trouble.add(error(one)), trouble.add(error(other))]).toEqual([true, false]);
  });

  it('pauses for 1, 2, 4, … seconds up to the longest, and anew after its end', () => {
    const trouble = new Trouble(30_000);
    const pauses = Array.from({ length: 8 }, () => {
      trouble.add(error('x'));
      return trouble.pause;
    });
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(trouble.isOver).toBe(false);
    vi.advanceTimersByTime(30_000);
    expect(trouble.isOver).toBe(true);
    trouble.end();
    trouble.wait();
    expect([trouble.pause, trouble.error]).toEqual([1000, undefined]);
    trouble.retryNow();
    expect(trouble.isOver).toBe(true);
  });
});

describe('a fault', () => {
  it('of ours is itself; any other becomes one', () => {
    const own = error('x');
    expect(asFault(own)).toBe(own);
    for (const [thrown, words] of [
      [new TypeError('no such thing'), 'no such thing'],
      ['text', 'text'],
      [undefined, 'undefined'],
    ]) {
      expect(asFault(thrown)).toMatchObject({ code: 'UNEXPECTED', message: expect.stringContaining(words as string) });
    }
  });
});
