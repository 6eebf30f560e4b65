// Days as options give them: YYYY-MM-DD, of UTC.
import { InvalidArgumentError } from 'commander';

/** Commander's reader of a day: its last second, in Unix seconds. */
export function endOfDay(text: string): number {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(start) && new Date(start).toISOString().startsWith(text)) return start / 1000 + 86_399;
  throw new InvalidArgumentError('It must be a day that exists, YYYY-MM-DD.');
}
