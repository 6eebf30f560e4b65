// What an endpoint answers to one POST, in Node and in browsers.

export interface HttpReply {
  status: number;
  text: string;
  /** Milliseconds, from the header Retry-After. */
  retryAfter: number | undefined;
}

/**
 * Most bytes of a reply. The logs of one block are the most that is ever needed: hexadecimal, they take 25 MB where
 * a block has 100 million gas, at 8 gas a byte.
 */
export const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/** Seconds, or a date of HTTP, as milliseconds from now. */
export function retryAfter(header: unknown): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d{1,9}$/.test(header)) return 1000 * Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
