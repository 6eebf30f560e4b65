// The ledger view, for insurers and operators: what everybody can read in the contract, and nothing that needs a key.
import { useState } from 'preact/hooks';
import type { LedgerReport } from '../../model/types.ts';
import { ViewHeading } from '../../parts/heading.tsx';
import { Failure } from '../../parts/notice.tsx';
import { TaskProgress } from '../../parts/progress.tsx';
import { library } from '../../session/library.ts';
import { useSession } from '../../session/session.ts';
import { useTask } from '../../session/task.ts';
import { useWords } from '../../text/words.ts';
import { isReady } from '../source/endpoint.ts';
import { SourcePanel } from '../source/source-panel.tsx';
import { emptyPlace, PlaceFields, type PlaceText, placeOf } from './place-fields.tsx';
import { ReportPart } from './report-part.tsx';

export function LedgerView() {
  const words = useWords();
  const session = useSession();
  const task = useTask();
  const [report, setReport] = useState<LedgerReport | null>(null);
  const [isAsked, setAsked] = useState(false);
  const [isChanging, setChanging] = useState(true);
  const [typed, setTyped] = useState<PlaceText>(emptyPlace);
  const known = session.host.place ?? session.file?.opened.place;
  const needsPlace = known === undefined && session.source.kind === 'endpoint' && session.source.archive === null;
  const place = known ?? (needsPlace ? placeOf(typed) : undefined);
  const submit = (event: Event) => {
    event.preventDefault();
    setAsked(true);
    if (!isReady(session.source) || (needsPlace && place === undefined)) return;
    task.run(async (how) => {
      const { ledgerReport } = await library();
      setReport(await ledgerReport(await session.connect(place, how), how));
      setChanging(false);
    });
  };
  return (
    <>
      <ViewHeading view="ledger" title={words.say('ledger.title')} lead={words.say('ledger.lead')} />
      <section class="card" aria-label={words.say('source.title')}>
        <form class="open-source" onSubmit={submit} noValidate>
          {isChanging && (
            <div class="columns">
              <SourcePanel isAsked={isAsked} />
              {needsPlace && <PlaceFields typed={typed} isAsked={isAsked} onTyped={setTyped} />}
            </div>
          )}
          {task.error !== null && <Failure error={task.error} />}
          {task.isRunning ? (
            <TaskProgress task={task} />
          ) : (
            <div class="row">
              <button type="submit" class="primary">
                {words.say(report === null ? 'ledger.read' : 'ledger.again')}
              </button>
              {!isChanging && (
                <button type="button" class="quiet" onClick={() => setChanging(true)}>
                  {words.say('ledger.change')}
                </button>
              )}
            </div>
          )}
        </form>
      </section>
      {report !== null && <ReportPart report={report} />}
    </>
  );
}
