// Times the cases of a subject with tinybench: medians of many calls, one case after the other in one process.
import { Bench } from 'tinybench';
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

async function checkAll(cases: readonly Case[]): Promise<void> {
  const first = await cases[0]!.run();
  for (const { name, run, check } of cases) {
    const result = await run();
    if (check) await check(result);
    else checkEqual(name, result, first);
  }
}

async function timeAll(subject: Subject, size: number, cases: readonly Case[], quick: boolean): Promise<Result[]> {
  const bench = new Bench({
    time: quick ? 60 : 600,
    iterations: quick ? 3 : 7,
    warmupTime: quick ? 30 : 250,
    warmupIterations: quick ? 1 : 2,
    throws: true,
  });
  for (const { name, run, async } of cases) bench.add(name, run as () => unknown, { async: async === true });
  const results: Result[] = [];
  for (const task of await bench.run()) {
    if (task.result.state !== 'completed') throw new Error(`${subject.name}: ${task.name} did not complete`);
    const { p50, mad, samplesCount } = task.result.latency; // milliseconds a call
    results.push({
      subject: subject.name,
      name: task.name,
      size,
      unit: subject.unit,
      nsPerOp: (p50 * 1e6) / size,
      spread: mad / p50,
      samples: samplesCount,
      ratioToBigInt: null,
      ratioToBaseline: null,
      fieldProducts: null,
    });
  }
  return results;
}

/** Fills in the ratios. `product`: time of one field product, in ns. */
export function compare(results: Result[], subjects: readonly Subject[], product: number): void {
  for (const result of results) {
    const peers = results.filter((other) => other.subject === result.subject && other.size === result.size);
    const ratio = (name: string | undefined) => {
      const other = peers.find((peer) => peer.name === name);
      return other ? other.nsPerOp / result.nsPerOp : null;
    };
    result.ratioToBigInt = ratio('BigInt');
    result.ratioToBaseline = ratio(subjects.find((subject) => subject.name === result.subject)?.baseline);
    result.fieldProducts = result.nsPerOp / product;
  }
}
