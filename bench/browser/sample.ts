// Times a call with a clock that may be coarse: browsers round theirs, Firefox to a millisecond on pages that are not isolated. A
// sample is as many calls as take many steps of the clock. The same in Node and in a page.

export interface Timing {
  /** Median over the samples, of one call. */
  milliseconds: number;
  /** Median absolute deviation from it, as a part of it. */
  spread: number;
  samples: number;
  /** Calls in each sample. */
  calls: number;
}

export interface Effort {
  /** Milliseconds of calls before anything is timed: browsers compile WebAssembly twice, the second time while it runs. */
  warmUp: number;
  /** Milliseconds that a sample takes at least. */
  sample: number;
  samples: number;
}

export const FULL: Effort = { warmUp: 300, sample: 10, samples: 5 };
export const QUICK: Effort = { warmUp: 60, sample: 8, samples: 5 };

/** Steps of the clock in a sample: one of them is 2 % of it. */
const STEPS = 50;

/** Milliseconds by which the clock moves: the smallest of many steps. */
export function clockStep(now: () => number = () => performance.now()): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let steps = 0, last = now(); steps < 10; ) {
    const time = now();
    if (time === last) continue;
    smallest = Math.min(smallest, time - last);
    last = time;
    steps++;
  }
  return smallest;
}

/** `step`: of the clock, by clockStep. `run` may return a promise, which is waited for. */
export async function timeCalls(
  run: () => unknown,
  effort: Effort,
  step: number,
  now: () => number = () => performance.now(),
): Promise<Timing> {
  const elapsed = async (calls: number) => {
    const start = now();
    for (let call = 0; call < calls; call++) {
      const result = run();
      if (result instanceof Promise) await result;
    }
    return now() - start;
  };
  const least = Math.max(effort.sample, STEPS * step);
  const end = now() + effort.warmUp;
  do await elapsed(1);
  while (now() < end);
  let calls = 1;
  for (let time = await elapsed(calls); time < least; time = await elapsed(calls)) {
    calls = Math.ceil(calls * Math.min(10, Math.max(1.2, (1.1 * least) / time)));
  }
  const times: number[] = [];
  for (let sample = 0; sample < effort.samples; sample++) {
    await new Promise((resolve) => setTimeout(resolve)); // Lets the browser do what it has to.
    times.push((await elapsed(calls)) / calls);
  }
  const milliseconds = median(times);
  const spread = median(times.map((time) => Math.abs(time - milliseconds))) / milliseconds;
  return { milliseconds, spread, samples: times.length, calls };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}
