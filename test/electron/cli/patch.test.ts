import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { paintPatch } from '../../../electron/cli/paint-patch.ts';
import { writePatch } from '../../../electron/cli/patch.ts';
import { limits } from '../../../shared/limits.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

function patchText(
  from: string | undefined,
  to: string | undefined,
  path = 'AGENTS.md',
  context = 3,
): string {
  const side = (text: string | undefined) => (text === undefined ? undefined : bytes(text));
  return writePatch({ path, from: side(from), to: side(to), context });
}

/** What git makes of the old bytes by the patch; undefined when the file is gone. */
function applyByGit(path: string, from: Uint8Array | undefined, patch: string): Buffer | undefined {
  const folder = temporaryFolder();
  const file = join(folder, path);
  if (from !== undefined) writeFileSync(file, from);
  const input = Buffer.from(patch, 'latin1');
  execFileSync('git', ['apply', '--whitespace=nowarn', '--unidiff-zero', '-'], { cwd: folder, input });
  return existsSync(file) ? readFileSync(file) : undefined;
}

describe('a patch', () => {
  test('reads as git writes it', () => {
    expect(patchText('a\nb\nc\n', 'a\nB\nc\n')).toBe(
      [
        'diff --git a/AGENTS.md b/AGENTS.md',
        '--- a/AGENTS.md',
        '+++ b/AGENTS.md',
        '@@ -1,3 +1,3 @@',
        ' a',
        '-b',
        '+B',
        ' c',
        '',
      ].join('\n'),
    );
  });

  test('of equal sides is empty', () => {
    expect(patchText('a\n', 'a\n')).toBe('');
    expect(patchText(undefined, undefined)).toBe('');
  });

  const cases: [string, string | undefined, string | undefined][] = [
    ['a new file', undefined, 'a\nb\n'],
    ['a deleted file', 'a\nb\n', undefined],
    ['a new empty file', undefined, ''],
    ['a file that becomes empty', 'a\n', ''],
    ['a file that was empty', '', 'a\n'],
    ['a lost final newline', 'a\n', 'a'],
    ['a gained final newline', 'a', 'a\n'],
    ['line endings', 'a\r\nb\r\n', 'a\nb\n'],
    ['a byte order mark', 'a\n', '\ufeffa\n'],
    ['letters beyond Latin', 'é日\n', 'è本\n'],
    ['a lone carriage return', 'a\rb\n', 'a\rc\n'],
  ];
  test.each(cases)('of %s is one that git applies to the byte', (_, from, to) => {
    const old = from === undefined ? undefined : bytes(from);
    const made = applyByGit('AGENTS.md', old, patchText(from, to));
    expect(made?.toString()).toBe(to);
  });

  test('keeps bytes that are no UTF-8', () => {
    const from = Buffer.from([0x61, 0xe9, 0x0a]);
    const to = Buffer.from([0x61, 0xff, 0xfe, 0x0a]);
    const patch = writePatch({ path: 'a.md', from, to, context: 3 });
    expect(applyByGit('a.md', from, patch)).toEqual(to);
  });

  test.each(['with space.md', 'quo"te.md', 'été.md', "apo'strophe.md"])(
    'names %s so that git finds it',
    (path) => {
      const made = applyByGit(path, bytes('a\n'), patchText('a\n', 'b\n', path));
      expect(made?.toString()).toBe('b\n');
    },
  );

  test('of what is no text says so', () => {
    expect(patchText('a\0b', 'a\0c')).toContain('Binary files a/AGENTS.md and b/AGENTS.md differ');
  });

  test('with no lines around still applies', () => {
    const patch = patchText('a\nb\nc\n', 'a\nB\nc\nd\n', 'a.md', 0);
    expect(applyByGit('a.md', bytes('a\nb\nc\n'), patch)?.toString()).toBe('a\nB\nc\nd\n');
  });

  test('of texts too large to compare holds both whole', () => {
    const from = `${'old\n'.repeat(limits.patchBytes / 4)}end`;
    const to = 'new\n'.repeat(3);
    const patch = patchText(from, to);
    expect(applyByGit('a.md', undefined, patchText(undefined, 'x\n', 'a.md'))?.toString()).toBe('x\n');
    expect(applyByGit('AGENTS.md', bytes(from), patch)?.toString()).toBe(to);
  });

  test('of any two texts leads from one to the other', () => {
    const line = fc.constantFrom('a', 'b', '', 'c\r', '\\ d', '+e', '-f', '@@');
    const text = fc
      .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
      .map(([lines, isWhole]) => lines.join('\n') + (isWhole && lines.length > 0 ? '\n' : ''));
    fc.assert(
      // Without lines around it git may take another line, which differs only in its newline, for the one that is meant.
      fc.property(text, text, fc.integer({ min: 1, max: 3 }), (from, to, context) => {
        fc.pre(from !== to);
        const patch = patchText(from, to, 'a.md', context);
        expect(applyByGit('a.md', bytes(from), patch)?.toString()).toBe(to);
      }),
      { numRuns: 40 },
    );
  });
});

test('colours stand around lines and change none', () => {
  const patch = patchText('a\nb', 'a\nc\n');
  expect(paintPatch(patch, picocolors.createColors(false))).toBe(patch);
  const painted = paintPatch(patch, picocolors.createColors(true));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what colours are made of.
  expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(patch);
  expect(painted).not.toBe(patch);
});
