// The headers with which the page is sent: the page may run its own scripts, and talk to its own files and to one endpoint.
// docs/page.md, "What the page may do".

/** `endpoint`: the only one that the page may talk to; undefined for none. Throws a TypeError for what is no URL. */
export function pageHeaders(endpoint: string | undefined): Record<string, string> {
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'none'",
      `connect-src 'self'${endpoint === undefined ? '' : ` ${endpointSource(endpoint)}`}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Cache-Control': 'no-cache',
  };
}

/** An endpoint as a policy's source: origin and path. User and query are left out; a policy knows neither. */
export function endpointSource(endpoint: string): string {
  const { origin, pathname } = new URL(endpoint);
  if (pathname === '/') return origin;
  return origin + pathname.replace(/[;,']/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}
