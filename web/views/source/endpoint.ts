// Whether the reader's choice of a source can be used: pure checks, before anything is connected.
import { isAllowed } from '../../session/policy.ts';
import type { SourceChoice } from '../../session/session.ts';
import type { Key } from '../../text/words.ts';

/** What is wrong with an endpoint, as the key of its sentence; null for nothing. Plain http is for this computer only. */
export function endpointFault(text: string): Key | null {
  if (text.trim() === '') return 'source.url.missing';
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return 'source.url.wrong';
  }
  if (url.username !== '' || url.password !== '') return 'source.url.user';
  if (url.protocol === 'https:') return null;
  if (url.protocol !== 'http:') return 'source.url.wrong';
  return url.hostname === '127.0.0.1' || url.hostname === 'localhost' ? null : 'source.url.plain';
}

/** Whether a check can begin. */
export function isReady({ kind, endpoint, archive }: SourceChoice): boolean {
  if (kind === 'archive') return archive !== null;
  return endpointFault(endpoint) === null && isAllowed(endpoint.trim());
}
