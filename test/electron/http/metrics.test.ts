import { expect, test } from 'vitest';
import { limits } from '../../../shared/limits.ts';
import { problem } from '../../../shared/result.ts';
import { createTinyApp } from '../../support/tiny-app.ts';
import { tinyStartMs } from '../../support/tiny-host.ts';

type App = ReturnType<typeof createTinyApp>;
const scrape = async (app: App, query = '') => (await app.ask(`/api/metrics${query}`)).text();
const samples = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('the five documented metrics, with their types; those of peers, of the lock and of knowledge besides', async () => {
  const app = createTinyApp();
  app.host.add('one');
  const response = await app.ask('/api/metrics');
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const types = (await response.text())
    .split('\n')
    .filter((line) => line.startsWith('# TYPE') && !/ sync_(peer|lock|knowledge)_/.test(line));
  expect(types.toSorted()).toEqual([
    '# TYPE sync_changes_detected_total counter',
    '# TYPE sync_check_duration_seconds histogram',
    '# TYPE sync_consolidation_duration_seconds histogram',
    '# TYPE sync_consolidations_triggered_total counter',
    '# TYPE sync_status gauge',
  ]);
});

test('changes count by type of file and agent; baselines and our own reports do not', async () => {
  const app = createTinyApp();
  const engine = app.host.add('one');
  engine.write({ path: 'AGENTS.md', content: 'a', fileClass: 'instructions', baseline: true });
  engine.write({ path: 'SYNC_STATUS.md', content: 'a', fileClass: 'status' });
  engine.write({ path: 'SYNC_STATUS.md', content: 'b', fileClass: 'status' });
  engine.write({ path: 'docs/passation_codex.md', content: 'a', fileClass: 'journal', agent: 'codex-local' });
  engine.write({ path: 'docs/architecture/a.md', content: 'a', fileClass: 'architecture' });
  for (const fileClass of ['instructions', 'roadmap', 'note'] as const) {
    engine.write({ path: `${fileClass}.md`, content: 'a', fileClass });
  }
  engine.write({
    path: 'SYNC_STATUS.md',
    content: 'c',
    fileClass: 'status',
    agent: 'skein',
    source: 'skein',
  });
  expect(samples(await scrape(app)).filter((line) => line.startsWith('sync_changes'))).toEqual([
    'sync_changes_detected_total{file_type="sync",agent="claude-code"} 2',
    'sync_changes_detected_total{file_type="passation",agent="codex-local"} 1',
    'sync_changes_detected_total{file_type="architecture",agent="claude-code"} 1',
    'sync_changes_detected_total{file_type="docs",agent="claude-code"} 3',
  ]);
});

test('what an engine found while it was opening counts; what is older does not', async () => {
  const app = createTinyApp({ nowMs: () => tinyStartMs + 150_000 });
  const engine = app.host.add('one', ({ write }) => {
    for (const content of ['one', 'two', 'three', 'four']) write({ path: 'a.md', content });
  });
  const counted = 'sync_changes_detected_total{file_type="docs",agent="claude-code"}';
  expect(await scrape(app)).toContain(`${counted} 2\n`);
  expect(await scrape(app)).toContain(`${counted} 2\n`);
  engine.write({ path: 'a.md', content: 'five' });
  expect(await scrape(app)).toContain(`${counted} 3\n`);
});

test('a long log is counted whole', async () => {
  const app = createTinyApp();
  const engine = app.host.add('one');
  const total = limits.pageRows * 2 + 1;
  for (let count = 0; count < total; count += 1) engine.write({ path: `${count}.md`, content: 'a' });
  engine.log.files = () => [];
  expect(await scrape(app)).toContain(`{file_type="docs",agent="claude-code"} ${total}\n`);
});

test('consolidations count once, by trigger, from zero, and an undo takes none back', async () => {
  const app = createTinyApp();
  const engine = app.host.add('one');
  expect(await scrape(app)).toContain('sync_consolidations_triggered_total{trigger_type="time_based"} 0\n');
  engine.write({ path: 'a.md', content: 'a' });
  await app.ask('/api/sync/consolidate', { method: 'POST' });
  const { stamp } = engine.log.consolidations(undefined, 1)[0]!;
  expect((await app.send('POST', `/api/consolidations/${stamp}/undo`, {})).status).toBe(200);
  const text = await scrape(app);
  expect(text).toContain('sync_consolidations_triggered_total{trigger_type="manual"} 1\n');
  expect(text).toContain('sync_consolidations_triggered_total{trigger_type="threshold"} 0\n');
});

test('durations fall into the documented buckets, written as documented', async () => {
  const app = createTinyApp();
  const engine = app.host.add('one');
  engine.emit('measured', { what: 'check', seconds: 0.02 });
  engine.emit('measured', { what: 'consolidation', seconds: 0.7, trigger: 'manual' });
  const text = await scrape(app);
  for (const line of [
    'sync_check_duration_seconds_bucket{le="0.01"} 0',
    'sync_check_duration_seconds_bucket{le="0.1"} 1',
    'sync_check_duration_seconds_bucket{le="+Inf"} 1',
    'sync_check_duration_seconds_count 1',
    'sync_consolidation_duration_seconds_bucket{le="0.5"} 0',
    'sync_consolidation_duration_seconds_bucket{le="1.0"} 1',
    'sync_consolidation_duration_seconds_bucket{le="5.0"} 1',
    'sync_consolidation_duration_seconds_bucket{le="30.0"} 1',
    'sync_consolidation_duration_seconds_sum 0.7',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
});

test('every file has its status; a deleted one until its deletion is consolidated', async () => {
  const app = createTinyApp();
  const engine = app.host.add('one');
  engine.write({ path: 'synced.md', content: 'a', baseline: true });
  engine.write({ path: 'broken.md', content: 'a', baseline: true });
  engine.write({ path: 'gone.md', content: 'a', baseline: true });
  engine.write({ path: 'pending "x"\n.md', content: 'a' });
  engine.write({ path: 'gone.md', content: null });
  engine.fileProblems.set('broken.md', problem('unreadable', 'broken.md', 'It is unreadable.', 'Look.'));
  const status = async () => samples(await scrape(app)).filter((line) => line.startsWith('sync_status'));
  expect(await status()).toEqual([
    'sync_status{file_path="broken.md"} -1',
    'sync_status{file_path="gone.md"} 0',
    'sync_status{file_path="pending \\"x\\"\\n.md"} 0',
    'sync_status{file_path="synced.md"} 1',
  ]);
  await engine.consolidate();
  expect(await status()).not.toContain('sync_status{file_path="gone.md"} 0');
});

test('names that somebody makes up cannot fill the collector', async () => {
  const app = createTinyApp();
  const engine = app.host.add('one');
  for (let count = 0; count < limits.metricAgents + 50; count += 1) {
    engine.write({ path: 'a.md', content: `${count}`, agent: `agent-${count}` });
  }
  const changes = samples(await scrape(app)).filter((line) => line.startsWith('sync_changes'));
  expect(changes).toHaveLength(limits.metricAgents + 1);
  expect(changes.at(-1)).toBe('sync_changes_detected_total{file_type="docs",agent="other"} 50');
});

test('files past the limit are left out, those in need named first', async () => {
  const app = createTinyApp();
  const engine = app.host.add('one');
  const file = { ...engine.write({ path: 'z.md', content: 'a' }) };
  const row = { ...engine.log.files()[0]!, pending: 0 };
  const many = Array.from({ length: limits.metricFiles + 10 }, (_, index) => ({
    ...row,
    path: `f${index}.md`,
  }));
  engine.log.files = () => [...many, { ...row, path: file.path, pending: 1 }];
  const status = samples(await scrape(app)).filter((line) => line.startsWith('sync_status'));
  expect(status).toHaveLength(limits.metricFiles);
  expect(status[0]).toBe('sync_status{file_path="z.md"} 0');
});

test('each workspace has its own numbers; the first answers when none is named', async () => {
  const app = createTinyApp();
  expect([(await app.ask('/api/metrics')).status, await scrape(app)]).toEqual([200, '']);
  const [one, two] = [app.host.add('one'), app.host.add('two')];
  one.write({ path: 'one.md', content: 'a' });
  two.write({ path: 'two.md', content: 'a' });
  expect(await scrape(app)).toContain('one.md');
  expect(await scrape(app)).not.toContain('two.md');
  expect(await scrape(app, '?workspace=two')).toContain('two.md');
  expect((await app.ask('/api/metrics?workspace=three')).status).toBe(404);
});

test('a workspace that closes is let go', async () => {
  const app = createTinyApp();
  const engine = app.host.add('one');
  expect(engine.listeners()).toBeGreaterThan(0);
  await app.host.close('one');
  expect(engine.listeners()).toBe(0);
  const again = app.host.add('two');
  app.close();
  expect(again.listeners()).toBe(0);
});

test('the lock of the repository: waits, holds, and who had to wait', async () => {
  const app = createTinyApp();
  app.host.add('one');
  const use = { operation: 'pull', mode: 'exclusive', token: 1, endMs: 1, heldMs: 4_000 } as const;
  app.host.locks.uses.push(
    { ...use, agent: 'claude-code', waitedMs: 0, contended: false },
    { ...use, agent: 'codex-local', waitedMs: 1_500, contended: true },
  );
  const text = await scrape(app);
  expect(text).toContain('sync_lock_wait_seconds_sum 1.5\n');
  expect(text).toContain('sync_lock_hold_seconds_sum 8\n');
  expect(text).toContain('sync_lock_hold_seconds_bucket{le="5.0"} 2\n');
  expect(text).toContain('sync_lock_contention_total{agent="codex-local"} 1\n');
  expect(text).not.toContain('sync_lock_contention_total{agent="claude-code"}');
  expect(await scrape(app)).toContain('sync_lock_wait_seconds_count 2\n');
});
