/** What a person decides: of changes that wait those that belong together, of conflicts each by itself. */
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../electron/engine/engine-contract.ts';
import { createInbox } from '../../../electron/engine/replicate/inbox.ts';
import type {
  Resolution,
  ResolveRequest,
  Verdict,
} from '../../../electron/engine/replicate/inbox-commands.ts';
import { createEngineFixture, type EngineFixture, finish } from '../../support/engine-fixture.ts';
import { toBytes, toText } from '../core-fixture.ts';
import { createLogFixture, type LogFixture } from './log-fixture.ts';

const stranger = { id: 'x', name: 'X' };
const untrusted = { read: true, write: true, trusted: false };

type Here = EngineFixture & {
  /** A stranger's own log, from which `receive` takes everything that is new. */
  there: LogFixture;
  receive(): Promise<void>;
  decide(verdict: Verdict, ...stamps: string[]): Promise<Awaited<ReturnType<Engine['decideHeld']>>>;
  waiting(): string[];
};

/** A replica that gets instructions from a stranger. */
async function startHere(): Promise<Here> {
  const here = await createEngineFixture({ seed: 1 });
  const there = createLogFixture(2);
  return {
    ...here,
    there,
    async receive() {
      const push = { ...there.page({}), source_watermark: '' };
      await finish(here.clock, here.engine.replication.peerSide.push(push, stranger, untrusted));
    },
    decide: (verdict, ...stamps) => finish(here.clock, here.engine.decideHeld(stamps, verdict)),
    waiting: () => here.engine.heldChanges().map(({ stamp }) => stamp),
  };
}

const instructions = { fileClass: 'instructions' } as const;
const writeAgents = ({ there }: Here, text: string, parents?: string[]): string =>
  there.write('AGENTS.md', text, { ...instructions, ...(parents === undefined ? {} : { parents }) }).stamp;

describe('of changes that wait', () => {
  test('one is approved with all that it stands on, which is said, and nothing of it waits any longer', async () => {
    const here = await startHere();
    const [one, two, three] = ['1\n', '1\n2\n', '1\n2\n3\n'].map((text) => writeAgents(here, text));
    await here.receive();
    expect(here.waiting()).toEqual([one, two, three]);
    const decided = await here.decide('approve', two ?? '');
    expect(decided).toMatchObject({ ok: true, value: { also: [one] } });
    expect(here.text('AGENTS.md')).toBe('1\n2\n');
    expect(here.waiting()).toEqual([three]);
  });

  test('one is rejected with all that waits and stands on it; what it stands on waits on', async () => {
    const here = await startHere();
    const [one, two, three] = ['1\n', '1\n2\n', '1\n2\n3\n'].map((text) => writeAgents(here, text));
    await here.receive();
    const decided = await here.decide('reject', two ?? '');
    expect(decided).toMatchObject({ ok: true, value: { also: [three] } });
    expect(here.waiting()).toEqual([one]);
    expect(here.text('AGENTS.md')).toBeUndefined();
    expect((await here.decide('approve', one ?? '')).ok).toBe(true);
    expect(here.text('AGENTS.md')).toBe('1\n');
  });

  test('another branch of the file, and another file, are nobody else’s business', async () => {
    const here = await startHere();
    const root = writeAgents(here, 'root\n');
    const left = writeAgents(here, 'root\nleft\n', [root]);
    const right = writeAgents(here, 'root\nright\n', [root]);
    const other = here.there.write('CLAUDE.md', 'other\n', instructions).stamp;
    await here.receive();
    await here.decide('reject', left);
    expect(here.waiting()).toEqual([root, right, other]);
    expect(await here.decide('approve', right)).toMatchObject({ value: { also: [root] } });
    expect(here.text('AGENTS.md')).toBe('root\nright\n');
    expect(here.waiting()).toEqual([other]);
  });

  test('a rejected one is approved after all, by itself or with what stands on it', async () => {
    const here = await startHere();
    const one = writeAgents(here, '1\n');
    await here.receive();
    await here.decide('reject', one);
    const two = writeAgents(here, '1\n2\n');
    await here.receive();
    expect(here.waiting()).toEqual([two]);
    expect(await here.decide('approve', two)).toMatchObject({ value: { also: [one] } });
    expect(here.text('AGENTS.md')).toBe('1\n2\n');
    expect(await here.decide('approve', one)).toMatchObject({ error: { code: 'not-found' } });
  });

  test('those that were rejected wait again, with what they stand on, until they are decided anew', async () => {
    const here = await startHere();
    const [one, two] = ['1\n', '1\n2\n'].map((text) => writeAgents(here, text));
    await here.receive();
    await here.decide('reject', one ?? '');
    expect(here.waiting()).toEqual([]);
    expect(await here.decide('wait', two ?? '')).toMatchObject({ value: { also: [one] } });
    expect(here.waiting()).toEqual([one, two]);
    expect(here.text('AGENTS.md')).toBeUndefined();
    await here.decide('approve', two ?? '');
    expect(here.text('AGENTS.md')).toBe('1\n2\n');
  });

  test('all are decided at once, each counted once', async () => {
    const here = await startHere();
    const all = ['1\n', '1\n2\n'].map((text) => writeAgents(here, text));
    await here.receive();
    expect(await here.decide('approve', ...all)).toMatchObject({ value: { also: [] } });
    expect(here.text('AGENTS.md')).toBe('1\n2\n');
  });

  test('none is decided when one of those named does not wait', async () => {
    const here = await startHere();
    const one = writeAgents(here, '1\n');
    await here.receive();
    const decided = await here.decide('approve', one, '0'.repeat(32));
    expect(decided).toMatchObject({ error: { code: 'not-found', subject: '0'.repeat(32) } });
    expect(here.waiting()).toEqual([one]);
    expect(here.text('AGENTS.md')).toBeUndefined();
  });
});

describe('a conflict', () => {
  const file = 'docs/passation_claude.md';
  const [ours, theirs] = ['The plan: walk\n', 'The plan: a boat\n'];

  /** Both changed the same line; the file holds the winner, the other waits in the inbox. */
  async function startConflict() {
    const here = await startHere();
    await here.save(file, 'The plan: fly\n');
    here.there.take(here.engine.replication.peerSide.changes({}, 100, untrusted).changes);
    await here.save(file, ours);
    here.there.write(file, theirs);
    await here.receive();
    const [conflict] = here.engine.conflicts('open');
    if (conflict === undefined) throw new Error('There is no conflict.');
    const { loser } = conflict;
    const standing = here.text(file) ?? '';
    return {
      ...here,
      loser,
      standing,
      left: standing === ours ? theirs : ours,
      states: () => here.engine.conflicts('all').map(({ state }) => state),
      resolve: (resolution: Resolution, other: Partial<ResolveRequest> = {}) =>
        finish(
          here.clock,
          here.engine.resolveConflict({ path: file, loser, resolution, agent: 'human', ...other }),
        ),
      /** Texts of all versions of the file that the log has. */
      versions: () =>
        here.engine.log
          .changes({ limit: 100, path: file })
          .flatMap(({ content }) => (content === null ? [] : [toText(here.engine.log.content(content))])),
    };
  }

  test('is dismissed by keeping the file, which stays as it is', async () => {
    const it = await startConflict();
    expect(await it.resolve({ how: 'keep' })).toEqual({ ok: true, value: null });
    expect(it.text(file)).toBe(it.standing);
    expect(it.states()).toEqual(['dismissed']);
  });

  test('is resolved by taking the other version, as a change of whoever decided', async () => {
    const it = await startConflict();
    const resolved = await it.resolve({ how: 'take' });
    expect(resolved).toMatchObject({ ok: true, value: { path: file, agent: 'human', kind: 'modified' } });
    expect(it.text(file)).toBe(it.left);
    expect(it.states()).toEqual(['resolved']);
    expect(it.versions()).toContain(it.standing);
  });

  test.each([
    ['both', `${ours}${theirs}`],
    ['words of one’s own', 'The plan: stay\n'],
  ])('is resolved by writing %s', async (_, text) => {
    const it = await startConflict();
    await it.resolve({ how: 'write', bytes: toBytes(text) });
    expect(it.text(file)).toBe(text);
    expect(it.states()).toEqual(['resolved']);
  });

  test('is told to others, who then hold the same file and no open conflict', async () => {
    const it = await startConflict();
    await it.resolve({ how: 'take' });
    const { changes } = it.engine.replication.peerSide.changes(it.there.vector(), 100, untrusted);
    expect(it.there.take(changes).problems).toEqual([]);
    expect(createInbox(it.there.sql).list('all')).toMatchObject([{ loser: it.loser, state: 'resolved' }]);
    expect(it.there.heads.of(file)).toHaveLength(1);
  });

  describe('whose file somebody went on with since it was looked at', () => {
    async function startWritten(text: (standing: string) => string) {
      const it = await startConflict();
      const written = text(it.standing);
      it.disk.agentWrite(file, toBytes(written), 'rename').finish();
      return { ...it, written };
    }
    const addLine = (standing: string) => `${standing}\nA line that nobody saw yet\n`;

    test.each<[string, (left: string) => Resolution]>([
      ['taking the other version', () => ({ how: 'take' })],
      ['a text of one’s own', (left) => ({ how: 'write', bytes: toBytes(left) })],
    ])('is resolved by %s, with the lines that came', async (_, decide) => {
      const it = await startWritten(addLine);
      expect((await it.resolve(decide(it.left))).ok).toBe(true);
      expect(it.text(file)).toBe(addLine(it.left));
      expect(it.states()).toEqual(['resolved']);
      expect(it.versions()).toContain(it.written);
    });

    test('stays open and untouched when other words stand where the decision puts some', async () => {
      const it = await startWritten(() => 'The plan: nobody saw this yet\n');
      const refused = await it.resolve({ how: 'take' });
      expect(refused).toMatchObject({ ok: false, error: { code: 'changed-meanwhile', subject: file } });
      expect(it.text(file)).toBe(it.written);
      expect(it.states()).toEqual(['open']);
    });

    test('is resolved by who saw that, as decided', async () => {
      const it = await startWritten(() => 'The plan: nobody saw this yet\n');
      await finish(it.clock, it.engine.scan());
      const seen = it.engine.log.files().find(({ path }) => path === file)?.content;
      expect((await it.resolve({ how: 'take' }, { seen })).ok).toBe(true);
      expect(it.text(file)).toBe(it.left);
    });

    test('stays open when the file is gone', async () => {
      const it = await startConflict();
      it.disk.agentDelete(file);
      expect(await it.resolve({ how: 'take' })).toMatchObject({ error: { code: 'changed-meanwhile' } });
      expect(it.text(file)).toBeUndefined();
      expect((await it.resolve({ how: 'take' }, { seen: null })).ok).toBe(true);
      expect(it.text(file)).toBe(it.left);
    });
  });

  test('that was resolved is resolved once more, with no change when the file holds that already', async () => {
    const it = await startConflict();
    await it.resolve({ how: 'take' });
    const before = it.versions();
    expect(await it.resolve({ how: 'take' })).toEqual({ ok: true, value: null });
    expect(it.versions()).toEqual(before);
    expect(it.states()).toEqual(['resolved']);
    await it.resolve({ how: 'keep' });
    expect(it.states()).toEqual(['dismissed']);
    expect(it.text(file)).toBe(it.left);
  });

  test('is opened again, which writes nothing, and resolved otherwise', async () => {
    const it = await startConflict();
    await it.resolve({ how: 'keep' });
    expect(await it.resolve({ how: 'reopen' })).toEqual({ ok: true, value: null });
    expect(it.states()).toEqual(['open']);
    expect(it.text(file)).toBe(it.standing);
    await it.resolve({ how: 'take' });
    expect(it.text(file)).toBe(it.left);
  });

  test.each([
    ['of another version', file, '0'.repeat(32)],
    ['of another file', 'docs/passation_codex.md', undefined],
  ])('that nobody knows, %s, is not found, and nothing is written', async (_, path, loser) => {
    const it = await startConflict();
    const resolved = await it.resolve({ how: 'take' }, { path, ...(loser === undefined ? {} : { loser }) });
    expect(resolved).toMatchObject({ ok: false, error: { code: 'not-found', subject: path } });
    expect(it.text(file)).toBe(it.standing);
    expect(it.states()).toEqual(['open']);
  });

  test('stays open when its file cannot be written', async () => {
    const it = await startConflict();
    await finish(it.clock, it.engine.changeSettings({ ignore: [file] }));
    const resolved = await it.resolve({ how: 'take' });
    expect(resolved).toMatchObject({ ok: false, error: { code: 'not-tracked', subject: file } });
    expect(it.states()).toEqual(['open']);
    expect((await it.resolve({ how: 'keep' })).ok).toBe(true);
  });
});
