// What the CLI shows. For people: results on standard output; progress, notes and errors on standard error, at a terminal
// or not. For programs (--json): one JSON object on standard output, and all lines for people on standard error. Nothing
// else in the program writes to either; whatever is shown goes through visible().
import { createRequire } from 'node:module';
import type { SingleBar } from 'cli-progress';
import { toHex } from '../bytes.ts';
import { onInterrupt } from './signals.ts';
import { Names } from './text/names.ts';
import { type Cell, type Column, layTable } from './text/table.ts';
import { visible } from './text/visible.ts';

/** Loads what draws bars when there is something to draw. */
const require = createRequire(import.meta.url);

export interface Progress {
  update(done: number, note?: string): void;
  done(): void;
}

/** Bars on standard error now, whosoever's they are: what is written there in between must not stand beside them. */
const drawn = new Set<SingleBar>();
const CLEAR_LINE = '\r\u001b[K';

export class Output {
  readonly json: boolean;
  /** Of the network file, for what is shown to people. */
  names = new Names();
  readonly #results: NodeJS.WriteStream;
  /** Bars that are drawn now; each keeps the program running. */
  readonly #bars = new Set<SingleBar>();
  /** A bar hides the cursor and stops lines from wrapping: a signal must give that back before it ends the program. */
  #interruptible: (() => void) | undefined;

  constructor(json: boolean) {
    this.json = json;
    this.#results = json ? process.stderr : process.stdout;
  }

  /** Whether notes are read at a terminal. */
  get isAtTerminal(): boolean {
    return process.stderr.isTTY ?? false;
  }

  /** A line of the result. */
  print(line: string): void {
    this.#results.write(`${visible(line)}\n`);
  }

  /** A table of the result, as wide as the terminal at most. */
  table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
    this.#results.write(`${layTable(columns, rows, this.#results.columns)}\n`);
  }

  /** A line about the way to the result, or an error. */
  note(line: string): void {
    process.stderr.write(`${drawn.size > 0 && this.isAtTerminal ? CLEAR_LINE : ''}${visible(line)}\n`);
  }

  /** The command's result, or error, for programs; printed for them only. BigInts become decimal strings, bytes 0x-hex. */
  end(value: object): void {
    if (!this.json) return;
    const text = JSON.stringify(value, (_, v) =>
      v instanceof Uint8Array ? toHex(v) : typeof v === 'bigint' ? v.toString() : v,
    );
    process.stdout.write(`${visible(text)}\n`); // In JSON, what visible() writes means the same character.
  }

  /** A bar at a terminal; one line when done elsewhere. `total` 0: not known; `unit` '': only percentages are shown. */
  progress(label: string, total: number, unit: string): Progress {
    const started = performance.now();
    let last = 0;
    const { SingleBar } = require('cli-progress') as typeof import('cli-progress');
    const bar = new SingleBar({
      format: `${label} {bar} {percentage}% ${unit && `{value}/{total} ${unit}`} {note} {left}`,
      stream: process.stderr,
      hideCursor: true,
      noTTYOutput: false,
      clearOnComplete: true,
      forceRedraw: true, // A note may have taken its line.
    });
    if (total > 0) {
      bar.start(total, 0, { note: '', left: '' });
      this.#bars.add(bar);
      drawn.add(bar);
      this.#interruptible ??= onInterrupt(() => {
        this.stopProgress();
        this.note('Interrupted. Nothing is lost: the same command can be given again.');
      });
    }
    return {
      update: (done, note = '') => {
        last = done;
        bar.update(done, { note: visible(note), left: timeLeft(performance.now() - started, done, total) });
      },
      done: () => {
        bar.stop();
        this.#bars.delete(bar);
        drawn.delete(bar);
        if (this.#bars.size === 0) this.stopProgress();
        this.note(`${label}: ${unit && `${last} ${unit} in `}${((performance.now() - started) / 1000).toFixed(1)} s`);
      },
    };
  }

  /** Takes away the bars of what did not come to its end. */
  stopProgress(): void {
    for (const bar of this.#bars) {
      bar.stop();
      drawn.delete(bar);
    }
    this.#bars.clear();
    this.#interruptible?.();
    this.#interruptible = undefined;
  }
}

/** In words, for what has taken so many milliseconds so far; nothing before anything is done. */
export function timeLeft(elapsed: number, done: number, total: number): string {
  if (done <= 0) return '';
  const seconds = Math.ceil((elapsed * Math.max(0, total - done)) / done / 1000);
  if (seconds < 60) return `${seconds} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min left` : `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}
