// What all views share while the page is open: the host's settings, where to check, the receipts file that was opened and what has
// been found about it. It is gone when the page is closed.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Chain, CheckedReceipts, ContractPlace, OpenedReceipts } from '../model/types.ts';
import { type HostSettings, NO_SETTINGS } from './host.ts';

export interface ArchiveFile {
  blob: Blob;
  name: string;
}

/** Where to check, as the reader has it before them. */
export interface SourceChoice {
  kind: 'endpoint' | 'archive';
  endpoint: string;
  /** Of kind archive: all that is read. Of kind endpoint: where older events are read from. */
  archive: ArchiveFile | null;
}

export interface OpenFile {
  name: string;
  opened: OpenedReceipts;
  /** Null until they have been checked. */
  checked: CheckedReceipts | null;
}

export interface SessionState {
  host: HostSettings;
  source: SourceChoice;
  file: OpenFile | null;
}

export interface Session extends SessionState {
  update(change: Partial<SessionState>): void;
  /** The chain as the reader has chosen it, connected; the same one while the choice stays. */
  connect(place: ContractPlace | undefined, how: { signal: AbortSignal }): Promise<Chain>;
}

export const emptyState = (endpoint = ''): SessionState => ({
  host: NO_SETTINGS,
  source: { kind: 'endpoint', endpoint, archive: null },
  file: null,
});

export const SessionContext = createContext<Session>({
  ...emptyState(),
  update: () => undefined,
  connect: () => Promise.reject(new Error('no session')),
});
export const useSession = (): Session => useContext(SessionContext);
