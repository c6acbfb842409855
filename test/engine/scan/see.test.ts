/** What lies at a path: links, spellings, sizes, permissions. */
import { describe, expect, test } from 'vitest';
import { seePath } from '../../../electron/engine/scan/see.ts';
import { limits } from '../../../shared/limits.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeDisk, type FakeDisk } from '../../support/fake-disk.ts';
import { fakeRoot } from '../../support/fake-tree.ts';
import { toBytes } from '../core-fixture.ts';

const tracked = new Set(['AGENTS.md', 'CLAUDE.md', 'GEMINI.md']);

function setUp(caseInsensitive = false) {
  const disk = createFakeDisk({ clock: createFakeClock(), caseInsensitive });
  const { files } = disk.mount();
  return { disk, see: (path: string) => seePath(files, path, (other) => tracked.has(other)) };
}
const write = (disk: FakeDisk, path: string, text = 'x') =>
  disk.agentWrite(path, toBytes(text), 'in-place').finish();

test('a file, a folder, nothing', async () => {
  const { disk, see } = setUp();
  write(disk, 'AGENTS.md', 'abc');
  disk.makeFolder('docs');
  expect(await see('AGENTS.md')).toMatchObject({ kind: 'file', readPath: 'AGENTS.md', stat: { size: 3 } });
  expect(await see('docs')).toEqual({ kind: 'folder' });
  expect(await see('CLAUDE.md')).toEqual({ kind: 'absent' });
  expect(await see('AGENTS.md/below')).toEqual({ kind: 'absent' });
});

describe('a link', () => {
  test('to another tracked file is that file, which need not be there yet', async () => {
    const { disk, see } = setUp();
    write(disk, 'AGENTS.md');
    disk.makeLink('CLAUDE.md', 'AGENTS.md');
    disk.makeLink('GEMINI.md', 'CLAUDE.md');
    expect(await see('CLAUDE.md')).toEqual({ kind: 'alias', of: 'AGENTS.md' });
    expect(await see('GEMINI.md')).toEqual({ kind: 'alias', of: 'AGENTS.md' });
  });

  test('to any other file inside is read there', async () => {
    const { disk, see } = setUp();
    write(disk, 'docs/shared.txt', 'shared');
    disk.makeLink('CLAUDE.md', 'docs/shared.txt');
    disk.makeLink('GEMINI.md', `${fakeRoot}/docs/shared.txt`);
    const sight = { kind: 'file', readPath: 'docs/shared.txt', stat: { size: 6 } };
    expect(await see('CLAUDE.md')).toMatchObject(sight);
    expect(await see('GEMINI.md')).toMatchObject(sight);
  });

  test.each(['../secret', '/etc/passwd', 'docs/../../secret'])(
    'to %s leaves and is refused',
    async (target) => {
      const { disk, see } = setUp();
      disk.makeFolder('docs');
      disk.makeLink('CLAUDE.md', target);
      expect(await see('CLAUDE.md')).toMatchObject({
        kind: 'problem',
        problem: { code: 'link-leaves', subject: 'CLAUDE.md' },
      });
    },
  );

  test('that dangles, or leads to a folder, is nothing', async () => {
    const { disk, see } = setUp();
    disk.makeFolder('docs');
    disk.makeLink('CLAUDE.md', 'nowhere');
    disk.makeLink('GEMINI.md', 'docs');
    expect(await see('CLAUDE.md')).toEqual({ kind: 'absent' });
    expect(await see('GEMINI.md')).toEqual({ kind: 'absent' });
  });

  test('in a circle is a problem, not an endless loop', async () => {
    const { disk, see } = setUp();
    disk.makeLink('CLAUDE.md', 'GEMINI.md');
    disk.makeLink('GEMINI.md', 'CLAUDE.md');
    expect(await see('CLAUDE.md')).toMatchObject({ kind: 'problem' });
  });

  test('to a file over the limit is too large under the name of the link', async () => {
    const { disk, see } = setUp();
    disk.agentWrite('big.txt', new Uint8Array(limits.trackedFileBytes + 1), 'in-place').finish();
    disk.makeLink('CLAUDE.md', 'big.txt');
    expect(await see('CLAUDE.md')).toMatchObject({
      kind: 'problem',
      problem: { code: 'too-large', subject: 'CLAUDE.md' },
    });
  });
});

test('the limit itself is not over it', async () => {
  const { disk, see } = setUp();
  disk.agentWrite('AGENTS.md', new Uint8Array(limits.trackedFileBytes), 'in-place').finish();
  expect((await see('AGENTS.md')).kind).toBe('file');
});

test('what must not be searched is a problem, not an absence', async () => {
  const { disk, see } = setUp();
  write(disk, 'locked/AGENTS.md');
  disk.setMode('locked', 0o000);
  expect(await see('locked/AGENTS.md')).toMatchObject({
    kind: 'problem',
    problem: { code: 'no-permission' },
  });
});

describe('spelling', () => {
  test('on a case-insensitive disk only the true name is there', async () => {
    const { disk, see } = setUp(true);
    write(disk, 'docs/Handoff.md');
    expect(await see('docs/Handoff.md')).toMatchObject({ kind: 'file' });
    expect(await see('docs/HANDOFF.md')).toEqual({ kind: 'absent' });
  });

  test('elsewhere two spellings are two files', async () => {
    const { disk, see } = setUp();
    write(disk, 'agents.md', 'a');
    write(disk, 'AGENTS.md', 'ab');
    expect(await see('agents.md')).toMatchObject({ stat: { size: 1 } });
    expect(await see('AGENTS.md')).toMatchObject({ stat: { size: 2 } });
  });
});
