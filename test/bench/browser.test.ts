// What `npm run bench:browser` stands on, without a browser: its options, browsers that are missing, a clock that is coarse, a result that
// is wrong, and the table.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { choose, parseOptions } from '../../bench/browser/options.ts';
import { type BrowserRun, type Row, type Setting, timeWork } from '../../bench/browser/run.ts';
import { clockStep, timeCalls } from '../../bench/browser/sample.ts';
import { textOf } from '../../bench/browser/table.ts';
import { works } from '../../bench/browser/work.ts';

const run = (args: string[], env: Record<string, string> = {}) => {
  const options = { env: { ...process.env, ...env }, encoding: 'utf8' } as const;
  return spawnSync('npm', ['run', '-s', 'bench:browser', '--', ...args], options);
};

describe('the options', () => {
  it('are all browsers, full sizes and no file, unless they say otherwise', () => {
    const nothing = { quick: false, browsers: ['chromium', 'firefox'], json: undefined, help: false };
    expect(parseOptions([])).toEqual(nothing);
    expect(parseOptions(['--browser', 'firefox', '--quick', '--json', 'a'])).toEqual({
      quick: true,
      browsers: ['firefox'],
      json: 'a',
      help: false,
    });
    expect(parseOptions(['--help'])).toEqual({ ...nothing, help: true });
  });

  it.each([['--browser', 'chrome'], ['--browser', ''], ['--browser'], ['--fast'], ['firefox']])(
    '%s %s are refused',
    (...args) => {
      expect(() => parseOptions(args)).toThrow();
    },
  );

  it('name the browsers that are needed; one that is missing is named', () => {
    const [chrome, firefox] = (['chrome', 'firefox'] as const).map((name) => ({ name, path: `/bin/${name}` }));
    expect(choose(['chromium', 'firefox'], [firefox!, chrome!])).toEqual([chrome, firefox]);
    expect(choose(['firefox'], [firefox!])).toEqual([firefox]);
    expect(choose(['chromium', 'firefox'], [chrome!])).toMatch(/no Firefox found; set FIREFOX/);
    expect(choose(['chromium'], [firefox!])).toMatch(/no Chromium or Chrome found; set CHROME/);
  });

  it('without a browser end with 2, and for help with 0', () => {
    const { status, stdout, stderr } = run(['--quick'], { FIREFOX: '/nowhere' });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^bench:browser did nothing: no (Firefox|Chromium or Chrome) found; set \w+ to its binary\n$/,
    );
    const help = run(['--help'], { FIREFOX: '/nowhere' });
    expect([help.status, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toContain('--browser NAME');
  }, 60_000);
});

describe('a coarse clock', () => {
  /** Steps of `step` ms; each call of `work` takes 0.037 ms. */
  function coarse(step: number) {
    let time = 0;
    const now = () => {
      time += 0.0001; // asking takes time too
      return Math.floor(time / step) * step;
    };
    const work = () => {
      time += 0.037;
    };
    return { now, work };
  }
  const effort = { warmUp: 5, sample: 10, total: 60 };

  it.each([0.005, 0.1, 1, 16])('of %f ms is found out, and still times a call of 37 µs', async (step) => {
    expect(clockStep(coarse(step).now)).toBeCloseTo(step, 6);
    const { now, work } = coarse(step);
    const { milliseconds, median, samples, calls } = await timeCalls(work, effort, step, now);
    expect(median).toBeGreaterThanOrEqual(milliseconds);
    expect(milliseconds).toBeGreaterThan(0.037 * 0.97);
    expect(milliseconds).toBeLessThan(0.037 * 1.03);
    expect(samples).toBeGreaterThanOrEqual(3);
    expect(calls * 0.037).toBeGreaterThanOrEqual(0.9 * Math.max(10, 50 * step));
  });

  it('is not misled by a pause of the machine in any call', async () => {
    for (let pause = 1; pause < 300; pause++) {
      const { now, work } = coarse(0.1);
      let call = 0;
      const paused = () => {
        const parts = ++call === pause ? 3000 : 1;
        for (let part = 0; part < parts; part++) work();
      };
      const { milliseconds } = await timeCalls(paused, { ...effort, warmUp: 0, total: 20 }, 0.1, now);
      expect(Math.abs(milliseconds / 0.037 - 1), `in call ${pause}`).toBeLessThan(0.03);
    }
  });

  it('times what a promise takes, and one long call', async () => {
    const { now, work } = coarse(1);
    const later = async () => {
      await Promise.resolve();
      for (let part = 0; part < 3000; part++) work();
    };
    const { milliseconds, calls } = await timeCalls(later, effort, 0.001, now);
    expect(milliseconds).toBeCloseTo(111, -1);
    expect(calls).toBe(1);
  });
});

describe('a work', () => {
  const timing = (milliseconds: number) => ({ milliseconds, median: milliseconds, samples: 1, calls: 1 });
  const setting = (answers: { browser: string; node: string }, quick: boolean) => {
    const places: string[] = [];
    const evaluate = async () => {
      const asked = places.filter((place) => place === 'browser').length;
      places.push('browser');
      return asked === 0 ? answers.browser : timing(20 - asked);
    };
    const node = { result: async () => answers.node, time: async () => timing(7) };
    const rest = { quick, node, expected: async () => 'right', progress: () => undefined };
    return [{ evaluate }, 3, 'scalar', rest as unknown as Setting] as unknown as Parameters<typeof timeWork>;
  };

  it.each(['browser', 'node'] as const)('whose result is wrong in %s ends the bench by name', async (place) => {
    const answers = { browser: 'right', node: 'right', [place]: 'wrong' };
    const name = works(true)[3]!.name;
    await expect(timeWork(...setting(answers, true))).rejects.toThrow(
      `${name}, 256 at once, scalar, in ${place}: its result`,
    );
  });

  it('has the best of five rounds, of two if it is quick', async () => {
    const right = { browser: 'right', node: 'right' };
    expect(await timeWork(...setting(right, true))).toEqual({ browser: timing(18), node: timing(7) });
    expect(await timeWork(...setting(right, false))).toEqual({ browser: timing(15), node: timing(7) });
  });
});

describe('the table', () => {
  const timing = (milliseconds: number) => ({ milliseconds, median: milliseconds, samples: 1, calls: 1 });
  const row = (times: Row['times']): Row => ({ work: 'commitment', unit: 'commitment', size: 1000, times });
  const scalar = { browser: timing(9), node: timing(6) };
  const found: BrowserRun = {
    browser: 'Firefox 153',
    preferences: {},
    lacksRelaxed: null,
    clockStep: 0.02,
    rows: [row({ relaxed: { browser: timing(6), node: timing(8) }, scalar })],
  };

  it('has times of one operation, and ratios', () => {
    const text = textOf(found);
    expect(text).toContain('Firefox 153, as it is installed: has relaxed SIMD; its clock moves by 20.0 µs\n');
    expect(text).toMatch(/│ commitment +│ +1,000 │ +6\.00 µs │ +9\.00 µs │ +1\.50 │ +0\.750 │ +1\.50 │/);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  it('says what a browser lacks, and what was set', () => {
    const lacksRelaxed = 'the relaxed engine cannot run here';
    const text = textOf({ ...found, preferences: { 'a.b': true }, lacksRelaxed, rows: [row({ scalar })] });
    expect(text).toContain('Firefox 153, with a.b = true: has no relaxed SIMD: the relaxed engine cannot run here;');
    expect(text).toMatch(/│ +1,000 │ +– │ +9\.00 µs │ +– │ +– │ +1\.50 │/);
  });
});
