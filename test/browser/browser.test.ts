// What `npm run test:browser` stands on, without a browser: that it finds one or says that there is none, that it sees
// every difference, and that the worker's script needs no module of Node.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EngineName } from '../../src/engine/engine.ts';
import { createReferenceEngine } from '../../src/engine/reference/engine.ts';
import { VssPool } from '../../src/vss/pool.ts';
import { findBrowser, visit } from './chromium.ts';
import { compare, comparePools } from './compare.ts';
import { type Examination, examine, KINDS, RECORDS } from './examine.ts';
import { bundleScripts, servePage } from './page.ts';
import { FAILURES, tellPool } from './pool-story.ts';
import type { Story } from './story.ts';

const folder = mkdtempSync(join(tmpdir(), 'mistore-'));
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string, script = ''): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}`);
  chmodSync(path, 0o755);
  return path;
}

describe('the browser', () => {
  it('is the one that CHROME names, else one of the usual names in PATH, else none', () => {
    const [mine, usual] = [program('my-browser'), program('chromium-browser')];
    writeFileSync(join(folder, 'chromium'), 'not a program');
    expect(findBrowser({ CHROME: mine, PATH: '' })).toBe(mine);
    expect(findBrowser({ CHROME: 'my-browser', PATH: `/nowhere:${folder}` })).toBe(mine);
    expect(findBrowser({ PATH: folder })).toBe(usual);
    expect(findBrowser({ CHROME: '', PATH: folder })).toBe(usual);
    expect(
      findBrowser({ CHROME: '/nowhere/chrome', PATH: folder }),
      'what CHROME names is not replaced',
    ).toBeUndefined();
    expect(findBrowser({ CHROME: join(folder, 'chromium'), PATH: folder })).toBeUndefined();
  });

  it('where there is none, makes the command say on one line that it did nothing, and end with 2', () => {
    const env = { ...process.env, CHROME: '/nowhere/chrome' };
    const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', 'test:browser'], { env, encoding: 'utf8' });
    expect(stderr).toMatch(/^test:browser did nothing: .*CHROME=\/nowhere\/chrome is not a program\n$/);
    expect([status, stdout]).toEqual([2, '']);
  });

  it('that ends before its answer, or does not answer in time, is an error that says what it said', async () => {
    const never = new Promise<never>(() => {});
    const live = new AbortController().signal;
    const broken = program('broken', 'echo no display >&2; exit 3');
    await expect(visit(broken, 'http://127.0.0.1/', never, live)).rejects.toThrow(/ended early \(3\).*\nno display/);
    await expect(visit(join(folder, 'chromium'), 'http://127.0.0.1/', never, live)).rejects.toThrow('EACCES');
    const stop = new AbortController();
    const silent = visit(program('silent', 'sleep 600 & sleep 600'), 'http://127.0.0.1/', never, stop.signal);
    stop.abort('no answer');
    await expect(silent).rejects.toThrow('no answer');
  });
});

describe('the page', () => {
  it('is served with the worker, takes the first message and nothing else', async () => {
    const page = await servePage({ window: 'the window', worker: 'the script', poolWorker: "the pool's" });
    try {
      const get = async (path: string) => {
        const response = await fetch(new URL(path, page.url));
        return [response.status, await response.text()];
      };
      expect(await get('worker.js')).toEqual([200, 'the script']);
      expect(await get('pool-worker.js')).toEqual([200, "the pool's"]);
      expect(await get('window.js')).toEqual([200, 'the window']);
      expect(await get('')).toEqual([200, expect.stringContaining('src="/window.js"')]);
      expect(await get('message')).toEqual([404, '']);
      await fetch(new URL('message', page.url), { method: 'POST', body: '{"failure":"it is"}' });
      expect(await page.message).toEqual({ failure: 'it is' });
    } finally {
      page.close();
    }
  });

  it('has scripts that no module of Node is needed for', async () => {
    for (const script of Object.values(await bundleScripts())) {
      expect(script).toContain('WebAssembly.compile');
      expect(script).not.toMatch(/\bfrom\s*["']|\bimport\s*["'(]|\brequire\(/);
    }
  });
});

describe('the comparison', async () => {
  const node = await examine();
  const change = (edit: (found: Examination) => void) => {
    const browser = structuredClone(node);
    edit(browser);
    return compare({ browser, node }).faults;
  };
  const methods = Object.keys((node.told.reference as Story[])[0]!) as (keyof Story)[];

  it('finds Node equal to itself: every method and the refusals, five times', () => {
    expect(methods).toHaveLength(13);
    expect(compare({ browser: node, node })).toEqual({ agreed: 5 * RECORDS.length * methods.length, faults: [] });
  });

  it.each(KINDS)('sees a changed result of the %s engine in any method', (kind) => {
    for (const method of methods) {
      const faults = change(({ told }) => {
        const last = (told[kind] as Story[]).at(-1)!;
        last[method] = last[method].slice(0, -1);
      });
      expect(faults).toEqual([`browser, ${kind}, 600 records: ${method} is not what the twin in Node says`]);
    }
  });

  it('sees a missing story, an engine that should run, and a choice that is not the first', () => {
    const missing = change(({ told }) => {
      (told.scalar as Story[]).pop();
    });
    expect(missing).toHaveLength(methods.length);
    const without = (kind: EngineName, chosen: EngineName) =>
      change((found) => {
        found.told[kind] = 'not here';
        found.chosen = chosen;
      });
    expect(without('scalar', 'relaxed')).toEqual(['browser, scalar: not here']);
    expect(without('relaxed', 'scalar')).toEqual([]);
    expect(without('relaxed', 'reference')).toEqual(['browser: createEngine() chose reference, not scalar']);
  });

  it('sees a twin that does not refuse wrong shares', () => {
    const blind = structuredClone(node);
    for (const story of blind.told.reference as Story[]) story.verifyShares = 'true,true,true,true,true';
    expect(compare({ browser: blind, node: blind }).faults).toContain(
      'node, reference, verifyShares: true,true,true,true,true',
    );
  });
});

describe('the comparison of pools', async () => {
  const node = await tellPool(new VssPool(createReferenceEngine()));
  const told = { started: 2, results: node, failing: FAILURES };

  it('finds jobs of every kind, and refusals, that are the same', () => {
    expect(node.filter((result) => result.startsWith('INVALID_')).length).toBe(8);
    expect(new Set(node).size).toBeGreaterThan(10);
    expect(comparePools(told, node)).toEqual({ agreed: node.length + 5, faults: [] });
  });

  it('sees a changed or missing result, a single worker, and workers whose failure is not reported', () => {
    const faults = (change: Partial<typeof told>) => comparePools({ ...told, ...change }, node).faults;
    expect(faults({ results: node.with(3, `${node[3]}0`) })).toEqual([
      'browser, pool: job 3 is not what the twin in Node says',
    ]);
    expect(faults({ results: node.slice(0, -1) })).toHaveLength(2);
    expect(faults({ started: 1 })).toEqual(['browser, pool: started 1 workers, not 2']);
    expect(faults({ failing: { ...FAILURES, 'another script': 'commitments 0x' } })).toEqual([
      'browser, pool, another script: commitments 0x',
    ]);
  });
});
