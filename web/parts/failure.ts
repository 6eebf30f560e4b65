// An error as the page says it: by its code in the reader's language, with its values; and below that the library's own sentence,
// which is English, for those who help.
import { shown } from '../format.ts';
import type { Key, Values, Words } from '../text/words.ts';

interface Coded {
  code?: unknown;
  message?: unknown;
  details?: unknown;
}

export interface FailureText {
  title: string;
  /** The library's sentence; undefined where the page's own says all. */
  said?: string;
}

export function failureIn(words: Words, error: unknown): FailureText {
  const { code, message, details } = (error ?? {}) as Coded;
  const said = typeof message === 'string' && message !== '' ? shown(message) : undefined;
  const key = `error.${String(code)}`;
  if (code === undefined || !words.has(key)) return { title: words.say('error.unknown'), ...(said && { said }) };
  const title = words.say(key as Key, valuesOf(details));
  return { title, ...(said !== undefined && said !== title && { said }) };
}

/** The details that a sentence can take: numbers, texts and bigints. */
function valuesOf(details: unknown): Values {
  const entries = Object.entries((details ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.flatMap(([name, value]) => {
      if (typeof value === 'number' || typeof value === 'string') return [[name, value]];
      return typeof value === 'bigint' ? [[name, value.toString()]] : [];
    }),
  );
}
