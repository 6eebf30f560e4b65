// Prints test/vectors/run.json: every byte of one run of the protocol, from seeds to the proof of a sum, written from
// docs/protocol.md without MIStore's code: see oracle/. There, story.mjs says what happens in it, and written.mjs how it is
// written. It checks its own algebra as it goes. Run: node test/vectors/run.mjs > test/vectors/run.json
import assert from 'node:assert/strict';
import { channelDigest, committeeAfter, consentDigest, keyDigest, ledgerIdOf } from './oracle/abi.mjs';
import { addUp, commit, evaluate, inExponent, mod } from './oracle/curve.mjs';
import * as dealing from './oracle/dealing.mjs';
import {
  account,
  channelSecret,
  concat,
  custodialSeed,
  decapsulate,
  encapsulate,
  expand,
  hmac,
  integer,
  keccak,
  kemKeys,
  sign,
  text,
} from './oracle/keys.mjs';
import * as query from './oracle/query.mjs';
import { ASKED, CHAIN_ID, DEADLINE, FILES, PATIENTS, RUNS, SERVERS, TERMS } from './oracle/story.mjs';
import { written } from './oracle/written.mjs';

const drawn = (label) => keccak(text(`MIStore vectors: ${label}`));
const committee = { threshold: TERMS.threshold, seats: SERVERS };

// ---------------------------------------------------------------- who there is

const role = (name) => ({ seed: drawn(name), ...account(drawn(name)) });
const deployer = role('deployer');
/** By the deployer's first transaction: keccak256(RLP(account, nonce 0)). */
const contract = keccak([0xd6, 0x94], deployer.address, [0x80]).subarray(12);
const deployment = { chainId: CHAIN_ID, contract };
const hospital = { ...role('hospital'), dealingKey: expand(drawn('hospital'), 'dealing', 32) };
const insurer = role('insurer');
const servers = Array.from({ length: SERVERS }, (_, s) => {
  const server = role(`server ${s + 1}`);
  const kem = kemKeys(server.seed);
  return { ...server, kem, signature: sign(server.key, keyDigest(deployment, kem.publicKey)) };
});
const channelsOf = (sender) =>
  servers.map((to) => {
    const { ciphertext, shared } = encapsulate(sender.seed, to.kem.publicKey);
    assert.deepEqual(decapsulate(to.kem, ciphertext), shared);
    return {
      ciphertext,
      secret: channelSecret(shared, deployment, sender.address, to.address),
      signature: sign(sender.key, channelDigest(deployment, to.address, ciphertext)),
    };
  });
const channels = { hospital: channelsOf(hospital), insurer: channelsOf(insurer) };

// ---------------------------------------------------------------- the ledger and its epochs

const salt = drawn('salt of the ledger');
const terms = { ...TERMS, servers: servers.map(({ address }) => address) };
const ledgerId = ledgerIdOf(deployment, hospital.address, terms, salt);
const epochs = [ledgerId, committeeAfter(ledgerId)].map((committeeHash, e) => {
  const keys = dealing.subsetKeys(hospital.dealingKey, deployment, committeeHash, committee);
  const list = keys.map((key) => dealing.sha256(key));
  const packets = channels.hospital.map(({ secret }, s) =>
    dealing.packetOf(secret, committeeHash, committee, s + 1, keys),
  );
  return { epoch: e + 1, committeeHash, keys, list, digest: dealing.sha256(...list), packets };
});
const epochOf = (number) => epochs[number - 1];

const patients = Object.entries(PATIENTS).map(([id, kind]) => {
  const seed = kind === 'own' ? drawn(`patient ${id}`) : custodialSeed(hospital.seed, id);
  const own = account(seed);
  const viewingKey = hmac(hospital.dealingKey, 'view', text(id));
  const series = TERMS.categories.map((category) => ({
    category,
    id: dealing.seriesIdOf(viewingKey, ledgerId, own.address, category),
    totals: TERMS.lanes.map(() => 0n),
    position: 0,
  }));
  return { id, kind, seed, ...own, viewingKey, series };
});

// ---------------------------------------------------------------- batches

const profileHash = drawn('profile');
const batches = [];
for (const [index, { name, epoch, rows }] of FILES.entries()) {
  const sourceName = dealing.sha256(text('MIStore/v2/source'), profileHash, text(name)).subarray(0, 24);
  const before = batches.at(-1);
  const records = rows.map((one) => {
    const patient = patients.find(({ id }) => id === one.patient);
    const series = patient.series.find(({ category }) => category === one.category);
    series.position++;
    series.totals = series.totals.map((total, lane) => total + one.amounts[lane]);
    const opens = dealing.saltOf(patient.viewingKey, ledgerId, series.id, series.position);
    return {
      ...one,
      position: series.position,
      salt: opens,
      tag: dealing.tagOf(patient.address, series.id, series.position, opens),
      key: dealing.keyOf(hospital.dealingKey, ledgerId, sourceName, one),
      message: dealing.messageOf(series.totals),
    };
  });
  const place = {
    index,
    epoch,
    committeeHash: epochOf(epoch).committeeHash,
    previous: before?.nodes[0] ?? ledgerId,
    previousNonce: before?.nonce ?? Buffer.alloc(16),
    firstRecordId: before ? before.firstRecordId + before.records.length : 0,
  };
  const source = concat(sourceName, integer(rows.at(-1).row, 8));
  const { keys } = epochOf(epoch);
  batches.push(dealing.dealBatch(hospital.dealingKey, deployment, committee, keys, place, source, records));
}
/** (s, b) of a record, by seat − 1. */
const sharesOf = (batch, record) =>
  servers.map((_, s) => {
    const { keys } = epochOf(batch.epoch);
    const k = record.recordId - batch.firstRecordId;
    const share = dealing.shareOf(committee, keys, batch, k, record.delta, s + 1);
    assert.deepEqual(share, [mod(evaluate(record.f, s + 1)), mod(evaluate(record.b, s + 1))]);
    assert(commit(...share).equals(inExponent(record.points, s + 1)));
    return share;
  });

// ---------------------------------------------------------------- the consent, the query, its answers

const asked = patients.find(({ id }) => id === ASKED);
const edges = RUNS.map((run) => ({ ...run, ...asked.series.find(({ category }) => category === run.category) }))
  .sort((a, b) => Buffer.compare(a.id, b.id) || a.from - b.from)
  .flatMap(({ id: seriesId, category, from, to }) => {
    const edge = (sign, position) => {
      const isIt = (one) => one.patient === ASKED && one.category === category && one.position === position;
      const batch = batches.find(({ records }) => records.some(isIt));
      const record = batch.records.find(isIt);
      const path = dealing.pathOf(batch.nodes, record.recordId - batch.firstRecordId);
      return { ...record, sign, seriesId, batch: batch.index, path };
    };
    return from > 0 ? [edge(-1, from), edge(1, to)] : [edge(1, to)];
  });
const consent = {
  insurer: insurer.address,
  ledgerId,
  patient: asked.address,
  runsHash: query.runsHashOf(edges),
  deadline: DEADLINE,
  salt: drawn('salt of the consent'),
};
const queryId = consentDigest(deployment, consent);
const { committeeHash } = epochs.at(-1);
const secrets = channels.insurer.map(({ secret }) => secret);
const masks = query.masksOf(TERMS.threshold, secrets, queryId, committeeHash);
const sums = query.sumsOf(masks.commitments, edges);
const answers = servers.map((_, s) => {
  const shares = edges.map((edge) => sharesOf(batches[edge.batch], edge)[s]);
  const total = [0, 1].map((part) => mod(edges.reduce((sum, { sign }, k) => sum + BigInt(sign) * shares[k][part], 0n)));
  const answer = total.map((value, part) => mod(value + masks.at(s + 1)[part]));
  assert(commit(...answer).equals(inExponent(sums, s + 1)));
  return { seat: s + 1, shares, total, mask: masks.at(s + 1), answer };
});
const opened = (seats) =>
  [0, 1].map((part) => {
    const masked = query.atZero(seats.map((seat) => [seat, answers[seat - 1].answer[part]]));
    return mod(masked - masks.polynomials[part][0]);
  });
const [sum, blinding] = opened([1, 2, 3]);
for (const seats of dealing.subsetsOf({ threshold: TERMS.threshold + 1, seats: SERVERS })) {
  assert.deepEqual(opened(seats), [sum, blinding]);
}
const proven = addUp(edges.map(({ sign, points }) => [sign, points[0]]));
assert(commit(sum, blinding).equals(proven));
const covered = FILES.flatMap(({ rows }) => rows)
  .filter(({ patient }) => patient === ASKED)
  .filter((one, at, own) => {
    const position = own.slice(0, at + 1).filter(({ category }) => category === one.category).length;
    return RUNS.some(({ category, from, to }) => category === one.category && position > from && position <= to);
  });
assert.equal(query.countOf(edges), covered.length);
const amounts = TERMS.lanes.map((_, lane) => covered.reduce((total, one) => total + one.amounts[lane], 0n));
assert.deepEqual(query.lanesOf(sum, TERMS.lanes.length), amounts);

const world = { deployment, deployer, hospital, insurer, servers, channels, ledgerId, terms, salt, epochs, patients };
const asking = { asked, edges, consent, queryId, masks, sums, answers, covered };
const result = { value: sum, blinding, commitment: proven, amounts };
const transcript = written({ ...world, profileHash, batches, sharesOf, ...asking, sum: result });
process.stdout.write(`${JSON.stringify(transcript, null, 1)}\n`);
