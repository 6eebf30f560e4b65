// The commands under "Patient:" in help, in the order in which they are needed.
import type { Group } from '../group.ts';

export const patient: Group = {
  heading: 'Patient:',
  entries: [
    {
      name: 'verify',
      description:
        'check a receipts file against the chain: each record, the totals, that none is missing, and what stands against any; needs no key',
      load: async () => (await import('./verify.ts')).verify,
    },
    {
      name: 'consent',
      description: "a patient's leave for one sum: sign it, show it, revoke it",
      members: [
        {
          name: 'sign',
          description: 'show and sign a consent: the named insurer may learn the sum of exactly these records, once',
          load: async () => (await import('./consent-sign.ts')).consentSign,
        },
        {
          name: 'show',
          description: 'show what a consent file allows, and whether it has been used or revoked; needs no key',
          load: async () => (await import('./consent-show.ts')).consentShow,
        },
        {
          name: 'revoke',
          description:
            "withdraw a consent that has not been used (patient); takes ether of the patient's account, or of a payer",
          load: async () => (await import('./consent-revoke.ts')).consentRevoke,
        },
      ],
    },
  ],
};
