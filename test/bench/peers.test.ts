// The libraries of the bench do the same work as the engine, from the same bytes: montgomery, which is built for our curve
// from its sources, and bb.js. Each subject's cases run once, as they do before they are timed.
import { describe, expect, test } from 'vitest';
import { decompression } from '../../bench/cases/decompression.ts';
import { field } from '../../bench/cases/field.ts';
import { inversion } from '../../bench/cases/inversion.ts';
import { msm } from '../../bench/cases/msm.ts';
import { multiplication } from '../../bench/cases/multiplication.ts';
import { scalars } from '../../bench/inputs.ts';
import { checkAll } from '../../bench/measure.ts';
import { msm as montgomery } from '../../bench/peers/montgomery.ts';
import { GROUP_ORDER } from '../../src/engine/bn254.ts';
import { createEngine } from '../../src/engine/load.ts';

const engine = await createEngine();
const setting = { engines: [engine], quick: true };
const MINUTE = 60_000;

const points = (label: string, count: number) =>
  engine.decompress(engine.commit(scalars(label, count), scalars(`${label}'`, count)));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('every case gives the result of the first', () => {
  const subjects = [
    { subject: field, size: 16, libraries: ['montgomery'] },
    { subject: inversion, size: 1, libraries: ['montgomery'] },
    { subject: decompression, size: 5, libraries: ['bb.js'] },
    { subject: multiplication, size: 1, libraries: ['bb.js'] },
    { subject: msm, size: 65, libraries: ['montgomery'] },
  ];
  for (const { subject, size, libraries } of subjects) {
    test(
      `${subject.name}, ${size}, with ${libraries.join()}`,
      async () => {
        const cases = await subject.cases(size, setting);
        for (const library of libraries) expect(cases.some(({ name }) => name.startsWith(library))).toBe(true);
        for (const { bound } of cases) expect(bound).not.toBe('');
        await checkAll(cases);
      },
      MINUTE,
    );
  }
});

test('a case with another result is refused', async () => {
  const cases = [1, 2].map((value) => ({
    name: `case ${value}`,
    bound: 'nothing',
    run: () => new Uint8Array([value]),
  }));
  await expect(checkAll(cases)).rejects.toThrow('case 2 gives another result than the first case');
});

test("montgomery's scalars are split for the extremes too", () => {
  const P = points('P', 6);
  const word = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
  for (const [s, t] of [
    [1n, 2n],
    [GROUP_ORDER - 1n, GROUP_ORDER - 2n],
    [2n ** 127n, 2n ** 127n - 1n],
    [2n ** 253n + 5n, 3n],
  ] as const) {
    const both = new Uint8Array([...word(s), ...word(t), ...scalars('others', 4)]);
    expect(hex(montgomery(both, P)), `${s}, ${t}`).toBe(hex(engine.msm(both, P)));
  }
});
