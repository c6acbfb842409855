import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNotePath, checkOwnPath, foldPath } from '../../../shared/domain/note-path.ts';
import { limits } from '../../../shared/limits.ts';

/** Why a path is refused, or 'accepted'. */
function reasonFor(path: string): string {
  const checked = checkNotePath(path);
  return checked.ok ? 'accepted' : checked.error.message;
}

describe('checkNotePath accepts', () => {
  test.each([
    'AGENTS.md',
    'docs/passation_claude.md',
    '.github/copilot-instructions.md',
    '.gitignore',
    '.gitattributes',
    'git/notes.md',
    'memory-bank/заметки.md',
    'plans/【設計】判定基準の一元化.md',
    'notes/what? (old) [1].md',
    'a..b/c...d.md',
    'console.md',
    'com10.md',
    'nullable/prn-notes.md',
    'family 👨‍👩‍👧.md',
    'می‌خواهم.md',
  ])('%s', (path) => {
    expect(checkNotePath(path)).toEqual({ ok: true, value: path.normalize('NFC') });
  });

  test('another Unicode form, and returns NFC', () => {
    expect(checkNotePath('re\u0301sume\u0301.md')).toEqual({ ok: true, value: 'r\u00e9sum\u00e9.md' });
  });

  test('a path of exactly the longest length and depth', () => {
    expect(checkNotePath('x'.repeat(limits.pathCharacters)).ok).toBe(true);
    expect(checkNotePath(Array(limits.folderDepth).fill('d').join('/')).ok).toBe(true);
  });
});

describe('checkNotePath refuses', () => {
  test.each([
    ['', 'empty'],
    ['/etc/passwd', 'absolute'],
    ['//server/share/x.md', 'absolute'],
    ['\\\\server\\share\\x.md', 'backslash'],
    ['docs\\notes.md', 'backslash'],
    ['C:/notes.md', 'colon'],
    ['c:notes.md', 'colon'],
    ['AGENTS.md:hidden', 'colon'],
    ['.git::$INDEX_ALLOCATION/config', 'colon'],
    ['../AGENTS.md', '".."'],
    ['docs/../../x.md', '".."'],
    ['docs/..', '".."'],
    ['./AGENTS.md', 'name "."'],
    ['docs/./x.md', 'name "."'],
    ['docs//x.md', 'empty name'],
    ['docs/', 'empty name'],
    ['a\0b.md', 'control'],
    ['a\nb.md', 'control'],
    ['a\u007f.md', 'control'],
    ['a\u0085.md', 'control'],
    ['a\u2028.md', 'control'],
    ['AGENTS\u202edm.exe', 'control'],
    ['half\ud800.md', 'half a character'],
    ['docs./x.md', 'dot or a space'],
    ['docs /x.md', 'dot or a space'],
    ['x.md ', 'dot or a space'],
    ['...', 'dot or a space'],
    ['CON', 'Windows'],
    ['docs/nul.md', 'Windows'],
    ['Aux.tar.gz', 'Windows'],
    ['com1/x.md', 'Windows'],
    ['LPT9.txt', 'Windows'],
    ['COM¹.md', 'Windows'],
    ['con .md', 'Windows'],
    ['CONOUT$', 'Windows'],
    ['.git', 'git'],
    ['.git/config', 'git'],
    ['.GIT/hooks/pre-commit', 'git'],
    ['sub/.Git/config', 'git'],
    ['.git./config', 'git'],
    ['.git /config', 'git'],
    ['.g\u200cit/config', 'git'],
    ['\ufeff.git/config', 'git'],
    ['.gi\u206ft', 'git'],
    ['GIT~1/config', 'git'],
    ['git~2', 'git'],
    ['\u200dgit~1', 'git'],
    ['PRN', 'Windows'],
    ['lpt²', 'Windows'],
  ])('%j: %s', (path, why) => {
    expect(checkNotePath(path)).toMatchObject({ ok: false, error: { code: 'hostile-path', subject: path } });
    expect(reasonFor(path)).toContain(why);
  });

  test('a path over the longest length, quoted only in part', () => {
    const path = 'x'.repeat(limits.pathCharacters + 1);
    expect(reasonFor(path)).toContain(`${limits.pathCharacters} characters`);
    expect(reasonFor(path).length).toBeLessThan(200);
  });

  test('a path over the deepest depth', () => {
    expect(
      reasonFor(
        Array(limits.folderDepth + 1)
          .fill('d')
          .join('/'),
      ),
    ).toContain('folders deep');
  });

  test('never advises anything destructive', () => {
    const checked = checkNotePath('../x');
    expect(checked.ok ? '' : checked.error.advice).not.toMatch(/delete|remove|reset|rm /i);
  });
});

describe('checkOwnPath', () => {
  test.each([
    'AGENTS.md',
    'a:b.md',
    'back\\slash.md',
    'line\nbreak.md',
    'rtl\u202edm.md',
    're\u0301sume\u0301.md',
    'docs/aux.md',
    'docs./x ',
    '..md',
    Array(limits.folderDepth + 1)
      .fill('d')
      .join('/'),
  ])('takes %j as it is', (path) => {
    expect(checkOwnPath(path)).toEqual({ ok: true, value: path });
  });

  test.each([
    ['', 'empty name'],
    ['/etc/passwd', 'empty name'],
    ['docs//x.md', 'empty name'],
    ['docs/../../x.md', '".."'],
    ['./x.md', 'name "."'],
    ['.git/config', 'git'],
    ['sub/.GIT/config', 'git'],
    ['.git. /config', 'git'],
    ['git~1/config', 'git'],
    ['.g\u200cit/config', 'git'],
    ['.git::$INDEX_ALLOCATION/config', 'git'],
    ['.git .:x/config', 'git'],
    ['a\\.git\\config', 'git'],
  ])('refuses %j: %s', (path, why) => {
    expect(checkOwnPath(path)).toMatchObject({
      ok: false,
      error: { code: 'hostile-path', subject: path, message: expect.stringContaining(why) },
    });
  });
});

const nastyNames = fc.constantFrom(
  '..',
  '.',
  '',
  '.git',
  '.GIT',
  'a',
  'é',
  'e\u0301',
  'C:',
  '\\',
  'NUL.md',
  'b ',
);
const nastyPaths = fc.oneof(
  fc.array(nastyNames, { maxLength: 6 }).map((names) => names.join('/')),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
);

describe('whatever comes in', () => {
  test('what is accepted stays below the root, is NFC, and is accepted again unchanged', () => {
    fc.assert(
      fc.property(nastyPaths, (path) => {
        const checked = checkNotePath(path);
        if (!checked.ok) return;
        const names = checked.value.split('/');
        expect(names.some((name) => name === '' || name === '.' || name === '..')).toBe(false);
        expect(names.map((name) => name.toLowerCase())).not.toContain('.git');
        expect(checked.value).toBe(checked.value.normalize('NFC'));
        expect(checkNotePath(checked.value)).toEqual(checked);
        expect(checkOwnPath(checked.value)).toEqual(checked);
      }),
      { numRuns: 500 },
    );
  });

  test('a refusal names the path and gives a whole sentence', () => {
    fc.assert(
      fc.property(nastyPaths, (path) => {
        const checked = checkNotePath(path);
        if (!checked.ok) expect(checked.error.message).toMatch(/^The path ".*" is refused: .+\.$/s);
      }),
    );
  });
});

describe('foldPath', () => {
  test.each([
    ['AGENTS.md', 'agents.MD'],
    ['re\u0301sume\u0301.md', 'RÉSUMÉ.md'],
    ['straße.md', 'STRASSE.md'],
    ['STRAẞE.md', 'straße.md'],
    ['ΟΔΟΣ.md', 'οδος.md'],
    ['οδοσ', 'οδος'],
    ['ПЛАН.md', 'план.md'],
    ['\u212bngstrom', 'ångstrom'],
  ])('%s and %s are one name', (left, right) => {
    expect(foldPath(left)).toBe(foldPath(right));
  });

  test.each([
    ['a.md', 'b.md'],
    ['a/b', 'ab'],
    ['e.md', 'é.md'],
    ['ı', 'i'],
  ])('%s and %s are two names', (left, right) => {
    expect(foldPath(left)).not.toBe(foldPath(right));
  });

  test('folding twice, or another form or case before folding, changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
        const folded = foldPath(text);
        expect(foldPath(folded)).toBe(folded);
        expect(foldPath(text.normalize('NFD'))).toBe(folded);
        expect(foldPath(text.toLowerCase())).toBe(folded);
      }),
      { numRuns: 500 },
    );
  });
});
