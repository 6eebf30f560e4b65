// The accounts of patients: their own where they have given some, and always the custodial one that only the hospital's seed
// gives.
import { describe, expect, it } from 'vitest';
import { type Hex, toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { ArgumentError, EncodingError } from '../../src/errors.ts';
import { PatientAccounts } from '../../src/identity/accounts.ts';
import { accountKey, custodialSeed } from '../../src/identity/keys.ts';
import { seedOf } from '../support/chain.ts';

const seed = seedOf('accounts: hospital');
const own = `0x${'Ab'.repeat(20)}` as const;
const other = `0x${'cd'.repeat(20)}` as const;
const lower = own.toLowerCase() as Hex;
const custodial = (patient: string) => toHex(accountOf(accountKey(custodialSeed(seed, patient))));
const accountsOf = (accounts: PatientAccounts, patient: string) => accounts.accounts(patient).map(toHex);

describe("a patient's accounts", () => {
  it('are their own in the order given, then the one derived from seed and id', () => {
    const accounts = new PatientAccounts(seed, [
      ['p', [own]],
      ['r', [other, `0x${'12'.repeat(20)}`]],
    ]);
    expect(accountsOf(accounts, 'p')).toEqual([lower, custodial('p')]);
    expect(accountsOf(accounts, 'r')).toEqual([other, `0x${'12'.repeat(20)}`, custodial('r')]);
    expect(accountsOf(accounts, 'q')).toEqual([custodial('q')]);
  });

  it('are the same each time and in each object, and differ between patients and hospitals', () => {
    const accounts = new PatientAccounts(seed);
    const patients = ['p', 'P', 'p ', 'q', '1', '01', 'é'];
    const all = patients.flatMap((patient) => accountsOf(accounts, patient));
    expect(patients.flatMap((patient) => accountsOf(new PatientAccounts(seed), patient))).toEqual(all);
    expect(patients.flatMap((patient) => accountsOf(accounts, patient))).toEqual(all);
    const elsewhere = new PatientAccounts(seedOf('accounts: another hospital'));
    expect(new Set([...all, ...patients.flatMap((patient) => accountsOf(elsewhere, patient))]).size).toBe(
      2 * patients.length,
    );
  });

  it("are not confused by ids that are names of Object's own", () => {
    const accounts = new PatientAccounts(seed, [['toString', [own]]]);
    expect(accountsOf(accounts, 'toString')).toEqual([lower, custodial('toString')]);
    expect(accountsOf(accounts, 'constructor')).toEqual([custodial('constructor')]);
    expect(accountsOf(accounts, '__proto__')).toEqual([custodial('__proto__')]);
  });

  it.each([
    ['present', [own], [lower]],
    ['former', [own], [`0x${'12'.repeat(20)}`, lower]],
    ['former, of both', [`0x${'34'.repeat(20)}`, own], [`0x${'12'.repeat(20)}`, lower]],
  ] as [string, Hex[], Hex[]][])('are refused where two patients share one, however it is written: %s', (_, p, r) => {
    const given: [string, Hex[]][] = [
      ['p', p],
      ['q', [other]],
      ['r', r],
    ];
    const message = `account of patient r is "${lower}"; it must be an account of their own; patient p has this one`;
    expect(() => new PatientAccounts(seed, given)).toThrow(message);
    expect(() => new PatientAccounts(seed, given)).toThrow(ArgumentError);
    expect(accountsOf(new PatientAccounts(seed, given.slice(0, 2)), 'q')).toEqual([other, custodial('q')]);
  });

  it('of a patient named twice are those named last', () => {
    const accounts = new PatientAccounts(seed, [
      ['p', [other]],
      ['p', [own]],
    ]);
    expect(accountsOf(accounts, 'p')).toEqual([lower, custodial('p')]);
    // What was replaced is nobody's, so another patient may have it.
    const replaced: [string, Hex[]][] = [
      ['p', [other]],
      ['p', [own]],
      ['q', [other]],
    ];
    expect(accountsOf(new PatientAccounts(seed, replaced), 'q')).toEqual([other, custodial('q')]);
  });

  it('are 20 bytes each, and of an id that is not empty; else the error names the patient', () => {
    for (const given of [['0x12'], [own, '0x12']] as Hex[][]) {
      expect(() => new PatientAccounts(seed, [['p', given]])).toThrow(
        new EncodingError('account of patient p', 'is 1 bytes; it must be 20'),
      );
    }
    expect(() => new PatientAccounts(seed).accounts('')).toThrow('patient is ""; it must be a non-empty text');
  });
});
