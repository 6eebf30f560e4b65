// The promise to the browser: once an endpoint is named, or an archive alone is to be used, this page can talk to nobody else. A
// second Content-Security-Policy says so; policies can only be tightened, so another endpoint takes a new page.
import { endpointSource } from '../../src/cli/web/policy.ts';

/** The endpoint that is allowed; null for none at all. Undefined while any is. */
let allowed: string | null | undefined;

/** Whether the page can use this endpoint (null: none) without being loaded again. */
export const isAllowed = (endpoint: string | null): boolean =>
  allowed === undefined || endpoint === null || endpointSource(endpoint) === allowed;

/** From now on the page can talk to its host's files and to this endpoint, or to no endpoint (null). */
export function allowOnly(endpoint: string | null): void {
  if (allowed !== undefined) return;
  allowed = endpoint === null ? null : endpointSource(endpoint);
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = `connect-src 'self'${allowed === null ? '' : ` ${allowed}`}`;
  document.head.append(policy);
}

interface Carried {
  endpoint?: unknown;
}

/** Loads the page again, for another endpoint, which is kept by this tab's history alone. */
export function reloadFor(endpoint: string): void {
  history.replaceState({ endpoint } satisfies Carried, '');
  location.reload();
}

/** The endpoint for which the page was loaded again. */
export function carriedEndpoint(): string | undefined {
  const { endpoint } = (history.state ?? {}) as Carried;
  return typeof endpoint === 'string' ? endpoint : undefined;
}
