// Consents: one is made out of chosen bills and signed, or one that was signed before is opened; its state, and its revocation.
import { useState } from 'preact/hooks';
import type { OpenedConsent } from '../../model/types.ts';
import { ViewHeading } from '../../parts/heading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { useSession } from '../../session/session.ts';
import { useWords } from '../../text/words.ts';
import { ConsentForm } from './consent-form.tsx';
import { OpenConsent } from './open-consent.tsx';
import { SignedConsentPart } from './signed-consent.tsx';

export function ConsentView() {
  const words = useWords();
  const { file } = useSession();
  const [consent, setConsent] = useState<OpenedConsent | null>(null);
  return (
    <>
      <ViewHeading view="consent" title={words.say('consent.title')} lead={words.say('consent.lead')} />
      {consent !== null && (
        <SignedConsentPart key={consent.queryId} consent={consent} onClose={() => setConsent(null)} />
      )}
      {consent === null && file?.checked && (
        <ConsentForm key={file.checked.ledgerId + file.name} receipts={file.checked} onSigned={setConsent} />
      )}
      {consent === null && !file?.checked && (
        <Notice tone="note" title={words.say(file === null ? 'consent.open.first' : 'consent.check.first')}>
          <p>
            <a href="#bills">{words.say('consent.to.bills')}</a>
          </p>
        </Notice>
      )}
      {consent === null && <OpenConsent onOpened={setConsent} />}
    </>
  );
}
