// Checks against an archive alone: no node is asked, and it is said by whose word the verdict is.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exportArchive } from '../../../src/archive/export.ts';
import { fromHex, toHex } from '../../../src/bytes.ts';
import { formatSumProof } from '../../../src/parties/sum-proof.ts';
import { formatReceipts } from '../../../src/records/receipts/receipt-file.ts';
import { type Cli, cliOn } from '../../support/cli.ts';
import { openScene, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 120_000 });
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9';

let scene: Scene;
let cli: Cli;

beforeAll(async () => {
  scene = await openScene('offline');
  cli = await cliOn(scene.chain);
  const { ledgerId, servers, hospitalSite } = scene.cast;
  const ids = scene.receipts.records.filter(({ position }) => position === 1).map(({ recordId }) => recordId);
  const { queryId } = await scene.insurer.query(await scene.consentTo(ids));
  for (const server of servers.slice(0, 2)) {
    const answer = await server.prepare(ledgerId, fromHex(queryId));
    if (typeof answer === 'string') throw new Error(answer);
    for await (const sent of server.send(ledgerId, [answer])) if ('error' in sent) throw sent.error;
  }
  const { proof } = await scene.insurer.sum(queryId);
  await exportArchive({ contract: hospitalSite.contract, ledgerId, file: join(cli.folder, 'ledger.archive') });
  const write = (name: string, text: string) => writeFile(join(cli.folder, name), text);
  await write('receipts.json', formatReceipts(scene.receipts));
  const records = scene.receipts.records.slice(1);
  await write('lacking.json', formatReceipts({ ...scene.receipts, records }));
  await write('sum.json', formatSumProof(proof));
  const blinding = toHex(fromHex(proof.blinding).map((byte, i) => (i === 31 ? byte ^ 1 : byte)));
  await write('wrong.json', formatSumProof({ ...proof, blinding }));
});
afterAll(async () => {
  cli?.close();
  await scene?.chain.stop();
});

const offline = (...args: string[]) =>
  cli.run([...args, '--offline', '--archive', 'ledger.archive'], { env: { MISTORE_RPC: NOWHERE } });

describe('verify --offline', () => {
  it('finds a whole file right by the archive, and says whose word that is', async () => {
    const { code, stdout } = await offline('verify', 'receipts.json');
    expect(code).toBe(0);
    expect(stdout).toContain(
      "VALID and complete: all 40 receipts are right by amounts, totals and the archive's roots",
    );
    expect(stdout).toContain('by the archive file ledger.archive; its maker is believed. No node was asked.');
  });

  it('finds one that lacks a record, and tells programs that no host vouches', async () => {
    const { code, json } = await offline('verify', 'lacking.json', '--json');
    expect(code).toBe(1);
    expect(json).toMatchObject({ complete: false, vouchedBy: [], archive: 'ledger.archive' });
  });

  it('needs an archive, which is not damaged', async () => {
    const bare = await cli.run(['verify', 'receipts.json', '--offline', '--json']);
    expect(bare.json).toMatchObject({ error: { code: 'MISSING_ARCHIVE' } });
    await writeFile(join(cli.folder, 'broken.archive'), 'hello');
    const broken = await cli.run(['verify', 'receipts.json', '--offline', '--archive', 'broken.archive', '--json']);
    expect(broken.json).toMatchObject({ error: { code: 'ARCHIVE' } });
  });
});

describe('sum verify --offline', () => {
  it('tells a right proof from a wrong one', async () => {
    const right = await offline('sum', 'verify', 'sum.json');
    expect([right.code, right.stdout]).toEqual([0, expect.stringContaining('its maker is believed')]);
    const wrong = await offline('sum', 'verify', 'wrong.json', '--json');
    expect(wrong).toMatchObject({ code: 1, json: { valid: false, archive: 'ledger.archive', vouchedBy: [] } });
  });
});
