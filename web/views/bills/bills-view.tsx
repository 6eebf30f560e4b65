// The patient's bills: a receipts file is opened, its bills are listed, and each is checked against the chain or an archive.
import { ViewHeading } from '../../parts/heading.tsx';
import { Notice } from '../../parts/notice.tsx';
import { useSession } from '../../session/session.ts';
import { useWords } from '../../text/words.ts';
import { BillList } from './bill-list.tsx';
import { BillsPlot } from './bills-plot.tsx';
import { OpenPanel } from './open-panel.tsx';
import { Summary } from './summary.tsx';

export function BillsView() {
  const words = useWords();
  const { file } = useSession();
  const bills = file?.checked ?? file?.opened;
  return (
    <>
      <ViewHeading
        view="bills"
        title={words.say('bills.title')}
        {...(file === null && { lead: words.say('bills.lead') })}
      />
      <OpenPanel />
      {file !== null && <Summary file={file} />}
      {bills?.bills.length === 0 && (
        <Notice tone="warn" title={words.say('bills.none')}>
          <p>{words.say('bills.none.why')}</p>
        </Notice>
      )}
      {bills && bills.bills.length > 0 && (
        <>
          <BillsPlot bills={bills} />
          <BillList bills={bills} isChecked={file?.checked !== null} />
        </>
      )}
    </>
  );
}
