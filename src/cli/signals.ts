// What Ctrl-C and other signals do to the program: they end it, after what must be put right has been put right; or
// they ask a command that runs until it is stopped to come to its end.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What must be put right if a signal ends the program now. */
const cleanups = new Set<() => void>();

/** Calls `clean`, which must not wait, if a signal ends the program before the function that it returns is called. */
export function onInterrupt(clean: () => void): () => void {
  if (cleanups.size === 0) listen('on');
  cleanups.add(clean);
  return () => {
    if (cleanups.delete(clean) && cleanups.size === 0) listen('off');
  };
}

/**
 * Aborted by the first Ctrl-C or SIGTERM, which then does not end the program. A second one does, at once, unless
 * `once` is false: then the program must end by itself.
 */
export function stopSignal({ once = true } = {}): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process[once ? 'once' : 'on'](signal, () => stop.abort());
  return stop.signal;
}

function listen(change: 'on' | 'off'): void {
  for (const signal of SIGNALS) process[change](signal, interrupted);
}

/** The signal then ends the program as it would have: nobody listens any more, or others who raise it again in turn. */
function interrupted(signal: NodeJS.Signals): void {
  for (const clean of cleanups) clean();
  cleanups.clear();
  listen('off');
  process.kill(process.pid, signal);
}
