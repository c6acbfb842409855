/** Every command on a real folder, with no Skein running: the command opens the log itself. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { skeinScript } from '../../support/skein-script.ts';

/** A repository whose AGENTS.md was first seen with `one` and then became `two`. */
async function editedPlace(): Promise<Place> {
  const place = makePlace();
  place.write('AGENTS.md', '# Agents\none\n');
  await place.skein(['status']);
  place.write('AGENTS.md', '# Agents\ntwo\n');
  return place;
}

type Changes = { changes: ChangeJson[] };

describe('skein status', () => {
  test('tells what is tracked and pending, and that nothing watches', async () => {
    const place = await editedPlace();
    const { code, out, errors } = await place.skein(['status']);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(out).toContain('Skein is not running');
    expect(out).toMatch(/Tracked +1 file\n/);
    expect(out).toMatch(/Pending +1 change\n/);
  });

  test('under --json is the documented shape', async () => {
    const place = await editedPlace();
    expect(await place.json(['status'])).toMatchObject({
      pending_changes: 1,
      last_consolidation: null,
      consolidation_threshold: 5,
      check_interval_seconds: 30,
      workspace: { name: 'site', folder: place.repository },
    });
  });

  test('ends with 5 and says where skein.json is broken', async () => {
    const place = await editedPlace();
    place.write('skein.json', '{ "locale": "xx" }');
    const { code, out } = await place.skein(['status']);
    expect(code).toBe(5);
    expect(out).toContain('skein.json');
  });

  test('consolidates nothing by itself, however much is pending', async () => {
    const place = await editedPlace();
    for (const number of [1, 2, 3, 4, 5, 6]) place.write(`docs/passation_${number}.md`, `${number}\n`);
    expect(await place.json(['status'])).toMatchObject({ pending_changes: 7, last_consolidation: null });
    expect(existsSync(join(place.repository, 'SYNC_STATUS.md'))).toBe(false);
  });

  test('leaves nothing open for the next start', async () => {
    const place = await editedPlace();
    const settings = JSON.parse(readFileSync(join(place.dataFolder, 'settings.json'), 'utf8'));
    expect(settings.open).toEqual([]);
  });
});

describe('which workspace', () => {
  test('is the repository around a folder inside of it', async () => {
    const place = await editedPlace();
    mkdirSync(join(place.repository, 'docs'));
    const status = await place.json(['status'], { cwd: join(place.repository, 'docs') });
    expect(status).toMatchObject({ workspace: { folder: place.repository } });
  });

  test('is none outside of a repository, which ends with 4', async () => {
    const place = makePlace();
    const { code, errors } = await place.skein(['status'], { cwd: place.home });
    expect(code).toBe(4);
    expect(errors).toContain(place.home);
    expect(errors).toContain('--workspace FOLDER');
    const json = await place.json<{ error: unknown }>(['status'], { cwd: place.home });
    expect(json.error).toMatchObject({ code: 'no-workspace', subject: place.home });
  });

  test('can be named by its folder from anywhere, also through a link', async () => {
    const place = await editedPlace();
    symlinkSync(place.repository, join(place.home, 'link'));
    const status = await place.json(['status', '--workspace', 'link'], { cwd: place.home });
    expect(status).toMatchObject({ pending_changes: 1 });
  });

  test('that does not exist ends with 4', async () => {
    const place = makePlace();
    expect(await place.skein(['status', '--workspace', 'nowhere'])).toMatchObject({ code: 4, out: '' });
  });
});

describe('skein pending and skein consolidate', () => {
  test('show who changed what, fold it into a report, and take it back', async () => {
    const place = await editedPlace();
    const pending = await place.skein(['pending']);
    expect(pending.out).toMatch(/AGENTS\.md +modified/);
    expect(pending.out).toContain('1 change in 1 file pending');

    const done = await place.skein(['consolidate']);
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining('Consolidated 1 change in 1 file') });
    expect(place.read('SYNC_STATUS.md')).toContain('AGENTS.md');
    expect(await place.skein(['pending'])).toMatchObject({ code: 0, out: 'Nothing is pending.\n' });
    expect(await place.skein(['consolidate'])).toMatchObject({ code: 3, out: 'Nothing is pending.\n' });

    const report = await place.skein(['report']);
    expect(report.out).toContain('AGENTS.md');
    expect((await place.skein(['report', 'list'])).out).toMatch(/manual +written/);

    expect(await place.skein(['undo'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 change pending'),
    });
    expect(await place.json(['pending'])).toMatchObject({ count: 1 });
    expect(await place.skein(['undo'])).toMatchObject({ code: 3, out: '' });
  });

  test('a report is found by the beginning of its stamp', async () => {
    const place = await editedPlace();
    const done = await place.json<{ consolidation: { stamp: string } }>(['consolidate']);
    const { stamp } = done.consolidation;
    expect(await place.json(['report', stamp.slice(0, 12)])).toMatchObject({ consolidation: { stamp } });
    expect(await place.skein(['report', 'abcdef'])).toMatchObject({ code: 3, out: '' });
    expect(await place.json(['undo', stamp.slice(0, 12)])).toMatchObject({ changes_pending_again: 1 });
  });

  test('without a report there is nothing to show', async () => {
    const place = makePlace();
    expect(await place.skein(['report'])).toMatchObject({
      code: 3,
      errors: expect.stringContaining('consolidate'),
    });
    expect(await place.skein(['report', 'list'])).toMatchObject({
      code: 0,
      out: 'There is no report yet.\n',
    });
  });
});

describe('skein log', () => {
  test('lists changes newest first and filters them', async () => {
    const place = await editedPlace();
    // What is found at once is in the order of the files' times, and the system's clock for those may stand still so long.
    await place.json(['log']);
    place.write('docs/passation_claude.md', 'hi\n');
    const all = await place.json<Changes>(['log']);
    expect(all.changes.map(({ file_path, baseline }) => [file_path, baseline])).toEqual([
      ['docs/passation_claude.md', false],
      ['AGENTS.md', false],
      ['AGENTS.md', true],
    ]);
    const filtered = async (...args: string[]) =>
      (await place.json<Changes>(['log', ...args])).changes.length;
    expect(await filtered('AGENTS.md')).toBe(2);
    expect(await filtered('--kind', 'created')).toBe(2);
    expect(await filtered('--class', 'journal')).toBe(1);
    expect(await filtered('--pending')).toBe(2);
    expect(await filtered('-n', '1')).toBe(1);
    expect(await filtered('--all')).toBe(3);
    expect(await filtered('--since', '1h')).toBe(3);
    expect(await filtered('--until', '1h')).toBe(0);
    expect(await filtered('--agent', 'nobody')).toBe(0);
  });

  test('shows in one line what git moved at once, and each file by its name', async () => {
    const place = await editedPlace();
    place.write('CLAUDE.md', '# Claude\n');
    const git = (...words: string[]) =>
      execFileSync('git', ['-C', place.repository, '-c', 'user.name=A', '-c', 'user.email=a@b.c', ...words]);
    git('add', '.');
    git('commit', '-qm', 'main');
    await place.skein(['status']);
    git('switch', '-qc', 'feature');
    for (const path of ['AGENTS.md', 'CLAUDE.md']) place.write(path, '# Of the branch\n');
    git('commit', '-qam', 'feature');
    await place.skein(['status']);
    git('switch', '-q', '-');
    const { out } = await place.skein(['log']);
    expect(out.split('\n')[1]).toMatch(/2 files: Switched from feature to \S+ +moved +git/);
    expect((await place.skein(['log', 'CLAUDE.md'])).out.split('\n')[1]).toMatch(/CLAUDE\.md +modified +git/);
    expect((await place.skein(['files'])).out).toMatch(/CLAUDE\.md +instructions +of a branch/);
    expect((await place.json<Changes>(['log', '-n', '2'])).changes).toMatchObject([
      { local: true, pending: false, movement: { kind: 'switch', changes: 2 } },
      { local: true, pending: false },
    ]);
  });

  test('names versions that show and diff take', async () => {
    const place = await editedPlace();
    const { out } = await place.skein(['log', 'AGENTS.md']);
    const [, newest = '', older = ''] = out.split('\n').map((line) => line.split(' ')[0] ?? '');
    expect((await place.skein(['show', `AGENTS.md@${older}`])).out).toBe('# Agents\none\n');
    expect((await place.skein(['diff', `AGENTS.md@${older}..${newest}`])).out).toContain('-one\n+two\n');
  });

  test('of a file without changes says so', async () => {
    const place = makePlace();
    expect(await place.skein(['log', 'AGENTS.md'])).toMatchObject({
      code: 0,
      out: 'No such changes are recorded.\n',
    });
  });
});

describe('skein show', () => {
  test.each([
    ['text', Buffer.from('é\r\nno newline')],
    ['a byte order mark', Buffer.from('\ufeffmark\n')],
    ['bytes that are no UTF-8', Buffer.from([0x66, 0xff, 0xfe, 0x0a])],
    ['nothing', Buffer.alloc(0)],
  ])('writes %s byte for byte', async (_, content) => {
    const place = makePlace();
    place.write('AGENTS.md', content);
    expect((await place.skein(['show', 'AGENTS.md'])).bytes).toEqual(content);
  });

  test('finds versions by count, and by time', async () => {
    const place = await editedPlace();
    expect((await place.skein(['show', 'AGENTS.md@latest~1'])).out).toBe('# Agents\none\n');
    expect((await place.skein(['show', 'AGENTS.md@{0s}'])).out).toBe('# Agents\ntwo\n');
    const early = await place.skein(['show', 'AGENTS.md@{1d}']);
    expect(early).toMatchObject({ code: 3, errors: expect.stringContaining('skein log AGENTS.md') });
    expect(await place.skein(['show', 'AGENTS.md@{soon}'])).toMatchObject({ code: 2 });
  });

  test('takes paths as seen from the folder where one stands', async () => {
    const place = await editedPlace();
    mkdirSync(join(place.repository, 'docs'));
    const inDocs = { cwd: join(place.repository, 'docs') };
    expect((await place.skein(['show', '../AGENTS.md'], inDocs)).out).toBe('# Agents\ntwo\n');
    expect(await place.skein(['show', 'AGENTS.md'], inDocs)).toMatchObject({ code: 3 });
    expect(await place.skein(['show', '../../secret'], inDocs)).toMatchObject({ code: 2, out: '' });
  });

  test('of a file that is not tracked ends with 3 and names it', async () => {
    const place = makePlace();
    const { code, errors } = await place.skein(['show', 'nowhere.md']);
    expect(code).toBe(3);
    expect(errors).toContain('nowhere.md');
  });
});

describe('skein diff', () => {
  test('is a patch that takes the last change back', async () => {
    const place = await editedPlace();
    const { bytes } = await place.skein(['diff', 'AGENTS.md']);
    execFileSync('git', ['apply', '-R', '-'], { cwd: place.repository, input: bytes });
    expect(place.read('AGENTS.md')).toBe('# Agents\none\n');
  });

  test('without a path is everything pending, net, as one patch', async () => {
    const place = await editedPlace();
    await place.skein(['status']);
    place.write('AGENTS.md', '# Agents\nthree\n');
    place.write('CLAUDE.md', 'new\n');
    const { out } = await place.skein(['diff']);
    expect(out).toContain('-one\n+three\n');
    expect(out).not.toContain('two');
    expect(out).toContain('--- /dev/null\n+++ b/CLAUDE.md');
    const json = await place.json<{ files: { file_path: string; from: unknown }[] }>(['diff']);
    expect(json.files.map(({ file_path, from }) => [file_path, from === null])).toEqual([
      ['AGENTS.md', false],
      ['CLAUDE.md', true],
    ]);
  });

  test('of nothing pending is empty', async () => {
    const place = makePlace();
    expect(await place.skein(['diff'])).toMatchObject({ code: 0, out: '', errors: '' });
  });

  test('under --json carries lines and both versions', async () => {
    const place = await editedPlace();
    expect(await place.json(['diff', 'AGENTS.md'])).toMatchObject({
      added: 1,
      removed: 1,
      from: { file_path: 'AGENTS.md' },
      to: { file_path: 'AGENTS.md' },
    });
  });

  test('shows as many lines around as wanted', async () => {
    const place = makePlace();
    const lines = ['a', 'b', 'c', 'd', 'e'];
    place.write('AGENTS.md', `${lines.join('\n')}\n`);
    await place.skein(['status']);
    place.write('AGENTS.md', `${lines.join('\n').replace('e', 'E')}\n`);
    expect((await place.skein(['diff', '-U', '1', 'AGENTS.md'])).out).toContain(
      '@@ -4,2 +4,2 @@\n d\n-e\n+E\n',
    );
  });
});

describe('skein restore', () => {
  test('puts a version back as a change that can be undone', async () => {
    const place = await editedPlace();
    const done = await place.skein(['restore', 'AGENTS.md@latest~1']);
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining('skein restore AGENTS.md@latest~1') });
    expect(place.read('AGENTS.md')).toBe('# Agents\none\n');
    await place.skein(['restore', 'AGENTS.md@latest~1']);
    expect(place.read('AGENTS.md')).toBe('# Agents\ntwo\n');
  });

  test('of what is there already ends with 3', async () => {
    const place = await editedPlace();
    expect(await place.skein(['restore', 'AGENTS.md@latest'])).toMatchObject({ code: 3 });
  });

  test('brings a deleted file back', async () => {
    const place = await editedPlace();
    rmSync(join(place.repository, 'AGENTS.md'));
    expect((await place.skein(['files', '--deleted'])).out).toContain('AGENTS.md');
    expect(await place.skein(['restore', 'AGENTS.md@latest~1'])).toMatchObject({ code: 0 });
    expect(place.read('AGENTS.md')).toMatch(/^# Agents\n/);
  });

  test.each([
    [{}, [], 'human'],
    [{ CLAUDECODE: '1' }, [], 'claude-code'],
    [{ SKEIN_AGENT: 'my-agent' }, [], 'my-agent'],
    [{ CLAUDECODE: '1' }, ['--agent', 'codex-cloud'], 'codex-cloud'],
  ])('with %o and %j is the change of %s', async (env, args, agent) => {
    const place = await editedPlace();
    await place.skein(['restore', 'AGENTS.md@latest~1', ...args], { env });
    const { changes } = await place.json<Changes>(['log', '-n', '1']);
    expect(changes[0]).toMatchObject({ agent_owner: agent });
  });
});

describe('skein files', () => {
  test('lists what is tracked with its class', async () => {
    const place = await editedPlace();
    place.write('README.md', 'not tracked\n');
    const { out } = await place.skein(['files']);
    expect(out).toMatch(/AGENTS\.md +instructions +1 pending/);
    expect(out).not.toContain('README.md');
  });

  test('says what to do when there is none', async () => {
    const place = makePlace();
    expect((await place.skein(['files'])).out).toContain('skein config set track');
  });
});

describe('skein config', () => {
  test('sets, gets and unsets, keeping comments', async () => {
    const place = makePlace();
    place.write('skein.json', '{\n  // ours\n  "reports_kept": 7\n}\n');
    expect(await place.skein(['config', 'set', 'locale', 'fr'])).toMatchObject({
      code: 0,
      out: 'locale is fr\n',
    });
    expect(place.read('skein.json')).toContain('// ours');
    expect((await place.skein(['config', 'get', 'locale'])).out).toBe('fr\n');
    expect((await place.skein(['config', 'get', 'reports_kept'])).out).toBe('7\n');
    expect(await place.json(['config', 'get', 'reports_kept'])).toBe(7);
    expect((await place.skein(['config', 'unset', 'locale'])).out).toBe('locale is en\n');
    expect(place.read('skein.json')).not.toContain('locale');
  });

  test('lists every setting and where it comes from', async () => {
    const place = makePlace();
    place.write('skein.json', '{ "consolidation_threshold": 9 }');
    const { out } = await place.skein(['config']);
    expect(out).toMatch(/consolidation_threshold +9 +skein\.json/);
    expect(out).toMatch(/locale +en +default/);
    expect((await place.skein(['config', 'list'])).out).toBe(out);
  });

  test('takes JSON for lists', async () => {
    const place = makePlace();
    await place.skein(['config', 'set', 'ignore', '["docs/**"]']);
    expect(await place.json(['config', 'get', 'ignore'])).toEqual(['docs/**']);
  });

  test('refuses a bad value and changes nothing', async () => {
    const place = makePlace();
    const { code, errors } = await place.skein(['config', 'set', 'consolidation_threshold', 'lots']);
    expect(code).toBe(2);
    expect(errors).toContain('consolidation_threshold');
    expect(existsSync(join(place.repository, 'skein.json'))).toBe(false);
  });

  test('ends with 5 when skein.json is broken', async () => {
    const place = makePlace();
    place.write('skein.json', '{ "locale": ');
    expect(await place.skein(['config'])).toMatchObject({
      code: 5,
      out: expect.stringContaining('problem:'),
    });
  });

  test('opens an editor, and says what came of it', async () => {
    const place = makePlace();
    const editor = (text: string) => ({ EDITOR: `printf '${text}' >` });
    const good = await place.skein(['config', 'edit'], { env: editor('{ "locale": "ru" }') });
    expect(good).toMatchObject({ code: 0, out: expect.stringContaining('is in force') });
    expect((await place.skein(['config', 'get', 'locale'])).out).toBe('ru\n');
    const bad = await place.skein(['config', 'edit'], { env: editor('{ "locale": 1 }') });
    expect(bad).toMatchObject({ code: 5, out: '', errors: expect.stringContaining('skein config edit') });
    expect(await place.skein(['config', 'edit'])).toMatchObject({
      code: 2,
      errors: expect.stringContaining('EDITOR'),
    });
    expect(await place.skein(['config', 'edit'], { env: { VISUAL: 'false' } })).toMatchObject({ code: 1 });
  });
});

describe('skein pause and skein resume', () => {
  test('last over restarts', async () => {
    const place = await editedPlace();
    expect(await place.skein(['pause'])).toMatchObject({ code: 0 });
    const serving = await place.serve();
    expect(await place.json(['status'])).toMatchObject({ state: 'paused' });
    await serving.stop();
    expect(await place.skein(['resume'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('skein serve'),
    });
  });
});

describe('skein token', () => {
  test('prints the secret, or where it is', async () => {
    const place = makePlace();
    expect(await place.skein(['token'])).toMatchObject({ code: 3, out: '' });
    await place.skein(['status']);
    const { out } = await place.skein(['token']);
    expect(out).toMatch(/^[0-9a-f]{64}\n$/);
    expect((await place.skein(['token', '--header'])).out).toBe(`Authorization: Bearer ${out}`);
    const path = (await place.skein(['token', '--path'])).out.trim();
    expect(realpathSync(path)).toBe(join(realpathSync(place.dataFolder), 'token'));
    expect(await place.json(['token'])).toEqual({ token: out.trim(), path });
  });
});

describe('skein doctor', () => {
  test('looks at everything and changes nothing', async () => {
    const place = makePlace();
    const { code, out } = await place.skein(['doctor']);
    expect(code).toBe(0);
    expect(out).toContain('git');
    expect(existsSync(place.dataFolder)).toBe(false);
    const { checks } = await place.json<{ checks: { name: string; state: string }[] }>(['doctor']);
    expect(checks.map(({ name }) => name)).toContain('token');
  });

  test('finds a damaged log, ends with 5, and sets it aside when told to', async () => {
    const place = await editedPlace();
    const [replica = ''] = readdirSync(join(place.dataFolder, 'replicas'));
    writeFileSync(
      join(place.dataFolder, 'replicas', replica, 'log.db'),
      'this is no database, it is a sentence',
    );
    const sick = await place.skein(['doctor']);
    expect(sick).toMatchObject({ code: 5, out: expect.stringContaining('--mend') });
    expect(await place.skein(['status'])).toMatchObject({ code: 5, out: '' });
    const mended = await place.skein(['doctor', '--mend']);
    expect(mended).toMatchObject({ code: 0, out: expect.stringContaining('Mended') });
    expect(await place.skein(['status'])).toMatchObject({ code: 0 });
  });
});

test('an answer to a closed pipe is no failure', async () => {
  const place = await editedPlace();
  const { repository, dataFolder } = place;
  const script = `set -o pipefail; "$0" "$1" help show | head -c 1`;
  const out = execFileSync('bash', ['-c', script, process.execPath, skeinScript], {
    cwd: repository,
    env: { ...process.env, SKEIN_DATA: dataFolder },
    encoding: 'utf8',
  });
  expect(out).toBe('U');
});

test('commands that come at once take turns', async () => {
  const place = await editedPlace();
  const all = await Promise.all([1, 2, 3].map(() => place.spawn(['pending', '--json'])));
  expect(all.map(({ code, errors }) => ({ code, errors }))).toEqual(
    [1, 2, 3].map(() => ({ code: 0, errors: '' })),
  );
});
