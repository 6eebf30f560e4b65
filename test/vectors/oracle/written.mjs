// How run.mjs's run is written: its parts in the order of the protocol. Bytes, points and scalars are 0x-hex, pairs of
// scalars one after the other; amounts and times are decimal text.
import { revocationDigest } from './abi.mjs';
import { compressed, G, H, scalar, uncompressed } from './curve.mjs';
import { pathOf } from './dealing.mjs';
import { concat, hex, integer, sign } from './keys.mjs';
import * as query from './query.mjs';
import { FILES, FIRST_EDGES, TERMS } from './story.mjs';

export const written = (run) => ({
  chainId: Number(run.deployment.chainId),
  contract: hex(run.deployment.contract),
  deployer: person(run.deployer),
  generators: { G: hex(uncompressed(G)), H: hex(uncompressed(H)) },
  hospital: { ...person(run.hospital), dealingKey: hex(run.hospital.dealingKey) },
  insurer: person(run.insurer),
  servers: run.servers.map((server) => ({
    ...person(server),
    kemKey: hex(server.kem.publicKey),
    signature: hex(server.signature),
  })),
  channels: { hospital: run.channels.hospital.map(allHex), insurer: run.channels.insurer.map(allHex) },
  ledger: {
    id: hex(run.ledgerId),
    terms: { ...TERMS, servers: run.terms.servers.map(hex) },
    salt: hex(run.salt),
  },
  epochs: run.epochs.map(({ epoch, committeeHash, keys, list, digest, packets }) => ({
    epoch,
    ...allHex({ committeeHash, list: concat(...list), digest }),
    keys: keys.map(hex),
    packets: packets.map(hex),
  })),
  patients: run.patients.map(({ id, kind, viewingKey, series, ...patient }) => ({
    id,
    kind,
    ...person(patient),
    viewingKey: hex(viewingKey),
    series: series.map((one) => ({ category: one.category, id: hex(one.id) })),
  })),
  profileHash: hex(run.profileHash),
  batches: run.batches.map((batch) => batchOf(run, batch)),
  ...queryOf(run),
  sum: {
    value: hex(scalar(run.sum.value)),
    blinding: hex(scalar(run.sum.blinding)),
    commitment: hex(compressed(run.sum.commitment)),
    amounts: run.sum.amounts.map(String),
  },
});

const pair = ([value, second]) => hex(concat(scalar(value), scalar(second)));
const person = ({ seed, key, address }) => ({ seed: hex(seed), accountKey: hex(key), account: hex(address) });
const allHex = (named) => Object.fromEntries(Object.entries(named).map(([name, bytes]) => [name, hex(bytes)]));

function batchOf({ sharesOf }, batch) {
  const { index, epoch, previous, previousNonce, firstRecordId, source, nonce, contents, records, leaves, nodes } =
    batch;
  return {
    ...{ index, epoch, firstRecordId, input: FILES[index].name },
    rows: FILES[index].rows.map((row) => ({ ...row, amounts: row.amounts.map(String) })),
    ...allHex({ previous, previousNonce, source, nonce, contents, wire: concat(...records.map(({ wire }) => wire)) }),
    leaves: leaves.map(hex),
    root: hex(nodes[0]),
    records: records.map((record, k) => ({
      recordId: record.recordId,
      row: record.row,
      position: record.position,
      ...allHex({ salt: record.salt, tag: record.tag, key: record.key, leaf: record.leaf }),
      message: hex(scalar(record.message)),
      blinding: hex(scalar(record.b[0])),
      commitments: record.points.map((point) => hex(compressed(point))),
      correction: hex(scalar(record.delta)),
      path: pathOf(nodes, k).map(hex),
      shares: sharesOf(batch, record).map(pair),
    })),
  };
}

function queryOf({ deployment, asked, edges, consent, queryId, masks, sums, answers, covered, epochs }) {
  const { epoch } = epochs.at(-1);
  const revoked = revocationDigest(deployment, queryId);
  const sent = (part) => ({ edges: hex(query.edgeBytes(part)), proofs: hex(query.proofBytes(part)) });
  const [first, rest] = [edges.slice(0, FIRST_EDGES), edges.slice(FIRST_EDGES)];
  const { deadline, ...bytes } = consent;
  const { chain, series, sums: soFar, ...numbers } = query.progressAfter(epoch, first, masks.commitments);
  return {
    consent: {
      ...allHex(bytes),
      deadline: `${deadline}`,
      ...allHex({ digest: queryId, signature: sign(asked.key, queryId) }),
      ...allHex({ revocationDigest: revoked, revocation: sign(asked.key, revoked) }),
    },
    edges: edges.map(({ sign: plus, batch, recordId, category, position }) => ({
      ...{ sign: plus, batch, recordId, category, position },
    })),
    query: {
      epoch,
      records: covered.length,
      ...sent(edges),
      masks: hex(query.maskBytes(masks)),
      pads: masks.pads.map(pair),
      maskAtZero: pair(masks.at(0)),
      sums: hex(concat(...sums.map(uncompressed))),
      first: { ...sent(first), progress: { ...numbers, ...allHex({ chain, series, sums: soFar }) } },
      rest: sent(rest),
    },
    answers: answers.map(({ seat, total, mask, answer }) => ({
      seat,
      share: pair(total),
      mask: pair(mask),
      answer: pair(answer),
      call: hex(concat(queryId, ...answer.map(scalar), integer(epoch, 4), ...sums.map(uncompressed))),
    })),
  };
}
