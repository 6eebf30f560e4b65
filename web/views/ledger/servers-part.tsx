// The servers: how many of the queries that they were asked about they have answered, how soon, and what stands against their records.
import type { LedgerReport } from '../../model/types.ts';
import { Account } from '../../parts/hex.tsx';
import { DataTable } from '../../parts/table.tsx';
import { useWords } from '../../text/words.ts';

export function ServersPart({ report: { servers } }: { report: LedgerReport }) {
  const words = useWords();
  const { format } = words;
  return (
    <section class="card" aria-labelledby="servers-title">
      <h2 id="servers-title">{words.say('servers.title')}</h2>
      <p class="hint">{words.say('servers.lead')}</p>
      <DataTable
        caption={words.say('servers.title')}
        columns={[
          { head: words.say('server') },
          { head: words.say('servers.answered'), isNumber: true },
          { head: words.say('servers.share'), isNumber: true },
          { head: words.say('servers.median'), isNumber: true },
          { head: words.say('servers.complaints'), isNumber: true },
          { head: words.say('servers.least'), isNumber: true },
          { head: words.say('servers.earned'), isNumber: true },
        ]}
        rows={servers.map((one) => [
          <Account key="a" address={one.server} />,
          words.say('servers.of', { answered: one.answered, asked: one.asked }),
          one.asked === 0 ? '–' : <Meter key="m" share={one.answered / one.asked} />,
          one.medianSeconds === null ? '–' : words.say('seconds', { seconds: format.number(one.medianSeconds) }),
          words.say('servers.complaint.counts', {
            filed: one.complaintsFiled,
            standing: one.complaintsStanding,
            justified: one.complaintsJustified,
          }),
          one.minimumFee === null ? '–' : format.ether(one.minimumFee),
          format.ether(one.earned),
        ])}
      />
    </section>
  );
}

function Meter({ share }: { share: number }) {
  const { format } = useWords();
  return (
    <span class="meter">
      <progress value={share} max={1} aria-hidden="true" />
      {format.percent(share)}
    </span>
  );
}
