// A bill's state: an icon and words.
import type { BillState } from '../../model/types.ts';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { useWords } from '../../text/words.ts';

const LOOKS: Record<BillState['kind'], { icon: IconName; tone: string }> = {
  unchecked: { icon: 'wait', tone: 'plain' },
  valid: { icon: 'good', tone: 'good' },
  fault: { icon: 'bad', tone: 'bad' },
  void: { icon: 'void', tone: 'warn' },
  complained: { icon: 'warn', tone: 'warn' },
};

export function BillStateMark({ state }: { state: BillState }) {
  const words = useWords();
  const { icon, tone } = LOOKS[state.kind];
  return (
    <span class={`state ${tone}`}>
      <Icon name={icon} />
      {words.say(`state.${state.kind}`)}
    </span>
  );
}
