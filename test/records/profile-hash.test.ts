// A profile's hash covers all that changes how a file is read, and nothing else.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProfileError, parseProfile, profileHash } from '../../src/records/profile.ts';
import { PRESETS } from '../../src/records/profile-presets.ts';
import { changed, FULL, paths, SMALL } from './profile-sample.ts';

function isValid(json: unknown): boolean {
  try {
    parseProfile(json);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ProfileError);
    return false;
  }
}

describe('hash', () => {
  const hash = (json: unknown) => Buffer.from(profileHash(parseProfile(json))).toString('hex');

  test('32 bytes, the same whatever the order of keys and the name', () => {
    expect(profileHash(parseProfile(FULL))).toHaveLength(32);
    const reversed = JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(FULL).reverse())));
    expect(hash({ ...reversed, name: 'other', $schema: 'x' })).toBe(hash(FULL));
    expect(hash({ ...SMALL, dates: 'YYYY-MM-DD', amounts: { scale: 2 } })).toBe(hash(SMALL));
  });

  test('does not drift: batches on chain name it', () => {
    expect(hash(SMALL)).toBe('534f2e10d8a431b405b367ea0406380969cbf61fff7cad8689fdf2b2aa89a420');
  });

  test('is the same for one column of ids, however it is written, and for a decimal point that is stated or not', () => {
    for (const id of ['i', ['i']]) {
      for (const amounts of [{}, { decimal: '.' }]) {
        expect(hash({ ...SMALL, columns: { ...SMALL.columns, id }, amounts })).toBe(
          'a96942a4831255469f74eb0f1a50735c5dda5ed894657e4193de0e3664e08251',
        );
      }
    }
    const several = [['i', 'j'], ['j', 'i'], ['i'], ['ij'], ['i', 'j', 'k']];
    const hashes = several.map((id) => hash({ ...SMALL, columns: { ...SMALL.columns, id } }));
    expect(new Set(hashes).size).toBe(several.length);
  });

  test('of the presets does not drift either', () => {
    const hashes = Object.values(PRESETS).map((preset) => [
      preset.name,
      Buffer.from(profileHash(preset)).toString('hex'),
    ]);
    expect(Object.fromEntries(hashes)).toEqual({
      'synthea-encounters': '183777858a168547f044583914ee0e0f2865b8b06e4bc1e0c5c09ffff18fe154',
      'synthea-medications': '313e824b5054b0a5b94d2ec0f0f04abac90e8edadc49fa244b0a202af5939f2b',
      'synthea-procedures': 'aa5869715474ba1c020dea8352a7b0b5b09634a7525591da8a3700ac1683a592',
      'fhir-eob': '86f2ad9ba9436fda3307db07ec076834a5c4eddb0dec355c0dad60eb40640e11',
      'fhir-eob-items': 'eb725a64834a9048a403619f2ac8741fde3817d35cd61af2d9ecf67b8feeb182',
      'cms-carrier-synpuf': 'e4e11ba0b2cdcb30e8472fb6e82c8da16652b404d02fcfa1e68ad96a4461bf99',
      'cms-carrier-rif': '516aaf578ecfba4b53e58ece197121b4fe6f6e8e2e0272977ddfd21f600f30ed',
      'synthea-claims-transactions': '3b7423e201a4ff10b676626c9c630617e988a4160a2536ae8595982d847334f7',
    });
  });

  test('every other part changes it', () => {
    const hashes = new Set([hash(FULL)]);
    let changes = 1;
    const others: Record<string, unknown> = {
      'amounts.scale': 4,
      'amounts.decimal': '.',
      'amounts.thousands': ' ',
      'amounts.empty': 'reject',
      dates: 'DD/MM/YYYY',
      'file.delimiter': '|',
      'file.encoding': 'utf-16be',
      'file.quote': '"',
      'amounts.symbols': ['KD'],
      'columns.metadata': ['n', 'm'],
      'sign.negative': ['R'],
      'sign.positive': ['C'],
      'columns.lanes': [...FULL.columns.lanes].reverse(),
    };
    for (const path of paths(FULL)) {
      if (['$schema', 'version', 'name'].includes(String(path[0]))) continue;
      const value = others[path.join('.')] ?? (path.length > 1 && typeof path.at(-1) === 'string' ? 'zz' : undefined);
      if (value === undefined) continue;
      const json = changed(FULL, path, value);
      if (!isValid(json)) continue;
      hashes.add(hash(json));
      changes++;
    }
    for (const part of ['sign', 'columns.id', 'columns.date']) {
      hashes.add(hash(changed(FULL, part.split('.'), undefined)));
      changes++;
    }
    expect(changes).toBeGreaterThan(22);
    expect(hashes.size).toBe(changes);
  });

  test('different columns, different hash: no two ways to write one text', () => {
    const name = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('"', ',', ':', '{', 'a', '\\') });
    const json = fc.record({ patient: name, column: name, metadata: fc.uniqueArray(name, { maxLength: 2 }) });
    const profile = ({ patient, column, metadata }: { patient: string; column: string; metadata: string[] }) => {
      return { name: 'x', columns: { patient, lanes: [{ name: 'l', column }], metadata } };
    };
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(hash(profile(a)) === hash(profile(b))).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});
