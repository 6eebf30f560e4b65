// A signed consent: its file, what has become of it, and its revocation.
import { useEffect, useState } from 'preact/hooks';
import type { ConsentState, OpenedConsent } from '../../model/types.ts';
import { Facts } from '../../parts/facts.tsx';
import { Account, Hash } from '../../parts/hex.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Failure, Notice, type Tone } from '../../parts/notice.tsx';
import { TaskProgress } from '../../parts/progress.tsx';
import { download } from '../../session/download.ts';
import { library } from '../../session/library.ts';
import { useSession } from '../../session/session.ts';
import { useTask } from '../../session/task.ts';
import { useWords } from '../../text/words.ts';
import { isReady } from '../source/endpoint.ts';
import { SourcePanel } from '../source/source-panel.tsx';
import { ByWord } from '../source/word.tsx';
import { Revoking } from './revoking.tsx';

interface SignedConsentProps {
  consent: OpenedConsent;
  onClose(): void;
}

export function SignedConsentPart({ consent, onClose }: SignedConsentProps) {
  const words = useWords();
  const { source } = useSession();
  const { state, task, look } = useConsentState(consent);
  return (
    <section class="card" aria-labelledby="signed-title">
      <h2 id="signed-title">{words.say('signed.title')}</h2>
      <Facts
        rows={[
          [words.say('signed.insurer'), <Account key="i" address={consent.insurer} isWhole />],
          [words.say('signed.patient'), <Account key="p" address={consent.patient} isWhole />],
          [words.say('signed.records'), words.say('bills.count', { n: consent.records })],
          [words.say('signed.until'), words.format.moment(consent.deadline)],
          [words.say('signed.query'), <Hash key="q" value={consent.queryId} isWhole />],
        ]}
      />
      <div class="row">
        <button type="button" class="primary" onClick={() => download(consent.fileName, consent.text)}>
          <Icon name="download" /> {words.say('signed.download')}
        </button>
        <button type="button" class="quiet" onClick={onClose}>
          {words.say('signed.close')}
        </button>
      </div>
      <p class="hint">{words.say('signed.download.hint')}</p>
      <h3>{words.say('signed.state')}</h3>
      {state === null && !isReady(source) && <SourcePanel isAsked={false} />}
      <div role="status">{state !== null && <StateNotice state={state} consent={consent} />}</div>
      <TaskProgress task={task} />
      {task.error !== null && <Failure error={task.error} />}
      {!task.isRunning && isReady(source) && (
        <button type="button" onClick={look}>
          {words.say('signed.look')}
        </button>
      )}
      {state?.canBeRevoked && <Revoking consent={consent} onRevoked={look} />}
    </section>
  );
}

/** Looked up at once where the source is ready, and again when it is asked for. */
function useConsentState(consent: OpenedConsent) {
  const session = useSession();
  const task = useTask();
  const [state, setState] = useState<ConsentState | null>(null);
  const look = () =>
    task.run(async (how) => {
      const { consentState } = await library();
      setState(await consentState(consent, await session.connect(consent.place, how)));
    });
  useEffect(() => {
    if (isReady(session.source)) look();
  }, []);
  return { state, task, look };
}

const TONES: Record<ConsentState['status'], Tone> = {
  signed: 'good',
  expired: 'note',
  open: 'note',
  used: 'note',
  revoked: 'warn',
  cancelled: 'note',
};

function StateNotice({ state, consent }: { state: ConsentState; consent: OpenedConsent }) {
  const words = useWords();
  const until = words.format.longDay(consent.deadline);
  const answers = state.answeredSeats.length;
  return (
    <Notice
      tone={state.isSigned === false ? 'bad' : TONES[state.status]}
      title={words.say(`consent.is.${state.status}`, { until })}
    >
      {state.isSigned === false && <p>{words.say('consent.not.signed')}</p>}
      {state.status === 'used' && <p>{words.say('consent.answers', { n: answers })}</p>}
      <ByWord word={state.word} place={consent.place} />
    </Notice>
  );
}
