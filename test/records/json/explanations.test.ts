// Explanations of benefits with random members, against an oracle that knows the cents they were made of; and one with
// 100,000 items.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '../../../src/records/input/row.ts';
import { readRows } from '../../../src/records/input/rows.ts';
import { presetProfile } from '../../../src/records/profile-presets.ts';
import { bundle, explanation, madeClaims, total } from '../../support/input/claims.ts';

async function* inPieces(text: string, size = 2 ** 18) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, preset: string, size?: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of readRows(inPieces(text, size), presetProfile(preset))) entries.push(entry);
  return entries;
}

const ADJUDICATION = 'http://terminology.hl7.org/CodeSystem/adjudication';

/** One number in one of its notations. */
const notation = fc.record({
  cents: fc.bigInt({ min: -(2n ** 41n - 1n), max: 2n ** 41n - 1n }),
  zeros: fc.nat(3),
  shift: fc.integer({ min: -4, max: 4 }),
  exponent: fc.constantFrom('e', 'E'),
});

/** cents · 10^−2 as digits with a point, `shift` places further left, and an exponent that takes it back. */
function numberText({
  cents,
  zeros,
  shift,
  exponent,
}: typeof notation extends fc.Arbitrary<infer T> ? T : never): string {
  const places = 2 + shift;
  const digits = `${cents < 0n ? -cents : cents}`.padStart(Math.max(places, 0) + 1, '0');
  const all = places < 0 ? digits + '0'.repeat(-places) : digits;
  const [whole, decimals] = places > 0 ? [all.slice(0, -places), all.slice(-places)] : [all, ''];
  const fraction = decimals + '0'.repeat(zeros);
  const e = shift === 0 ? '' : `${exponent}${shift > 0 && zeros === 1 ? '+' : ''}${shift}`;
  return `${cents < 0n ? '-' : ''}${whole.replace(/^0+(?=\d)/, '')}${fraction && `.${fraction}`}${e}`;
}

const coding = fc.record({
  system: fc.constantFrom(ADJUDICATION, 'http://example.org'),
  code: fc.constantFrom('submitted', 'benefit', 'Submitted'),
});
const amount = fc.record({
  codings: fc.array(coding, { maxLength: 3 }),
  number: notation,
  currency: fc.constantFrom('USD', 'USD', 'USD', 'EUR'),
});
const made = fc.record({
  status: fc.constantFrom('active', 'active', 'active', 'cancelled'),
  totals: fc.array(amount, { maxLength: 4 }),
  payment: fc.option(amount),
  more: fc.dictionary(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }),
    { maxKeys: 3 },
  ),
  order: fc.array(fc.nat(1000), { minLength: 20, maxLength: 20 }),
  space: fc.constantFrom('', ' ', '\t', ' \t '),
});

test('amounts, reasons and places are those of the oracle', async () => {
  const known = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(made, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 300 }),
      async (all, asBundle, pieces) => {
        const texts = all.map(({ status, totals, payment, more, order, space }, i) => {
          const moneyText = ({ number, currency }: (typeof totals)[number]) =>
            `{"currency":"${currency}",${space}"value":${numberText(number)}}`;
          const members: Record<string, string> = {
            ...Object.fromEntries(
              Object.entries(more).map(([name, value]) => [JSON.stringify(`x-${name}`), JSON.stringify(value)]),
            ),
            '"resourceType"': '"ExplanationOfBenefit"',
            '"id"': `"e${i}"`,
            '"status"': `"${status}"`,
            '"use"': '"claim"',
            '"outcome"': '"complete"',
            '"type"': '{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"oral"}]}',
            '"patient"': `{"reference":"Patient/p${i}"}`,
            '"billablePeriod"': '{"start":"2024-01-02"}',
            '"total"': `[${totals.map((each) => `{"amount":${moneyText(each)},"category":{"coding":${JSON.stringify(each.codings)}}}`)}]`,
            ...(payment && { '"payment"': `{"amount":${moneyText(payment)}}` }),
          };
          const shuffled = Object.entries(members).map((member, k) => ({ member, key: order[k]! }));
          shuffled.sort((a, b) => a.key - b.key);
          return `{${space}${shuffled.map(({ member: [name, value] }) => `${name}${space}:${space}${value}`).join(`${space},`)}}`;
        });
        const text = asBundle
          ? `{"resourceType":"Bundle","entry":[${texts.map((each) => `{"resource":${each}}`)}]}`
          : texts.join('\n');
        const entries = await read(text, 'fhir-eob', pieces);

        const expected = all.map(({ status, totals, payment }, i) => {
          const submitted = totals.filter(({ codings }) =>
            codings.some(({ system, code }) => system === ADJUDICATION && code === 'submitted'),
          );
          const sum = submitted.reduce((all, { number }) => all + number.cents, 0n);
          const isBeyond = sum >= 2n ** 41n || sum <= -(2n ** 41n);
          if (status !== 'active') return [i + 1, 'not-accepted'];
          if ([...submitted, ...(payment ? [payment] : [])].some(({ currency }) => currency !== 'USD'))
            return [i + 1, 'wrong-currency'];
          if (submitted.length === 0) return [i + 1, 'empty-amount'];
          if (isBeyond) return [i + 1, 'out-of-range'];
          return [i + 1, `p${i}`, sum, payment?.number.cents ?? 0n];
        });
        const found = entries.map((entry) => {
          if (entry.kind === 'left-out') return [entry.line, entry.what];
          return entry.kind === 'row' ? [entry.line, entry.patient, ...entry.amounts] : [entry.line, entry.reason];
        });
        for (const [, reason] of found) if (typeof reason === 'string') known.add(reason.replace(/^p\d$/, 'row'));
        // A wrong currency and a rule that does not let it pass: either may be said.
        const either = (list: unknown[][]) =>
          list.map(([place, reason, ...rest]) => [
            place,
            reason === 'wrong-currency' ? 'not-accepted' : reason,
            ...rest,
          ]);
        const isEither = all.map(({ status }) => status !== 'active');
        expect(found.map((row, i) => (isEither[i] ? either([row])[0] : row))).toEqual(expected);
        expect(entries.map(({ raw }) => raw)).toEqual(asBundle ? texts.map((each) => `{"resource":${each}}`) : texts);
      },
    ),
    { numRuns: 400 },
  );
  expect([...known].sort()).toEqual(['empty-amount', 'not-accepted', 'out-of-range', 'row', 'wrong-currency']);
}, 60_000);

test('lines and a bundle of the same claims give the same rows, and items add up to their claims', async () => {
  const claims = [...madeClaims(40, 'eob')];
  const lines = await read(claims.map((claim) => explanation(claim)).join('\n'), 'fhir-eob');
  const entries = await read([...bundle(claims)].join(''), 'fhir-eob');
  const rows = (all: Entry[]) => all.flatMap((entry) => (entry.kind === 'row' ? [{ ...entry, line: 0, raw: '' }] : []));
  expect(rows(entries)).toEqual(rows(lines));
  expect(rows(lines).map(({ id, amounts, category, date }) => ({ id, amounts, category, date }))).toEqual(
    claims.map((claim) => {
      const amounts = [total(claim, 'submitted'), total(claim, 'benefit')];
      return { id: claim.id, amounts, category: claim.category, date: claim.date };
    }),
  );
  const items = rows(await read(claims.map((claim) => explanation(claim)).join('\n'), 'fhir-eob-items'));
  expect(items.map(({ id, amounts }) => [id, ...amounts])).toEqual(
    claims.flatMap(({ id, lines: own }) =>
      own.map(({ sequence, submitted, benefit, deductible }) => [
        `${id}\x1f${sequence}`,
        submitted,
        benefit,
        deductible,
        0n,
      ]),
    ),
  );
});

test('100,000 items in one resource: summed, or one record each', async () => {
  const item = (k: number) =>
    `{"sequence":${k},"adjudication":[{"category":{"coding":[{"system":"${ADJUDICATION}","code":"submitted"}]},"amount":{"value":0.01,"currency":"USD"}}]}`;
  const [claim] = [...madeClaims(1, 'large')];
  const count = 100_000;
  const items = Array.from({ length: count }, (_, k) => item(k)).join();
  const text = explanation(claim!).replace(/"item":\[.*\],"total"/, `"item":[${items}],"total"`);
  const [whole, ...others] = await read(text, 'fhir-eob');
  expect(whole).toMatchObject({ kind: 'row', line: 1 });
  expect(others).toEqual([]);
  const entries = await read(text, 'fhir-eob-items');
  expect(entries).toHaveLength(count);
  expect(entries.every((entry) => entry.kind === 'row' && entry.amounts[0] === 1n)).toBe(true);
}, 120_000);

test('a bundle of 100 MB on one line is read in memory that does not grow', async () => {
  const piece = Buffer.from(
    [...madeClaims(100, 'long')]
      .map((claim) => `{"fullUrl":"${'x'.repeat(2000)}","resource":${explanation(claim)}}`)
      .join(),
  );
  const pieces = Math.ceil(100e6 / piece.length);
  const source = async function* () {
    yield Buffer.from('{"resourceType":"Bundle","entry":[');
    for (let i = 0; i < pieces; i++) {
      if (i > 0) yield Buffer.from(',');
      yield piece;
    }
    yield Buffer.from(']}');
  };
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const held: number[] = [];
  let rows = 0;
  for await (const entry of readRows(source(), presetProfile('fhir-eob'))) {
    expect(entry.kind).toBe('row');
    if (++rows % (25 * pieces) !== 0) continue;
    collect();
    held.push(process.memoryUsage().heapUsed);
  }
  expect(rows).toBe(100 * pieces);
  expect(held).toHaveLength(4);
  expect(held[3]! - held[0]!).toBeLessThan(5e6);
}, 120_000);
