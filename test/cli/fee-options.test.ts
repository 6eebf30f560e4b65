// The options that bound what sending may cost: on every command that sends, the same, and read exactly.
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/list.ts';
import { createProgram, definedCommand } from '../../src/cli/program.ts';
import { feesOf, type SendingFlags, sendingOf } from '../../src/cli/sending-options.ts';
import { parseLine } from '../support/parse-line.ts';

const LEDGER = `0x${'1'.repeat(64)}`;
const SENDING = [
  'consent revoke',
  'deploy',
  'hospital justify',
  'ingest',
  'ledger join',
  'ledger open',
  'ledger refresh',
  'ledger replace',
  'query ask',
  'query cancel',
  'query refund',
  'register',
  'server resign',
  'server run',
  'server withdraw',
];
const ROLE = ['--keystore', 'a', '--contract', `0x${'ab'.repeat(20)}`];

/** Long names of a command's options. */
async function optionsOf(name: string): Promise<string[]> {
  const { options } = await definedCommand(createProgram(), name);
  return options.map(({ long }) => long!);
}

const FEES = ['--max-fee', '--max-tip', '--max-total'];

it('every command that sends has them, and no other', async () => {
  const having: string[] = [];
  for (const name of COMMANDS.keys()) {
    const options = await optionsOf(name);
    if (FEES.some((fee) => options.includes(fee))) having.push(name);
  }
  expect(having.sort()).toEqual(SENDING);
  for (const name of SENDING) expect(await optionsOf(name), name).toEqual(expect.arrayContaining(FEES));
});

describe('without any', () => {
  it('the caps are 100 and 3 gwei, and there is no budget', async () => {
    const { options } = await parseLine(['register', ...ROLE]);
    expect(feesOf(options as unknown as SendingFlags)).toEqual({
      maxFeePerGas: 100_000_000_000n,
      maxTipPerGas: 3_000_000_000n,
    });
  });
});

describe('amounts', () => {
  const read = async (option: string, text: string) =>
    (await parseLine(['register', ...ROLE, `${option}=${text}`])).options;

  it('of ether have up to 18 decimals, and are exact', async () => {
    for (const [text, wei] of [
      ['1', 10n ** 18n],
      ['0.000000000000000001', 1n],
      ['0.123456789012345678', 123_456_789_012_345_678n],
      ['1000000', 10n ** 24n],
    ] as const) {
      expect((await read('--max-total', text)).maxTotal, text).toBe(wei);
    }
    for (const text of ['', '0', '0.0', '-1', '1e3', '1.', '.5', '1,5', '0.1234567890123456789', '1000000.1', 'all']) {
      await expect(read('--max-total', text), text).rejects.toThrow(
        'a number above 0 and up to 1000000, with at most 18 decimals',
      );
    }
  });

  it('of tips are in gwei', async () => {
    expect((await read('--max-tip', '0.000000001')).maxTip).toBe(1n);
    await expect(read('--max-tip', '0')).rejects.toThrow('at most 9 decimals');
  });
});

describe('--confirmations', () => {
  const read = async (text: string) => {
    const { options } = await parseLine(['ingest', 'a.csv', '--ledger', LEDGER, ...ROLE, `--confirmations=${text}`]);
    return sendingOf(options as unknown as SendingFlags).sending;
  };

  it('is a number of blocks, finality, or both', async () => {
    expect(await read('12')).toMatchObject({ confirmations: 12 });
    expect(await read('finalized')).toMatchObject({ confirmations: 'finalized' });
    expect(await read('finalized')).not.toHaveProperty('unlessFinal');
    expect(await read('finalized:64')).toMatchObject({ confirmations: 'finalized', unlessFinal: 64 });
    for (const text of [
      '',
      '0',
      '-1',
      '1.5',
      'final',
      'finalized:',
      'finalized:0',
      '64:finalized',
      'finalized:64:64',
    ]) {
      await expect(read(text), text).rejects.toThrow(
        "a number of blocks from 1, 'finalized', or 'finalized:' and a number",
      );
    }
  });

  it('is one block if not given', async () => {
    const { options } = await parseLine(['ingest', 'a.csv', '--ledger', LEDGER, ...ROLE]);
    expect(sendingOf(options as unknown as SendingFlags).sending).toMatchObject({ confirmations: 1, window: 8 });
  });
});
