// Compares what was found in a browser and in Node: every story of every engine must be that of Node's BigInt twin, which
// is the specification.
import type { EngineName } from '../../src/engine/engine.ts';
import { type Examination, KINDS, RECORDS } from './examine.ts';
import { FAILURES, type PoolStory } from './pool-story.ts';
import { type Story, VERDICTS } from './story.ts';

/** Runs anywhere that has WebAssembly; `relaxed` needs a processor and a browser that have relaxed SIMD. */
const EVERYWHERE: readonly EngineName[] = ['scalar', 'reference'];

/** How many results agree, and what does not, in words. */
export function compare(places: Record<'browser' | 'node', Examination>): { agreed: number; faults: string[] } {
  const faults: string[] = [];
  let agreed = 0;
  const twin = places.node.told.reference as Story[];
  for (const story of twin) {
    if (story.verifyShares !== VERDICTS) faults.push(`node, reference, verifyShares: ${story.verifyShares}`);
  }
  for (const [place, { chosen, told }] of Object.entries(places)) {
    const running = KINDS.filter((kind) => typeof told[kind] !== 'string');
    faults.push(
      ...EVERYWHERE.filter((kind) => !running.includes(kind)).map((kind) => `${place}, ${kind}: ${told[kind]}`),
    );
    if (chosen !== running[0]) faults.push(`${place}: createEngine() chose ${chosen}, not ${running[0]}`);
    for (const kind of running) {
      if (place === 'node' && kind === 'reference') continue;
      RECORDS.forEach((records, i) => {
        const story = (told[kind] as Story[])[i];
        for (const [method, expected] of Object.entries(twin[i]!)) {
          if (story?.[method as keyof Story] === expected) agreed++;
          else faults.push(`${place}, ${kind}, ${records} records: ${method} is not what the twin in Node says`);
        }
      });
    }
  }
  return { agreed, faults };
}

/** The same of a browser's pool. `node`: what the pool of the twin in Node says. */
export function comparePools(browser: PoolStory, node: readonly string[]): { agreed: number; faults: string[] } {
  const wrong = node.flatMap((expected, i) => (browser.results[i] === expected ? [] : [i]));
  const ends = Object.entries(FAILURES).filter(([what, start]) => !browser.failing[what]?.startsWith(start));
  return {
    agreed: node.length - wrong.length + Object.keys(FAILURES).length - ends.length,
    faults: [
      ...(browser.started === 2 ? [] : [`browser, pool: started ${browser.started} workers, not 2`]),
      ...(browser.results.length === node.length ? [] : [`browser, pool: did ${browser.results.length} jobs`]),
      ...wrong.map((i) => `browser, pool: job ${i} is not what the twin in Node says`),
      ...ends.map(([what]) => `browser, pool, ${what}: ${browser.failing[what]}`),
    ],
  };
}
