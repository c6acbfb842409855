/** What commits tell about changes that are in the log already. */
import { describe, expect, test } from 'vitest';
import { askGit } from '../../../electron/engine/agents/git-evidence.ts';
import { collectVersions } from '../../../electron/engine/log/collect.ts';
import type { GitRepository } from '../../../electron/engine/ports.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { type CoreFixture, createCoreFixture, evidence } from '../core-fixture.ts';

const path = 'AGENTS.md';
const claude = 'work\n\nCo-Authored-By: Claude <noreply@anthropic.com>';
const codex = 'work\n\nCo-authored-by: Codex <noreply@openai.com>';
const human = 'work';

const commit = ({ git }: CoreFixture, text: string | null, message: string) =>
  git.commit({ files: { [path]: text }, message });
const explain = async ({ core }: Pick<CoreFixture, 'core'>) => {
  const findings = await askGit(core, [path]);
  return findings.map(({ position, evidence: found }) =>
    core.attribution.add(core.reader.change(position)!, found),
  );
};
/** Who made each change of the file, oldest first. */
const agents = ({ core }: CoreFixture) =>
  core.reader.changes({ after: 0, limit: 100, path }).map((change) => change.agent);

/** Saves and commits text after text, and lets git explain after each. */
async function story(...steps: [string, string][]): Promise<CoreFixture> {
  const fixture = createCoreFixture();
  for (const [text, message] of steps) {
    await fixture.save(path, text);
    commit(fixture, text, message);
    await explain(fixture);
  }
  return fixture;
}

test('a commit that holds the bytes says who, and the change is returned once', async () => {
  const fixture = createCoreFixture();
  const change = await fixture.save(path, 'a\n');
  expect(await explain(fixture)).toEqual([]);
  const id = commit(fixture, 'a\n', claude);
  const [explained, ...more] = await explain(fixture);
  expect(more).toEqual([]);
  expect(explained).toMatchObject({ position: change.position, agent: 'claude-code' });
  expect(explained?.evidence[0]).toMatchObject({
    source: 'git',
    detail: expect.stringContaining(id.slice(0, 8)),
  });
  expect(explained?.evidence[1]?.source).toBe('none');
  expect(await explain(fixture)).toEqual([]);
});

test('each change of a story gets its own commit', async () => {
  const fixture = await story(['a\n', claude], ['b\n', codex], ['c\n', human]);
  expect(agents(fixture)).toEqual(['claude-code', 'codex-local', 'human']);
});

test('asked once at the end, the story is the same', async () => {
  const fixture = createCoreFixture();
  for (const [text, message] of [
    ['a\n', claude],
    ['b\n', codex],
    ['c\n', human],
  ] as const) {
    await fixture.save(path, text);
    commit(fixture, text, message);
  }
  await explain(fixture);
  expect(agents(fixture)).toEqual(['claude-code', 'codex-local', 'human']);
});

describe('a text that returns', () => {
  test('by a commit is the work of who reverted, and the first time stays who wrote it', async () => {
    const fixture = createCoreFixture();
    await fixture.save(path, 'zero\n');
    commit(fixture, 'zero\n', human);
    for (const [text, message] of [
      ['a\n', claude],
      ['b\n', codex],
      ['a\n', human],
    ] as const) {
      await fixture.save(path, text);
      commit(fixture, text, message);
    }
    await explain(fixture);
    expect(agents(fixture)).toEqual(['human', 'claude-code', 'codex-local', 'human']);
  });

  test('without a commit is nobody’s yet: the old commit brought it once, not now', async () => {
    const fixture = await story(['a\n', claude], ['b\n', codex]);
    await fixture.save(path, 'a\n');
    expect(await explain(fixture)).toEqual([]);
    expect(agents(fixture)).toEqual(['claude-code', 'codex-local', 'unknown']);
    commit(fixture, 'a\n', human);
    await explain(fixture);
    expect(agents(fixture).at(-1)).toBe('human');
  });

  test('by a change of branch is not the work of whoever committed it then', async () => {
    const fixture = await story(['a\n', claude], ['b\n', codex]);
    const { core, git } = fixture;
    const branch = new Map(
      [...(await git.commitsOf([path], 10))].map(([at, commits]) => [at, commits.slice(1)]),
    );
    await fixture.save(path, 'a\n');
    expect(await explain({ core: { ...core, git: { ...git, commitsOf: async () => branch } } })).toEqual([]);
    expect(agents(fixture).at(-1)).toBe('unknown');
  });

  test('and goes again before git has either waits for their own commits', async () => {
    const fixture = await story(['zero\n', human], ['a\n', claude], ['b\n', codex]);
    await fixture.save(path, 'a\n');
    await fixture.save(path, 'b\n');
    expect(await explain(fixture)).toEqual([]);
    commit(fixture, 'a\n', human);
    await explain(fixture);
    expect(agents(fixture)).toEqual(['human', 'claude-code', 'codex-local', 'human', 'unknown']);
    commit(fixture, 'b\n', human);
    await explain(fixture);
    expect(agents(fixture).at(-1)).toBe('human');
  });

  test('after one that was never committed is nobody’s: only an old commit has it', async () => {
    const fixture = await story(['a\n', claude]);
    await fixture.save(path, 'never committed\n');
    await fixture.save(path, 'a\n');
    expect(await explain(fixture)).toEqual([]);
    expect(agents(fixture)).toEqual(['claude-code', 'unknown', 'unknown']);
  });

  test.each([
    ['made after all of them, says who each time', 1_000, 'claude-code'],
    ['that may be older is no answer: nobody knows which time it was', -1_000, 'unknown'],
  ])('before the only commit that has it, %s', async (_, laterMs, agent) => {
    const fixture = await story(['zero\n', human]);
    for (const text of ['draft\n', 'a\n', 'b\n', 'a\n']) await fixture.save(path, text);
    const atMs = fixture.clock.nowMs() + laterMs;
    fixture.git.commit({ files: { [path]: 'a\n' }, message: claude, atMs });
    await explain(fixture);
    expect(agents(fixture)).toEqual(['human', 'unknown', agent, 'unknown', agent]);
  });
});

/** Saves and commits three texts in turn; git answers now and then, with what it knew a moment ago. */
async function goBackAndForth(seed: number): Promise<{ found: (string | undefined)[]; made: string[] }> {
  const random = createSeededRandom(`back and forth/${seed}`);
  const fixture = createCoreFixture();
  const { core, git, clock } = fixture;
  const answers = [await git.commitsOf([path], 100)];
  const made: string[] = [];
  const ask = (commitsOf: GitRepository['commitsOf']) =>
    explain({ core: { ...core, git: { ...git, commitsOf } } });
  const askPerhaps = async () => {
    if (random.chance(0.4)) await ask(async () => random.pick(answers.slice(-4)));
  };
  for (let text = '', step = 0; step < 12; step++) {
    text = random.pick(['a\n', 'b\n', 'c\n'].filter((other) => other !== text));
    const isRecordedLate = random.chance(0.3);
    clock.jump(random.integer(900));
    if (!isRecordedLate) await fixture.save(path, text);
    await askPerhaps();
    const atMs = Math.floor(clock.nowMs() / 1_000) * 1_000;
    made.push(git.commit({ files: { [path]: text }, message: random.pick([claude, codex, human]), atMs }));
    answers.push(await git.commitsOf([path], 100));
    await askPerhaps();
    if (isRecordedLate) await fixture.save(path, text);
  }
  await ask(git.commitsOf);
  const changes = core.reader.changes({ after: 0, limit: 100, path });
  return { found: changes.map(({ evidence: [first] }) => first?.detail.slice(0, 15)), made };
}

test('whenever git is asked, each change of a file that goes back and forth gets its own commit', async () => {
  for (let seed = 0; seed < 40; seed++) {
    const { found, made } = await goBackAndForth(seed);
    expect(found, `seed ${seed}`).toEqual(made.map((id) => `Commit ${id.slice(0, 8)}`));
  }
});

describe('deletions', () => {
  test('are explained by the commit that deletes', async () => {
    const fixture = await story(['a\n', claude]);
    await fixture.remove(path);
    expect(await explain(fixture)).toEqual([]);
    commit(fixture, null, codex);
    await explain(fixture);
    expect(agents(fixture)).toEqual(['claude-code', 'codex-local']);
  });

  test('not by one of long ago', async () => {
    const fixture = await story(['a\n', claude]);
    commit(fixture, null, codex);
    await fixture.save(path, 'b\n');
    commit(fixture, 'b\n', claude);
    await explain(fixture);
    await fixture.remove(path);
    expect(await explain(fixture)).toEqual([]);
    expect(agents(fixture).at(-1)).toBe('unknown');
  });

  test('and what came after one is not mixed with what was before', async () => {
    const fixture = await story(['a\n', claude]);
    await fixture.remove(path);
    commit(fixture, null, human);
    await explain(fixture);
    await fixture.save(path, 'a\n');
    commit(fixture, 'a\n', codex);
    await explain(fixture);
    expect(agents(fixture)).toEqual(['claude-code', 'human', 'codex-local']);
  });
});

describe('line ends', () => {
  test('git’s LF is our CRLF', async () => {
    const fixture = createCoreFixture();
    await fixture.save(path, 'one\r\ntwo\r\n');
    commit(fixture, 'one\ntwo\n', claude);
    await explain(fixture);
    expect(agents(fixture)).toEqual(['claude-code']);
  });

  test('a repository that keeps CRLF, too', async () => {
    expect(agents(await story(['one\r\ntwo\r\n', codex]))).toEqual(['codex-local']);
  });

  test('a lone carriage return is text, not a line end', async () => {
    const fixture = createCoreFixture();
    await fixture.save(path, 'one\rtwo\r\n');
    commit(fixture, 'onetwo\n', claude);
    expect(await explain(fixture)).toEqual([]);
    commit(fixture, 'one\rtwo\n', codex);
    await explain(fixture);
    expect(agents(fixture)).toEqual(['codex-local']);
  });
});

describe('several commits at once, as after a pull', () => {
  test('of one agent are that agent’s', async () => {
    const fixture = await story(['a\n', human]);
    commit(fixture, 'a\nb\n', claude);
    commit(fixture, 'a\nb\nc\n', claude);
    await fixture.save(path, 'a\nb\nc\n');
    await explain(fixture);
    expect(agents(fixture)).toEqual(['human', 'claude-code']);
  });

  test('of different agents are whose lines are most, and only new lines count', async () => {
    const fixture = await story(['a\n'.repeat(50), human]);
    const base = 'a\n'.repeat(50);
    commit(fixture, `${base}x\n`, claude);
    commit(fixture, `${base}x\n1\n2\n3\n`, codex);
    commit(fixture, `${base}x\n1\n2\n3\ny\n`, claude);
    await fixture.save(path, `${base}x\n1\n2\n3\ny\n`);
    const [explained] = await explain(fixture);
    expect(explained?.agent).toBe('codex-local');
    expect(explained?.evidence[0]?.detail).toBe('git blame: 3 of 5 new lines in 3 commits.');
  });

  test('on top of a draft that nobody committed are all of them asked', async () => {
    const fixture = await story(['a\n', human]);
    await fixture.save(path, 'draft\n');
    commit(fixture, 'a\nb\nc\n', codex);
    commit(fixture, 'a\nb\nc\nd\n', claude);
    await fixture.save(path, 'a\nb\nc\nd\n');
    const [explained] = await explain(fixture);
    expect(explained?.evidence[0]?.detail).toBe('git blame: 2 of 3 new lines in 2 commits.');
  });

  test('when blame cannot tell, the last commit does', async () => {
    const fixture = await story(['a\n', human]);
    commit(fixture, 'a\nb\n', claude);
    commit(fixture, 'a\nb\nc\n', codex);
    await fixture.save(path, 'a\nb\nc\n');
    const blind = { ...fixture.core, git: { ...fixture.git, blame: async () => undefined } };
    await explain({ core: blind });
    expect(agents(fixture)).toEqual(['human', 'codex-local']);
  });

  test('robots say nothing', async () => {
    const fixture = createCoreFixture();
    await fixture.save(path, 'a\n');
    fixture.git.commit({ files: { [path]: 'a\n' }, message: 'bump', authorName: 'dependabot[bot]' });
    expect(await explain(fixture)).toEqual([]);
  });
});

describe('what git does not know', () => {
  test('a shallow history: what was before is missing, the last commit answers', async () => {
    const fixture = createCoreFixture();
    await fixture.save(path, 'before the clone\n');
    commit(fixture, 'first seen\n', claude);
    await fixture.save(path, 'first seen\n');
    await explain(fixture);
    expect(agents(fixture)).toEqual(['unknown', 'claude-code']);
  });

  test('no git, no answer, and no failure', async () => {
    const fixture = createCoreFixture();
    await fixture.save(path, 'a\n');
    commit(fixture, 'a\n', claude);
    fixture.git.setMissing(true);
    expect(await explain(fixture)).toEqual([]);
    fixture.git.setMissing(false);
    expect(await explain(fixture)).toHaveLength(1);
  });

  test('a version whose bytes were collected cannot be compared', async () => {
    const fixture = createCoreFixture();
    for (const text of ['a\n', 'b\n', 'c\n']) await fixture.save(path, text);
    fixture.sql.exec('UPDATE log SET consolidation = 1');
    commit(fixture, 'a\n', claude);
    fixture.clock.jump(1000 * 86_400_000);
    expect(collectVersions(fixture.sql, fixture.clock.nowMs())).toBe(2);
    expect(await explain(fixture)).toEqual([]);
  });

  test('a stronger source is not asked again', async () => {
    const fixture = createCoreFixture();
    const change = await fixture.save(path, 'a\n');
    fixture.core.attribution.add(change, evidence('process', 'gemini-cli'));
    commit(fixture, 'a\n', claude);
    expect(await explain(fixture)).toEqual([]);
    expect(agents(fixture)).toEqual(['gemini-cli']);
  });
});
