// Times the cases of a subject with tinybench: medians of many calls, one case after the other in one process.
import { Bench } from 'tinybench';
import { boundOf, type UnitsOf } from './bound.ts';
import { type Case, checkEqual, type Result, type Setting, type Subject } from './subject.ts';

/** Runs every size of the subject; `progress` is called before each. */
export async function measure(subject: Subject, setting: Setting, progress: (text: string) => void): Promise<Result[]> {
  const results: Result[] = [];
  for (const size of subject.sizes(setting)) {
    progress(`${subject.name}, ${size} ${subject.unit}${size === 1 ? '' : 's'}`);
    const cases = await subject.cases(size, setting);
    await checkAll(cases);
    results.push(...(await timeAll(subject, size, cases, setting.quick)));
  }
  return results;
}

/** Runs every case once; throws where one gives another result than the first. */
export async function checkAll(cases: readonly Case[]): Promise<void> {
  const results: unknown[] = [];
  for (const { name, run, check } of cases) {
    const result = await run();
    results.push(result);
    if (check) await check(result);
    else checkEqual(name, result, results[0]);
  }
}

/** Every case in three rounds, whose best median counts: what else the machine does should not decide a ratio. */
async function timeAll(subject: Subject, size: number, cases: readonly Case[], quick: boolean): Promise<Result[]> {
  const results = new Map<string, Result>();
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    const bench = new Bench({
      time: quick ? 60 : 200,
      iterations: 3,
      warmupTime: quick || round > 0 ? 30 : 200,
      warmupIterations: 1,
      throws: true,
    });
    for (const { name, run, async } of cases) bench.add(name, run as () => unknown, { async: async === true });
    for (const [i, task] of (await bench.run()).entries()) {
      if (task.result.state !== 'completed') throw new Error(`${subject.name}: ${task.name} did not complete`);
      const { p50, mad, samplesCount } = task.result.latency; // milliseconds a call
      const nsPerOp = (p50 * 1e6) / size;
      const best = results.get(task.name);
      if (best && best.nsPerOp <= nsPerOp) continue;
      results.set(task.name, {
        subject: subject.name,
        name: task.name,
        size,
        unit: subject.unit,
        nsPerOp,
        spread: mad / p50,
        samples: samplesCount,
        ratioToBigInt: null,
        ratioToBaseline: null,
        fieldProducts: null,
        bound: cases[i]!.bound,
        work: cases[i]!.work ?? null,
      });
    }
  }
  return [...results.values()];
}

/** Fills in what needs other results: ratios and bounds. `units`: what an implementation's product and inversion take. */
export function compare(results: Result[], subjects: readonly Subject[], units: UnitsOf): void {
  const product = Math.min(...['ours, relaxed SIMD', 'ours, scalar'].map((name) => units(name)?.product ?? Infinity));
  for (const result of results) {
    const peers = results.filter((other) => other.subject === result.subject && other.size === result.size);
    const ratio = (name: string | undefined) => {
      const other = peers.find((peer) => peer.name === name);
      return other ? other.nsPerOp / result.nsPerOp : null;
    };
    result.ratioToBigInt = ratio('BigInt');
    result.ratioToBaseline = ratio(subjects.find((subject) => subject.name === result.subject)?.baseline);
    result.fieldProducts = result.nsPerOp / product;
    result.bound = boundOf(result, units(result.name));
  }
}
