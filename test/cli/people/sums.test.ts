// Queries as an insurer meets them: named by the consent file or by id, waited for with word of who has answered, and listed.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { fromHex, toHex } from '../../../src/bytes.ts';
import type { AnswerCall } from '../../../src/contract/types.ts';
import { formatSignedConsent } from '../../../src/records/consent-file.ts';
import { sendAnswers } from '../../support/answers.ts';
import { type Cli, cliOn, refusedBy } from '../../support/cli.ts';
import { cents, LANES } from '../../support/sample.ts';
import { openScene, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 120_000 });
let scene: Scene;
let cli: Cli;
let records: number[];
let query: string;

beforeAll(async () => {
  scene = await openScene('sums at the command line');
  cli = await cliOn(scene.chain, { insurer: scene.insurerSeed, insurer2: scene.cast.hospitalSeed });
  cli.env.MISTORE_KEYSTORE = 'insurer.json';
  records = scene.receipts.records.slice(0, 5).map(({ recordId }) => recordId);
  await writeFile(join(cli.folder, 'consent.json'), formatSignedConsent(await scene.consentTo(records)));
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

/** Accepted answers of these seats. */
async function answer(...seats: number[]): Promise<void> {
  const { servers, ledgerId } = scene.cast;
  for (const seat of seats) {
    const one = servers[seat - 1]!;
    await sendAnswers(one, ledgerId, [(await one.prepare(ledgerId, fromHex(query))) as AnswerCall]);
  }
}
const server = (seat: number) => addressText(scene.cast.servers[seat - 1]!.address);

describe('sum open', () => {
  it('does not wait for a query that nobody has opened', async () => {
    expect(await refusedBy(cli, ['sum', 'open', 'consent.json', '--wait'])).toMatch(
      /^QUERY_NOT_SEALED: .*nobody has opened it/,
    );
    query = (await cli.run(['query', 'ask', 'consent.json', '--json'])).json.query;
  });

  it('ends after --wait with who has answered, who has not, and what can be done', async () => {
    await answer(3);
    const said = await refusedBy(cli, ['sum', 'open', 'consent.json', '--wait', '1']);
    expect(said).toBe(
      `TOO_FEW_ANSWERS: 1 of 2 answers, by ${server(3)}; 1 s. Waiting for 1 of ${server(1)} and ${server(2)}. Wait longer (--wait SECONDS), or ask those who run the servers: do they answer for this fee (mistore query show ${query})?`,
    );
  });

  it('waits until enough servers have answered, and says who they are', async () => {
    const running = cli.spawn(['sum', 'open', 'consent.json', '--wait', '60', '--json']);
    await running.firstLine('stderr');
    await answer(1);
    const { code, json, stderr } = await running.ended;
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(new RegExp(`^1 of 2 answers, by ${server(3)}; 0 s. Waiting for 1 of `));
    expect(stderr).toMatch(new RegExp(`\\n2 of 2 answers, by ${server(1)} and ${server(3)}; \\d+ s\\.\\n`));
    expect(LANES.map((lane) => cents(json.sums[lane]))).toEqual(scene.sumOf(records));
    expect((await cli.run(['sum', 'open', query, '--json'])).json).toEqual(json);
  });

  it('shows amounts in groups, with the currency', async () => {
    const { stdout } = await cli.run(['sum', 'open', 'consent.json']);
    const [sum] = scene.sumOf(records);
    expect(stdout).toContain('sum, USD');
    expect(stdout.replaceAll(',', '')).toContain(` ${(Number(sum) / 100).toFixed(2)} `);
    expect(stdout).toMatch(/ \d{1,3}(,\d{3})+\.\d{2} /);
  });

  it.each(['0', '1.5', 'long', '604801'])('--wait %s: is refused', async (seconds) => {
    expect(await refusedBy(cli, ['sum', 'open', 'consent.json', '--wait', seconds])).toContain(
      'It must be a whole number from 1 to 604800.',
    );
  });
});

describe('a query', () => {
  it('is shown alike by its consent and by its id, with who has answered', async () => {
    const [one, other] = await Promise.all(['consent.json', query].map((name) => cli.run(['query', 'show', name])));
    expect(one!.stdout).toContain(`seat 3: ${server(3)}`);
    expect(one!.stdout).toContain('The insurer can open the sum: mistore sum open consent.json');
    expect(other!.stdout).toContain(`The insurer can open the sum: mistore sum open ${query}`);
    expect(one!.stdout.split('\n').slice(0, -2)).toEqual(other!.stdout.split('\n').slice(0, -2));
  });

  it('is named by something that there is', async () => {
    expect(await refusedBy(cli, ['query', 'show', '0x12ab'])).toMatch(
      /^NO_SUCH_QUERY: 0x12ab is neither a query's id, which is 0x and 64 hex digits, nor a file/,
    );
    expect(await refusedBy(cli, ['sum', 'open', 'none.json'])).toMatch(/none\.json: there is no such file/);
    expect(await refusedBy(cli, ['query', 'show', `0x${'12'.repeat(32)}`])).toMatch(/^UNKNOWN_QUERY/);
  });

  it('is cancelled and refunded by its id too', async () => {
    const signed = await scene.consentTo(records);
    const { contract } = scene.insurerSite;
    expect(await refusedBy(cli, ['query', 'cancel', query])).toMatch(/^QUERY_NOT_OPEN/);
    expect(await refusedBy(cli, ['query', 'refund', query])).toMatch(/^NOTHING_TO_REFUND/);
    const other = { env: { MISTORE_KEYSTORE: 'insurer2.json' } };
    expect(await refusedBy(cli, ['query', 'cancel', query], other)).toMatch(/^NOT_THE_INSURER/);
    expect(signed.contract).toBe(toHex(contract.address));
  });

  it('is listed under its ledger with insurer, state and day', async () => {
    const { stdout } = await cli.run(['query', 'list', '--insurer', addressText(scene.insurer.address)]);
    expect(stdout).toContain(`Ledger ${toHex(scene.cast.ledgerId)}:`);
    expect(stdout).toMatch(
      new RegExp(`│ ${query} +│ ${addressText(scene.insurer.address)} +│ complete +│ \\d+ \\w+ 20`),
    );
    expect(stdout).toContain('1 query in all.');
    const nobody = await cli.run(['query', 'list', '--insurer', server(1)]);
    expect(nobody.stdout).toBe('No query.\n');
  });
});

it('names of the network file stand beside addresses and ids, and can be given for them', async () => {
  const id = toHex(scene.cast.ledgerId);
  const names = { acme: addressText(scene.insurer.address), alpha: server(1) };
  await writeFile(join(cli.folder, 'names.json'), JSON.stringify({ names, ledgers: { bills: id } }));
  const named = ['--network', 'names.json'];
  const list = await cli.run(['query', 'list', '--insurer', 'acme', '--ledger', 'bills', ...named]);
  expect(list.stdout, list.stderr).toContain(`Ledger bills (${id}):`);
  expect(list.stdout).toContain(`acme (${names.acme})`);
  const show = await cli.run(['query', 'show', 'consent.json', ...named]);
  expect(show.stdout).toContain(`seat 1: alpha (${server(1)})`);
  const open = await cli.run(['sum', 'open', 'consent.json', '--wait', ...named]);
  expect(open.stderr).toContain(`2 of 2 answers, by alpha (${server(1)}) and ${server(3)}; 0 s.`);
  expect(open.stdout).toContain(`of ledger bills (${id}), from`);
});

it('ledger list says which ledgers are active, and how large', async () => {
  const { stdout } = await cli.run(['ledger', 'list']);
  expect(stdout).toMatch(/│ 2 of 3 +│ active +│ TOTAL_CLAIM_COST, PAYER_COVERAGE in USD +│ +1 │ +40 │/);
  expect(stdout).toContain('1 ledger in all.');
  expect((await cli.run(['ledger', 'list', '--of', addressText(scene.insurer.address)])).stdout).toBe('No ledger.\n');
});
