/** Versions of the log beside those of git; a letter is a text, `-` no file. */
import { expect, test } from 'vitest';
import { type Committed, pairVersions } from '../../../electron/engine/agents/pair-versions.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

const texts = (letters: string): Committed[] =>
  [...letters].map((letter) => (letter === '-' ? undefined : letter));

/** For each version the place in git; `.` where there is none. */
function pair(log: string, git: string): { early: string; late: string } {
  const { early, late } = pairVersions(
    texts(log).map((text) => [text]),
    texts(git),
  );
  const toDigits = (places: readonly (number | undefined)[]) =>
    places.map((place) => place?.toString(36) ?? '.').join('');
  return { early: toDigits(early), late: toDigits(late) };
}

test.each([
  ['everything is committed', '-abc', '-abc', '0123'],
  ['nothing is committed', '-abc', '-', '0...'],
  ['git has more than we saw: a pull', '-ae', '-abcde', '015'],
  ['the log has more: not each version is committed', '-abcde', '-ae', '01...2'],
  ['git has not come so far', '-ababc', '-aba', '0123..'],
  ['the log has not come so far', '-ab', '-aba', '012'],
  ['a text that returned was in git once, the first time', '-abab', '-ab', '012..'],
  ['a text went back and forth before its commit came', 'zxyzyxyx', 'zxy', '012.....'],
  ['an uncommitted text that a later commit has', '-bab', '-ab', '0.12'],
  ['git knew much before the log began', 'cd', '-ababcd', '56'],
  ['a long pull after a short life', '-aj', '-abcdefghij', '01a'],
  ['a file that was there had its newest commit', 'a', '-aba', '3'],
  ['and what came back later in the log is of no old commit', '-ab', '-bab', '.23'],
  ['a deletion', '-a-b-', '-a-b-', '01234'],
  ['a deletion that is not committed', '-a-', '-a', '01.'],
  ['nothing in common', 'ab', 'cd', '..'],
  ['no git', 'ab', '', '..'],
  ['no log', '', 'ab', ''],
])('%s', (_, log, git, expected) => {
  expect(pair(log, git)).toEqual({ early: expected, late: expected });
});

test.each([
  ['was it pulled and taken back, or committed and not recorded?', '-zba', '-zab', '013.', '01.2'],
  ['which of two became the only one in git?', '-abcb', '-b', '0.1..', '0...1'],
])('who can tell: %s', (_, log, git, early, late) => {
  expect(pair(log, git)).toEqual({ early, late });
});

test('a version is known by any of its ids, and one without ids by none', () => {
  const { early, late } = pairVersions([['crlf', 'lf'], [], ['b']], ['lf', 'b']);
  expect(early).toEqual([0, undefined, 1]);
  expect(late).toEqual(early);
});

test('a full history of texts that return is paired one by one', () => {
  const random = createSeededRandom('pair-versions');
  const log = Array.from({ length: 201 }, () => random.pick(['a', 'b', 'c', 'd']));
  const { early } = pairVersions(
    log.map((text) => [text]),
    log,
  );
  expect(early).toEqual(log.map((_, index) => index));
});

test('pairs are equal, in order, and leave as little out as any pairing', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = createSeededRandom(`pairs/${seed}`);
    const draw = () => Array.from({ length: random.integer(9) }, () => random.pick(['a', 'b', 'c']));
    const [log, git] = [draw(), draw()];
    for (const pairing of Object.values(
      pairVersions(
        log.map((text) => [text]),
        git,
      ),
    )) {
      const pairs = [...pairing.entries()].flatMap(([version, place]) =>
        place === undefined ? [] : [{ version, place }],
      );
      expect(pairs.map(({ place }) => git[place])).toEqual(pairs.map(({ version }) => log[version]));
      expect(gapsOf(log, git, pairs), `${log} ${git}`).toBe(fewestGaps(log, git));
    }
  }
});

/** Versions that are left out, and rows of commits that are, but for what git had before the first pair. */
function gapsOf(log: string[], git: string[], pairs: readonly { place: number }[]): number {
  const places = [...pairs.map(({ place }) => place), git.length];
  const pulls = pairs.filter(({ place }, index) => (places[index + 1] ?? 0) > place + 1);
  return log.length - pairs.length + pulls.length;
}

/** The same of the best pairing, by trying everything. */
function fewestGaps(log: string[], git: string[]): number {
  const tryFrom = (version: number, before: number | undefined): number => {
    const isPulled = (place: number): number => (before !== undefined && place > before + 1 ? 1 : 0);
    if (version === log.length) return isPulled(git.length);
    const paired = git.flatMap((text, place) =>
      place > (before ?? -1) && text === log[version] ? [isPulled(place) + tryFrom(version + 1, place)] : [],
    );
    return Math.min(1 + tryFrom(version + 1, before), ...paired);
  };
  return tryFrom(0, undefined);
}
