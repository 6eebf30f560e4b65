// What the parts of a daemon share.
import type { MIStoreError } from '../../../errors.ts';
import type { Site } from '../../../ledger/site.ts';
import type { Server } from '../server.ts';
import type { FollowedLedger } from '../state/followed-ledger.ts';
import type { SealedQuery } from '../state/query-book.ts';
import type { Background } from './background.ts';
import type { DaemonEvent, Task } from './daemon-events.ts';

export interface DaemonParts {
  readonly server: Server;
  readonly site: Site;
  readonly background: Background;
  readonly report: (event: DaemonEvent) => void;
  /** Notes a fault of one ledger, or one query of it, and reports it if it is a new one. */
  readonly fail: (ledger: FollowedLedger, task: Task, error: MIStoreError, query?: SealedQuery) => void;
  /** Nothing more is to be begun. */
  readonly isStopping: () => boolean;
}
