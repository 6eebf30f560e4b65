// Times a call with a clock that may be coarse: browsers round theirs, Firefox to a millisecond on pages that are not isolated. A
// sample is as many calls as take many steps of the clock, and the fastest one counts: what else the machine does only adds to a time, and
// the two places that are compared do not run at the same moment. The same in Node and in a page.

export interface Timing {
  /** Of one call, in the fastest sample. */
  milliseconds: number;
  /** The same in the median of the samples. */
  median: number;
  samples: number;
  /** Calls in each sample. */
  calls: number;
}

/** All in milliseconds. */
export interface Effort {
  /** Of calls before anything is timed: browsers compile WebAssembly twice, the second time while it runs. */
  warmUp: number;
  /** What a sample takes at least. */
  sample: number;
  /** After so long there are no more samples, if there are LEAST. */
  total: number;
}

export const FULL: Effort = { warmUp: 300, sample: 2, total: 150 };
export const QUICK: Effort = { warmUp: 60, sample: 2, total: 40 };

const LEAST = 3;
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
  await new Promise((resolve) => setTimeout(resolve)); // Lets the browser do what it has to.
  const times: number[] = [];
  let calls = 1;
  for (const last = now() + effort.total; times.length < LEAST || now() < last; ) {
    const time = await elapsed(calls);
    if (time >= least) times.push(time / calls);
    else {
      // Too short for the clock: once more from the start, with more calls.
      calls = Math.ceil(calls * Math.min(10, Math.max(1.2, (1.1 * least) / time)));
      times.length = 0;
    }
  }
  times.sort((a, b) => a - b);
  return { milliseconds: times[0]!, median: times[times.length >> 1]!, samples: times.length, calls };
}
