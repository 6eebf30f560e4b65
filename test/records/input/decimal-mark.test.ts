// Rows that wait for an amount which decides: none is lost or passed on too early, and what waits is bounded.
import { describe, expect, test } from 'vitest';
import { DecimalMark, MAX_HELD_TEXT } from '../../../src/records/input/decimal-mark.ts';
import { InputError } from '../../../src/records/input/errors.ts';
import { openRows } from '../../../src/records/input/rows.ts';
import { parseProfile } from '../../../src/records/profile.ts';

const profileOf = (amounts: object = {}) =>
  parseProfile({ name: 'x', columns: { patient: 'p', lanes: [{ name: 'c', column: 'c' }] }, amounts });

/** Lines of the rows that came out, what decided, and the error, if there was one. */
async function outcome(rows: readonly string[], amounts: object = {}) {
  let closed = false;
  let given = 0;
  const source = async function* () {
    try {
      yield Buffer.from('p;c\n');
      for (const row of rows) {
        given++;
        yield Buffer.from(`${row}\n`);
      }
    } finally {
      closed = true;
    }
  };
  const stream = await openRows(source(), profileOf(amounts));
  const lines: number[] = [];
  let error: InputError | undefined;
  try {
    for await (const entry of stream) lines.push(entry.line);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(InputError);
    error = thrown as InputError;
  }
  expect(closed).toBe(true);
  return { lines, by: stream.decimalMark, error, given };
}

describe('rows come out', () => {
  test.each([
    ['nothing to decide', ['P;1', 'P;2'], {}, { by: 'nothing' }],
    ['decided at once', ['P;1.5', 'P;1.500'], {}, { by: 'amount', line: 2 }],
    [
      'decided after doubtful rows',
      ['P;1', 'P;1.500', 'P;x', 'P', ';2.000', 'P;0.25', 'P;9'],
      {},
      { by: 'amount', line: 7 },
    ],
    ['decided by a row that is rejected for its patient', ['P;1.500', ';0.25'], {}, { by: 'amount', line: 3 }],
    ['stated', ['P;1.500', 'P;1,500'], { decimal: '.' }, { by: 'profile' }],
    ['stated as a comma', ['P;1.500', 'P;1,500'], { decimal: ',' }, { by: 'profile' }],
    ['stated by the thousands', ['P;1,500', 'P;2,000,000'], { thousands: ',' }, { by: 'profile' }],
  ])('all and in order: %s', async (_, rows, amounts, by) => {
    const { lines, by: decided, error } = await outcome(rows, amounts);
    expect(error).toBeUndefined();
    expect(lines).toEqual(rows.map((_, i) => i + 2));
    expect(decided).toEqual(by);
  });

  test('only as far as all readings agree', async () => {
    for (const tail of [['P;1.500'], ['P;1.500', 'P;7'], ['P;1,500', 'P;1.500'], ['P;1.500', 'P;1,5']]) {
      const { lines, by, error } = await outcome(['P;1', 'P;2', ...tail]);
      expect(lines).toEqual([2, 3]);
      expect(by).toEqual({ by: 'nothing' });
      expect(error?.code).toBe('INPUT_DECIMAL_MARK');
    }
  });
});

test('the question names line, column and the options that answer it, and quotes no amount', async () => {
  const undecided = (await outcome(['P;1', 'P;4.711', 'P;4.712'])).error!;
  expect(undecided.message).toMatch(/^line 3 .* column "c" .* --decimal \. .* --decimal , with --thousands \. /);
  expect(undecided.details).toEqual({ line: 3, column: 'c' });
  const comma = (await outcome(['P;4.711', 'P;47,11'])).error!;
  expect(comma.message).toMatch(/^line 3 .* decimal comma .* --decimal , /);
  expect(undecided.message + comma.message).not.toContain('47');
});

test('what waits is bounded', async () => {
  const long = `P${'x'.repeat(10_000)};1.500`;
  const rows = Array.from({ length: 1000 }, () => long);
  const { lines, error, given } = await outcome(rows);
  expect(error?.details).toEqual({ line: 2, column: 'c' });
  expect(lines).toEqual([]);
  expect(given).toBeLessThan(MAX_HELD_TEXT / 10_000 + 20);
  // Within the bound all come out.
  const fits = [...rows.slice(0, 400), 'P;0.5'];
  expect((await outcome(fits)).lines).toHaveLength(401);
});

test('where the mark is stated, amounts with another are left to be rejected', async () => {
  const mark = new DecimalMark(profileOf({ decimal: '.' }), ['p', 'c']);
  const records = async function* () {
    yield { line: 2, raw: 'P;1,5', fields: ['P', '1,5'] };
  };
  const passed = [];
  for await (const record of mark.settle(records())) passed.push(record);
  expect(passed).toHaveLength(1);
});
