// A patient's side of the library in a real browser, under the page's content security policy: the same verdicts as in Node, by
// an endpoint and by an archive alone, and a consent that the insurer can ask with. Skipped where there is no Chromium.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { parseSignedConsent } from '../../src/records/consent-file.ts';
import { openStage, PASSWORD, type Stage, textOf } from '../web/model/stage.ts';
import { findBrowser, visit } from './chromium.ts';
import { type Story, type Task, tell } from './patient-page.ts';

vi.setConfig({ testTimeout: 120_000 });
const browser = findBrowser(process.env);

let stage: Stage;
let task: Task;
let archive: Blob;
let node: Story;

beforeAll(async () => {
  stage = await openStage('browser: patient');
  const [first] = stage.dated.records;
  const { servers, ledgerId } = stage.cast;
  for (const server of servers.slice(0, 2)) await server.complain(ledgerId, 0, [first!.recordId]);
  const longest = stage.receipts.terms.categories
    .map((name) => stage.recordsOf(name))
    .sort((a, b) => b.length - a.length)[0]!;
  await stage.insurer.query(await stage.consentTo(longest.slice(1, 4)));
  const records = stage.dated.records
    .slice(0, -2)
    .map((one, k) => (k === 3 ? { ...one, amounts: one.amounts.map((amount) => `${amount.slice(0, -1)}7`) } : one));
  task = {
    endpoint: stage.chain.node.url,
    receipts: textOf(stage.dated),
    changed: textOf({ ...stage.dated, records }),
    keystore: stage.keystore.text,
    password: PASSWORD,
    insurer: toHex(stage.insurer.address),
    deadline: `${await stage.chain.deadline()}`,
  };
  archive = (await stage.archive()).blob;
  node = plain(await tell(task, archive));
});
afterAll(() => stage?.stop());

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));
/** Consents have random salts. */
const unsigned = ({ consent: _, ...rest }: Story) => rest;

describe('in Node the story', () => {
  it('is the same by an endpoint and by an archive alone', () => {
    expect(node.alone).toEqual(node.endpoint);
    expect(node.endpoint).toMatchObject({ voids: [stage.dated.records[0]!.recordId], phases: ['sealed'] });
    const { verdicts, missing } = node.endpoint.changed as { verdicts: { fault: string | null }[]; missing: unknown[] };
    expect(verdicts.some(({ fault }) => fault !== null)).toBe(true);
    expect(missing.length).toBe(2);
    expect(node.codes).toEqual(['CONNECTION_FAILED', 'ARCHIVE']);
  });
});

describe.skipIf(browser === undefined)('in Chromium the story', () => {
  let page: Story;
  const refused: string[] = [];
  beforeAll(async () => {
    page = await inChromium();
  }, 120_000);

  it('is the same, and asks nobody whom the policy does not allow but the endpoint that is none', () => {
    const blocked = refused.map((report) => JSON.parse(report)['csp-report']['blocked-uri']);
    expect(new Set(blocked)).toEqual(new Set(['http://127.0.0.1:9/']));
    expect(unsigned(page)).toEqual(unsigned(node));
  });

  it('ends with a consent that the insurer can ask with', async () => {
    const { queryId, records } = await stage.insurer.query(parseSignedConsent(page.consent));
    expect(queryId).toMatch(/^0x/);
    expect(records).toBe(40);
  });

  async function inChromium(): Promise<Story> {
    const script = await bundle();
    const server = createServer();
    const message = new Promise<Story>((resolve, reject) => {
      const files: Record<string, [type: string, body: () => string | Promise<Buffer>]> = {
        '/': ['text/html', () => '<!doctype html><title>MIStore</title><script type="module" src="/page.js"></script>'],
        '/page.js': ['text/javascript', () => script],
        '/task': ['application/json', () => JSON.stringify(task)],
        '/archive': ['application/octet-stream', async () => Buffer.from(await archive.arrayBuffer())],
      };
      server.on('request', async (request, response) => {
        const file = files[request.url ?? ''];
        if (request.url === '/violation') refused.push(await text(request));
        if (request.url === '/message') {
          const told = JSON.parse(await text(request)) as Story | { failure: string };
          if ('failure' in told) reject(new Error(told.failure));
          else resolve(told);
        }
        if (!file) return void response.writeHead(204).end();
        response.writeHead(200, {
          'content-type': file[0],
          'content-security-policy': `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${task.endpoint}; report-uri /violation`,
        });
        response.end(await file[1]());
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      return await visit(browser!, url, message, AbortSignal.timeout(110_000));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
});

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: "import { run } from './patient-page.ts'; await run();",
      resolveDir: 'test/browser',
      loader: 'ts',
    },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}
