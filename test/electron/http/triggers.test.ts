/** Triggers that need hours, on the real engine with a clock of its own. */
import { expect, test } from 'vitest';
import { createEngineFixture } from '../../support/engine-fixture.ts';
import { createTinyApp } from '../../support/tiny-app.ts';

const hourMs = 60 * 60_000;

test('the time trigger and the threshold show in history and metrics by their documented names', async () => {
  const { engine, clock, save } = await createEngineFixture({ files: { 'AGENTS.md': 'one\n' } });
  const app = createTinyApp({ nowMs: () => 0 });
  const { id, name, folder } = engine;
  app.host.workspaces = () => [{ id, name, folder, workspace: null, engine, problem: null }];
  expect((await app.ask('/api/metrics')).status).toBe(200);
  await save('AGENTS.md', 'two\n');
  await clock.advance(hourMs);
  // The next check of the disk looks at the triggers too.
  await clock.advance(60_000);
  for (const text of ['3', '4', '5', '6', '7']) await save('AGENTS.md', `${text}\n`);
  const { consolidations } = (await (await app.ask('/api/consolidations')).json()) as {
    consolidations: { trigger_type: string; conditions_met: Record<string, number>; timestamp: string }[];
  };
  expect(consolidations.map((it) => [it.trigger_type, it.conditions_met])).toEqual([
    ['threshold', { pending_changes: 5, threshold: 5 }],
    ['time_based', { pending_changes: 1, time_since_last_minutes: expect.any(Number) }],
  ]);
  const text = await (await app.ask('/api/metrics')).text();
  expect(text).toContain('sync_consolidations_triggered_total{trigger_type="threshold"} 1\n');
  expect(text).toContain('sync_consolidations_triggered_total{trigger_type="time_based"} 1\n');
  expect(text).toContain('sync_consolidations_triggered_total{trigger_type="manual"} 0\n');
  await engine.stop();
});
