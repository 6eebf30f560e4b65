// A consent in the making: which bills, for whom, until when; what it says and shows; and the signature.
import { useEffect, useState } from 'preact/hooks';
import type { CheckedReceipts, ConsentPreview, OpenedConsent } from '../../model/types.ts';
import { Failure } from '../../parts/notice.tsx';
import { TaskProgress } from '../../parts/progress.tsx';
import { library } from '../../session/library.ts';
import { useSession } from '../../session/session.ts';
import { useTask } from '../../session/task.ts';
import { useWords } from '../../text/words.ts';
import { ChooseBills } from './choose-bills.tsx';
import { Review } from './review.tsx';
import { type Signature, Signer } from './signer.tsx';
import { deadlineOf, insurerOf, type Terms, termsFaults } from './terms.ts';
import { TermsPart, useChecksum } from './terms-part.tsx';

const DAYS = 30;

interface ConsentFormProps {
  receipts: CheckedReceipts;
  onSigned(consent: OpenedConsent): void;
}

export function ConsentForm({ receipts, onSigned }: ConsentFormProps) {
  const words = useWords();
  const session = useSession();
  const { host } = session;
  const task = useTask();
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [terms, setTerms] = useState<Terms>({ insurer: '', until: dayAfter(DAYS) });
  const [isAsked, setAsked] = useState(false);
  const preview = usePreview(receipts, chosen);
  const isSound = useChecksum(terms.insurer);
  const faults = isSound ? termsFaults(terms, host) : { insurer: 'consent.insurer.mistyped' as const };
  const hasFault = faults.insurer !== undefined || faults.until !== undefined;
  const isPossible = preview !== null && preview.obstacles.length === 0;

  const sign = (signature: Signature) => {
    setAsked(true);
    if (hasFault || !isPossible) return;
    return task.run(async (how) => {
      const { signWithKeystore, signWithWallet } = await library();
      const request = {
        insurer: insurerOf(terms.insurer, host)!,
        recordIds: [...chosen],
        deadline: deadlineOf(terms.until)!,
      };
      onSigned(
        signature.kind === 'keystore'
          ? await signWithKeystore(receipts, request, signature.secret)
          : await signWithWallet(receipts, request, signature.wallet, await session.connect(receipts.place, how)),
      );
    });
  };

  return (
    <>
      <ChooseBills receipts={receipts} chosen={chosen} onChosen={setChosen} />
      <TermsPart terms={terms} faults={isAsked ? faults : {}} onTerms={setTerms} />
      <Review receipts={receipts} preview={preview} terms={terms} />
      <section class="card" aria-labelledby="sign-title">
        <h2 id="sign-title">{words.say('consent.sign.title')}</h2>
        <Signer action={words.say('consent.sign')} isBusy={task.isRunning} onSign={sign} />
        {isAsked && (hasFault || !isPossible) && (
          <p class="field-error" role="alert">
            {words.say('consent.not.yet')}
          </p>
        )}
        <TaskProgress task={task} label={words.say('consent.signing')} />
        {task.error !== null && <Failure error={task.error} />}
      </section>
    </>
  );
}

/** What a consent for these bills would say; null while it is computed. */
function usePreview(receipts: CheckedReceipts, chosen: ReadonlySet<number>): ConsentPreview | null {
  const [preview, setPreview] = useState<ConsentPreview | null>(null);
  useEffect(() => {
    let isCurrent = true;
    library().then(({ previewConsent }) => {
      if (isCurrent) setPreview(previewConsent(receipts, [...chosen]));
    });
    return () => {
      isCurrent = false;
    };
  }, [receipts, chosen]);
  return preview;
}

/** The reader's day so many days from now, YYYY-MM-DD. */
function dayAfter(days: number): string {
  const date = new Date();
  date.setDate(date.getDate() + days);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
