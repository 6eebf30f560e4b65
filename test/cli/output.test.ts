// What goes to which stream; progress bars and signals: a bar changes the terminal, so Ctrl-C must pass through the output, which puts the terminal
// right and raises the signal again; and no listener may stay that would keep a later Ctrl-C from ending the program.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Output, timeLeft } from '../../src/cli/output.ts';
import { counted } from '../../src/counted.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const listeners = () => SIGNALS.map((signal) => process.listenerCount(signal));
const before = listeners();
const one = before.map((count) => count + 1);

afterEach(() => {
  vi.restoreAllMocks();
  expect(listeners()).toEqual(before);
});

describe('what goes where', () => {
  /** What is written to standard output and to standard error. */
  function written(json: boolean, show: (output: Output) => void): [string, string] {
    vi.restoreAllMocks();
    const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockReturnValue(true));
    show(new Output(json));
    return streams.map((stream) => stream.mock.calls.flat().join('')) as [string, string];
  }
  const result = (output: Output) => {
    output.print('the result');
    output.table(['head'], [['cell'], [['two', 'lines']]]);
  };
  const table = '┌───────┐\n│ head  │\n├───────┤\n│ cell  │\n│ two   │\n│ lines │\n└───────┘\n';

  it('results: to standard output; with --json to standard error', () => {
    expect(written(false, result)).toEqual([`the result\n${table}`, '']);
    expect(written(true, result)).toEqual(['', `the result\n${table}`]);
  });

  it('notes and progress: to standard error', () => {
    for (const json of [false, true]) {
      const [stdout, stderr] = written(json, (output) => {
        output.note('a note');
        const bar = output.progress('Work', 10, 'rows');
        bar.update(5, 'half');
        bar.done();
      });
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^a note\n[\s\S]*Work: 5 rows in [0-9.]+ s\n$/);
    }
  });

  it('the object: to standard output, with --json only', () => {
    const end = (output: Output) => output.end({ wei: 12n, text: 'é', details: { id: Uint8Array.of(1, 254) } });
    expect(written(false, end)).toEqual(['', '']);
    expect(written(true, end)).toEqual(['{"wei":"12","text":"é","details":{"id":"0x01fe"}}\n', '']);
  });
});

describe('a bar', () => {
  it.each(SIGNALS)('%s: is taken away, and the signal raised again once', (signal) => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const output = new Output(true);
    output.progress('first', 10, 'rows');
    output.progress('second', 10, 'rows');
    expect(listeners()).toEqual(one);
    const [own] = process.listeners(signal).slice(-1);
    own!(signal);
    expect(kill.mock.calls).toEqual([[process.pid, signal]]);
    expect(write.mock.calls.flat().join('')).toContain('Interrupted. Nothing is lost');
  });

  it('that is done, or taken away after a fault, leaves no listener', () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const output = new Output(true);
    const [first, second] = [output.progress('first', 10, 'rows'), output.progress('second', 10, 'rows')];
    first.done();
    first.done();
    expect(listeners()).toEqual(one);
    second.done();
    expect(listeners()).toEqual(before);
    output.progress('third', 10, 'rows');
    expect(listeners()).toEqual(one);
    output.stopProgress();
    output.stopProgress();
  });

  it('of unknown length is not drawn, and needs none', () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const bar = new Output(true).progress('unknown', 0, 'rows');
    expect(listeners()).toEqual(before);
    bar.done();
  });
});

it.each([
  [1000, 0, 10, ''],
  [0, 1, 10, '0 s left'],
  [1000, 5, 10, '1 s left'],
  [1000, 10, 10, '0 s left'],
  [1000, 11, 10, '0 s left'],
  [1001, 5, 10, '2 s left'],
  [1000, 1, 60, '59 s left'],
  [1000, 1, 61, '1 min left'],
  [1000, 1, 62, '2 min left'],
  [1000, 1, 3541, '59 min left'],
  [1000, 1, 3542, '1 h 0 min left'],
  [60_000, 1, 151, '2 h 30 min left'],
] as const)('after %d ms, %d of %d: "%s"', (elapsed, done, total, words) => {
  expect(timeLeft(elapsed, done, total)).toBe(words);
});

it.each([
  [counted(0, 'record'), '0 records'],
  [counted(1, 'record'), '1 record'],
  [counted(2, 'record'), '2 records'],
  [counted(1, 'query', 'queries'), '1 query'],
  [counted(11, 'query', 'queries'), '11 queries'],
])('"%s" has the right number', (text, expected) => {
  expect(text).toBe(expected);
});

describe('a note beside a bar', () => {
  it('at a terminal takes its line, from whichever part of the program it comes; elsewhere nothing is added', () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const noted = (isTTY: boolean) => {
      vi.spyOn(process.stderr, 'isTTY', 'get').mockReturnValue(isTTY);
      write.mockClear();
      new Output(true).note('a note');
      return write.mock.calls.flat().join('');
    };
    Object.defineProperty(process.stderr, 'isTTY', { value: false, configurable: true, writable: true });
    const output = new Output(true);
    expect(noted(true)).toBe('a note\n');
    const bar = output.progress('Work', 10, 'rows');
    expect(noted(true)).toBe('\r\u001b[Ka note\n');
    expect(noted(false)).toBe('a note\n');
    bar.done();
    expect(noted(true)).toBe('a note\n');
  });
});
