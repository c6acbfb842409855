/** Every name that a person may give to a version. */
import { describe, expect, test } from 'vitest';
import { createCoreFixture } from '../core-fixture.ts';

async function threeVersions() {
  const fixture = createCoreFixture();
  const changes = [await fixture.save('AGENTS.md', 'a'), await fixture.save('AGENTS.md', 'b')];
  const other = await fixture.save('ROADMAP.md', 'r');
  changes.push(await fixture.save('AGENTS.md', 'c'));
  const { reader } = fixture.core;
  const find = (version: string) => {
    const found = reader.resolveVersion('AGENTS.md', version);
    return found.ok
      ? changes.findIndex((change) => change.position === found.value.position)
      : found.error.code;
  };
  return { fixture, changes, other, find, reader };
}

test('latest counts this file’s versions only', async () => {
  const { find } = await threeVersions();
  expect(['latest', 'latest~0', 'latest~1', 'latest~2'].map(find)).toEqual([2, 2, 1, 0]);
  expect(find('latest~3')).toBe('not-found');
});

test('a stamp, a hash, a checksum, whole or from six digits on, in any case', async () => {
  const { find, changes, reader } = await threeVersions();
  for (const [index, { stamp, content }] of changes.entries()) {
    const md5 = reader.contentFacts(content ?? '')?.md5 ?? '';
    for (const name of [
      stamp,
      content ?? '',
      md5,
      (content ?? '').slice(0, 6),
      md5.slice(0, 8).toUpperCase(),
    ]) {
      expect(find(name)).toBe(index);
    }
  }
});

test('a beginning that several versions have is the newest of them', async () => {
  const { find, changes } = await threeVersions();
  expect(find(changes[0]?.stamp.slice(0, 8) ?? '')).toBe(2);
});

test('a content that came back is its newest version', async () => {
  const { fixture, reader } = await threeVersions();
  const again = await fixture.save('AGENTS.md', 'a');
  const found = reader.resolveVersion('AGENTS.md', again.content ?? '');
  expect(found).toMatchObject({ ok: true, value: { position: again.position } });
});

test('a version of another file is none of this one', async () => {
  const { find, other } = await threeVersions();
  expect(find(other.stamp)).toBe('not-found');
  expect(find(other.content ?? '')).toBe('not-found');
});

test('a deletion is a version, found by its stamp', async () => {
  const { fixture, reader } = await threeVersions();
  const gone = await fixture.remove('AGENTS.md');
  expect(reader.resolveVersion('AGENTS.md', 'latest')).toMatchObject({
    ok: true,
    value: { kind: 'deleted', content: null },
  });
  expect(reader.resolveVersion('AGENTS.md', gone.stamp)).toMatchObject({
    ok: true,
    value: { position: gone.position },
  });
});

describe('what is no name', () => {
  test.each([
    '',
    'abcde',
    'latest~',
    'latest~-1',
    'latest~12345678',
    'Latest',
    '*',
    'abcdef*',
    '[0-9]*abc',
    '??????',
    `${'a'.repeat(65)}`,
    "'; --",
  ])('%j is refused and says what would be', async (version) => {
    const { reader } = await threeVersions();
    const found = reader.resolveVersion('AGENTS.md', version);
    expect(found).toMatchObject({
      ok: false,
      error: { code: 'bad-input', advice: expect.stringContaining('latest') },
    });
  });

  test('a file without history has no latest', async () => {
    const { reader } = await threeVersions();
    expect(reader.resolveVersion('CLAUDE.md', 'latest')).toMatchObject({
      ok: false,
      error: { code: 'not-found', subject: 'CLAUDE.md' },
    });
  });
});
