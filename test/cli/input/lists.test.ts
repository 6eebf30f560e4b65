// Values that are lists: an option given again, or once with commas between its parts, or both; and where a part cannot be read.
import { expect, it } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import { parseLine } from '../../support/parse-line.ts';

const a = `0x${'a1'.repeat(20)}`;
const b = `0x${'b2'.repeat(20)}`;
const c = `0x${'c3'.repeat(20)}`;
const OPEN = ['ledger', 'open', '--threshold', '2', '--preset', 'synthea-encounters', '--keystore', 'k'];
const servers = async (...words: string[]) => {
  const { options } = await parseLine([...OPEN, ...words]);
  return (options.server as Uint8Array[]).map((server) => toHex(server));
};

it('servers, in order', async () => {
  for (const words of [
    ['--server', a, '--server', b, '--server', c],
    ['--server', `${a},${b},${c}`],
    ['--server', `${a}, ${b}`, '--server', c],
  ]) {
    expect(await servers(...words), words.join(' ')).toEqual([a, b, c]);
  }
});

it('records of a consent', async () => {
  const { options } = await parseLine([
    'consent',
    'sign',
    '--receipts',
    'r.json',
    '--insurer',
    a,
    '--out',
    'c.json',
    '--keystore',
    'k',
    '--record',
    '1,2',
    '--record',
    '7',
  ]);
  expect(options.record).toEqual([1, 2, 7]);
});

it('an empty part, or one that is no address, is refused', async () => {
  for (const value of [`${a},`, `,${a}`, `${a},,${b}`, `${a},0x12`]) {
    await expect(servers('--server', value), value).rejects.toThrow(/--server/);
  }
});
