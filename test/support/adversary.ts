// Adversaries: a site whose contract client does one step otherwise, all else honestly. The step gets the real client.
import type { MIStoreContract } from '../../src/contract/client.ts';
import type { Site } from '../../src/ledger/site.ts';

type Client = MIStoreContract;
type Step<K extends keyof Client> = (honest: Client) => Client[K];

/** The site with these members of its contract replaced. */
export function deviating(site: Site, steps: { [K in keyof Client]?: Step<K> }): Site {
  const contract = new Proxy(site.contract, {
    get: (honest, name) => {
      const step = Object.hasOwn(steps, name) ? (steps[name as keyof Client] as Step<keyof Client>) : undefined;
      if (step) return step(honest);
      // The client has private fields: its methods must not see the proxy.
      const value = Reflect.get(honest, name, honest);
      return typeof value === 'function' ? value.bind(honest) : value;
    },
  });
  return { ...site, contract };
}
