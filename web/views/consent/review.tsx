// What the reader is about to sign, in one sentence; what of it everybody will see; what it costs and whom; and what stands in the way.
import { shortened, shown } from '../../format.ts';
import type { CheckedReceipts, ConsentObstacle, ConsentPreview } from '../../model/types.ts';
import { amountsInWords } from '../../parts/amounts.tsx';
import { nameOf } from '../../parts/hex.tsx';
import { Notice } from '../../parts/notice.tsx';
import { useSession } from '../../session/session.ts';
import { useWords, type Words } from '../../text/words.ts';
import { deadlineOf, insurerOf, type Terms } from './terms.ts';

interface ReviewProps {
  receipts: CheckedReceipts;
  preview: ConsentPreview | null;
  terms: Terms;
}

export function Review({ receipts, preview, terms }: ReviewProps) {
  const words = useWords();
  return (
    <section class="card review" aria-labelledby="review-title">
      <h2 id="review-title">{words.say('consent.review')}</h2>
      <div aria-live="polite">
        {preview === null || preview.records === 0 ? (
          <p class="hint">{words.say('consent.review.none')}</p>
        ) : (
          <Said receipts={receipts} preview={preview} terms={terms} />
        )}
      </div>
    </section>
  );
}

function Said({ receipts, preview, terms }: ReviewProps & { preview: ConsentPreview }) {
  const words = useWords();
  const { host } = useSession();
  const address = insurerOf(terms.insurer, host);
  const insurer =
    address === undefined ? words.say('consent.someone') : shown(nameOf(host, address) ?? shortened(address));
  const deadline = deadlineOf(terms.until);
  const values = {
    insurer,
    n: preview.records,
    sum: amountsInWords(words, preview.sum, receipts.lanes, receipts.currency),
    until: deadline === undefined ? '…' : words.format.longDay(deadline),
  };
  const visible = preview.visibleRecords;
  const { included, alone, leftOut } = preview.corrections;
  return (
    <>
      <p class="agreement">{words.say(preview.sum.length === 1 ? 'consent.agree' : 'consent.agree.sums', values)}</p>
      <ul class="consent-points">
        {included.length > 0 && <li>{words.say('consent.corrections', { n: included.length })}</li>}
        <li>{words.say('consent.once')}</li>
        <li>
          {words.say('consent.visible', {
            n: visible.length,
            records: new Intl.ListFormat(words.language).format(visible.map(String)),
          })}
        </li>
        <li>{words.say('consent.hidden')}</li>
        <li>{words.say('consent.cost', { gas: preview.gas })}</li>
        <li>{words.say('consent.revocable')}</li>
      </ul>
      {alone.length > 0 && <Notice tone="warn" title={words.say('consent.corrections.alone', { n: alone.length })} />}
      {leftOut.length > 0 && (
        <Notice tone="warn" title={words.say('consent.corrections.left', { n: leftOut.length })} />
      )}
      {preview.obstacles.map((obstacle) => (
        <Notice key={JSON.stringify(obstacle)} tone="bad" title={obstacleInWords(words, obstacle)} />
      ))}
    </>
  );
}

function obstacleInWords(words: Words, obstacle: ConsentObstacle): string {
  switch (obstacle.kind) {
    case 'no-records':
      return words.say('obstacle.no-records');
    case 'too-few-records':
      return words.say('obstacle.too-few-records', { n: obstacle.minRecords, records: obstacle.records });
    case 'void-edge':
      return obstacle.next === null
        ? words.say('obstacle.void-edge', { record: String(obstacle.recordId) })
        : words.say('obstacle.void-edge.next', { record: String(obstacle.recordId), next: String(obstacle.next) });
    default:
      return words.say(`obstacle.${obstacle.kind}`, { record: String(obstacle.recordId) });
  }
}
