// Tags: a patient's own account where they have given one, else the custodial one that only the hospital's seed gives.
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { EncodingError } from '../../src/errors.ts';
import { accountKey, custodialSeed } from '../../src/identity/keys.ts';
import { Tags } from '../../src/identity/tags.ts';
import { seedOf } from '../support/chain.ts';

const seed = seedOf('tags: hospital');
const own = `0x${'Ab'.repeat(20)}` as const;

describe('tags', () => {
  it("are the patient's own account, or derived from seed and id", () => {
    const tags = new Tags(seed, [['p', own]]);
    expect(toHex(tags.tag('p'))).toBe(own.toLowerCase());
    expect(tags.tag('q')).toEqual(accountOf(accountKey(custodialSeed(seed, 'q'))));
  });

  it('are the same each time and in each object, and differ between patients and hospitals', () => {
    const tags = new Tags(seed);
    const patients = ['p', 'P', 'p ', 'q', '1', '01', 'é'];
    const all = patients.map((patient) => toHex(tags.tag(patient)));
    expect(patients.map((patient) => toHex(new Tags(seed).tag(patient)))).toEqual(all);
    expect(patients.map((patient) => toHex(tags.tag(patient)))).toEqual(all);
    const elsewhere = new Tags(seedOf('tags: another hospital'));
    expect(new Set([...all, ...patients.map((patient) => toHex(elsewhere.tag(patient)))]).size).toBe(
      2 * patients.length,
    );
  });

  it("are not confused by ids that are names of Object's own", () => {
    const tags = new Tags(seed, [['toString', own]]);
    expect(toHex(tags.tag('toString'))).toBe(own.toLowerCase());
    expect(tags.tag('constructor')).toEqual(accountOf(accountKey(custodialSeed(seed, 'constructor'))));
    expect(tags.tag('__proto__')).toEqual(accountOf(accountKey(custodialSeed(seed, '__proto__'))));
  });

  it('refuse an account that two patients share, however it is written', () => {
    const other = `0x${'cd'.repeat(20)}` as const;
    expect(
      () =>
        new Tags(seed, [
          ['p', own],
          ['q', other],
          ['r', own.toLowerCase() as `0x${string}`],
        ]),
    ).toThrow(`tag of patient r is "${own.toLowerCase()}"; it must be an account of their own; patient p has this one`);
    expect(
      toHex(
        new Tags(seed, [
          ['p', own],
          ['q', other],
        ]).tag('q'),
      ),
    ).toBe(other);
    // The same patient named twice is not a second one; the last account counts.
    expect(
      toHex(
        new Tags(seed, [
          ['p', other],
          ['p', own],
        ]).tag('p'),
      ),
    ).toBe(own.toLowerCase());
  });

  it('refuse an account that is not 20 bytes, naming the patient, and an empty id', () => {
    expect(() => new Tags(seed, [['p', '0x12']])).toThrow(
      new EncodingError('tag of patient p', 'is 1 bytes; it must be 20'),
    );
    expect(() => new Tags(seed).tag('')).toThrow('patient is ""; it must be a non-empty text');
  });
});
