// What the CLI shows. People: lines, tables and a progress bar, on standard output at a terminal and on standard error
// when it is piped. Programs (--json): one JSON object as the last line of standard output. Much of what is shown was
// written by strangers (names of lanes, a currency, what a node says): a terminal must not take any of it for a command.
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { onInterrupt } from './signals.ts';

export interface Progress {
  update(done: number, note?: string): void;
  done(): void;
}

/** Control characters but the line feed, and those that reorder a line's text. */
const COMMANDS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const harmless = (text: string): string =>
  text.replace(COMMANDS, (c) => (c === '\n' ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));

export class Output {
  readonly json: boolean;
  readonly #people: NodeJS.WriteStream;
  /** Bars that are drawn now; each keeps the program running. */
  readonly #bars = new Set<SingleBar>();
  /** A bar hides the cursor and stops lines from wrapping: a signal must give that back before it ends the program. */
  #interruptible: (() => void) | undefined;

  constructor(json: boolean) {
    this.json = json;
    this.#people = process.stdout.isTTY && !json ? process.stdout : process.stderr;
  }

  /** A line for people. */
  say(text = ''): void {
    this.#people.write(`${harmless(text)}\n`);
  }

  table(head: string[], rows: (string | number)[][]): void {
    const table = new Table({ head, style: { head: [], border: [], compact: true } });
    table.push(...rows.map((row) => row.map((cell) => harmless(String(cell)))));
    this.say(table.toString());
  }

  /** A bar at a terminal; one line when done elsewhere. `total` 0: not known; `unit` '': only percentages are shown. */
  progress(label: string, total: number, unit: string): Progress {
    const started = performance.now();
    let last = 0;
    const bar = new SingleBar({
      format: `${label} {bar} {percentage}% ${unit && `{value}/{total} ${unit}`} {note} {left}`,
      stream: this.#people,
      hideCursor: true,
      noTTYOutput: false,
      clearOnComplete: true,
    });
    if (total > 0) {
      bar.start(total, 0, { note: '', left: '' });
      this.#bars.add(bar);
      this.#interruptible ??= onInterrupt(() => {
        this.stopProgress();
        this.say('Interrupted. Nothing is lost: the same command can be given again.');
      });
    }
    return {
      update: (done, note = '') => {
        last = done;
        bar.update(done, { note, left: timeLeft(performance.now() - started, done, total) });
      },
      done: () => {
        bar.stop();
        this.#bars.delete(bar);
        if (this.#bars.size === 0) this.stopProgress();
        this.say(`${label}: ${unit && `${last} ${unit} in `}${((performance.now() - started) / 1000).toFixed(1)} s`);
      },
    };
  }

  /** Takes away the bars of what did not come to its end. */
  stopProgress(): void {
    for (const bar of this.#bars) bar.stop();
    this.#bars.clear();
    this.#interruptible?.();
    this.#interruptible = undefined;
  }

  /** The command's result: printed for programs only. BigInts become decimal strings. */
  result(value: object): void {
    if (!this.json) return;
    process.stdout.write(`${JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? v.toString() : v))}\n`);
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
