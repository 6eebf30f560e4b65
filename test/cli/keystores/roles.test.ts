// Commands act for keystores of their own role only, and look at files before they ask for a password.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands/list.ts';
import { ROLES } from '../../../src/cli/input/roles.ts';
import { createProgram, definedCommand } from '../../../src/cli/program.ts';
import { WEAK_SCRYPT, writeKeystore } from '../../../src/identity/keystore.ts';
import { seedOf } from '../../support/chain.ts';
import { bundleCli, Cli, refusedBy } from '../../support/cli.ts';

vi.setConfig({ testTimeout: 60_000 });
const CONTRACT = `0x${'cd'.repeat(20)}`;
const ID = `0x${'12'.repeat(32)}`;
let cli: Cli;

beforeAll(async () => {
  cli = new Cli(await bundleCli(), await mkdtemp(join(tmpdir(), 'mistore-roles-')));
  cli.env = { MISTORE_CONTRACT: CONTRACT, MISTORE_RPC: 'http://127.0.0.1:1' }; // No password: nothing may need one.
  for (const role of [...ROLES, 'other']) {
    await writeKeystore(join(cli.folder, `${role}.json`), 'p', { seed: seedOf(role), role }, { scrypt: WEAK_SCRYPT });
  }
  await writeFile(join(cli.folder, 'a.csv'), 'a,b\n');
});
afterAll(() => cli?.close());

it('every command that takes a keystore says whose, and no other', async () => {
  for (const [name, { load }] of COMMANDS) {
    const { options } = await definedCommand(createProgram(), name);
    const takesOne = options.some(({ long }) => long === '--keystore');
    const { roles } = await load();
    expect({ name, says: roles.length > 0 }).toEqual({ name, says: takesOne });
  }
});

describe('a keystore of another role is refused before a password is asked for', () => {
  const lines: [string, string[]][] = [
    ['hospital', ['ingest', 'a.csv', '--ledger', ID, '--preset', 'synthea-encounters']],
    ['hospital', ['ledger', 'refresh', ID]],
    ['server', ['register']],
    ['server', ['server', 'run', '--accept-anyone']],
    ['server', ['ledger', 'join', ID]],
    ['insurer', ['query', 'ask', 'a.csv']],
  ];

  it.each(lines)('%s: %j', async (needed, args) => {
    for (const role of [...ROLES, 'other'].filter((one) => one !== needed)) {
      expect(await refusedBy(cli, [...args, '--keystore', `${role}.json`])).toBe(
        `WRONG_ROLE: ${role}.json is a keystore of role "${role}"; this command acts for role ${needed}: give that role's keystore ('mistore keygen --role ${needed}' makes one)`,
      );
    }
    expect(await refusedBy(cli, [...args, '--keystore', `${needed}.json`])).toMatch(/^(NO_PASSWORD|INVALID_ENCODING)/);
  });

  it('account and deploy take any', async () => {
    for (const role of [...ROLES, 'other']) {
      const { code, json } = await cli.run(['account', '--keystore', `${role}.json`, '--json']);
      expect({ code, ether: json.ether }).toEqual({ code: 0, ether: null });
      expect(await refusedBy(cli, ['deploy', '--keystore', `${role}.json`])).toMatch(/^NO_PASSWORD/);
    }
  });
});

describe('files are looked at before a password is asked for:', () => {
  it.each([
    [['query', 'ask', 'none.json', '--keystore', 'insurer.json'], /^ENOENT: none.json: there is no such file/],
    [['query', 'ask', 'a.csv', '--keystore', 'none.json'], /^KEYSTORE: none.json: there is no such file/],
    [['query', 'ask', 'a.csv', '--keystore', 'a.csv'], /^KEYSTORE: a.csv: is not JSON/],
    [['ledger', 'join', ID, '--keystore', 'server.json', '--archive', 'none'], /^ENOENT: none: there is no such file/],
    [['register', '--keystore', 'server.json', '--network', 'none'], /^ENOENT: none: there is no such file/],
    [['register', '--keystore', 'server.json', '--password-file', 'none'], /^ENOENT: none: there is no such file/],
    [['consent', 'revoke', 'a.csv', '--keystore', 'patient.json', '--payer', 'a.csv'], /^KEYSTORE: a.csv: is not JSON/],
    [
      ['deploy', '--keystore', 'operator.json', '--out', 'none/a.json'],
      /^OUTPUT_FILE: none\/a.json: cannot be written/,
    ],
    [['keygen', '--out', 'none/a.json'], /^OUTPUT_FILE: none\/a.json: cannot be written: there is no such folder/],
    [['keygen', '--out', 'server.json'], /^OUTPUT_FILE: server.json: the file exists, and is not replaced/],
  ])('%j', async (args, message) => {
    expect(await refusedBy(cli, args)).toMatch(message);
  });
});
