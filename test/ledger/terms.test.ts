// Terms of a ledger that the contract takes, and that nobody could write a receipt or a sum with: refused before anything
// is sent.
import { describe, expect, it } from 'vitest';
import type { LedgerTerms } from '../../src/contract/types.ts';
import type { Site } from '../../src/ledger/site.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { seedOf } from '../support/chain.ts';
import { fault } from '../support/parties.ts';

const nowhere = new Proxy({} as Site, {
  get: () => {
    throw new Error('the site was reached');
  },
});
const hospital = new Hospital(nowhere, seedOf('ledger terms: hospital'));
const servers = [1, 2, 3].map((byte) => new Uint8Array(20).fill(byte));
const TERMS = { threshold: 2, servers, lanes: ['a', 'b'], scale: 2, currency: 'USD', minRecords: 1, categories: [''] };
const opened = (changed: Partial<LedgerTerms>) => fault(hospital.openLedger({ ...TERMS, ...changed }));

describe('a ledger is not opened', () => {
  it.each([
    ['a scale that no amount can have', { scale: 13 }, 'scale is 13; it must be an integer from 0 to 12'],
    ['the largest scale of the contract', { scale: 255 }, 'scale is 255; it must be an integer from 0 to 12'],
    ['half a decimal', { scale: 0.5 }, 'scale is 0.5; it must be an integer from 0 to 12'],
    ['lanes of one name', { lanes: ['a', 'b', 'a'] }, 'lanes is "a, b, a"; it must be distinct names'],
    ['no lane', { lanes: [] }, 'number of lanes is 0; it must be an integer from 1 to 4'],
    ['five lanes', { lanes: [...'abcde'] }, 'number of lanes is 5; it must be an integer from 1 to 4'],
    ['a threshold above its servers', { threshold: 4 }, 'threshold is 4; it must be an integer from 1 to 3'],
    [
      'a lane name of 65 bytes',
      { lanes: ['a', `${'€'.repeat(21)}ab`] },
      'length of the name of lane 2 is 65; it must be at most 64 bytes',
    ],
    [
      'a currency of 110 KB',
      { currency: 'x'.repeat(110_000) },
      'length of the currency is 110000; it must be at most 64 bytes',
    ],
    ['no category', { categories: [] }, 'number of categories is 0; it must be an integer from 1 to 255'],
    ['categories of one name', { categories: ['a', '', 'a'] }, 'categories is "a, , a"; it must be distinct names'],
    [
      'a category name of 65 bytes',
      { categories: ['', 'x'.repeat(65)] },
      'length of the name of category 2 is 65; it must be at most 64 bytes',
    ],
    ['no servers', { servers: [] }, 'seats is 0; it must be an integer from 1 to 255'],
  ])('with %s', async (_, changed, message) => {
    expect(await opened(changed)).toMatchObject({ code: 'INVALID_ARGUMENT', message });
  });

  it.each([
    [7, 17],
    [128, 255],
  ])('with a committee of %i of %i, whose subsets are too many', async (threshold, seats) => {
    const servers = Array.from({ length: seats }, (_, i) => new Uint8Array(20).fill(i + 1));
    expect(await opened({ threshold, servers })).toMatchObject({
      code: 'COMMITTEE_SIZE',
      message: expect.stringMatching(/^\d+ of \d+ seats make \d+ subsets, of at most 8192, with weights of up to \d+/),
    });
  });

  it('with a name that has half a character', async () => {
    expect(await opened({ lanes: ['a', '\ud800'] })).toMatchObject({
      code: 'INVALID_ENCODING',
      message: 'name of lane 2: has half of a surrogate pair, which is not a character',
    });
  });

  it.each([
    {},
    { scale: 0 },
    { scale: 12 },
    { lanes: ['a', 'A', 'b', 'B'] },
    { threshold: 3 },
    { categories: ['', 'a', 'A', 'x'.repeat(64)] },
    { lanes: ['x'.repeat(64), `${'€'.repeat(21)}a`], currency: 'y'.repeat(64) },
  ])('but %j is no fault of terms', async (changed) => {
    expect((await opened(changed)).message).toBe('the site was reached');
  });
});
