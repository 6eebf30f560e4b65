// The state behind the session: read from the host and from what this browser keeps, and the connection to the chain.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Chain, ContractPlace } from '../model/types.ts';
import { readHostSettings } from './host.ts';
import type { Kept } from './kept.ts';
import { library } from './library.ts';
import { allowOnly, carriedEndpoint } from './policy.ts';
import { emptyState, type Session, type SessionState, type SourceChoice } from './session.ts';

/** A connection, and what it was made for. */
interface Connected {
  source: SourceChoice;
  place: ContractPlace | undefined;
  chain: Chain;
}

/** `failed`: what is wrong with the host's settings. */
export function useSessionState(kept: Kept | undefined): { session: Session; failed: unknown } {
  const [state, setState] = useState<SessionState>(() => emptyState(carriedEndpoint() ?? kept?.endpoint));
  const [failed, setFailed] = useState<unknown>(null);
  const connected = useRef<Connected | null>(null);
  const update = (change: Partial<SessionState>) => setState((before) => ({ ...before, ...change }));

  useEffect(() => {
    const settle = async () => {
      const host = await readHostSettings();
      const archive = host.archive === undefined ? null : { blob: await hostArchive(), name: host.archive };
      setState((before) => ({
        ...before,
        host,
        source: {
          kind: host.isOffline ? 'archive' : before.source.kind,
          endpoint: host.isFixed ? (host.endpoint ?? '') : before.source.endpoint || (host.endpoint ?? ''),
          archive,
        },
      }));
    };
    settle().catch(setFailed);
  }, []);

  const session = useMemo<Session>(() => {
    const { source, host } = state;
    return {
      ...state,
      update,
      async connect(place, how) {
        const before = connected.current;
        if (before?.source === source && isSame(before.place, place)) return before.chain;
        const { connect, close } = await library();
        const endpoint = source.kind === 'endpoint' ? source.endpoint.trim() : null;
        allowOnly(endpoint);
        // What the host pins wins: a file for another contract must not choose whom to believe.
        const pinned = host.place ?? place;
        const chain = await connect(
          {
            ...(endpoint !== null && { endpoint }),
            ...(source.archive && { archive: source.archive }),
            ...(pinned && { place: pinned }),
          },
          how,
        );
        if (before) await close(before.chain);
        connected.current = { source, place, chain };
        return chain;
      },
    };
  }, [state]);
  return { session, failed };
}

async function hostArchive(): Promise<Blob> {
  const reply = await fetch('archive');
  return reply.blob();
}

const isSame = (a: ContractPlace | undefined, b: ContractPlace | undefined): boolean =>
  a?.chainId === b?.chainId && a?.contract.toLowerCase() === b?.contract.toLowerCase();
