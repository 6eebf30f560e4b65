// What stands against a record, as a sentence for people.
import type { RecordComplaints } from '../../ledger/complaints.ts';

type Told = Pick<RecordComplaints, 'recordId' | 'standing' | 'justified' | 'isVoid' | 'isVoidForGood'>;

/** "Record 17 is void: seats 2 and 3 complain about it. The share of seat 1 is public." */
export function complaintsInWords({ recordId, standing, justified, isVoid, isVoidForGood }: Told): string {
  const why = [
    ...(isVoidForGood ? ['one of its commitments is no point, which never changes'] : []),
    ...(standing.length > 0 ? [`${seats(standing)} ${standing.length === 1 ? 'complains' : 'complain'} about it`] : []),
  ].join('; ');
  const said = isVoid ? `Record ${recordId} is void: ${why}.` : `Record ${recordId}: ${why || 'no complaint stands'}.`;
  if (justified.length === 0) return said;
  return `${said} The ${justified.length === 1 ? 'share' : 'shares'} of ${seats(justified)} ${justified.length === 1 ? 'is' : 'are'} public.`;
}

function seats(numbers: readonly number[]): string {
  if (numbers.length === 1) return `seat ${numbers[0]}`;
  return `seats ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
}
