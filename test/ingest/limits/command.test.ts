// `mistore ingest` of inputs that should not be taken as they are: its exit status, what it says, prints and writes; and
// files that its own files must not replace. Nothing of these is sent.
import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readNonce } from '../../../src/chain/state.ts';
import { startChain, type TestChain } from '../../support/chain.ts';
import { type Cli, cliOn, ingestArguments } from '../../support/cli.ts';
import { openIngestLedger } from '../../support/ingest-files.ts';
import type { Cast } from '../../support/parties.ts';
import { LANES } from '../../support/sample.ts';

const HEADER = `CLAIM,LINE,MRN,${LANES.join(',')}\n`;
const LINES = [1, 2, 3].map((line) => `C1,${line},A,37.50,0\n`);
const COLUMNS = ['--patient-column', 'MRN', ...LANES.flatMap((lane) => ['--amount-column', lane])];
const BY_CLAIM = [...COLUMNS, '--id-column', 'CLAIM'];

let chain: TestChain;
let cli: Cli;
let ledger: Cast;
let args: string[];
let file: string;
let files = 0;

beforeAll(async () => {
  chain = await startChain();
  cli = await cliOn(chain);
  ledger = await openIngestLedger(chain, 'command limits', { categories: [''] });
  args = (await ingestArguments(cli, ledger)).filter((arg) => !['--preset', 'synthea-encounters'].includes(arg));
});
afterAll(async () => {
  await chain?.stop();
  cli?.close();
});
beforeEach(() => {
  file = join(cli.folder, `claims-${files++}.csv`);
});

const mistoreIngest = (...more: string[]) => cli.run([...args, file, ...more]);
const nonce = () => readNonce(chain.rpc, ledger.hospital.address);

/** Runs something that must send nothing. */
async function unsent<T>(run: () => Promise<T>): Promise<T> {
  const before = await nonce();
  const done = await run();
  expect(await nonce()).toBe(before);
  return done;
}

describe('status 3', () => {
  it('is that of too many repeats: what was read, why it ended and where the rows are', async () => {
    await writeFile(file, HEADER + LINES.join(''));
    for (const more of [[], ['--dry-run']]) {
      const { code, json, stderr } = await unsent(() => mistoreIngest(...BY_CLAIM, ...more));
      expect(code).toBe(3);
      expect(json).toMatchObject({
        rows: 3,
        stored: 0,
        unsent: 1,
        rejected: 0,
        skipped: 2,
        skippedFile: `${file}.skipped.csv`,
        error: { code: 'TOO_MANY_REPEATS', message: expect.stringContaining('--allow-repeats') },
      });
      expect(stderr).toContain('error: 2 of 3 rows repeat');
      expect(stderr).toContain(`Skipped rows, with what they repeat: ${file}.skipped.csv`);
      expect(await readFile(`${file}.skipped.csv`, 'utf8')).toBe(
        `line,repeats_line,repeats_record,raw\n3,2,,"C1,2,A,37.50,0"\n4,2,,"C1,3,A,37.50,0"\n`,
      );
    }
    const accepted = await unsent(() => mistoreIngest(...BY_CLAIM, '--dry-run', '--allow-repeats'));
    expect(accepted).toMatchObject({ code: 0, json: { rows: 3, stored: 1, skipped: 2 } });
    const both = await unsent(() => mistoreIngest(...BY_CLAIM, '--id-column', 'LINE', '--dry-run'));
    expect(both).toMatchObject({ code: 0, json: { rows: 3, stored: 3, skipped: 0, sums: { [LANES[0]!]: '112.50' } } });
  });

  it('is that of rows which are all rejected', async () => {
    await writeFile(file, HEADER + LINES.join('').replaceAll('37.50', '37,50'));
    const { code, json, stderr } = await unsent(() => mistoreIngest(...BY_CLAIM));
    expect(code).toBe(3);
    expect(json).toMatchObject({
      rows: 3,
      rejected: 3,
      rejections: { 'too-many-fields': 3 },
      error: { code: 'ALL_REJECTED' },
    });
    expect(stderr).toContain(`Rejected rows, with reasons: ${file}.rejected.csv`);
    expect(await unsent(() => mistoreIngest(...BY_CLAIM, '--allow-rejected'))).toMatchObject({
      code: 0,
      json: { rejected: 3 },
    });
  });

  it('is that of too many rejected rows, of which no more are written', async () => {
    await writeFile(file, gzipSync(HEADER + LINES[0] + 'x\n'.repeat(500_000)));
    expect((await stat(file)).size).toBeLessThan(6000);
    const { code, json } = await unsent(() => mistoreIngest(...BY_CLAIM));
    expect({ code, json }).toMatchObject({ code: 3, json: { rejected: 1001, error: { code: 'TOO_MANY_REJECTED' } } });
    expect((await stat(`${file}.rejected.csv`)).size).toBeLessThan(1e5);
    const fewer = await unsent(() => mistoreIngest(...BY_CLAIM, '--max-rejected', '7'));
    expect(fewer).toMatchObject({ code: 3, json: { rejected: 8, error: { code: 'TOO_MANY_REJECTED' } } });
  });
});

it('amounts that could be read in two ways are asked about', async () => {
  await writeFile(file, `CLAIM;LINE;MRN;${LANES.join(';')}\nC1;1;A;1.500;0\nC2;1;A;2.000;0\n`);
  const { code, json } = await unsent(() => mistoreIngest(...BY_CLAIM));
  expect({ code, json }).toMatchObject({
    code: 1,
    json: { error: { code: 'INPUT_DECIMAL_MARK', message: expect.stringContaining('--decimal') } },
  });
  const read = async (...more: string[]) => {
    const { json } = await unsent(() => mistoreIngest(...BY_CLAIM, '--dry-run', ...more));
    return [json.sums[LANES[0]!], json.decimalMark];
  };
  expect(await read('--decimal', '.')).toEqual(['3.50', { by: 'profile' }]);
  expect(await read('--decimal', ',', '--thousands', '.')).toEqual(['3500.00', { by: 'profile' }]);
  await writeFile(file, `CLAIM;LINE;MRN;${LANES.join(';')}\nC1;1;A;1.500;0\nC2;1;A;2.000;0.25\n`);
  const { json: decided, stderr } = await unsent(() => mistoreIngest(...BY_CLAIM, '--dry-run'));
  expect(decided.decimalMark).toEqual({ by: 'amount', line: 3 });
  expect(stderr).toContain('Decimals begin with a point, as line 3 shows.');
});

describe('its files', () => {
  it('are never its input, by name or by link, dry or not, forced or not', async () => {
    const text = HEADER + LINES.join('');
    await writeFile(file, text);
    await symlink(file, `${file}.link`);
    for (const more of [
      ['--rejected', file],
      ['--rejected', `${file}.link`, '--force'],
      ['--skipped', file, '--force', '--dry-run'],
      ['--skipped', `${file}.link`],
    ]) {
      const { code, json } = await unsent(() => mistoreIngest(...BY_CLAIM, '--id-column', 'LINE', ...more));
      expect({ code, json }).toMatchObject({ code: 1, json: { error: { code: 'OUTPUT_FILE' } } });
      expect(await readFile(file, 'utf8')).toBe(text);
    }
  });

  it('replace no file of another form without --force, and must be two', async () => {
    await writeFile(file, HEADER + LINES.join(''));
    const other = join(cli.folder, 'other.json');
    await writeFile(other, '{"a": 1}');
    const run = (...more: string[]) =>
      unsent(() => mistoreIngest(...BY_CLAIM, '--id-column', 'LINE', '--dry-run', ...more));
    expect(await run('--rejected', other)).toMatchObject({ code: 1, json: { error: { code: 'OUTPUT_FILE' } } });
    expect(await readFile(other, 'utf8')).toBe('{"a": 1}');
    expect((await run('--rejected', other, '--skipped', other, '--force')).code).toBe(1);
    expect((await run('--rejected', other, '--force')).code).toBe(0);
    expect(await readFile(other, 'utf8')).toBe('line,column,reason,message,raw\n');
    expect((await run('--rejected', other)).code).toBe(0);
  });
});
