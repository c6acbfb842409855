import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import {
  compilePattern,
  lastLiteral,
  literalNames,
  literalPath,
  literalPattern,
  matchesNames,
  matchesPath,
  mayMatchBelow,
  type PathPattern,
} from '../../../shared/domain/path-pattern.ts';
import { limits } from '../../../shared/limits.ts';

function compile(text: string): readonly PathPattern[] {
  const compiled = compilePattern(text);
  if (!compiled.ok) throw new Error(compiled.error.message);
  return compiled.value;
}

const matches = (text: string, path: string) => compile(text).some((it) => matchesPath(it, path));
const mayHold = (text: string, folder: string) =>
  compile(text).some((it) => mayMatchBelow(it, folder === '' ? [] : folder.split('/')));

describe('a pattern matches', () => {
  test.each([
    ['AGENTS.md', 'AGENTS.md'],
    ['AGENT_SYNC_*.md', 'AGENT_SYNC_CLAUDE.md'],
    ['AGENT_SYNC_*.md', 'AGENT_SYNC_.md'],
    ['*', '.hidden'],
    ['docs/*.md', 'docs/a.md'],
    ['docs/?.md', 'docs/é.md'],
    ['docs/**/*.md', 'docs/a.md'],
    ['docs/**/*.md', 'docs/b/.c/a.md'],
    ['**/AGENTS.md', 'AGENTS.md'],
    ['**/AGENTS.md', 'a/b/AGENTS.md'],
    ['**/a/**/b/*.md', 'a/x/a/y/b/z.md'],
    ['**/a/b.md', 'a/a/b.md'],
    ['.cursor/rules/**', '.cursor/rules/deep/er/x.mdc'],
    ['.cursor/rules/', '.cursor/rules/x.mdc'],
    ['**/**/x', 'a/x'],
    ['{docs,notes}/*.{md,txt}', 'notes/a.txt'],
    ['{a/b,c}/x.md', 'a/b/x.md'],
    ['a{,-old}.md', 'a.md'],
    ['{a{b,c},d}.md', 'ac.md'],
    ['day[0-9].md', 'day7.md'],
    ['[^a].md', 'b.md'],
    ['[!a].md', 'b.md'],
    ['app/[slug]/AGENTS.md', 'app/s/AGENTS.md'],
    ['notes (old)/*.md', 'notes (old)/a.md'],
    ['+(a).md', '+(a).md'],
    ['*"quoted"*', 'a "quoted" b'],
    ['it+is@$^|.*', 'it+is@$^|.md'],
    ['re\u0301sume\u0301.md', 'r\u00e9sum\u00e9.md'],
  ])('%s selects %s', (pattern, path) => {
    expect(matches(pattern, path)).toBe(true);
  });

  test.each([
    ['AGENTS.md', 'agents.md'],
    ['AGENTS.md', 'docs/AGENTS.md'],
    ['AGENTS.md', 'AGENTS.md/x'],
    ['docs/*.md', 'docs/a/b.md'],
    ['docs/*.md', 'docs/a.mdx'],
    ['docs/?.md', 'docs/ab.md'],
    ['docs/**/*.md', 'other/a.md'],
    ['**/b/c', 'a/b/d'],
    ['[^a].md', 'a.md'],
    ['[!a].md', 'a.md'],
    ['(a|b).md', 'a.md'],
    ['a+b.md', 'aab.md'],
    ['{a,b}.md', 'c.md'],
    ['*.md', 'a-md'],
  ])('%s does not select %s', (pattern, path) => {
    expect(matches(pattern, path)).toBe(false);
  });
});

describe('a broken pattern is refused with the reason', () => {
  test.each([
    ['', 'empty'],
    ['docs\\a.md', 'backslash'],
    ['/docs/a.md', 'starts with "/"'],
    ['!docs/a.md', '"ignore"'],
    ['a\nb', 'control'],
    ['docs//a.md', 'empty name'],
    ['./a.md', 'name "."'],
    ['docs/../a.md', 'name ".."'],
    ['{a,..}/b.md', 'name ".."'],
    ['docs/[a.md', 'square brackets'],
    ['docs/a].md', 'square brackets'],
    ['[z-a].md', 'square brackets'],
    ['[a/b].md', 'square brackets'],
    ['[].md', 'square brackets'],
    ['{a,b.md', '"{" has no "}"'],
    ['a},b.md', '"}" has no "{"'],
    ['{a}.md', 'no two choices'],
    ['{1..3}.md', 'no two choices'],
    ['*a*b*c*d.md', 'more than 3 "*"'],
    ['{a,b}'.repeat(20), 'too many patterns'],
  ])('%j: %s', (pattern, why) => {
    const compiled = compilePattern(pattern);
    expect(compiled).toMatchObject({ ok: false, error: { code: 'settings-broken', subject: pattern } });
    expect(compiled.ok ? '' : compiled.error.message).toContain(why);
  });

  test('braces may stand for as many patterns as the limit allows', () => {
    expect(compile('{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}')).toHaveLength(1024);
    expect(1024).toBeLessThan(limits.plainPatterns);
  });

  test('as many stars in one name as the limit allows are fine, and more in the whole path', () => {
    expect(matches('*-*-*.md', '2026-11-21.md')).toBe(true);
    expect(matches('*-*-*.md', '2026-11.md')).toBe(false);
    expect(matches('*-*/*-*/*-*.md', 'a-b/c-d/e-f.md')).toBe(true);
    expect(matches('***a**.md', 'xax.md')).toBe(true);
  });
});

describe('the folders in which a match may lie', () => {
  test.each([
    [
      'docs/architecture/*.md',
      ['', 'docs', 'docs/architecture'],
      ['src', 'docs/a', 'docs/architecture/deep'],
    ],
    ['docs/architecture/**/*.md', ['docs/architecture/deep/er'], ['docs/other']],
    ['**/AGENTS.md', ['', 'a', 'a/b/c'], []],
    ['.cursor/rules/**', ['', '.cursor', '.cursor/rules', '.cursor/rules/x'], ['.cursor/other', 'rules']],
    ['AGENTS.md', [''], ['docs']],
    ['*/notes/*.md', ['', 'any', 'any/notes'], ['any/other', 'any/notes/deep']],
    ['{docs,notes/old}/*.md', ['docs', 'notes', 'notes/old'], ['docs/old', 'old']],
  ])('%s', (pattern, possible, impossible) => {
    expect(possible.filter((folder) => !mayHold(pattern, folder))).toEqual([]);
    expect(impossible.filter((folder) => mayHold(pattern, folder))).toEqual([]);
  });
});

describe('what a pattern says without wildcards', () => {
  const only = (text: string) => compile(text)[0]!;

  test('the whole path, the last name, the names', () => {
    expect(literalPath(only('docs/a.md'))).toBe('docs/a.md');
    expect(literalPath(only('docs/*.md'))).toBeUndefined();
    expect(literalPath(only('**/a.md'))).toBeUndefined();
    expect(lastLiteral(only('**/a.md'))).toBe('a.md');
    expect(lastLiteral(only('docs/*.md'))).toBeUndefined();
    expect(lastLiteral(only('docs/**'))).toBeUndefined();
    expect(literalNames(only('dist/*/x/**/y.md'))).toEqual(['dist', 'x', 'y.md']);
  });

  test('a literal pattern takes wildcards in a path as they are', () => {
    const pattern = literalPattern('notes/[a]*{b,c}.md');
    expect(literalPath(pattern)).toBe('notes/[a]*{b,c}.md');
    expect(matchesPath(pattern, 'notes/[a]*{b,c}.md')).toBe(true);
    expect(matchesPath(pattern, 'notes/axb.md')).toBe(false);
  });

  test('every plain pattern remembers the text it came from', () => {
    expect(compile('{a,b}.md').map((it) => it.text)).toEqual(['{a,b}.md', '{a,b}.md']);
  });
});

const names = fc.constantFrom('a', 'b', 'ab', '.a', 'a.md', 'ba', 'b.b');
const paths = fc.array(names, { minLength: 1, maxLength: 5 }).map((it) => it.join('/'));
const patternNames = fc.constantFrom(
  'a',
  '*',
  '**',
  'a*',
  '*b',
  '?',
  '*.*',
  '[ab]',
  '{a,b}',
  '{a,b/a}*',
  '.a',
);
const patterns = fc.array(patternNames, { minLength: 1, maxLength: 5 }).map((it) => it.join('/'));

/** picomatch lets `a/**` select `a` itself, but not always `*` + `/**`; we always do, so it is spelled out here. */
function byPicomatch(pattern: string): (path: string) => boolean {
  const base = pattern.replace(/(?:\/\*\*)+$/, '');
  const spelled = base === pattern ? [pattern] : [base, `${base}/**/*`];
  return picomatch(spelled, { dot: true, windows: false });
}

describe('whatever pattern and path', () => {
  test('the answer is that of picomatch on the whole path', () => {
    fc.assert(
      fc.property(patterns, paths, (pattern, path) => {
        expect(matches(pattern, path)).toBe(byPicomatch(pattern)(path));
      }),
      { numRuns: 2_000 },
    );
  });

  test('every folder above a match is one in which a match may lie', () => {
    fc.assert(
      fc.property(patterns, paths, (text, path) => {
        const pathNames = path.split('/');
        for (const pattern of compile(text).filter((it) => matchesNames(it, pathNames))) {
          // `a/**` also selects `a` itself, so the last name does not count as a folder.
          for (let depth = 0; depth < pathNames.length; depth += 1) {
            expect(mayMatchBelow(pattern, pathNames.slice(0, depth))).toBe(true);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('any text compiles or is refused with a sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab*?[]{},/!().\\^-'), maxLength: 20 }), (text) => {
        const compiled = compilePattern(text);
        if (compiled.ok) expect(compiled.value.length).toBeGreaterThan(0);
        else expect(compiled.error.message).toMatch(/^The pattern ".*" cannot be used: .+\.$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a literal pattern selects its own path and no other', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (own, other) => {
        expect(matchesPath(literalPattern(own), own)).toBe(true);
        expect(matchesPath(literalPattern(own), other)).toBe(own === other);
      }),
    );
  });
});
