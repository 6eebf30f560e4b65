// The log of a server's daemon on standard error: lines with time stamps for people, or JSON lines for programs (pino). What is
// logged are the daemon's events; none holds a secret.
import { pino } from 'pino';
import { toHex } from '../../bytes.ts';
import { MIStoreError } from '../../errors.ts';
import type { DaemonEvent } from '../../parties/server/daemon/daemon-events.ts';
import type { Output } from '../output.ts';
import { inWords, LEVELS, type Level, levelOf, naming } from './words.ts';

export type LogFormat = 'json' | 'text';

export interface Log {
  event(event: DaemonEvent): void;
  /** Something of the program itself; `fields` are named in JSON lines only. */
  say(words: string, fields?: object): void;
}

export function createLog(output: Output, format: LogFormat, level: Level): Log {
  const write = format === 'json' ? jsonLines(output, level) : textLines(output, level);
  return {
    event: (event) => write(levelOf(event), inWords(event, naming(output.names)), event),
    say: (words, fields = {}) => write('info', words, fields),
  };
}

type Write = (level: Level, words: string, fields: object) => void;

function textLines(output: Output, least: Level): Write {
  return (level, words) => {
    if (LEVELS.indexOf(level) >= LEVELS.indexOf(least)) output.note(`${new Date().toISOString()} ${level} ${words}`);
  };
}

function jsonLines(output: Output, level: Level): Write {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = pino(options, { write: (line: string) => output.note(line.trimEnd()) });
  return (at, words, fields) => logger[at](plain(fields), words);
}

/** The fields as JSON has them: integers that may exceed 2^53 as decimal strings, errors by code and message. */
const plain = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value)]));

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return toHex(value);
  return value instanceof MIStoreError ? { code: value.code, message: value.message } : value;
}
