// Work that takes a while: its progress, its error, and a way to end it. One at a time: starting anew ends what runs.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Cancelable, Progress } from '../model/types.ts';

export interface Task {
  isRunning: boolean;
  progress: Progress | null;
  /** What the last work has thrown; null if it went well, or was cancelled. */
  error: unknown;
  /** Resolves when the work is over, however it ends. */
  run(work: (how: Required<Cancelable>) => Promise<void>): Promise<void>;
  cancel(): void;
  /** Forgets the error: what it was about has changed. */
  clear(): void;
}

interface State {
  running: AbortController | null;
  progress: Progress | null;
  error: unknown;
}

const IDLE: State = { running: null, progress: null, error: null };
/** Milliseconds between two drawings of the progress. */
const STEP = 100;

export function useTask(): Task {
  const [state, setState] = useState(IDLE);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  const cancel = () => {
    current.current?.abort();
    current.current = null;
    setState(IDLE);
  };
  return {
    isRunning: state.running !== null,
    progress: state.progress,
    error: state.error,
    cancel,
    clear: () => setState((before) => (before.error === null ? before : { ...before, error: null })),
    async run(work) {
      current.current?.abort();
      const abort = new AbortController();
      current.current = abort;
      setState({ ...IDLE, running: abort });
      let drawn = 0;
      const onProgress = (progress: Progress) => {
        const now = performance.now();
        if (abort.signal.aborted || now - drawn < STEP) return;
        drawn = now;
        setState((before) => (before.running === abort ? { ...before, progress } : before));
      };
      let error: unknown = null;
      try {
        await work({ signal: abort.signal, onProgress });
      } catch (thrown) {
        error = abort.signal.aborted ? null : thrown;
      }
      if (current.current !== abort) return;
      current.current = null;
      setState({ ...IDLE, error });
    },
  };
}
