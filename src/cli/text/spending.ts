// What a command that sends says of its cost: before, what it would take and at which price; at the end, what it took.
import type { Plan, Planner, PlannerOptions } from '../../chain/costs/planner.ts';
import { ether, gwei } from '../../chain/errors.ts';
import { counted } from '../../counted.ts';
import type { Site } from '../../ledger/site.ts';
import type { Output } from '../output.ts';
import type { FeeFlags } from '../sending-options.ts';
import { grouped } from './amounts.ts';
import { costInWords, roundedEther } from './cost.ts';

/** For --json; BigInts are decimal strings there. */
export interface Spent {
  gas: bigint;
  /** Wei for gas and data. */
  fees: bigint;
}

/** Of commands that can say their cost and end there. */
export interface DryRunFlags extends FeeFlags {
  dryRun?: boolean;
}

/**
 * Says what `work` would take with the account of the site; null where nothing is to be sent, or where that cannot be
 * found out: what is wrong then is for the work itself to say, but in a dry run, which throws it. `work` must do nothing but read
 * and send.
 */
export async function sayPlan(
  output: Output,
  site: Site,
  flags: DryRunFlags,
  work: (site: Site) => Promise<unknown>,
): Promise<Plan | null> {
  const { contract } = site;
  const { rpc, chainId, account: address } = contract;
  return sayPlanOf(output, { rpc, chainId, address }, flags, (planner) =>
    work({ ...site, contract: contract.as(planner) }),
  );
}

/** As sayPlan(), for an account without a site. */
export async function sayPlanOf(
  output: Output,
  account: Pick<PlannerOptions, 'rpc' | 'chainId' | 'address'>,
  { dryRun = false, maxFee: maxFeePerGas, maxTip: maxTipPerGas }: DryRunFlags,
  work: (planner: Planner) => Promise<unknown>,
): Promise<Plan | null> {
  try {
    const { Planner } = await import('../../chain/costs/planner.ts');
    const planner = new Planner({ ...account, maxFeePerGas, maxTipPerGas });
    await work(planner);
    const plan = await planner.plan();
    output.note(plan.transactions > 0 ? planInWords(plan) : 'Nothing is to be sent.');
    if (dryRun) output.note('A dry run: nothing was sent.');
    return plan.transactions > 0 ? plan : null;
  } catch (error) {
    if (dryRun) throw error;
    return null;
  }
}

/** Says what all transactions of the site's account took in this run. */
export function sayTotal(output: Output, { contract }: Site): Spent {
  const { settled, gasUsed: gas, fees } = contract.stats();
  if (settled > 0) output.note(`Sent ${counted(settled, 'transaction')}: ${costInWords({ gas, fees })}.`);
  return { gas, fees };
}

/** Wei as gwei, four digits of it. */
const aboutGwei = (wei: bigint): string => (Number(wei) / 1e9).toLocaleString('en-US', { maximumSignificantDigits: 4 });

/** "This takes 2 transactions, about 160,000 gas: 0.00034 ether at 2.1 gwei a gas (base fee 1.1 gwei), …" */
export function planInWords(plan: Plan): string {
  const { transactions, gas, price, baseFee, maxFee, dataFee, value, expected, most } = plan;
  const parts = [
    ...(dataFee > 0n ? [`${roundedEther(dataFee)} of it for data`] : []),
    ...(value > 0n ? [`${ether(value)} of it sent along`] : []),
  ];
  const which = transactions === 1 ? 'This takes' : `This takes ${counted(transactions, 'transaction')}:`;
  const beside = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return `${which} about ${grouped(gas)} gas, ${roundedEther(expected)} ether${beside} at ${aboutGwei(price)} gwei a gas, base fee ${aboutGwei(baseFee)} gwei now. At most ${roundedEther(most)} ether, at --max-fee ${gwei(maxFee)}.`;
}
