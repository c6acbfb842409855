/** What commits tell about changes that are in the log already. */
import { describe, expect, test } from 'vitest';
import { askGit } from '../../../electron/engine/agents/git-evidence.ts';
import { collectVersions } from '../../../electron/engine/log/collect.ts';
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
